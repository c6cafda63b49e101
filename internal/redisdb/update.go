package redisdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// updateTries bounds how often an update is tried while other clients change the same
// keys.
const updateTries = 30

// Update runs change in a transaction that fails if another client changes one of the
// keys, and then tries again. A repeat of change must do no harm.
func Update(ctx context.Context, rdb redis.UniversalClient, change func(*redis.Tx) error, keys ...string) error {
	for range updateTries {
		if err := rdb.Watch(ctx, change, keys...); !errors.Is(err, redis.TxFailedErr) {
			return err
		}
	}
	return fmt.Errorf("others keep changing %q", keys)
}

// FromMillis is the time of a stored number of milliseconds; 0 is the zero time.
func FromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
