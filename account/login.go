package account

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

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
func (s *Store) Login(ctx context.Context, c clinic.ID, tokenHash string) (user string, role Role, err error) {
	reply, err := s.login.Run(ctx, s.rdb, []string{keyLogins(c), keyUsers(c)}, tokenHash, seenEvery.Milliseconds()).Slice()
	if err != nil {
		return "", "", fmt.Errorf("read a login of clinic %s: %w", c, err)
	}
	if len(reply) != 3 {
		return "", "", ErrNoLogin
	}
	user, _ = reply[1].(string)
	text, _ := reply[2].(string)
	return user, Role(text), nil
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
