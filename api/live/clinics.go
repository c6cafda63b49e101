package live

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"junban/api/view"
	"junban/hub"
	"junban/queue"
	"junban/queue/clinic"
)

// Line is what is read of the lines. An error that has a code, such as a
// [*refusal.Refusal], is answered with that code. Any other error means that Redis could
// not be reached.
type Line interface {
	Clinic(ctx context.Context, c clinic.ID) (clinic.Clinic, error)
	Snapshot(ctx context.Context, c clinic.ID) (*queue.Snapshot, error)
	Offers(ctx context.Context, ref clinic.Ref) ([]queue.Offer, error)
	Days(ctx context.Context, ref clinic.Ref, from, to clinic.Day) ([]queue.DayOffer, error)
	Reserved(ctx context.Context, c clinic.ID) ([]queue.Reserved, error)
	Ticket(ctx context.Context, id queue.TicketID) (queue.Ticket, error)
	FileLost(ctx context.Context, id queue.TicketID, c queue.Claim) (queue.Ticket, error)
	// Reached returns the newest state that an act of this node has made, without asking
	// Redis.
	Reached(c clinic.ID) queue.Reached
}

// clinicIdle is how long the state of an unused clinic stays in memory: no watch and no
// request needs it. It is short because a snapshot has names and phone numbers.
const clinicIdle = time.Minute

// Clinics are what this node knows of the clinics in use, each once. Safe for
// concurrent use.
type Clinics struct {
	line  Line
	feed  Feed
	Hub   *hub.Hub // set before the first topic comes
	clock clock
	log   *slog.Logger

	unfollowed  *prometheus.CounterVec // clinics that could not be followed any more, by reason
	lostTickets prometheus.Counter

	ctx context.Context // ends with close
	end context.CancelFunc
	wg  sync.WaitGroup

	mu       sync.Mutex           // never held while the hub or the line is called
	of       map[clinic.ID]*state // guarded by mu
	sweeping bool                 // a sweep is due; guarded by mu
}

// state is what this node knows of one clinic. Its fields are guarded by clinics.mu.
type state struct {
	used     time.Time // by a request, or the end of the last watch
	acted    time.Time // when this node last changed the clinic
	record   clinic.Clinic
	recordAt time.Time // when record was read; zero: it was not
	snapshot *shared[*queue.Snapshot]
	offers   map[string]*shared[[]queue.Offer]    // by service
	days     map[string]*shared[[]queue.DayOffer] // by service
	reserved *shared[[]queue.Reserved]
	waits    *view.Waits                    // the newest; nil before the first
	claims   map[queue.TicketID]queue.Claim // of watched tickets that no snapshot showed; at most maxClaims
	follower *follower                      // nil while nothing is watched
}

func New(line Line, feed Feed, unfollowed *prometheus.CounterVec, lostTickets prometheus.Counter, log *slog.Logger) *Clinics {
	ctx, end := context.WithCancel(context.Background())
	return &Clinics{line: line, feed: feed, unfollowed: unfollowed, lostTickets: lostTickets, log: log, ctx: ctx, end: end, of: map[clinic.ID]*state{}}
}

// Close ends every following and waits for its goroutines.
func (cs *Clinics) Close() {
	cs.end()
	cs.wg.Wait()
}

// use returns the state of a clinic. It makes a new one when the clinic has no state
// yet. cs.mu is held.
func (cs *Clinics) use(id clinic.ID) *state {
	st, ok := cs.of[id]
	if !ok {
		st = &state{}
		cs.of[id] = st
		if !cs.sweeping {
			cs.sweeping = true
			time.AfterFunc(clinicIdle, cs.sweep)
		}
	}
	st.used = time.Now()
	return st
}

// sweep forgets the clinics that are idle, and comes again while any is in use.
func (cs *Clinics) sweep() {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	maps.DeleteFunc(cs.of, func(_ clinic.ID, st *state) bool { return st.follower == nil && time.Since(st.used) >= clinicIdle })
	if cs.sweeping = len(cs.of) > 0 && cs.ctx.Err() == nil; cs.sweeping {
		time.AfterFunc(clinicIdle, cs.sweep)
	}
}

// forget forgets a clinic that does not exist, so that it takes no memory.
func (cs *Clinics) forget(id clinic.ID) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if st, ok := cs.of[id]; ok && st.follower == nil {
		delete(cs.of, id)
	} else if ok {
		st.recordAt = time.Time{}
	}
}

// Touch notes that this node changes the clinic.
func (cs *Clinics) Touch(id clinic.ID) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.use(id).acted = time.Now()
}
