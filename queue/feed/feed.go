package feed

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
)

// The feed's times. Together they keep the promise to viewers: a node marks a state as
// stale at most 5 s behind Redis.
const (
	// tick is how often the followed clinics are compared with Redis although no
	// message came (anti-entropy). With [late] a lost message costs at most 2 s.
	tick = 1950 * time.Millisecond
	// readTimeout bounds one read, so that a second one fits before [queue.StaleAfter].
	readTimeout = 1500 * time.Millisecond
	// retryAfter is the pause after a read that failed.
	retryAfter = 250 * time.Millisecond
)

// Options of a [Feed]; the zero value works.
type Options struct {
	Registerer prometheus.Registerer
	Log        *slog.Logger
	// Subscribe subscribes to channels of Redis. Nil: on the connection of the line.
	Subscribe func(ctx context.Context, channels ...string) Subscription
}

// Subscription is a subscription to channels of Redis, as [redis.PubSub] is one.
type Subscription interface {
	ReceiveTimeout(ctx context.Context, timeout time.Duration) (any, error)
	Close() error
}

// Source is the line that a feed reads: [queue.Store].
type Source interface {
	// Redis is the connection that the feed subscribes on.
	Redis() redis.UniversalClient
	// Now is the time of Redis.
	Now() time.Time
	// Snapshot reads a clinic's day.
	Snapshot(context.Context, clinic.ID) (*queue.Snapshot, error)
	// Patients reads who tickets of a day are for.
	Patients(context.Context, clinic.ID, clinic.Day, []queue.TicketID) (map[queue.TicketID]queue.Patient, error)
	// Newest reads what Redis has of the snapshots' clinics, in one round trip.
	Newest(context.Context, []*queue.Snapshot) []queue.Newest
	// Clinic returns a clinic's record.
	Clinic(context.Context, clinic.ID) (clinic.Clinic, error)
	// RenewEpoch gives a clinic's day another epoch, unless it has one already.
	RenewEpoch(ctx context.Context, c clinic.ID, lost string) error
	// Expire does what an instant that has come brings to a clinic, once.
	Expire(ctx context.Context, c clinic.ID, at time.Time) error
	// Confirm returns when the clinic's master last proved that it takes writes.
	Confirm(context.Context, clinic.ID) (time.Time, error)
	// LastConfirmed returns when any master last did.
	LastConfirmed() time.Time
}

// Feed sends every change of a clinic to its followers. It applies what acts publish to
// the snapshot that it has. It reads one at the start and where the messages do not
// suffice. It holds one subscription for all followers, and trusts it only while its own
// probes return.
type Feed struct {
	line      Source
	journal   *journal.Reader
	log       *slog.Logger
	subscribe func(ctx context.Context, channels ...string) Subscription

	mu        sync.Mutex
	followers map[clinic.ID]map[*follower]bool // guarded by mu

	probe probe

	reads   *prometheus.CounterVec // by reason
	deltas  *prometheus.CounterVec // by fit
	resyncs *prometheus.CounterVec // by reason
}

// New returns a feed of the line. [Feed.Run] must run for it to receive messages and to
// check what it has shown.
func New(line Source, o Options) (*Feed, error) {
	f := &Feed{
		line: line, journal: journal.New(line), log: o.Log, subscribe: o.Subscribe, followers: map[clinic.ID]map[*follower]bool{},
		reads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "junban_feed_reads_total",
			Help: "Snapshots read for followers, by the cause of the read.",
		}, []string{"reason"}),
		deltas: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "junban_feed_deltas_total",
			Help: "Messages of acts that followers received, by how they fit to the state. Those of fit \"next\" were applied.",
		}, []string{"fit"}),
		resyncs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "junban_feed_resyncs_total",
			Help: "Reads of all followed clinics after messages may have been lost.",
		}, []string{"reason"}),
	}
	f.probe.init()
	if f.log == nil {
		f.log = slog.New(slog.DiscardHandler)
	}
	if f.subscribe == nil {
		f.subscribe = func(ctx context.Context, channels ...string) Subscription {
			return line.Redis().Subscribe(ctx, channels...)
		}
	}
	if o.Registerer != nil {
		for _, c := range []prometheus.Collector{f.reads, f.deltas, f.resyncs, f.probe.seconds, f.probe.newest} {
			if err := o.Registerer.Register(c); err != nil {
				return nil, fmt.Errorf("metrics of the feed: %w", err)
			}
		}
	}
	return f, nil
}

// join makes a follower receive the messages of its clinic, until leave is called.
func (f *Feed) join(me *follower) (leave func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.followers[me.clinic] == nil {
		f.followers[me.clinic] = map[*follower]bool{}
	}
	f.followers[me.clinic][me] = true
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.followers[me.clinic], me)
		if len(f.followers[me.clinic]) == 0 {
			delete(f.followers, me.clinic)
		}
	}
}

// all returns the followers of all clinics.
func (f *Feed) all() (all []*follower) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, of := range f.followers {
		for me := range of {
			all = append(all, me)
		}
	}
	return all
}

// receive passes a message of an act to the followers of its clinic.
func (f *Feed) receive(message string) {
	d := queue.ParseDelta(message)
	f.mu.Lock()
	defer f.mu.Unlock()
	for me := range f.followers[d.Clinic] {
		me.deliver(d)
	}
}

// ReadPatients makes the followers of a clinic read the patients that they lack.
func (f *Feed) ReadPatients(c clinic.ID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for me := range f.followers[c] {
		me.notify()
	}
}

// resync makes all followers read, because messages may have been lost.
func (f *Feed) resync(reason string) {
	f.resyncs.WithLabelValues(reason).Inc()
	for _, me := range f.all() {
		me.order("resync")
	}
}
