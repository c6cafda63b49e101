package outbox

import (
	"context"

	"junban/queue/clinic"
)

// Suppress stops every notice to an address through a channel, such as one whose mail
// returns. The reason is for the office.
func (s *Store) Suppress(ctx context.Context, c clinic.ID, ch Channel, hash, why string) error {
	return errTodo
}

// Unsuppress admits notices to an address again.
func (s *Store) Unsuppress(ctx context.Context, c clinic.ID, ch Channel, hash string) error {
	return errTodo
}

// Suppressed returns why an address is suppressed; "" if it is not.
func (s *Store) Suppressed(ctx context.Context, c clinic.ID, ch Channel, hash string) (why string, err error) {
	return "", errTodo
}

// Spent returns how many notices each channel has sent in a month, such as "2026-12".
func (s *Store) Spent(ctx context.Context, c clinic.ID, month string) (map[Channel]int, error) {
	return nil, errTodo
}

// Vapid returns the installation's keys of web push. Without any it writes those that
// create returns, unless another node has been faster.
func (s *Store) Vapid(ctx context.Context, create func() ([]byte, error)) ([]byte, error) {
	return nil, errTodo
}
