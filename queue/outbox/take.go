package outbox

import (
	"context"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// Claimed is a job that this node is to send now.
type Claimed struct {
	Job    Job
	Want   Want
	Ticket queue.Ticket // zero of news
	Lease  time.Time    // Redis time until which no other node claims it
}

// Take claims at most n due jobs: of news, or of all other kinds, the highest rank first.
func (s *Store) Take(ctx context.Context, c clinic.Clinic, n int, lease func(Channel) time.Duration, news bool) ([]Claimed, error) {
	return nil, errTodo
}
