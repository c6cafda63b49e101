package queue

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// Errors of the accounts.
var (
	ErrNoUser    = errors.New("no such user")
	ErrNoSession = errors.New("no such session")
)

// The line keeps the desk's accounts and sessions beside the clinic they belong
// to, and knows nothing of passwords: hashes and tokens are opaque texts here.

// PutUser writes an account of a clinic's desk.
func (s *Store) PutUser(ctx context.Context, c ClinicID, name, passwordHash string) error {
	if _, err := s.record(ctx, c); err != nil {
		return err
	}
	if err := s.rdb.HSet(ctx, keyUsers(c), name, passwordHash).Err(); err != nil {
		return fmt.Errorf("write a user of clinic %s: %w", c, err)
	}
	return nil
}

// User returns the password hash of an account, or [ErrNoUser].
func (s *Store) User(ctx context.Context, c ClinicID, name string) (passwordHash string, err error) {
	hash, err := s.rdb.HGet(ctx, keyUsers(c), name).Result()
	if errors.Is(err, redis.Nil) {
		return "", ErrNoUser
	}
	if err != nil {
		return "", fmt.Errorf("read a user of clinic %s: %w", c, err)
	}
	return hash, nil
}

// Users returns the names of a clinic's accounts, sorted.
func (s *Store) Users(ctx context.Context, c ClinicID) ([]string, error) {
	names, err := s.rdb.HKeys(ctx, keyUsers(c)).Result()
	if err != nil {
		return nil, fmt.Errorf("list users of clinic %s: %w", c, err)
	}
	slices.Sort(names)
	return names, nil
}

// RemoveUser removes an account, or returns [ErrNoUser]. Its sessions
// have ended when [Store.Session] is next asked for them.
func (s *Store) RemoveUser(ctx context.Context, c ClinicID, name string) error {
	n, err := s.rdb.HDel(ctx, keyUsers(c), name).Result()
	if err != nil {
		return fmt.Errorf("remove a user of clinic %s: %w", c, err)
	}
	if n == 0 {
		return ErrNoUser
	}
	return nil
}

// PutSession opens a session that ends by itself after life, and with any change
// of the account's password. It returns [ErrNoUser] for an account that is gone.
func (s *Store) PutSession(ctx context.Context, c ClinicID, tokenHash, user string, life time.Duration) error {
	passwordHash, err := s.User(ctx, c, user)
	if err != nil {
		return err
	}
	if err := s.rdb.Set(ctx, keySession(c, tokenHash), digest(passwordHash)+user, life).Err(); err != nil {
		return fmt.Errorf("open a session at clinic %s: %w", c, err)
	}
	return nil
}

// Session returns whose session it is, or [ErrNoSession] when it has ended, its
// account is gone, or the password is another by now.
func (s *Store) Session(ctx context.Context, c ClinicID, tokenHash string) (user string, err error) {
	kept, err := s.rdb.Get(ctx, keySession(c, tokenHash)).Result()
	if errors.Is(err, redis.Nil) || err == nil && len(kept) < digestSize {
		return "", ErrNoSession
	}
	if err != nil {
		return "", fmt.Errorf("read a session at clinic %s: %w", c, err)
	}
	user = kept[digestSize:]
	passwordHash, err := s.User(ctx, c, user)
	if errors.Is(err, ErrNoUser) || err == nil && digest(passwordHash) != kept[:digestSize] {
		return "", ErrNoSession
	}
	if err != nil {
		return "", err
	}
	return user, nil
}

const digestSize = 22 // characters

// digest tells two password hashes apart, and nothing about either.
func digest(passwordHash string) string {
	sum := sha256.Sum256([]byte(passwordHash))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// DropSession ends a session; one that is not there is no error.
func (s *Store) DropSession(ctx context.Context, c ClinicID, tokenHash string) error {
	if err := s.rdb.Del(ctx, keySession(c, tokenHash)).Err(); err != nil {
		return fmt.Errorf("end a session at clinic %s: %w", c, err)
	}
	return nil
}

// CountLogin counts one attempt under key and returns how many there were in
// the window that began with the first.
func (s *Store) CountLogin(ctx context.Context, key string, window time.Duration) (int, error) {
	var n *redis.IntCmd
	_, err := s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.SetNX(ctx, keyLogin(key), 0, window)
		n = p.Incr(ctx, keyLogin(key))
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("count a login: %w", err)
	}
	return int(n.Val()), nil
}

// UncountLogin takes back one attempt counted under key.
func (s *Store) UncountLogin(ctx context.Context, key string) error {
	if err := s.rdb.Decr(ctx, keyLogin(key)).Err(); err != nil {
		return fmt.Errorf("uncount a login: %w", err)
	}
	return nil
}

// ForgetLogin forgets the attempts counted under key.
func (s *Store) ForgetLogin(ctx context.Context, key string) error {
	if err := s.rdb.Del(ctx, keyLogin(key)).Err(); err != nil {
		return fmt.Errorf("forget logins: %w", err)
	}
	return nil
}

// Secret returns 32 random bytes that all nodes on this Redis share. The first
// to ask makes them.
func (s *Store) Secret(ctx context.Context) ([]byte, error) {
	fresh := make([]byte, 32)
	rand.Read(fresh) // never fails
	if err := s.rdb.SetNX(ctx, keySecret, fresh, 0).Err(); err != nil {
		return nil, fmt.Errorf("make the shared secret: %w", err)
	}
	secret, err := s.rdb.Get(ctx, keySecret).Bytes()
	if err != nil {
		return nil, fmt.Errorf("read the shared secret: %w", err)
	}
	return secret, nil
}
