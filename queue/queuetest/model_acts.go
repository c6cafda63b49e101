package queuetest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

func (m *Model) now() time.Time { return m.Now().Truncate(time.Millisecond) }

// change does one act on one ticket and remembers what it was.
func (d *day) change(t *ticket, kind queue.ActKind, with *ticket, do func()) {
	d.events++
	p := past{event: d.events, before: t.Ticket, seq: t.seq, turn: t.turn, with: with}
	if with != nil {
		p.withIs = with.past[len(with.past)-1].event
	}
	d.vacate(t)
	do()
	d.occupy(t)
	p.went = t.Presence != p.before.Presence
	t.LastAct, t.Rev = kind, strconv.Itoa(p.event)
	t.past = append(t.past, p)
}

func inRoom(s queue.State) bool { return s == queue.Called || s == queue.InService }

func (d *day) vacate(t *ticket) {
	if inRoom(t.State) {
		delete(d.rooms, t.Room)
	}
}

func (d *day) occupy(t *ticket) {
	if inRoom(t.State) {
		d.rooms[t.Room] = t
	}
}

func (m *Model) finish(d *day, t *ticket, inaccurate bool) {
	d.change(t, queue.Finish, nil, func() {
		t.State, t.Ended, t.seq, t.Inaccurate = queue.Done, m.now(), d.version, inaccurate
	})
}

func (m *Model) callTo(c *clinicState, d *day, t *ticket, room string) queue.Ticket {
	d.bump()
	with := d.rooms[room]
	if with != nil {
		m.finish(d, with, false)
	}
	if c.bySlot(t.Line) {
		d.noteCall(t)
	}
	d.change(t, queue.Call, with, func() {
		t.State, t.Room, t.Ticket.Called, t.seq = queue.Called, room, m.now(), d.version
		t.Attempt++
		d.calls[t.Line]++
		t.nth, t.cool = d.calls[t.Line], time.Time{}
	})
	return t.Ticket
}

// off reports whether a room is on a break or off duty.
func (m *Model) off(c *clinicState, room string) bool {
	return c.duties[room].Until.After(m.now())
}

// CallNext is [queue.Store.CallNext].
func (m *Model) CallNext(_ context.Context, ref clinic.Ref, room string, a queue.Act) (queue.Ticket, error) {
	t, _, err := once(m, ref, a, fmt.Sprint("call_next", ref, room), func() (queue.Ticket, error) {
		c, s, d, _, err := m.at(ref)
		if err != nil {
			return queue.Ticket{}, err
		}
		if r, ok := c.record.Room(room); !ok || !slices.Contains(r.Services, ref.Service) {
			return queue.Ticket{}, queue.ErrNoRoom
		}
		if m.off(c, room) {
			return queue.Ticket{}, queue.ErrOffDuty
		}
		if d.roomStale(room, a.Expect) {
			return queue.Ticket{}, queue.ErrRoomChanged
		}
		refusal := queue.ErrEmpty
		for _, t := range d.waiting(ref) {
			switch {
			case s.BySlot() && m.tooSoon(c, d, s, t):
				if refusal == queue.ErrEmpty {
					refusal = queue.ErrSlotLater
				}
			case !s.BySlot() && prefix(t.Position) > m.halfHour(c)+1:
				if refusal == queue.ErrEmpty {
					refusal = queue.ErrLater
				}
			case s.SkipAway && t.Presence != queue.Here:
				if refusal != queue.ErrAllCooling {
					refusal = queue.ErrNobodyHere
				}
			case t.cool.After(m.now()):
				refusal = queue.ErrAllCooling
			default:
				return m.callTo(c, d, t, room), nil
			}
		}
		return queue.Ticket{}, refusal
	})
	return t, err
}

// dayOf returns the day of a ticket. It must be today, or a later day if the act is
// allowed beforehand.
func (m *Model) dayOf(id queue.TicketID, beforehand ...bool) (*clinicState, *day, error) {
	c, ok := m.clinics[id.Ref().Clinic]
	if !ok {
		return nil, nil, clinic.ErrNoClinic
	}
	today := m.today(c)
	if id.Day() > today && len(beforehand) == 0 {
		return nil, nil, queue.ErrDayAhead
	}
	if id.Day() < today {
		return nil, nil, queue.ErrDayOver
	}
	return c, c.day(id.Day()), nil
}

