package outbox

import (
	"context"
	"time"

	"junban/queue/clinic"
)

// Own makes a node the owner of clinics that have none, renews it where it is, and
// reports which it owns. It is one pipeline.
func (s *Store) Own(ctx context.Context, cs []clinic.ID, node string, ttl time.Duration) (map[clinic.ID]bool, error) {
	return nil, errTodo
}

// Release gives up the clinics that a node owns.
func (s *Store) Release(ctx context.Context, cs []clinic.ID, node string) error { return errTodo }
