package notify

import (
	"context"
	"crypto/rand"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"junban/notify/message"
	"junban/notify/text"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
	"junban/queue/outbox"
)

// Line is the line whose patients get notices: [queue.Store].
type Line interface {
	Now() time.Time
	ClinicIDs(context.Context) ([]clinic.ID, error)
	Clinic(context.Context, clinic.ID) (clinic.Clinic, error)
	TicketsOf(context.Context, clinic.ID, clinic.Day, []queue.TicketID) (map[queue.TicketID]queue.Ticket, map[queue.TicketID]queue.Patient, error)
}

// Journal reads the days' logs: [journal.Reader].
type Journal interface {
	From(ctx context.Context, c clinic.ID, d clinic.Day, entry string) iter.Seq2[journal.Event, error]
}

// Feed emits the snapshots of a clinic: [feed.Feed].
type Feed interface {
	Follow(ctx context.Context, c clinic.ID, w queue.Watcher) error
}

// Outbox keeps wants and jobs: [outbox.Store].
type Outbox interface {
	JobID(outbox.Job, outbox.Address) string
	Hash(outbox.Address) string
	WantsOf(context.Context, clinic.ID, clinic.Day) (map[queue.TicketID][]outbox.Want, error)
	MoveWants(ctx context.Context, from, to queue.TicketID) error
	Plan(ctx context.Context, c clinic.ID, box string, p outbox.Plan) (planned int, err error)
	NoteCalled(ctx context.Context, c clinic.ID, box string, called map[string]time.Time) error
	Cursor(context.Context, clinic.ID, clinic.Day) (string, error)
	Time(context.Context) (time.Time, error)
	Due(context.Context, []clinic.ID) (map[clinic.ID]time.Time, error)
	Checks(ctx context.Context, c clinic.ID, now time.Time) ([]clinic.Day, error)
	Take(ctx context.Context, c clinic.Clinic, n int, lease func(outbox.Channel) time.Duration, news bool) ([]outbox.Claimed, error)
	Tell(context.Context, clinic.Clinic, outbox.Told) error
	Returned(ctx context.Context, c clinic.ID, ch outbox.Channel, hash, why string, gone bool) (suppressed bool, err error)
	JobsOf(context.Context, queue.TicketID) ([]outbox.Job, error)
	Own(ctx context.Context, cs []clinic.ID, node string, ttl time.Duration) (map[clinic.ID]bool, error)
	Release(ctx context.Context, cs []clinic.ID, node string) error
	Listen(ctx context.Context, poked func(clinic.ID, clinic.Day), lost func()) error
	FollowersPage(ctx context.Context, c clinic.ID, cursor uint64, n int) ([]outbox.Follower, uint64, error)
	NewsOf(context.Context, clinic.ID) ([]outbox.NewsItem, error)
	NewsByID(ctx context.Context, c clinic.ID, id string) (outbox.NewsItem, error)
	UnfollowToken(c clinic.ID, hash string) string
	PutNews(context.Context, clinic.ID, outbox.NewsItem) error
}

// Composer writes notices: [text.Composer].
type Composer interface {
	Compose(text.Input) message.Message
}

// Options of a [Notifier]. All but the last three are needed.
type Options struct {
	Line     Line
	Journal  Journal
	Feed     Feed
	Outbox   Outbox
	Composer Composer
	Channels map[outbox.Channel]message.Channel // those that are set up

	Node       string // names this node among those of one Redis; "": a random name
	Registerer prometheus.Registerer
	Log        *slog.Logger
}

// Notifier plans and sends the notices of the clinics that this node owns. It is safe for
// concurrent use.
type Notifier struct {
	Options
	metrics  *metrics
	breakers *breakers
	usual    *turns // of all kinds but news
	news     *turns

	sending sync.WaitGroup // tries
	ahead   atomic.Int64   // time of Redis less that of the line, in ns, at the last sweep

	mu    sync.Mutex
	owned map[clinic.ID]*owned // guarded by mu
	poked map[clinic.ID]bool   // clinics without an owner that were poked, guarded by mu
	sweep chan struct{}        // has one when poked has clinics
}

// New returns a notifier. [Notifier.Run] does the work.
func New(o Options) (*Notifier, error) {
	if o.Node == "" {
		o.Node = rand.Text()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	var chs []outbox.Channel
	for _, ch := range []outbox.Channel{outbox.Push, outbox.Mail, outbox.Inbox} {
		if o.Channels[ch] != nil {
			chs = append(chs, ch)
		}
	}
	n := &Notifier{
		Options: o, breakers: newBreakers(), usual: newTurns(chs, false), news: newTurns(chs, true),
		owned: map[clinic.ID]*owned{}, poked: map[clinic.ID]bool{}, sweep: make(chan struct{}, 1),
	}
	n.metrics = newMetrics(n)
	if o.Registerer != nil {
		for _, c := range n.metrics.collectors() {
			if err := o.Registerer.Register(c); err != nil {
				return nil, fmt.Errorf("metrics of the notices: %w", err)
			}
		}
	}
	return n, nil
}

// now is the time of Redis, by which jobs are due, as well as the last sweep knew it.
func (n *Notifier) now() time.Time { return n.Line.Now().Add(time.Duration(n.ahead.Load())) }

// Touch has a day's log read soon, if this node owns the clinic. It waits for nothing.
func (n *Notifier) Touch(c clinic.ID, d clinic.Day) {
	n.mu.Lock()
	o := n.owned[c]
	n.mu.Unlock()
	if o != nil {
		o.touch(d)
	}
}

// endWithin is how long the tries that run may take after the end. A provider that is slow
// does not hold up the stop of a node.
const endWithin = 5 * time.Second

// Run plans and sends until ctx ends, then gives the clinics to other nodes and waits
// for the tries that run. What fails is tried again. It returns nil.
func (n *Notifier) Run(ctx context.Context) error {
	sends, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	var parts sync.WaitGroup
	parts.Go(func() { n.own(ctx, &parts) })
	parts.Go(func() { n.listen(ctx) })
	for range takers {
		parts.Go(func() { n.take(ctx, sends, n.usual) })
	}
	for range 2 {
		parts.Go(func() { n.take(ctx, sends, n.news) })
	}
	parts.Wait()
	defer time.AfterFunc(endWithin, cut).Stop()
	n.sending.Wait()
	return nil
}

// has reports whether a channel is set up.
func (n *Notifier) has(ch outbox.Channel) bool { return slices.Contains(n.usual.channels, ch) }
