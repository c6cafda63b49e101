package api

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"junban/api/wire"
	"junban/queue"
)

// fallible is a register that may be down.
type fallible struct {
	down  atomic.Bool
	asked atomic.Int64
}

// Record fails while the register is down.
func (r *fallible) Record(context.Context, queue.TicketID) error {
	r.asked.Add(1)
	if r.down.Load() {
		return errors.New("disk full")
	}
	return nil
}

// TestRecord_ConfirmsNoBookingThatOneStoreAloneHas books for another day and for today
// while the register is down.
func TestRecord_ConfirmsNoBookingThatOneStoreAloneHas(t *testing.T) {
	t.Parallel()
	var books fallible
	w := newWorld(t, func(c *Config) { c.Recorder = &books })
	w.slotMode(nil)
	cookie := w.login()
	days := w.days("")
	books.down.Store(true)
	for _, a := range []ask{
		w.web("1", wire.IssueRequest{PartySize: 1, Day: days[1].Day, Slot: "10:00", Patient: person(1)}),
		w.telephone(cookie, "1", wire.IssueRequest{PartySize: 1, Day: days[1].Day, Slot: "10:00", Patient: person(2)}),
	} {
		got := w.refused(503, "not_recorded", a)
		if got.header.Get("Retry-After") == "" {
			t.Error("the refusal has no Retry-After")
		}
		w.refused(503, "not_recorded", a)
		books.down.Store(false)
		first := get[wire.Issued](w, 201, a)
		if again := get[wire.Issued](w, 201, a); again.Ticket.ID != first.Ticket.ID {
			t.Errorf("the same key gives %s and %s", first.Ticket.ID, again.Ticket.ID)
		}
		books.down.Store(true)
	}
	before := books.asked.Load()
	w.issue("2", wire.IssueRequest{PartySize: 1}) // of today
	if books.asked.Load() != before {
		t.Error("a ticket of today waits for the register")
	}

	books.down.Store(false)
	booked := w.book(3, "16:00")
	books.down.Store(true)
	rebook := desks(cookie, booked.Ticket.ID, "rebook", wire.RebookRequest{Day: days[2].Day, Slot: "10:00"})
	rebook.key = freshKey()
	w.refused(503, "not_recorded", rebook)
	books.down.Store(false)
	if got := get[wire.TicketAnswer](w, 200, rebook).Ticket; got.Day != days[2].Day {
		t.Errorf("rebooked %+v", got)
	}
}