// stale reports whether another act on the ticket came after the one that the
// client knows.
func (t *ticket) stale(e queue.Expect) bool { return e.Rev != "" && e.Rev != t.Rev }

// roomStale reports the same of a room and its ticket.
func (d *day) roomStale(room string, e queue.Expect) bool {
	inside := queue.Nobody
	if t := d.rooms[room]; t != nil {
		inside = t.ID
	}
	return e.Inside != "" && e.Inside != inside
}

// object finds the ticket that an act is about.
func (c *clinicState) object(d *day, id queue.TicketID, e queue.Expect, allowed func(queue.State) bool) (*ticket, error) {
	t, ok := d.tickets[id]
	if !ok {
		return nil, queue.ErrNoTicket
	}
	if t.stale(e) {
		return nil, queue.ErrTicketChanged
	}
	if !allowed(t.State) {
		return nil, queue.ErrState
	}
	if _, ok := c.record.Service(t.Line); !ok {
		return nil, clinic.ErrNoService
	}
	return t, nil
}

func by(kind queue.ActKind) func(queue.State) bool {
	return func(s queue.State) bool { return s.Allows(kind) }
}

// of finds the ticket that an act is about.
func (m *Model) of(id queue.TicketID, e queue.Expect, allowed func(queue.State) bool, beforehand ...bool) (*clinicState, *day, *ticket, error) {
	c, d, err := m.dayOf(id, beforehand...)
	if err != nil {
		return nil, nil, nil, err
	}
	t, err := c.object(d, id, e, allowed)
	return c, d, t, err
}

// Call is [queue.Store.Call].
func (m *Model) Call(_ context.Context, id queue.TicketID, room string, a queue.Act) (queue.Ticket, error) {
	t, _, err := once(m, id.Ref(), a, fmt.Sprint("call", id, room), func() (queue.Ticket, error) {
		r, ok := m.clinics[id.Ref().Clinic].record.Room(room)
		if !ok {
			return queue.Ticket{}, queue.ErrNoRoom
		}
		c, d, err := m.dayOf(id)
		if err != nil {
			return queue.Ticket{}, err
		}
		if m.off(c, room) {
			return queue.Ticket{}, queue.ErrOffDuty
		}
		if d.roomStale(room, a.Expect) {
			return queue.Ticket{}, queue.ErrRoomChanged
		}
		t, err := c.object(d, id, a.Expect, by(queue.Call))
		if err != nil {
			return queue.Ticket{}, err
		}
		if !slices.Contains(r.Services, t.Line) {
			return queue.Ticket{}, queue.ErrNoRoom
		}
		return m.callTo(c, d, t, room), nil
	})
	return t, err
}

// Do is [queue.Store.Do].
func (m *Model) Do(_ context.Context, id queue.TicketID, kind queue.ActKind, a queue.Act) (queue.Ticket, error) {
	t, _, err := once(m, id.Ref(), a, fmt.Sprint(kind, id), func() (queue.Ticket, error) {
		if kind == queue.Undo {
			return m.undo(id, a.Expect)
		}
		if slices.Contains([]queue.ActKind{queue.Call, queue.Transfer, queue.Move, queue.CheckIn, queue.Rebook, queue.Amend}, kind) {
			return queue.Ticket{}, queue.ErrState
		}
		var beforehand []bool
		if kind == queue.Cancel {
			beforehand = []bool{true}
		}
		c, d, t, err := m.of(id, a.Expect, by(kind), beforehand...)
		if kind == queue.Drop && err == queue.ErrState && d.tickets[id].State == queue.Booked && d.tickets[id].Slot != "" {
			t, err = d.tickets[id], nil
		}
		if err != nil {
			return queue.Ticket{}, err
		}
		d.bump()
		switch kind {
		case queue.Finish:
			m.finish(d, t, false)
		case queue.Cancel:
			m.cancel(c, d, t)
		default:
			d.change(t, kind, nil, func() { m.apply(c, d, t, kind) })
		}
		return t.Ticket, nil
	})
	return t, err
}

