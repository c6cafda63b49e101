package queue

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/redis/go-redis/v9"

	"junban/queue/typed"
)

// The line keeps the desk's accounts and sessions beside the clinic they belong
// to, and knows nothing of passwords: hashes and tokens are opaque texts here.
// Every change of an account stands in the clinic's changes, without them.

// Role is what a user of a clinic may do.
type Role string

// The roles. An account from before there were any is an admin's.
const (
	RoleDesk  Role = "desk"  // everything in the line
	RoleAdmin Role = "admin" // that, and the settings, the timetable and the users
)

// Roles are all of them.
var Roles = []Role{RoleDesk, RoleAdmin}

const (
	maxUsers    = 100 // of a clinic
	maxUserName = 40  // characters
)

// User is an account of a clinic's desk.
type User struct {
	Name         string
	Role         Role
	Since        time.Time // zero: from before this was kept
	LastLogin    time.Time // zero: never, or before this was kept
	PasswordHash string
}

// ValidUserName reports whether a new account may have that name: 1 to 40
// characters that print, no space around it, and one segment of a URL's path.
func ValidUserName(name string) bool {
	n := utf8.RuneCountInString(name)
	return n >= 1 && n <= maxUserName && utf8.ValidString(name) && strings.TrimSpace(name) == name && name != "." && name != ".." &&
		!strings.ContainsFunc(name, func(r rune) bool { return r == '/' || typed.Refused(r) })
}

// account is how a user is kept, under its name. Mark changes with the password:
// a session that has another one is over.
type account struct {
	Password  string `json:"password"`
	Mark      string `json:"mark"`
	Role      Role   `json:"role"`
	Since     int64  `json:"since,omitempty"`     // ms
	LastLogin int64  `json:"lastLogin,omitempty"` // ms
}

// parseAccount reads a kept account. One from before there were roles is the
// password's hash alone.
func parseAccount(kept string) (a account, err error) {
	if !strings.HasPrefix(kept, "{") {
		return account{Role: RoleAdmin}.with(kept), nil
	}
	if err := json.Unmarshal([]byte(kept), &a); err != nil {
		return a, fmt.Errorf("malformed account: %w", err)
	}
	return a, nil
}

// with is the account with another password.
func (a account) with(passwordHash string) account {
	sum := sha256.Sum256([]byte(passwordHash)) // tells two hashes apart, and nothing about either
	a.Password, a.Mark = passwordHash, base64.RawURLEncoding.EncodeToString(sum[:16])
	return a
}

func (a account) user(name string) User {
	return User{Name: name, Role: a.Role, Since: msTime(a.Since), LastLogin: msTime(a.LastLogin), PasswordHash: a.Password}
}

// msTime is the time of a kept number of milliseconds; 0 is no time.
func msTime(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// PutUser writes an account of a clinic's desk, as its operator does. No role
// keeps that of an account that is there, and makes a new one an admin's. It
// returns [ErrLastAdmin] rather than make the last admin anything else.
func (s *Store) PutUser(ctx context.Context, c ClinicID, name string, role Role, passwordHash string, by Actor) error {
	return s.changeAccounts(ctx, c, by, func(a *accounts) error {
		is, there := a.users[name]
		if !there {
			is.Since, is.Role = s.now().UnixMilli(), RoleAdmin
		}
		if role != "" {
			is.Role = role
		}
		a.users[name] = is.with(passwordHash)
		return nil
	})
}

// AddUser makes a new account. It returns [ErrUserExists] when there is one of
// that name, and [ErrUsersFull] when a clinic has a hundred.
func (s *Store) AddUser(ctx context.Context, c ClinicID, name string, role Role, passwordHash string, by Actor) error {
	return s.changeAccounts(ctx, c, by, func(a *accounts) error {
		if _, there := a.users[name]; there {
			return ErrUserExists
		}
		if len(a.users) >= maxUsers {
			return ErrUsersFull
		}
		a.users[name] = account{Role: role, Since: s.now().UnixMilli()}.with(passwordHash)
		return nil
	})
}

// SetRole gives an account another role. It returns [ErrNoUser], or
// [ErrLastAdmin] rather than leave the clinic without an admin.
func (s *Store) SetRole(ctx context.Context, c ClinicID, name string, role Role, by Actor) error {
	return s.changeAccounts(ctx, c, by, func(a *accounts) error {
		is, there := a.users[name]
		if !there {
			return ErrNoUser
		}
		is.Role = role
		a.users[name] = is
		return nil
	})
}

// SetPassword gives an account another password, or returns [ErrNoUser]. Its
// sessions end, but for the one of keep, if there is such a one.
func (s *Store) SetPassword(ctx context.Context, c ClinicID, name, passwordHash, keep string, by Actor) error {
	return s.changeAccounts(ctx, c, by, func(a *accounts) error {
		is, there := a.users[name]
		if !there {
			return ErrNoUser
		}
		was := is.Mark
		is = is.with(passwordHash)
		a.users[name] = is
		if mine, ok := a.sessions[keep]; ok && mine.User == name && mine.Mark == was {
			mine.Mark = is.Mark
			a.sessions[keep] = mine
		}
		return nil
	})
}

// User returns an account, or [ErrNoUser].
func (s *Store) User(ctx context.Context, c ClinicID, name string) (User, error) {
	kept, err := s.rdb.HGet(ctx, keyUsers(c), name).Result()
	if errors.Is(err, redis.Nil) {
		return User{}, ErrNoUser
	}
	if err != nil {
		return User{}, fmt.Errorf("read a user of clinic %s: %w", c, err)
	}
	a, err := parseAccount(kept)
	return a.user(name), err
}

// Users returns a clinic's accounts, by name.
func (s *Store) Users(ctx context.Context, c ClinicID) ([]User, error) {
	kept, err := s.rdb.HGetAll(ctx, keyUsers(c)).Result()
	if err != nil {
		return nil, fmt.Errorf("list users of clinic %s: %w", c, err)
	}
	users := make([]User, 0, len(kept))
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		a, err := parseAccount(kept[name])
		if err != nil {
			return nil, err
		}
		users = append(users, a.user(name))
	}
	return users, nil
}

// RemoveUser removes an account and its sessions. It returns [ErrNoUser], or
// [ErrLastAdmin] rather than leave the clinic without an admin.
func (s *Store) RemoveUser(ctx context.Context, c ClinicID, name string, by Actor) error {
	return s.changeAccounts(ctx, c, by, func(a *accounts) error {
		if _, there := a.users[name]; !there {
			return ErrNoUser
		}
		delete(a.users, name)
		return nil
	})
}
