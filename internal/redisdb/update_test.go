package redisdb_test

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"junban/internal/redisdb"
	"junban/queue/queuetest"
)

// TestUpdate_TriesAgainWhenTheKeyHasChanged has another client change the key during
// the first transactions.
func TestUpdate_TriesAgainWhenTheKeyHasChanged(t *testing.T) {
	t.Parallel()
	queuetest.OnBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, key := t.Context(), "junban:{9999}:update"
		double := func(others int) error {
			return redisdb.Update(ctx, rdb, func(tx *redis.Tx) error {
				n, err := tx.Get(ctx, key).Int()
				if err != nil {
					return err
				}
				if others > 0 {
					others--
					if err := rdb.Incr(ctx, key).Err(); err != nil {
						return err
					}
				}
				_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error { return p.Set(ctx, key, 2*n, 0).Err() })
				return err
			}, key)
		}
		if err := rdb.Set(ctx, key, 1, 0).Err(); err != nil {
			t.Fatal(err)
		}
		if err := double(2); err != nil {
			t.Fatal(err)
		}
		if got, err := rdb.Get(ctx, key).Int(); got != 6 || err != nil {
			t.Errorf("the value is %d, want 6: %v", got, err)
		}
		if err := double(1000); err == nil {
			t.Error("a key that always changes is no error")
		}
		rdb.Del(ctx, key)
	})
}
