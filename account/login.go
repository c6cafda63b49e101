package account

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
)

// ErrNoLogin is returned for a login that has ended, or never was.
var ErrNoLogin = errors.New("no such login")

const (
	// seenEvery is how old the time at which a login was seen may become
	// before it is written again.
	seenEvery = time.Minute
	// loginsEach is how many logins an account has at once; one more ends
	// the one that was seen longest ago.
	loginsEach = 20
)

// Login is a staff user on one device. Device and Address are for people, to
// recognize it by.
type Login struct {
	TokenHash string
	User      string
	Device    string
	Address   string
	Since     time.Time
	Seen      time.Time // at most a minute old while it is used
}

// storedLogin is a login as Redis has it, under the hash of its token.
type storedLogin struct {
	User    string `json:"user"`
	Mark    string `json:"mark"` // of the user when it began
	Device  string `json:"device"`
	Address string `json:"address"`
	Since   int64  `json:"since"` // ms
	Seen    int64  `json:"seen"`  // ms
	Ends    int64  `json:"ends"`  // ms
}

// PutLogin stores a login that ends by itself after life, and with any change
// of the user's password. The time of the login is stored with the user. It
// returns [ErrNoUser] for a user that is gone.
func (s *Store) PutLogin(ctx context.Context, c clinic.ID, d Login, life time.Duration) error {
	return s.change(ctx, c, clinic.Actor{}, func(a *accounts) error {
		is, there := a.users[d.User]
		if !there {
			return ErrNoUser
		}
		now := s.clinics.Now()
		is.LastLogin = now.UnixMilli()
		a.users[d.User] = is
		a.logins[d.TokenHash] = storedLogin{
			User: d.User, Mark: is.Mark, Device: d.Device, Address: d.Address,
			Since: now.UnixMilli(), Seen: now.UnixMilli(), Ends: now.Add(life).UnixMilli(),
		}
		a.endOldest(d.User, d.TokenHash)
		return nil
	})
}

// Login returns the user of a login and the user's role. It returns [ErrNoLogin] if the
// login has ended, the user was removed, or the password has changed. It notes that the
// login was seen.
//
// A desk that works asks every few seconds. So a login that was read before is one round
// trip of plain commands, which cost Redis half as much as a script.
func (s *Store) Login(ctx context.Context, c clinic.ID, tokenHash string) (user string, role Role, err error) {
	text, open, is, err := s.readLogin(ctx, c, tokenHash)
	if errors.Is(err, redis.Nil) {
		return "", "", ErrNoLogin
	}
	if err != nil {
		return "", "", fmt.Errorf("read a login of clinic %s: %w", c, err)
	}
	now := s.clinics.Now()
	if !open.holds(is, now) {
		return "", "", ErrNoLogin
	}
	if now.UnixMilli()-open.Seen >= seenEvery.Milliseconds() {
		open.Seen = now.UnixMilli()
		later, err := json.Marshal(open)
		if err == nil {
			err = s.seen.Run(ctx, s.rdb, []string{keyLogins(c)}, tokenHash, text, later).Err()
		}
		if err != nil {
			return "", "", fmt.Errorf("note a login of clinic %s: %w", c, err)
		}
	}
	return open.User, is.Role, nil
}

// holds reports whether a login has not ended. It ends with a change of its user's mark.
func (l storedLogin) holds(user storedUser, now time.Time) bool {
	return user.Mark == l.Mark && l.Ends > now.UnixMilli()
}

// readLogin reads a login, also as the text that Redis has, and its user. It returns
// [redis.Nil] if one of them is not there.
func (s *Store) readLogin(ctx context.Context, c clinic.ID, tokenHash string) (text string, open storedLogin, is storedUser, err error) {
	name, known := s.userOf(tokenHash)
	if !known {
		if text, err = s.rdb.HGet(ctx, keyLogins(c), tokenHash).Result(); err == nil {
			err = json.Unmarshal([]byte(text), &open)
		}
		if err != nil {
			return "", open, is, err
		}
		name = open.User
		s.keepUserOf(tokenHash, name)
	}
	var login, user *redis.StringCmd
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		login, user = p.HGet(ctx, keyLogins(c), tokenHash), p.HGet(ctx, keyUsers(c), name)
		return nil
	})
	if err != nil {
		return "", open, is, err
	}
	if err := json.Unmarshal([]byte(login.Val()), &open); err != nil {
		return "", open, is, err
	}
	is, err = parseUser(user.Val())
	return login.Val(), open, is, err
}

// userOf returns the user of a login that was read before. A login never changes its user.
func (s *Store) userOf(tokenHash string) (name string, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, known = s.names[tokenHash]
	return name, known
}

// namesKept limits the logins whose users a store remembers.
const namesKept = 10_000

func (s *Store) keepUserOf(tokenHash, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.names) >= namesKept {
		clear(s.names)
	}
	s.names[tokenHash] = name
}

// Logins returns a clinic's open logins, the last seen first.
func (s *Store) Logins(ctx context.Context, c clinic.ID) ([]Login, error) {
	a, err := s.readAccounts(ctx, s.rdb, c)
	if err != nil {
		return nil, err
	}
	a.prune(s.clinics.Now())
	open := make([]Login, 0, len(a.logins))
	for hash, k := range a.logins {
		open = append(open, Login{hash, k.User, k.Device, k.Address, time.UnixMilli(k.Since), time.UnixMilli(k.Seen)})
	}
	slices.SortFunc(open, func(a, b Login) int {
		return cmp.Or(b.Seen.Compare(a.Seen), cmp.Compare(a.TokenHash, b.TokenHash))
	})
	return open, nil
}

// DropLogin ends a login; one that is not there is no error.
func (s *Store) DropLogin(ctx context.Context, c clinic.ID, tokenHash string) error {
	if err := s.rdb.HDel(ctx, keyLogins(c), tokenHash).Err(); err != nil {
		return fmt.Errorf("end a login at clinic %s: %w", c, err)
	}
	return nil
}
