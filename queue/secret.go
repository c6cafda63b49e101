package queue

import (
	"context"
	"crypto/rand"
	"fmt"
)

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
