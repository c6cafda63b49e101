package queue

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// ErrNoSession says that a session has ended, or never was.
var ErrNoSession = errors.New("no such session")

const (
	// seenEvery is how old the time at which a session was seen may become
	// before it is written again.
	seenEvery = time.Minute
	// sessionsEach is how many sessions an account has at once; one more ends
	// the one that was seen longest ago.
	sessionsEach = 20
	// accountTries bounds how often a change of the accounts begins anew because
	// of another one at the same moment.
	accountTries = 30
)

// DeskSession is a session of a clinic's desk. Device and Address are words for
// people, to know it by.
type DeskSession struct {
	TokenHash string
	User      string
	Device    string
	Address   string
	Since     time.Time
	Seen      time.Time // at most a minute old while it is used
}

// openSession is how a session is kept, under its token's hash.
type openSession struct {
	User    string `json:"user"`
	Mark    string `json:"mark"` // of the account when it began
	Device  string `json:"device"`
	Address string `json:"address"`
	Since   int64  `json:"since"` // ms
	Seen    int64  `json:"seen"`  // ms
	Ends    int64  `json:"ends"`  // ms
}

// PutSession opens a session that ends by itself after life, and with any change
// of the account's password; that the user has logged in is noted with it. It
// returns [ErrNoUser] for an account that is gone.
func (s *Store) PutSession(ctx context.Context, c ClinicID, d DeskSession, life time.Duration) error {
	return s.changeAccounts(ctx, c, Actor{}, func(a *accounts) error {
		is, there := a.users[d.User]
		if !there {
			return ErrNoUser
		}
		now := s.now()
		is.LastLogin = now.UnixMilli()
		a.users[d.User] = is
		a.sessions[d.TokenHash] = openSession{
			User: d.User, Mark: is.Mark, Device: d.Device, Address: d.Address,
			Since: now.UnixMilli(), Seen: now.UnixMilli(), Ends: now.Add(life).UnixMilli(),
		}
		a.endOldest(d.User, d.TokenHash)
		return nil
	})
}

// Session returns whose session it is and what that user may do, or
// [ErrNoSession] when it has ended, its account is gone, or the password is
// another by now. It notes that the session was seen.
func (s *Store) Session(ctx context.Context, c ClinicID, tokenHash string) (user string, role Role, err error) {
	reply, err := s.run(ctx, "session", []string{keySessions(c), keyUsers(c)}, []any{tokenHash, seenEvery.Milliseconds()})
	if err != nil {
		return "", "", err
	}
	if len(reply) != 3 {
		return "", "", ErrNoSession
	}
	user, _ = reply[1].(string)
	said, _ := reply[2].(string)
	return user, Role(said), nil
}

// Sessions returns a clinic's open sessions, the last seen first.
func (s *Store) Sessions(ctx context.Context, c ClinicID) ([]DeskSession, error) {
	a, err := s.readAccounts(ctx, s.rdb, c)
	if err != nil {
		return nil, err
	}
	a.prune(s.now())
	open := make([]DeskSession, 0, len(a.sessions))
	for hash, k := range a.sessions {
		open = append(open, DeskSession{hash, k.User, k.Device, k.Address, time.UnixMilli(k.Since), time.UnixMilli(k.Seen)})
	}
	slices.SortFunc(open, func(a, b DeskSession) int {
		return cmp.Or(b.Seen.Compare(a.Seen), cmp.Compare(a.TokenHash, b.TokenHash))
	})
	return open, nil
}

// DropSession ends a session; one that is not there is no error.
func (s *Store) DropSession(ctx context.Context, c ClinicID, tokenHash string) error {
	if err := s.rdb.HDel(ctx, keySessions(c), tokenHash).Err(); err != nil {
		return fmt.Errorf("end a session at clinic %s: %w", c, err)
	}
	return nil
}

// accounts are a clinic's users and sessions, by name and by token hash.
type accounts struct {
	users    map[string]account
	sessions map[string]openSession
}

// admins counts who may change the users.
func (a *accounts) admins() (n int) {
	for _, u := range a.users {
		if u.Role == RoleAdmin {
			n++
		}
	}
	return n
}