// Finish is [queue.Store.Finish].
func (m *Model) Finish(ctx context.Context, id queue.TicketID, inaccurate bool, a queue.Act) (queue.Ticket, error) {
	if !inaccurate {
		return m.Do(ctx, id, queue.Finish, a)
	}
	t, _, err := once(m, id.Ref(), a, fmt.Sprint(queue.Finish, id, "inaccurate"), func() (queue.Ticket, error) {
		_, d, t, err := m.of(id, a.Expect, by(queue.Finish))
		if err != nil {
			return queue.Ticket{}, err
		}
		d.version++
		m.finish(d, t, true)
		return t.Ticket, nil
	})
	return t, err
}

// apply changes the ticket itself as an act of that kind does.
func (m *Model) apply(c *clinicState, d *day, t *ticket, kind queue.ActKind) {
	s, _ := c.record.Service(t.Line)
	switch kind {
	case queue.Recall:
		t.Ticket.Called, t.seq = m.now(), d.version
		t.Attempt++
	case queue.Enter:
		t.State, t.Entered, t.Presence = queue.InService, m.now(), queue.Here
	case queue.Miss:
		m.miss(c, d, t, s.Absence)
	case queue.Return:
		m.comeBack(c, d, t)
		t.Presence = queue.Here
	case queue.Readmit:
		m.readmit(c, d, t)
	case queue.Resume:
		m.comeBack(c, d, t)
	case queue.Hold:
		t.State = queue.Held
	case queue.Exam:
		t.newLeg()
		t.State, t.Reason, t.Presence = queue.Held, queue.ReasonExam, queue.Here
		t.parked, t.park = true, s.ExamBack
	case queue.Drop:
		t.State, t.Reason, t.Ended, t.seq = queue.NoShow, "", m.now(), d.version
	}
}

func (m *Model) cancel(c *clinicState, d *day, t *ticket) {
	d.change(t, queue.Cancel, nil, func() { t.State, t.Ended, t.seq = queue.Cancelled, m.now(), d.version })
	s, _ := c.record.Service(t.ID.Ref().Service)
	t.free = m.now().Add(time.Duration(s.Capacity.Release) * time.Minute)
}

func (m *Model) undo(id queue.TicketID, e queue.Expect) (queue.Ticket, error) {
	c, d, err := m.dayOf(id, true)
	if err != nil {
		return queue.Ticket{}, err
	}
	t, ok := d.tickets[id]
	if !ok {
		return queue.Ticket{}, queue.ErrNoTicket
	}
	if t.stale(e) {
		return queue.Ticket{}, queue.ErrTicketChanged
	}
	if len(t.past) == 0 || t.Reason == queue.ReasonDayEnd || t.Reason == queue.ReasonMoved {
		return queue.Ticket{}, queue.ErrNothingToUndo
	}
	p := t.past[len(t.past)-1]
	for _, lane := range []string{t.Line, p.before.Line} {
		if _, ok := c.record.Service(lane); !ok {
			return queue.Ticket{}, clinic.ErrNoService
		}
	}
	if in := d.rooms[p.before.Room]; inRoom(p.before.State) && in != nil && in != t {
		return queue.Ticket{}, queue.ErrRoomBusy
	}
	if c.otherMode(t, p.before) {
		return queue.Ticket{}, queue.ErrNothingToUndo
	}
	if of := d.numbers[id.Ref().Service]; t.Number != 0 && of != nil && of.PerSession && t.State.Ended() && !p.before.State.Ended() && d.holds(id.Ref().Service, t.Session, t.Number) {
		return queue.Ticket{}, queue.ErrNumberGiven
	}
	d.bump()
	switch {
	case t.LastAct == queue.Call:
		d.calls[t.Line]--
		d.uncall(t)
	case t.LastAct == queue.Move && d.notices[t.Line].version == t.moved:
		d.notices[t.Line] = notice{}
	}
	goBack := func(t *ticket) {
		p := t.past[len(t.past)-1]
		d.vacate(t)
		if t.LastAct == queue.Contacted { // its day may have opened since: it stays in the line
			t.ContactedAbout, t.LastAct, t.Acted, t.Rev = p.before.ContactedAbout, p.before.LastAct, p.before.Acted, p.before.Rev
			t.past = t.past[:len(t.past)-1]
			d.occupy(t)
			return
		}
		presence, state, number, kept := t.Presence, t.State, t.Number, t.kept
		edited := t.LastAct == queue.Amend
		t.Ticket, t.seq, t.turn, t.self = p.before, p.seq, p.turn, false
		t.kept = t.kept || kept // its no-show may have been taken back since
		if edited {             // its day may have opened since
			t.State, t.Number = state, number
		}
		if !p.went {
			t.Presence = presence // set later, by another act
		}
		d.occupy(t)
		t.past = t.past[:len(t.past)-1]
	}
	dropped := t.LastAct == queue.Drop && p.before.State == queue.Booked
	goBack(t)
	t.kept = t.kept || dropped
	if o := p.with; o != nil && len(o.past) > 0 && o.past[len(o.past)-1].event == p.withIs {
		goBack(o)
	}
	return t.Ticket, nil
}

