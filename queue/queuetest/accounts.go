package queuetest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"junban/queue"
)

// account runs do on a clinic's accounts under the lock.
func account[T any](m *Model, c queue.ClinicID, none error, do func(*clinic) (T, error)) (T, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k, ok := m.clinics[c]; ok {
		return do(k)
	}
	var zero T
	return zero, none
}

// change does a change of the accounts, which leaves an admin where one was, and
// tells what became of whom.
func (m *Model) change(c queue.ClinicID, by queue.Actor, do func(*clinic) error) error {
	_, err := account(m, c, queue.ErrNoClinic, func(k *clinic) (any, error) {
		was := maps.Clone(k.users)
		isAdmin := func(u queue.User) bool { return u.Role == queue.RoleAdmin }
		if err := do(k); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(slices.Collect(maps.Values(was)), isAdmin) && !slices.ContainsFunc(slices.Collect(maps.Values(k.users)), isAdmin) {
			k.users = was
			return nil, queue.ErrLastAdmin
		}
		k.tellUsers(m.now(), by, was)
		return nil, nil
	})
	return err
}

// tellUsers tells what is another account than before, and nothing of its password.
func (k *clinic) tellUsers(at time.Time, by queue.Actor, was map[string]queue.User) {
	before, after := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for name, u := range was {
		is, stays := k.users[name]
		if stays && is.Role == u.Role && is.PasswordHash == u.PasswordHash {
			continue
		}
		before["users."+name] = json.RawMessage(fmt.Sprintf(`{"role":%q}`, u.Role))
		switch {
		case stays && is.PasswordHash != u.PasswordHash:
			after["users."+name] = json.RawMessage(fmt.Sprintf(`{"role":%q,"password":"changed"}`, is.Role))
		case stays:
			after["users."+name] = json.RawMessage(fmt.Sprintf(`{"role":%q}`, is.Role))
		}
	}
	for name, is := range k.users {
		if _, there := was[name]; !there {
			after["users."+name] = json.RawMessage(fmt.Sprintf(`{"role":%q}`, is.Role))
		}
	}
	if len(before)+len(after) > 0 {
		k.changes = append(k.changes, queue.Change{At: at, By: by, Before: before, After: after})
	}
}

// PutUser is [queue.Store.PutUser].
func (m *Model) PutUser(_ context.Context, c queue.ClinicID, name string, role queue.Role, passwordHash string, by queue.Actor) error {
	return m.change(c, by, func(k *clinic) error {
		u, there := k.users[name]
		if !there {
			u = queue.User{Name: name, Role: queue.RoleAdmin, Since: m.now()}
		}
		if role != "" {
			u.Role = role
		}
		u.PasswordHash = passwordHash
		k.users[name] = u
		return nil
	})
}

// AddUser is [queue.Store.AddUser].
func (m *Model) AddUser(_ context.Context, c queue.ClinicID, name string, role queue.Role, passwordHash string, by queue.Actor) error {
	return m.change(c, by, func(k *clinic) error {
		if _, there := k.users[name]; there {
			return queue.ErrUserExists
		}
		if len(k.users) >= 100 {
			return queue.ErrUsersFull
		}
		k.users[name] = queue.User{Name: name, Role: role, Since: m.now(), PasswordHash: passwordHash}
		return nil
	})
}

// SetRole is [queue.Store.SetRole].
func (m *Model) SetRole(_ context.Context, c queue.ClinicID, name string, role queue.Role, by queue.Actor) error {
	return m.change(c, by, func(k *clinic) error {
		u, there := k.users[name]
		if !there {
			return queue.ErrNoUser
		}
		u.Role = role
		k.users[name] = u
		return nil
	})
}

// SetPassword is [queue.Store.SetPassword].
func (m *Model) SetPassword(_ context.Context, c queue.ClinicID, name, passwordHash, keep string, by queue.Actor) error {
	return m.change(c, by, func(k *clinic) error {
		u, there := k.users[name]
		if !there {
			return queue.ErrNoUser
		}
		if s, ok := k.sessions[keep]; ok && s.User == name && s.password == u.PasswordHash {
			s.password = passwordHash
			k.sessions[keep] = s
		}
		u.PasswordHash = passwordHash
		k.users[name] = u
		return nil
	})
}

