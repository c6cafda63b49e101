package outbox

import (
	"context"
	"time"

	"junban/queue/clinic"
)

// NoteCalled records when the tickets of approaches were called, for the figures of how
// early they were (B21). Called has the moment by the id of the job. A job that was not
// sent, or has a moment, stays as it is.
func (s *Store) NoteCalled(ctx context.Context, c clinic.ID, box string, called map[string]time.Time) error {
	var args []any
	for id, at := range called {
		args = append(args, id, at.UnixMilli())
	}
	_, err := s.run(ctx, "called", []string{keyJobs(c, box)}, args...)
	return err
}