// CancelMarked is [queue.Store.CancelMarked].
func (m *Model) CancelMarked(_ context.Context, id clinic.ID, of queue.Marked, a queue.Act) (int, error) {
	if !queue.ValidMark(of.Mark) || len(of.Keep) > queue.MarkedKept {
		return 0, queue.ErrState
	}
	n, _, err := once(m, clinic.Ref{Clinic: id}, a, fmt.Sprint("cancel_marked", of), func() (n int, err error) {
		c := m.clinics[id]
		on, today := of.Day, m.today(c)
		if on == "" {
			on = today
		}
		if on < today {
			return 0, queue.ErrDayOver
		}
		d := c.day(on)
		for _, s := range c.record.Services {
			ref := clinic.Ref{Clinic: id, Service: s.ID}
			for _, t := range append(d.waiting(ref), d.where(ref, queue.Absent, queue.Held, queue.Booked, queue.Lost)...) {
				if t.Mark == of.Mark && t.Issued.UnixMilli() <= of.Until.UnixMilli() && !slices.Contains(of.Keep, t.ID) {
					d.bump()
					m.cancel(c, d, t)
					t.free = m.now()
					n++
				}
			}
		}
		return n, nil
	})
	return n, err
}

// CancelByOwner is [queue.Store.CancelByOwner].
func (m *Model) CancelByOwner(_ context.Context, id queue.TicketID, codeHash string, a queue.Act) (queue.Ticket, error) {
	t, _, err := once(m, id.Ref(), a, fmt.Sprint("cancel", id, codeHash), func() (queue.Ticket, error) {
		_, s, _, _, err := m.at(id.Ref())
		if err != nil {
			return queue.Ticket{}, err
		}
		if !s.WebCancel {
			return queue.Ticket{}, queue.ErrNotCancellable
		}
		c, d, err := m.dayOf(id, true)
		if err != nil {
			return queue.Ticket{}, err
		}
		t, ok := d.tickets[id]
		switch {
		case !ok:
			return queue.Ticket{}, queue.ErrNoTicket
		case t.code == "":
			return queue.Ticket{}, queue.ErrNotCancellable
		case t.bad >= queue.WrongCodes:
			return queue.Ticket{}, queue.ErrCodeLocked
		case t.code != codeHash:
			t.bad++
			return queue.Ticket{}, queue.ErrWrongCode
		}
		if t, err = c.object(d, id, a.Expect, by(queue.Cancel)); err != nil {
			return queue.Ticket{}, err
		}
		if m.tooLate(c, d, s, t) {
			return queue.Ticket{}, queue.ErrCancelTooLate
		}
		d.bump()
		m.cancel(c, d, t)
		t.self = true
		return t.Ticket, nil
	})
	return t, err
}