// User is [queue.Store.User].
func (m *Model) User(_ context.Context, c queue.ClinicID, name string) (queue.User, error) {
	return account(m, c, queue.ErrNoUser, func(k *clinic) (queue.User, error) {
		if u, ok := k.users[name]; ok {
			return u, nil
		}
		return queue.User{}, queue.ErrNoUser
	})
}

// Users is [queue.Store.Users].
func (m *Model) Users(_ context.Context, c queue.ClinicID) ([]queue.User, error) {
	return account(m, c, nil, func(k *clinic) ([]queue.User, error) {
		return slices.SortedFunc(maps.Values(k.users), func(a, b queue.User) int { return cmp.Compare(a.Name, b.Name) }), nil
	})
}

// RemoveUser is [queue.Store.RemoveUser].
func (m *Model) RemoveUser(_ context.Context, c queue.ClinicID, name string, by queue.Actor) error {
	return m.change(c, by, func(k *clinic) error {
		if _, ok := k.users[name]; !ok {
			return queue.ErrNoUser
		}
		delete(k.users, name)
		return nil
	})
}

// PutSession is [queue.Store.PutSession].
func (m *Model) PutSession(_ context.Context, c queue.ClinicID, d queue.DeskSession, life time.Duration) error {
	return m.change(c, queue.Actor{}, func(k *clinic) error {
		u, there := k.users[d.User]
		if !there {
			return queue.ErrNoUser
		}
		u.LastLogin = m.now()
		k.users[d.User] = u
		mine := slices.DeleteFunc(k.open(m.now()), func(s queue.DeskSession) bool { return s.User != d.User })
		for len(mine) >= 20 {
			delete(k.sessions, mine[len(mine)-1].TokenHash)
			mine = mine[:len(mine)-1]
		}
		d.Since, d.Seen = m.now(), m.now()
		k.sessions[d.TokenHash] = openSession{d, u.PasswordHash, m.now().Add(life)}
		return nil
	})
}

// open are the sessions that are not over, the last seen first.
func (k *clinic) open(now time.Time) []queue.DeskSession {
	all := []queue.DeskSession{}
	for _, s := range k.sessions {
		if u, there := k.users[s.User]; there && u.PasswordHash == s.password && now.Before(s.ends) {
			all = append(all, s.DeskSession)
		}
	}
	slices.SortFunc(all, func(a, b queue.DeskSession) int {
		return cmp.Or(b.Seen.Compare(a.Seen), cmp.Compare(a.TokenHash, b.TokenHash))
	})
	return all
}

// Sessions is [queue.Store.Sessions].
func (m *Model) Sessions(_ context.Context, c queue.ClinicID) ([]queue.DeskSession, error) {
	return account(m, c, nil, func(k *clinic) ([]queue.DeskSession, error) { return k.open(m.now()), nil })
}

// Session is [queue.Store.Session].
func (m *Model) Session(_ context.Context, c queue.ClinicID, tokenHash string) (user string, role queue.Role, err error) {
	s, err := account(m, c, queue.ErrNoSession, func(k *clinic) (openSession, error) {
		s, ok := k.sessions[tokenHash]
		u, there := k.users[s.User]
		if !ok || !there || u.PasswordHash != s.password || !m.now().Before(s.ends) {
			return openSession{}, queue.ErrNoSession
		}
		if m.now().Sub(s.Seen) >= time.Minute {
			s.Seen = m.now()
			k.sessions[tokenHash] = s
		}
		role = u.Role
		return s, nil
	})
	return s.User, role, err
}

// DropSession is [queue.Store.DropSession].
func (m *Model) DropSession(_ context.Context, c queue.ClinicID, tokenHash string) error {
	_, err := account(m, c, nil, func(k *clinic) (any, error) {
		delete(k.sessions, tokenHash)
		return nil, nil
	})
	return err
}

// Secret is [queue.Store.Secret].
func (m *Model) Secret(context.Context) ([]byte, error) { return m.secret, nil }