// prune forgets the sessions that are over.
func (a *accounts) prune(now time.Time) {
	for hash, open := range a.sessions {
		if is, there := a.users[open.User]; !there || is.Mark != open.Mark || open.Ends <= now.UnixMilli() {
			delete(a.sessions, hash)
		}
	}
}

// last is when the last session ends.
func (a *accounts) last() time.Time {
	var ends int64
	for _, open := range a.sessions {
		ends = max(ends, open.Ends)
	}
	return time.UnixMilli(ends)
}

// endOldest keeps as many sessions of a user as there may be, and the new one.
func (a *accounts) endOldest(user, latest string) {
	var others []string
	for hash, open := range a.sessions {
		if open.User == user && hash != latest {
			others = append(others, hash)
		}
	}
	slices.SortFunc(others, func(x, y string) int { return cmp.Compare(a.sessions[y].Seen, a.sessions[x].Seen) })
	for _, hash := range others[min(len(others), sessionsEach-1):] {
		delete(a.sessions, hash)
	}
}

// readAccounts reads them all; rdb may be a transaction.
func (s *Store) readAccounts(ctx context.Context, rdb redis.Cmdable, c ClinicID) (*accounts, error) {
	var users, sessions *redis.MapStringStringCmd
	_, err := rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		users, sessions = p.HGetAll(ctx, keyUsers(c)), p.HGetAll(ctx, keySessions(c))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the accounts of clinic %s: %w", c, err)
	}
	a := &accounts{map[string]account{}, map[string]openSession{}}
	for name, kept := range users.Val() {
		if a.users[name], err = parseAccount(kept); err != nil {
			return nil, err
		}
	}
	for hash, kept := range sessions.Val() {
		var open openSession
		if err := json.Unmarshal([]byte(kept), &open); err != nil {
			return nil, fmt.Errorf("malformed session at clinic %s: %w", c, err)
		}
		a.sessions[hash] = open
	}
	return a, nil
}

// changeAccounts does a change of a clinic's accounts and sessions as a whole, or
// not at all. Sessions that are over go with any change, and the clinic keeps an
// admin once it has one. What it did to users is kept with by, see [Store.Changes].
// A repeat of what do does must do no harm.
func (s *Store) changeAccounts(ctx context.Context, c ClinicID, by Actor, do func(*accounts) error) error {
	if _, err := s.record(ctx, c); err != nil {
		return err
	}
	change := func(tx *redis.Tx) error {
		was, err := s.readAccounts(ctx, tx, c)
		if err != nil {
			return err
		}
		now := &accounts{maps.Clone(was.users), maps.Clone(was.sessions)}
		if err := do(now); err != nil {
			return err
		}
		if was.admins() > 0 && now.admins() == 0 {
			return ErrLastAdmin
		}
		now.prune(s.now())
		_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			return errors.Join(
				writeChanged(ctx, p, keyUsers(c), was.users, now.users),
				writeChanged(ctx, p, keySessions(c), was.sessions, now.sessions),
				p.PExpireAt(ctx, keySessions(c), now.last()).Err(),
				s.noteUsers(ctx, p, c, by, was.users, now.users),
			)
		})
		return err
	}
	for range accountTries {
		err := s.rdb.Watch(ctx, change, keyUsers(c), keySessions(c))
		if refused := Refusal(""); err == nil || errors.As(err, &refused) {
			return err
		}
		if !errors.Is(err, redis.TxFailedErr) {
			return fmt.Errorf("change the accounts of clinic %s: %w", c, err)
		}
	}
	return fmt.Errorf("change the accounts of clinic %s: they keep changing", c)
}

// writeChanged writes what differs between two states of a hash.
func writeChanged[V comparable](ctx context.Context, p redis.Pipeliner, key string, was, now map[string]V) error {
	for field, v := range now {
		if old, there := was[field]; there && old == v {
			continue
		}
		text, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("write %s: %w", key, err)
		}
		p.HSet(ctx, key, field, text)
	}
	for field := range was {
		if _, stays := now[field]; !stays {
			p.HDel(ctx, key, field)
		}
	}
	return nil
}
