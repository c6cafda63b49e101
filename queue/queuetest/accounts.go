package queuetest

import (
	"context"
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

// PutUser is [queue.Store.PutUser].
func (m *Model) PutUser(_ context.Context, c queue.ClinicID, name, passwordHash string) error {
	_, err := account(m, c, queue.ErrNoClinic, func(k *clinic) (any, error) {
		k.users[name] = passwordHash
		return nil, nil
	})
	return err
}

// User is [queue.Store.User].
func (m *Model) User(_ context.Context, c queue.ClinicID, name string) (string, error) {
	return account(m, c, queue.ErrNoUser, func(k *clinic) (string, error) {
		if hash, ok := k.users[name]; ok {
			return hash, nil
		}
		return "", queue.ErrNoUser
	})
}

// Users is [queue.Store.Users].
func (m *Model) Users(_ context.Context, c queue.ClinicID) ([]string, error) {
	return account(m, c, nil, func(k *clinic) ([]string, error) {
		return slices.Sorted(maps.Keys(k.users)), nil
	})
}

// RemoveUser is [queue.Store.RemoveUser].
func (m *Model) RemoveUser(_ context.Context, c queue.ClinicID, name string) error {
	_, err := account(m, c, queue.ErrNoUser, func(k *clinic) (any, error) {
		if _, ok := k.users[name]; !ok {
			return nil, queue.ErrNoUser
		}
		delete(k.users, name)
		return nil, nil
	})
	return err
}

// PutSession is [queue.Store.PutSession], without an end of its own.
func (m *Model) PutSession(_ context.Context, c queue.ClinicID, tokenHash, user string, _ time.Duration) error {
	_, err := account(m, c, queue.ErrNoUser, func(k *clinic) (any, error) {
		password, there := k.users[user]
		if !there {
			return nil, queue.ErrNoUser
		}
		k.sessions[tokenHash] = openSession{user, password}
		return nil, nil
	})
	return err
}

// Session is [queue.Store.Session].
func (m *Model) Session(_ context.Context, c queue.ClinicID, tokenHash string) (string, error) {
	return account(m, c, queue.ErrNoSession, func(k *clinic) (string, error) {
		s, ok := k.sessions[tokenHash]
		if password, there := k.users[s.user]; !ok || !there || password != s.password {
			return "", queue.ErrNoSession
		}
		return s.user, nil
	})
}

// DropSession is [queue.Store.DropSession].
func (m *Model) DropSession(_ context.Context, c queue.ClinicID, tokenHash string) error {
	_, err := account(m, c, nil, func(k *clinic) (any, error) {
		delete(k.sessions, tokenHash)
		return nil, nil
	})
	return err
}

// CountLogin is [queue.Store.CountLogin], whose window never ends.
func (m *Model) CountLogin(_ context.Context, key string, _ time.Duration) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.logins[key]++
	return m.logins[key], nil
}

// UncountLogin is [queue.Store.UncountLogin].
func (m *Model) UncountLogin(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.logins[key]--
	return nil
}

// ForgetLogin is [queue.Store.ForgetLogin].
func (m *Model) ForgetLogin(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.logins, key)
	return nil
}

// Secret is [queue.Store.Secret].
func (m *Model) Secret(context.Context) ([]byte, error) { return m.secret, nil }
