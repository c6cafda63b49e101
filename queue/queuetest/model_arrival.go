package queuetest

import (
	"context"
	"fmt"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// Arrival is [queue.Store.Arrival].
func (m *Model) Arrival(_ context.Context, id queue.TicketID, by string, a queue.Act) (queue.Ticket, error) {
	t, _, err := once(m, id.Ref(), a, fmt.Sprint("arrival", id, by), func() (queue.Ticket, error) {
		c, d, err := m.dayOf(id)
		if err != nil {
			return queue.Ticket{}, err
		}
		s, ok := c.record.Service(id.Ref().Service)
		if !ok {
			return queue.Ticket{}, clinic.ErrNoService
		}
		if t := d.tickets[id]; t != nil && !t.Arrived.IsZero() && !t.State.Ended() {
			return t.Ticket, nil // a second press
		}
		t, err := c.object(d, id, a.Expect, func(s queue.State) bool { return s == queue.Booked })
		if err != nil {
			return queue.Ticket{}, err
		}
		if t.Slot == "" {
			return queue.Ticket{}, queue.ErrState
		}
		late := m.now().After(t.SlotTo.Add(time.Duration(s.Slot.Grace) * time.Minute))
		if by == queue.ByOwner {
			if m.now().Before(t.SlotFrom.Add(-time.Duration(s.Slot.ArriveFrom) * time.Minute)) {
				return queue.Ticket{}, queue.ErrTooEarly
			}
			if late && s.Slot.Late == clinic.LateDesk {
				return queue.Ticket{}, queue.ErrTooLate
			}
		}
		d.bump()
		d.change(t, queue.CheckIn, nil, func() {
			unit := unitIn(t.Position) // of its slot, and of a lost ticket the unit that its token proves
			if late {
				t.Late = true
				unit = m.lateUnit(d, t, s, unit)
			}
			number, err := m.slotNumber(d, s, t, unit, queue.Request{})
			if err != nil {
				number, _ = m.slotNumber(d, s, t, unit, queue.Request{Override: true})
			}
			t.Number = number()
			t.Position = d.last(s.ID, unit)
			t.State, t.Presence, t.Arrived, t.kept = queue.Waiting, queue.Here, m.now(), false
		})
		return t.Ticket, nil
	})
	return t, err
}

// lateUnit is where a ticket stands whose patient comes after the slot; it sets the line
// slot.
func (m *Model) lateUnit(d *day, t *ticket, s clinic.Service, home int) int {
	unit := home
	behind := func(slot string, of int) {
		if of > unit {
			unit, t.LineSlot = of, slot
		}
	}
	if s.Slot.Late == clinic.LateOwn {
		return unit
	}
	if calls := d.slotCalls[s.ID]; len(calls) > 0 {
		newest := calls[len(calls)-1]
		behind(newest.slot, newest.unit)
	}
	if s.Slot.Late == clinic.LateEnd {
		for _, o := range d.waiting(clinic.Ref{Service: s.ID}) {
			behind(o.LineSlot, unitIn(o.Position))
		}
	}
	return unit
}

// slotCall is one call of a line in slot mode.
type slotCall struct {
	id   queue.TicketID
	slot string // line slot
	unit int
}

// noteCall notes a call of a line in slot mode.
func (d *day) noteCall(t *ticket) {
	d.slotCalls[t.Line] = append(d.slotCalls[t.Line], slotCall{t.ID, t.LineSlot, unitIn(t.Position)})
}

// uncall forgets a ticket's last call.
func (d *day) uncall(t *ticket) {
	calls := d.slotCalls[t.Line]
	for i := len(calls) - 1; i >= 0; i-- {
		if calls[i].id == t.ID {
			d.slotCalls[t.Line] = append(append([]slotCall{}, calls[:i]...), calls[i+1:]...)
			return
		}
	}
}
