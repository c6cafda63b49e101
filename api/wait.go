package api

import (
	"slices"
	"time"

	"junban/api/wire"
	"junban/internal/idle"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/estimate"
	"junban/queue/forecast"
)

const (
	// refreshEvery is how often a watched line is forecast again although nobody
	// acts: a wait grows shorter by itself.
	refreshEvery = 30 * time.Second
	// waitsAge is how long one forecast of a state answers everybody.
	waitsAge = refreshEvery / 2
)

// outlook is what one clinic's viewers are told of waits (目安), as of one moment.
// The zero value tells nothing. It is immutable.
type outlook struct {
	epoch, rev string
	version    uint64
	at         time.Time

	tickets     map[queue.TicketID]wait
	services    map[string]wait // of a ticket issued now
	overrunning map[string]bool // services that a room serves where it takes long
	steady      map[queue.TicketID]estimate.Steady
}

// wait is one estimate as it is shown: minutes, and for a long wait a clock time.
type wait struct {
	estimate.Interval
	clock time.Time // zero: minutes are enough
}

func (w wait) none() bool { return w == wait{} }

// answers reports whether w is still good for a snapshot.
func (w *outlook) answers(snap *queue.Snapshot) bool {
	return w != nil && w.epoch == snap.Epoch && w.version == snap.Version && w.rev == snap.Rev &&
		snap.At.Sub(w.at).Abs() < waitsAge
}

// newOutlook forecasts a snapshot; before is what was told last, or nil, so that
// no ticket's figures jump.
func newOutlook(snap *queue.Snapshot, before *outlook) *outlook {
	f := forecast.Of(snap, snap.At)
	w := &outlook{
		epoch: snap.Epoch, rev: snap.Rev, version: snap.Version, at: snap.At,
		tickets:  make(map[queue.TicketID]wait, len(f.Waits)),
		steady:   make(map[queue.TicketID]estimate.Steady, len(f.Waits)),
		services: map[string]wait{}, overrunning: map[string]bool{},
	}
	for id, r := range f.Waits {
		t := queue.TicketID(id)
		var last estimate.Steady
		var clock time.Time
		if before != nil {
			last, clock = before.steady[t], before.tickets[t].clock
		}
		i, steady := last.Next(snap.At, r)
		w.tickets[t], w.steady[t] = wait{i, estimate.Clock(snap.At, r, clock)}, steady
	}
	for id, o := range f.Services {
		w.services[id] = wait{estimate.Shown(o.Next), estimate.Clock(snap.At, o.Next, time.Time{})}
	}
	for _, r := range snap.Rooms {
		if slices.Contains(f.Overrunning, r.ID) {
			for _, id := range r.Services {
				w.overrunning[id] = true
			}
		}
	}
	return w
}

// forecasts remembers each clinic's newest waits, so that a state is forecast
// once, and that all who ask are told the same.
type forecasts struct {
	of idle.Map[clinic.ID, *outlook]
}

// forecastIdle is how long a forecast that nobody asks for stays in memory.
const forecastIdle = 5 * time.Minute

func newForecasts() *forecasts {
	return &forecasts{of: idle.Map[clinic.ID, *outlook]{Age: forecastIdle}}
}

// waits returns those of a snapshot.
func (fs *forecasts) waits(snap *queue.Snapshot) *outlook {
	last, _ := fs.of.Get(snap.Clinic.ID)
	if last.answers(snap) {
		return last
	}
	w := newOutlook(snap, last)
	fs.of.Set(snap.Clinic.ID, w)
	return w
}

// minutes encodes an estimate; nil of none, which is not zero.
func (v view) minutes(w wait) *wire.WaitRange {
	if w.none() {
		return nil
	}
	return &wire.WaitRange{Low: int(w.Low.Minutes()), High: int(w.High.Minutes()), At: v.atIfAny(w.clock)}
}

// nextWait is what a ticket that is issued now would wait. Where the reception
// is over and nobody is left, none will be.
func (v view) nextWait(l *queue.Line) *wire.WaitRange {
	takes := l.Reception == queue.Open || l.Reception == queue.Paused
	if v.waits == nil || !takes && len(l.Open)+len(l.Waiting) == 0 {
		return nil
	}
	return v.minutes(v.waits.services[l.Service.ID])
}

// waitOf is what a ticket in a line still waits, and whether a consultation
// before it takes long.
func (v view) waitOf(t queue.Ticket) (shown wait, overrunning bool) {
	if v.waits == nil || t.State != queue.Waiting {
		return shown, false
	}
	return v.waits.tickets[t.ID], v.waits.overrunning[t.Lane]
}
