package account

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

	"junban/internal/redisdb"
	"junban/internal/refusal"
	"junban/queue/clinic"
)

// accounts are a clinic's users and logins, by name and by token hash.
type accounts struct {
	users  map[string]storedUser
	logins map[string]storedLogin
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

// prune forgets the logins that are over.
func (a *accounts) prune(now time.Time) {
	for hash, open := range a.logins {
		if is, there := a.users[open.User]; !there || !open.holds(is, now) {
			delete(a.logins, hash)
		}
	}
}

// last is when the last login ends.
func (a *accounts) last() time.Time {
	var ends int64
	for _, open := range a.logins {
		ends = max(ends, open.Ends)
	}
	return time.UnixMilli(ends)
}

// endOldest keeps as many logins of a user as there may be, and the new one.
func (a *accounts) endOldest(user, latest string) {
	var others []string
	for hash, open := range a.logins {
		if open.User == user && hash != latest {
			others = append(others, hash)
		}
	}
	slices.SortFunc(others, func(x, y string) int { return cmp.Compare(a.logins[y].Seen, a.logins[x].Seen) })
	for _, hash := range others[min(len(others), loginsEach-1):] {
		delete(a.logins, hash)
	}
}

// readAccounts reads them all; rdb may be a transaction.
func (s *Store) readAccounts(ctx context.Context, rdb redis.Cmdable, c clinic.ID) (*accounts, error) {
	var users, logins *redis.MapStringStringCmd
	_, err := rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		users, logins = p.HGetAll(ctx, keyUsers(c)), p.HGetAll(ctx, keyLogins(c))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the accounts of clinic %s: %w", c, err)
	}
	a := &accounts{map[string]storedUser{}, map[string]storedLogin{}}
	for name, kept := range users.Val() {
		if a.users[name], err = parseUser(kept); err != nil {
			return nil, err
		}
	}
	for hash, kept := range logins.Val() {
		var open storedLogin
		if err := json.Unmarshal([]byte(kept), &open); err != nil {
			return nil, fmt.Errorf("malformed login at clinic %s: %w", c, err)
		}
		a.logins[hash] = open
	}
	return a, nil
}

// change writes a change of a clinic's users and logins as a whole, or
// not at all. Logins that are over go with any change, and the clinic keeps an
// admin once it has one. What it did to users is kept with by, see [queue.Store.Changes].
// A repeat of what do does must do no harm.
func (s *Store) change(ctx context.Context, c clinic.ID, by clinic.Actor, do func(*accounts) error) error {
	if _, err := s.clinics.Clinic(ctx, c); err != nil {
		return err
	}
	change := func(tx *redis.Tx) error {
		was, err := s.readAccounts(ctx, tx, c)
		if err != nil {
			return err
		}
		now := &accounts{maps.Clone(was.users), maps.Clone(was.logins)}
		if err := do(now); err != nil {
			return err
		}
		if was.admins() > 0 && now.admins() == 0 {
			return ErrLastAdmin
		}
		now.prune(s.clinics.Now())
		_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			return errors.Join(
				writeChanged(ctx, p, keyUsers(c), was.users, now.users),
				writeChanged(ctx, p, keyLogins(c), was.logins, now.logins),
				p.PExpireAt(ctx, keyLogins(c), now.last()).Err(),
				s.noteUsers(ctx, p, c, by, was.users, now.users),
			)
		})
		return err
	}
	err := redisdb.Update(ctx, s.rdb, change, keyUsers(c), keyLogins(c))
	if _, refused := errors.AsType[*refusal.Refusal](err); err == nil || refused {
		return err
	}
	return fmt.Errorf("change the accounts of clinic %s: %w", c, err)
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
