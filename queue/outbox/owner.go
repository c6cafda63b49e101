package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
)

// Own makes a node the owner of clinics that have none, renews it where it is, and
// reports which it owns. It is one pipeline. Ownership only saves work: the scripts hold
// with two owners too.
func (s *Store) Own(ctx context.Context, cs []clinic.ID, node string, ttl time.Duration) (map[clinic.ID]bool, error) {
	return s.own(ctx, cs, node, ttl)
}

// Release gives up the clinics that a node owns.
func (s *Store) Release(ctx context.Context, cs []clinic.ID, node string) error {
	_, err := s.own(ctx, cs, node, 0)
	return err
}

func (s *Store) own(ctx context.Context, cs []clinic.ID, node string, ttl time.Duration) (map[clinic.ID]bool, error) {
	owned := map[clinic.ID]bool{}
	if len(cs) == 0 {
		return owned, nil
	}
	pipe := s.rdb.Pipeline()
	replies := make([]*redis.Cmd, len(cs))
	for i, c := range cs {
		replies[i] = s.scripts["own"].Eval(ctx, pipe, []string{keyOwner(c)}, node, ttl.Milliseconds())
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("own the notices of clinics: %w", err)
	}
	for i, c := range cs {
		if n, _ := replies[i].Int(); n == 1 {
			owned[c] = true
		}
	}
	return owned, nil
}
