package outbox

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
)

// Source is what the outbox needs of the line: [queue.Store].
type Source interface {
	// Clinic returns a clinic's record, or [clinic.ErrNoClinic].
	Clinic(context.Context, clinic.ID) (clinic.Clinic, error)
	// Now is the time of Redis.
	Now() time.Time
}

// Options of a [Store].
type Options struct {
	Secret []byte // of the installation, shared by its nodes: it keys the ids of jobs and the hashes of addresses

	// Voided is called for each job that [Store.Take] has voided, with one of the Why
	// constants or the reason of who voided it. It must not wait. Nil: nothing asks for it.
	Voided func(Kind, string)
}

// Store keeps wants and jobs in Redis. It is safe for concurrent use, by several nodes.
// Each method is one script or one pipeline, unless it is of pages. An error is a wrapped
// [refusal.Refusal], [ErrMoved], [ErrFence] or [clinic.ErrNoClinic]; any other means that
// Redis could not be asked. Then the change may have happened, and it is safe to repeat it.
type Store struct {
	rdb     redis.UniversalClient
	source  Source
	secret  []byte
	scripts map[string]*redis.Script
	voided  func(Kind, string) // see [Options]
	records records
}

// New returns the outbox on rdb. It starts nothing, and asks nothing of Redis.
func New(rdb redis.UniversalClient, source Source, o Options) *Store {
	if o.Voided == nil {
		o.Voided = func(Kind, string) {}
	}
	return &Store{rdb: rdb, source: source, secret: o.Secret, scripts: loadScripts(), voided: o.Voided}
}
