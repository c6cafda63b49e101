package account

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

	"junban/internal/redisdb"
	"junban/queue/clinic"
	"junban/queue/typed"
)

// Role is what a user of a clinic may do.
type Role string

// The roles. A user from before there were any is an admin.
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

// User is a member of a clinic's staff who may log in.
type User struct {
	Name         string
	Role         Role
	Since        time.Time // zero: from before this was kept
	LastLogin    time.Time // zero: never, or before this was kept
	PasswordHash string
}

// ValidUserName reports whether a new user may have that name. It has 1 to 40 printable
// characters, no space around it, and is one segment of a URL path.
func ValidUserName(name string) bool {
	n := utf8.RuneCountInString(name)
	return n >= 1 && n <= maxUserName && utf8.ValidString(name) && strings.TrimSpace(name) == name && name != "." && name != ".." &&
		!strings.ContainsFunc(name, func(r rune) bool { return r == '/' || typed.Refused(r) })
}

// storedUser is a user as Redis has it, under its name. Mark changes with the
// password: a login that has another one is over.
type storedUser struct {
	Password  string `json:"password"`
	Mark      string `json:"mark"`
	Role      Role   `json:"role"`
	Since     int64  `json:"since,omitempty"`     // ms
	LastLogin int64  `json:"lastLogin,omitempty"` // ms
}

// parseUser reads a stored user. One from before there were roles is the hash of
// the password alone, and an admin.
func parseUser(text string) (u storedUser, err error) {
	if !strings.HasPrefix(text, "{") {
		return storedUser{Role: RoleAdmin}.with(text), nil
	}
	if err := json.Unmarshal([]byte(text), &u); err != nil {
		return u, fmt.Errorf("malformed user: %w", err)
	}
	return u, nil
}

// with returns the user with another password.
func (u storedUser) with(passwordHash string) storedUser {
	sum := sha256.Sum256([]byte(passwordHash)) // differs with the hash, and reveals nothing of it
	u.Password, u.Mark = passwordHash, base64.RawURLEncoding.EncodeToString(sum[:16])
	return u
}

func (u storedUser) user(name string) User {
	return User{Name: name, Role: u.Role, Since: redisdb.FromMillis(u.Since), LastLogin: redisdb.FromMillis(u.LastLogin), PasswordHash: u.Password}
}

// PutUser writes a user, as the operator does. The role "" keeps that of a user who
// is there, and makes a new one an admin. It
// returns [ErrLastAdmin] rather than make the last admin anything else.
func (s *Store) PutUser(ctx context.Context, c clinic.ID, name string, role Role, passwordHash string, by clinic.Actor) error {
	return s.change(ctx, c, by, func(a *accounts) error {
		is, there := a.users[name]
		if !there {
			is.Since, is.Role = s.clinics.Now().UnixMilli(), RoleAdmin
		}
		if role != "" {
			is.Role = role
		}
		a.users[name] = is.with(passwordHash)
		return nil
	})
}

// AddUser makes a new user. It returns [ErrUserExists] when there is one of
// that name, and [ErrUsersFull] when a clinic has a hundred.
func (s *Store) AddUser(ctx context.Context, c clinic.ID, name string, role Role, passwordHash string, by clinic.Actor) error {
	return s.change(ctx, c, by, func(a *accounts) error {
		if _, there := a.users[name]; there {
			return ErrUserExists
		}
		if len(a.users) >= maxUsers {
			return ErrUsersFull
		}
		a.users[name] = storedUser{Role: role, Since: s.clinics.Now().UnixMilli()}.with(passwordHash)
		return nil
	})
}

// SetRole gives a user another role. It returns [ErrNoUser], or
// [ErrLastAdmin] rather than leave the clinic without an admin.
func (s *Store) SetRole(ctx context.Context, c clinic.ID, name string, role Role, by clinic.Actor) error {
	return s.change(ctx, c, by, func(a *accounts) error {
		is, there := a.users[name]
		if !there {
			return ErrNoUser
		}
		is.Role = role
		a.users[name] = is
		return nil
	})
}

// SetPassword gives a user another password, or returns [ErrNoUser]. Its
// logins end, except the one whose token hash is keep.
func (s *Store) SetPassword(ctx context.Context, c clinic.ID, name, passwordHash, keep string, by clinic.Actor) error {
	return s.change(ctx, c, by, func(a *accounts) error {
		is, there := a.users[name]
		if !there {
			return ErrNoUser
		}
		was := is.Mark
		is = is.with(passwordHash)
		a.users[name] = is
		if mine, ok := a.logins[keep]; ok && mine.User == name && mine.Mark == was {
			mine.Mark = is.Mark
			a.logins[keep] = mine
		}
		return nil
	})
}

// User returns a user, or [ErrNoUser].
func (s *Store) User(ctx context.Context, c clinic.ID, name string) (User, error) {
	text, err := s.rdb.HGet(ctx, keyUsers(c), name).Result()
	if errors.Is(err, redis.Nil) {
		return User{}, ErrNoUser
	}
	if err != nil {
		return User{}, fmt.Errorf("read a user of clinic %s: %w", c, err)
	}
	u, err := parseUser(text)
	return u.user(name), err
}

// Users returns the users of a clinic, by name.
func (s *Store) Users(ctx context.Context, c clinic.ID) ([]User, error) {
	stored, err := s.rdb.HGetAll(ctx, keyUsers(c)).Result()
	if err != nil {
		return nil, fmt.Errorf("list users of clinic %s: %w", c, err)
	}
	users := make([]User, 0, len(stored))
	for _, name := range slices.Sorted(maps.Keys(stored)) {
		u, err := parseUser(stored[name])
		if err != nil {
			return nil, err
		}
		users = append(users, u.user(name))
	}
	return users, nil
}

// RemoveUser removes a user and its logins. It returns [ErrNoUser], or
// [ErrLastAdmin] rather than leave the clinic without an admin.
func (s *Store) RemoveUser(ctx context.Context, c clinic.ID, name string, by clinic.Actor) error {
	return s.change(ctx, c, by, func(a *accounts) error {
		if _, there := a.users[name]; !there {
			return ErrNoUser
		}
		delete(a.users, name)
		return nil
	})
}
