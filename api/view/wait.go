package view

import (
	"slices"
	"time"

	"junban/api/wire"
	"junban/queue"
	"junban/queue/estimate"
	"junban/queue/forecast"
)

// waitsAge is how long one forecast of a state answers all requests.
const waitsAge = 15 * time.Second

// Waits are the shown waits (目安) of one clinic, as of one moment. The zero value has
// none. It is immutable.
type Waits struct {
	epoch, rev string
	version    uint64
	at         time.Time

	tickets     map[queue.TicketID]ticketWait
	services    map[string]Wait // of a ticket issued now
	overrunning map[string]bool // services that a room serves where it takes long
}

// ticketWait is the wait of a ticket, and what keeps the next one from jumping.
type ticketWait struct {
	Wait
	steady estimate.Steady
}

// Wait is one estimate as it is shown: minutes, and for a long wait a clock time.
type Wait struct {
	estimate.Interval
	clock time.Time // zero: minutes are enough
}

func (w Wait) none() bool { return w == Wait{} }

// Answers reports whether w is still good for a snapshot.
func (w *Waits) Answers(snap *queue.Snapshot) bool {
	return w != nil && w.epoch == snap.Epoch && w.version == snap.Version && w.rev == snap.Rev &&
		snap.At.Sub(w.at).Abs() < waitsAge
}

// NewWaits forecasts a snapshot. before is the last published forecast, or nil, so that
// no ticket's figures jump.
func NewWaits(snap *queue.Snapshot, before *Waits) *Waits {
	f := forecast.Of(snap, snap.At)
	w := &Waits{
		epoch: snap.Epoch, rev: snap.Rev, version: snap.Version, at: snap.At,
		tickets:  make(map[queue.TicketID]ticketWait, len(f.Waits)),
		services: map[string]Wait{}, overrunning: map[string]bool{},
	}
	for id, r := range f.Waits {
		t := queue.TicketID(id)
		var last ticketWait
		if before != nil {
			last = before.tickets[t]
		}
		i, steady := last.steady.Next(snap.At, r)
		w.tickets[t] = ticketWait{Wait{i, estimate.Clock(snap.At, r, last.clock)}, steady}
	}
	for id, r := range f.Services {
		w.services[id] = Wait{estimate.Shown(r), estimate.Clock(snap.At, r, time.Time{})}
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

// minutes encodes an estimate; nil of none, which is not zero.
func (v View) minutes(w Wait) *wire.WaitRange {
	if w.none() {
		return nil
	}
	return &wire.WaitRange{Low: int(w.Low.Minutes()), High: int(w.High.Minutes()), At: v.AtIfAny(w.clock)}
}

// nextWait is what a ticket that is issued now would wait. Where the reception is over
// and no ticket is left, none will be. With slots nobody is forecast before the arrival
// (booking.md §5.3).
func (v View) nextWait(l *queue.Line) *wire.WaitRange {
	if l.Service.BySlot() {
		return nil
	}
	takes := l.Reception == queue.Open || l.Reception == queue.Paused
	if !takes && len(l.Open)+len(l.Waiting) == 0 {
		return nil
	}
	return v.minutes(v.waits().services[l.Service.ID])
}

// waitOf is what a ticket in a line still waits, and whether a consultation
// before it takes long. It is zero where the clinic hides the minutes.
func (v *View) waitOf(t *queue.Ticket, l *queue.Line) (shown Wait, overrunning bool) {
	if t.State != queue.Waiting || l.Service.Hides("waitMinutes") {
		return shown, false
	}
	w := v.waits()
	return w.tickets[t.ID].Wait, w.overrunning[t.Line]
}

// waits makes the forecast. Call it only for figures that are shown, or that an advice
// needs: a clinic that hides the minutes is not forecast.
func (v View) waits() *Waits {
	if v.Waits == nil {
		return &Waits{}
	}
	return v.Waits()
}
