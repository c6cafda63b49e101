package queue

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

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
