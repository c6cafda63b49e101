package outbox

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
)

func suppression(ch Channel, hash string) string { return string(ch) + ":" + hash }

// Suppress stops every notice to an address through a channel, such as one whose mail
// returns. The reason is for the office.
func (s *Store) Suppress(ctx context.Context, c clinic.ID, ch Channel, hash, why string) error {
	value := fmt.Sprintf("%d %s", s.source.Now().UnixMilli(), why)
	if err := s.rdb.HSet(ctx, keySuppressed(c), suppression(ch, hash), value).Err(); err != nil {
		return fmt.Errorf("suppress an address of clinic %s: %w", c, err)
	}
	return nil
}

// Unsuppress admits notices to an address again.
func (s *Store) Unsuppress(ctx context.Context, c clinic.ID, ch Channel, hash string) error {
	if err := s.rdb.HDel(ctx, keySuppressed(c), suppression(ch, hash)).Err(); err != nil {
		return fmt.Errorf("admit an address of clinic %s: %w", c, err)
	}
	return nil
}

// Suppressed returns why an address is suppressed; "" if it is not.
func (s *Store) Suppressed(ctx context.Context, c clinic.ID, ch Channel, hash string) (why string, err error) {
	value, err := s.rdb.HGet(ctx, keySuppressed(c), suppression(ch, hash)).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("suppressed addresses of clinic %s: %w", c, err)
	}
	_, why, _ = strings.Cut(value, " ")
	return why, nil
}

// Spent returns how many notices each channel has sent in a month of the clinic's zone,
// such as "2026-12".
func (s *Store) Spent(ctx context.Context, c clinic.ID, month string) (map[Channel]int, error) {
	return s.counts(ctx, keySpent(c), month+":")
}

// Vapid returns the installation's keys of web push. Without any it writes those that
// create returns, unless another node has been faster.
func (s *Store) Vapid(ctx context.Context, create func() ([]byte, error)) ([]byte, error) {
	keys, err := s.rdb.Get(ctx, keyVapid).Bytes()
	if errors.Is(err, redis.Nil) {
		var own []byte
		if own, err = create(); err != nil {
			return nil, err
		}
		if err = s.rdb.SetNX(ctx, keyVapid, own, 0).Err(); err == nil {
			keys, err = s.rdb.Get(ctx, keyVapid).Bytes()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("keys of web push: %w", err)
	}
	return keys, nil
}
