package queuetest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// miss is what a line's rule does with a called patient who does not come.
func (m *Model) miss(c *clinicState, d *day, t *ticket, rule clinic.Absence) {
	t.missed++
	if rule.Cooldown > 0 {
		t.cool = t.Ticket.Called.Add(time.Duration(rule.Cooldown) * time.Minute)
	}
	giveUp := func(reason string) {
		t.State, t.Reason, t.Ended, t.seq = queue.NoShow, reason, m.now(), d.version
	}
	switch {
	case rule.MaxCalls > 0 && t.Attempt >= rule.MaxCalls:
		giveUp(queue.ReasonCalls)
		return
	case rule.Rule == clinic.Terminal:
		giveUp(queue.ReasonTerminal)
		return
	}
	front := t.Position
	if t.Presence == queue.Here {
		t.Presence = queue.Out
	}
	putBack := func(n int) {
		if below, above, _ := m.gap(c, d, t, n, true); below > t.Position {
			t.Position = PositionBetween(below, above, d.version)
		}
	}
	t.ToEnd = rule.Rule == clinic.Tail || rule.ThenTail && t.missed > 1
	switch {
	case t.ToEnd:
		putBack(end)
	case rule.Rule == clinic.Park:
		t.parked, t.park = true, rule.Back
	case rule.Rule == clinic.BackN && rule.Back > 0:
		putBack(rule.Back)
	}
	if rule.Rule == clinic.BackToWaiting {
		t.State = queue.Waiting
		t.Returned = t.Returned || t.Position != front
		return
	}
	t.State, t.front = queue.Absent, front
	if rule.Tolerance > 0 {
		t.grace = t.nth + rule.Tolerance
	}
}

// comeBack decides where a ticket set aside waits again.
func (m *Model) comeBack(c *clinicState, d *day, t *ticket) {
	if t.grace > 0 && d.calls[t.Line] <= t.grace {
		t.Position = t.front
	} else {
		t.Returned = t.Returned || t.State == queue.Absent
		if t.parked {
			t.Position = PositionBetween(m.gap(c, d, t, t.park, true))
		}
	}
	if t.Reason == queue.ReasonExam {
		t.Reason = ""
	}
	t.State = queue.Waiting
	t.settle()
}

// settle forgets where the ticket was to come back to.
func (t *ticket) settle() { t.front, t.grace, t.parked, t.park = "", 0, false, 0 }

// newLeg begins another way to a room.
func (t *ticket) newLeg() {
	t.Leg++
	t.Attempt, t.missed, t.cool, t.Entered, t.Returned, t.ToEnd = 0, 0, time.Time{}, time.Time{}, false, false
}

// Transfer is [queue.Store.Transfer].
func (m *Model) Transfer(_ context.Context, id queue.TicketID, service string, a queue.Act) (queue.Ticket, error) {
	t, _, err := once(m, id.Ref(), a, fmt.Sprint("transfer", id, service), func() (queue.Ticket, error) {
		if _, ok := m.clinics[id.Ref().Clinic].record.Service(service); !ok {
			return queue.Ticket{}, clinic.ErrNoService
		}
		c, d, t, err := m.of(id, a.Expect, by(queue.Transfer))
		if err != nil {
			return queue.Ticket{}, err
		}
		if t.Line == service {
			return queue.Ticket{}, queue.ErrState
		}
		d.bump()
		d.change(t, queue.Transfer, nil, func() {
			t.newLeg()
			if c.bySlot(service) {
				t.LineSlot, t.Position = m.transferred(c, d, service)
			} else {
				t.LineSlot, t.Position = "", d.behind(t, service, end, m.horizon(c, t))
			}
			t.State, t.Line, t.Reason = queue.Waiting, service, ""
			t.settle()
		})
		return t.Ticket, nil
	})
	return t, err
}

// Move is [queue.Store.Move].
func (m *Model) Move(_ context.Context, id queue.TicketID, ahead int, reason string, a queue.Act) (queue.Ticket, error) {
	if !slices.Contains(queue.MoveReasons, reason) {
		return queue.Ticket{}, queue.ErrReason
	}
	ahead = max(ahead, 0)
	t, _, err := once(m, id.Ref(), a, fmt.Sprint("move", id, ahead, reason), func() (queue.Ticket, error) {
		c, d, t, err := m.of(id, a.Expect, by(queue.Move))
		if err != nil {
			return queue.Ticket{}, err
		}
		d.bump()
		m.announce(d, t.Line, reason)
		d.change(t, queue.Move, nil, func() {
			t.LineSlot, t.Position = m.moved(c, d, t, ahead)
			t.State, t.Reason, t.moved = queue.Waiting, reason, d.version
			t.cool, t.Returned = time.Time{}, false
			t.settle()
		})
		return t.Ticket, nil
	})
	return t, err
}

// Arrive is [queue.Store.Arrive].
func (m *Model) Arrive(_ context.Context, id queue.TicketID, p queue.Presence, a queue.Act) (queue.Ticket, error) {
	if !slices.Contains(queue.Presences, p) {
		return queue.Ticket{}, queue.ErrState
	}
	t, _, err := once(m, id.Ref(), a, fmt.Sprint("arrive", id, p), func() (queue.Ticket, error) {
		_, d, t, err := m.of(id, a.Expect, func(s queue.State) bool { return !s.Ended() && s != queue.Booked })
		if err != nil {
			return queue.Ticket{}, err
		}
		d.bump()
		t.Presence = p
		return t.Ticket, nil
	})
	return t, err
}
