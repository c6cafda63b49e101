package queue

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
	"junban/queue/lessons"
)

// Options of a [Store]; the zero value works.
type Options struct {
	// MinReplicas is how many replicas must have an act before it is
	// acknowledged; else it returns [ErrUnconfirmed]. 0: it is not waited for.
	MinReplicas int

	Registerer prometheus.Registerer // nil: no metrics
	Bounds     Bounds                // zero: [DefaultBounds]
	Clock      func() time.Time      // this machine's; nil: [time.Now]

	// Acted is called after each act on a clinic's day, and must not wait. Nil: nothing
	// asks for it.
	Acted func(clinic.ID, clinic.Day)
}

// Store is the line on Redis. It is safe for concurrent use. Each act and each read of
// the line is one round trip while the clinic's record is unchanged. The lessons of
// past days are read again every ten minutes.
//
// An error is a wrapped [refusal.Refusal] when the line refused. Any other error means
// that Redis could not be asked. Then the act may have happened; it is safe to repeat
// with the same key.
type Store struct {
	rdb     redis.UniversalClient
	scripts map[string]script
	seconds *prometheus.HistogramVec
	bounds  Bounds
	clock   func() time.Time
	lessons *lessons.Store
	acted   func(clinic.ID, clinic.Day) // see [Options]

	minReplicas int
	confirms    confirms

	skew atomic.Int64 // Redis time less ours, in milliseconds, as a script last returned it

	mu      sync.Mutex
	records map[clinic.ID]record  // guarded by mu
	manuals map[clinic.Ref]manual // guarded by mu
	reached map[clinic.ID]Reached // guarded by mu
}

// record is a clinic's record as this store last read it. Every script checks
// its rev, so an old one is found out before it can do harm.
type record struct {
	clinic.Clinic
	rev string
	loc *time.Location
}

// NewStore returns a line on rdb. It starts nothing and asks nothing of Redis.
func NewStore(rdb redis.UniversalClient, o Options) (*Store, error) {
	scripts, err := loadScripts()
	if err != nil {
		return nil, err
	}
	s := &Store{
		rdb: rdb, scripts: scripts, bounds: cmp.Or(o.Bounds, DefaultBounds), minReplicas: o.MinReplicas,
		records: map[clinic.ID]record{}, manuals: map[clinic.Ref]manual{}, reached: map[clinic.ID]Reached{}, lessons: lessons.New(rdb),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "junban_queue_script_seconds",
			Help:    "Time from sending a script to Redis to its reply.",
			Buckets: []float64{.0002, .0005, .001, .002, .005, .01, .02, .05, .1, .5, 2},
		}, []string{"script", "result"}),
	}
	if s.clock = o.Clock; s.clock == nil {
		s.clock = time.Now
	}
	if s.acted = o.Acted; s.acted == nil {
		s.acted = func(clinic.ID, clinic.Day) {}
	}
	if o.Registerer != nil {
		if err := o.Registerer.Register(s.seconds); err != nil {
			return nil, fmt.Errorf("metrics of the line: %w", err)
		}
	}
	return s, nil
}

// Load loads the scripts into Redis, so that the first act of the morning is
// not slower than the next. Without it, or after a Redis that forgot them, an
// act takes one more round trip.
func (s *Store) Load(ctx context.Context) error {
	for _, sc := range s.scripts {
		if err := sc.Load(ctx, s.rdb).Err(); err != nil {
			return fmt.Errorf("load script %s: %w", sc.name, err)
		}
	}
	return nil
}

// Redis is the connection of the store, for the packages that stand on the line.
func (s *Store) Redis() redis.UniversalClient { return s.rdb }

// Lessons is what the clinics' past days have taught, as this store reads it.
func (s *Store) Lessons() *lessons.Store { return s.lessons }

// Now is the time of Redis, as this store estimates it from the last replies.
func (s *Store) Now() time.Time { return s.now() }

// now is Redis time as well as this store knows it. Inside the line the
// scripts ask Redis itself.
func (s *Store) now() time.Time {
	return s.clock().Add(time.Duration(s.skew.Load()) * time.Millisecond)
}

// record returns the clinic's record, from memory if it is there.
func (s *Store) record(ctx context.Context, c clinic.ID) (record, error) {
	s.mu.Lock()
	k, ok := s.records[c]
	s.mu.Unlock()
	if ok {
		return k, nil
	}
	return s.reread(ctx, c)
}
