package queuetest

import (
	"context"
	"fmt"

	"junban/queue"
	"junban/queue/clinic"
)

// Rebook is [queue.Store.Rebook].
func (m *Model) Rebook(_ context.Context, id queue.TicketID, day clinic.Day, slot string, override bool, a queue.Act) (queue.Ticket, error) {
	t, _, err := once(m, id.Ref(), a, fmt.Sprint("rebook", id, day, slot, override), func() (queue.Ticket, error) {
		c, d, t, err := m.of(id, a.Expect, func(s queue.State) bool { return s == queue.Booked || s == queue.Waiting }, true)
		if err != nil {
			return queue.Ticket{}, err
		}
		s, _ := c.record.Service(id.Ref().Service)
		switch {
		case t.Slot != "" && t.State == queue.Booked:
			return m.rebookSlot(c, d, t, s, day, slot, override)
		case t.Slot == "" && id.Day() > m.today(c):
			return m.rebookDay(c, d, t, s, day, override)
		}
		return queue.Ticket{}, queue.ErrState
	})
	return t, err
}

// rebookSlot moves a booking to another slot, of its day or of another.
func (m *Model) rebookSlot(c *clinicState, d *day, t *ticket, s clinic.Service, on clinic.Day, slot string, override bool) (queue.Ticket, error) {
	r, err := m.slotRequested(c, s, queue.Request{
		Channel: "desk", Day: on, Slot: slot, Party: t.Party, Kind: t.Kind, FirstVisit: t.FirstVisit, Override: override,
	})
	if err != nil {
		return queue.Ticket{}, err
	}
	r.Channel = t.Channel // its seats are those of its own channel
	if r.on == t.ID.Day() {
		if slot == t.Slot {
			return t.Ticket, nil
		}
		if _, err := m.seatFor(c, d, &r, t); err != nil {
			return queue.Ticket{}, err
		}
		d.bump()
		d.change(t, queue.Rebook, nil, func() {
			t.stand(r.slot)
			t.kept, t.Weight = false, r.weight
			t.Position = d.last(s.ID, m.unitOf(c, r.on, r.slot.From))
		})
		return t.Ticket, nil
	}
	to := c.day(r.on)
	if err := m.rebookable(c, to, s, t, "", override); err != nil {
		return queue.Ticket{}, err
	}
	if _, err := m.seatFor(c, to, &r, nil); err != nil {
		return queue.Ticket{}, err
	}
	to.bump()
	n := m.successor(t, s, on)
	n.stand(r.slot)
	n.Weight = r.weight
	n.Position = to.last(s.ID, m.unitOf(c, r.on, r.slot.From))
	return m.replace(d, to, t, n, s), nil
}

// rebookDay moves a ticket of a day to come to another one, in order mode.
func (m *Model) rebookDay(c *clinicState, d *day, t *ticket, s clinic.Service, on clinic.Day, override bool) (queue.Ticket, error) {
	if on == t.ID.Day() {
		return queue.Ticket{}, queue.ErrNotOffered
	}
	q := queue.Request{Channel: "desk", Day: on, Session: t.Session, Override: override}
	session, err := m.ahead(c, s, q)
	if err != nil {
		q.Session = "" // the day has no such session: its first
		if session, err = m.ahead(c, s, q); err != nil {
			return queue.Ticket{}, err
		}
	}
	to := c.day(on)
	if err := m.rebookable(c, to, s, t, session.ID, override); err != nil {
		return queue.Ticket{}, err
	}
	web := t.Channel == "web"
	err = m.seat(to, seating{service: s, on: on, session: session.ID, web: web, weight: 1, first: t.FirstVisit})
	if err != nil && !override {
		return queue.Ticket{}, err
	}
	base := m.sessionBase(c, on, session)
	n := m.successor(t, s, on)
	n.Session = session.ID
	take := func(base int) int {
		to.counter[s.ID]++
		return base + to.counter[s.ID]
	}
	if s.Booking.Numbers != clinic.NumbersOpening { // never refused for want of one
		n.State = queue.Waiting
		if n.Number, take, err = to.number(s, session.ID, queue.Request{}, web); err != nil {
			n.Number, take, _ = to.number(s, session.ID, queue.Request{Override: true}, web)
		}
	}
	to.bump()
	n.Position = PositionOf(take(base))
	return m.replace(d, to, t, n, s), nil
}

// rebookable refuses a ticket that has no room in the other day's line, or whose patient
// may have none there.
func (m *Model) rebookable(c *clinicState, to *day, s clinic.Service, t *ticket, session string, override bool) error {
	if m.Bounds.Full(t.Channel == "web", to.counter[s.ID], to.standing(clinic.Ref{Clinic: t.ID.Ref().Clinic, Service: s.ID})) {
		return queue.ErrDayFull
	}
	if _, err := m.admit(c, to, s, session, t.persons, t); err != nil && !override {
		return err
	}
	return nil
}

// successor is the ticket that replaces another, on another day and still without a
// place.
func (m *Model) successor(t *ticket, s clinic.Service, on clinic.Day) *ticket {
	return &ticket{patient: t.patient, code: t.code, selves: t.selves, persons: t.persons, Ticket: queue.Ticket{
		ID: freshID(t.ID.Ref(), on), Rev: "0", State: queue.Booked, Party: t.Party, FirstVisit: t.FirstVisit, Kind: t.Kind, Channel: t.Channel,
		Issued: m.now(), Line: s.ID, Weight: t.Weight, CodeHash: t.CodeHash, HasCode: t.HasCode, MovedFrom: t.ID,
	}}
}

// replace puts the new ticket into its day, and ends the old one. Its seat is free at
// once.
func (m *Model) replace(d, to *day, t, n *ticket, s clinic.Service) queue.Ticket {
	to.tickets[n.ID] = n
	for _, field := range persons(s, n.Session, n.persons) {
		to.persons[field] = n
	}
	d.bump()
	d.change(t, queue.Cancel, nil, func() {
		t.State, t.Reason, t.Ended, t.seq, t.MovedTo = queue.Cancelled, queue.ReasonMoved, m.now(), d.version, n.ID
	})
	t.free = m.now()
	return n.Ticket
}
