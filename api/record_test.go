package api

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

// fallible is a register that may be down.
type fallible struct {
	down  atomic.Bool
	asked atomic.Int64
	lost  []queue.Reserved
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

// Claim has a live booking of every ticket.
func (r *fallible) Claim(_ context.Context, id queue.TicketID) (queue.Claim, error) {
	for _, lost := range r.lost {
		if lost.ID == id {
			return queue.Claim{
				Issued: lost.Issued, Position: lost.Position, Session: lost.Session, Channel: lost.Channel, Party: lost.Party, CodeHash: lost.CodeHash,
				Slot: lost.Slot, SlotEnd: lost.SlotEnd, SlotFrom: lost.SlotFrom, SlotTo: lost.SlotTo, Weight: 1, Patient: lost.Patient,
			}, nil
		}
	}
	return queue.Claim{}, queue.ErrNoTicket
}

// Missing lists what a test says is lost.
func (r *fallible) Missing(context.Context, clinic.ID, clinic.Day) ([]queue.Reserved, error) {
	if r.down.Load() {
		return nil, errors.New("disk full")
	}
	return r.lost, nil
}

// TestRestore_TakesInWhatTheLineHasLost restores a booking under a fresh id, as if Redis
// had forgotten it.
func TestRestore_TakesInWhatTheLineHasLost(t *testing.T) {
	t.Parallel()
	var books fallible
	w := newWorld(t, func(c *Config) { c.Recorder = &books })
	w.slotMode(nil)
	cookie := w.login()
	missing := ask{method: "GET", path: "/v1/clinics/" + w.number() + "/missing", cookie: cookie}
	if got := get[wire.MissingBookings](w, 200, missing).Tickets; len(got) != 0 {
		t.Errorf("nothing is lost, but %+v", got)
	}
	day := w.days("")[1].Day
	booked := get[wire.Issued](w, 201, w.web("1", wire.IssueRequest{PartySize: 1, Day: day, Slot: "10:00", Patient: person(1)}))
	there, err := w.api.tickets.Line.Ticket(t.Context(), queue.TicketID(booked.Ticket.ID))
	if err != nil {
		t.Fatal(err)
	}
	there.ID = queue.TicketID(booked.Ticket.ID[:len(booked.Ticket.ID)-12] + "aaaaaaaaaaaa")
	books.lost = []queue.Reserved{{Ticket: there, Patient: queue.Patient{Name: "順番 花子"}}}
	got := get[wire.MissingBookings](w, 200, missing).Tickets
	if len(got) != 1 || got[0].Name != "順番 花子" || got[0].Slot != "10:00" || len(got[0].Acts) != 1 || got[0].Acts[0] != "restore" {
		t.Errorf("missing %+v", got)
	}
	restore := desks(cookie, string(there.ID), "restore", nil)
	restore.key = freshKey()
	books.down.Store(true)
	w.refused(503, "not_recorded", restore)
	w.refused(503, "unavailable", missing)
	books.down.Store(false)
	if back := get[wire.TicketAnswer](w, 200, restore).Ticket; back.State != "booked" || back.Slot != "10:00" || back.ID != string(there.ID) {
		t.Errorf("restored %+v", back)
	}
	again := desks(cookie, string(there.ID), "restore", nil)
	if back := get[wire.TicketAnswer](w, 200, again).Ticket; back.ID != string(there.ID) {
		t.Errorf("restored again %+v", back)
	}
	if all := get[wire.Bookings](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number() + "/bookings", cookie: cookie}).Tickets; len(all) != 2 {
		t.Errorf("bookings %+v", all)
	}
	w.refused(404, "ticket_unknown", desks(cookie, booked.Ticket.ID, "restore", nil))
	w.refused(401, "session_required", desks("", string(there.ID), "restore", nil))
}
