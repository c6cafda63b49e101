package queuetest

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"junban/queue"
)

// Issue is [queue.Store.Issue].
func (m *Model) Issue(_ context.Context, ref queue.Ref, q queue.Request, a queue.Act) (queue.Issued, error) {
	request := fmt.Sprint("issue", ref, q.Channel, q.Party, q.FirstVisit, q.Patient)
	i, again, err := once(m, ref, a, request, func() (queue.Issued, error) {
		c, s, d, today, err := m.at(ref)
		if err != nil {
			return queue.Issued{}, err
		}
		if q.Party < 1 || q.Party > s.MaxParty {
			return queue.Issued{}, queue.ErrPartySize
		}
		if q.Channel == "web" {
			switch c.desk(ref.Service).reception {
			case queue.Closed:
				return queue.Issued{}, queue.ErrReceptionClosed
			case queue.Paused:
				return queue.Issued{}, queue.ErrReceptionPaused
			}
		}
		limit := queue.NumbersPerDay
		if q.Channel == "web" {
			limit = queue.WebNumbersPerDay
		}
		if d.counter[ref.Service] >= limit {
			return queue.Issued{}, queue.ErrDayFull
		}
		ahead := len(d.waiting(ref))
		d.version++
		d.counter[ref.Service]++
		n := d.counter[ref.Service]
		t := &ticket{patient: q.Patient, Ticket: queue.Ticket{
			ID:     queue.TicketID(ref.String() + "-" + strings.ReplaceAll(string(today[2:]), "-", "") + "-" + strings.ToLower(rand.Text()[:12])),
			Number: n, State: queue.Waiting, Party: q.Party, FirstVisit: q.FirstVisit, Channel: q.Channel,
			Place: place(n), Issued: m.now(),
		}}
		if s.WebCancel {
			t.code, t.HasCode = q.CodeHash, q.CodeHash != ""
		}
		d.tickets[t.ID] = t
		return queue.Issued{Ticket: t.Ticket, Ahead: ahead}, nil
	})
	i.Replayed = again
	return i, err
}

func (m *Model) now() time.Time { return m.Now().Truncate(time.Millisecond) }

// where lists a service's tickets in one of the states, in order.
func (d *day) where(ref queue.Ref, states ...queue.State) []*ticket {
	var found []*ticket
	for _, t := range d.tickets {
		if t.ID.Ref() == ref && slices.Contains(states, t.State) {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b *ticket) int {
		return cmp.Or(strings.Compare(a.Place, b.Place), strings.Compare(string(a.ID), string(b.ID)))
	})
	return found
}

func (d *day) waiting(ref queue.Ref) []*ticket { return d.where(ref, queue.Waiting) }

// change does one act on one ticket and remembers what it was.
func (d *day) change(t *ticket, v queue.Verb, with *ticket, do func()) {
	d.events++
	p := past{event: d.events, before: t.Ticket, seq: t.seq, with: with}
	if with != nil {
		p.withIs = with.past[len(with.past)-1].event
	}
	d.vacate(t)
	do()
	d.occupy(t)
	t.LastAct = v
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

func (m *Model) finish(d *day, t *ticket) {
	d.change(t, queue.Finish, nil, func() { t.State, t.Ended, t.seq = queue.Done, m.now(), d.version })
}

func (m *Model) callTo(d *day, t *ticket, room string) queue.Ticket {
	d.version++
	with := d.rooms[room]
	if with != nil {
		m.finish(d, with)
	}
	d.change(t, queue.Call, with, func() {
		t.State, t.Room, t.Ticket.Called, t.seq = queue.Called, room, m.now(), d.version
		t.Attempt++
	})
	return t.Ticket
}

func serves(c *clinic, room, service string) error {
	if r, ok := c.record.Room(room); !ok || !slices.Contains(r.Services, service) {
		return queue.ErrNoRoom
	}
	return nil
}

// CallNext is [queue.Store.CallNext].
func (m *Model) CallNext(_ context.Context, ref queue.Ref, room string, a queue.Act) (queue.Ticket, error) {
	t, _, err := once(m, ref, a, fmt.Sprint("call_next", ref, room), func() (queue.Ticket, error) {
		c, _, d, _, err := m.at(ref)
		if err != nil {
			return queue.Ticket{}, err
		}
		if err := serves(c, room, ref.Service); err != nil {
			return queue.Ticket{}, err
		}
		line := d.waiting(ref)
		if len(line) == 0 {
			return queue.Ticket{}, queue.ErrEmpty
		}
		return m.callTo(d, line[0], room), nil
	})
	return t, err
}

// of finds a ticket of today.
func (m *Model) of(id queue.TicketID) (*clinic, queue.Service, *day, *ticket, error) {
	c, s, d, today, err := m.at(id.Ref())
	if err != nil {
		return nil, s, nil, nil, err
	}
	if id.Day() != today {
		return nil, s, nil, nil, queue.ErrDayOver
	}
	t, ok := d.tickets[id]
	if !ok {
		return nil, s, nil, nil, queue.ErrNoTicket
	}
	return c, s, d, t, nil
}

// Call is [queue.Store.Call].
func (m *Model) Call(_ context.Context, id queue.TicketID, room string, a queue.Act) (queue.Ticket, error) {
	ref := id.Ref()
	t, _, err := once(m, ref, a, fmt.Sprint("call", id, room), func() (queue.Ticket, error) {
		c, _, _, _, err := m.at(ref)
		if err != nil {
			return queue.Ticket{}, err
		}
		if err := serves(c, room, ref.Service); err != nil {
			return queue.Ticket{}, err
		}
		_, _, d, t, err := m.of(id)
		if err != nil {
			return queue.Ticket{}, err
		}
		if !t.State.Allows(queue.Call) {
			return queue.Ticket{}, queue.ErrState
		}
		return m.callTo(d, t, room), nil
	})
	return t, err
}

// Do is [queue.Store.Do].
func (m *Model) Do(_ context.Context, id queue.TicketID, v queue.Verb, a queue.Act) (queue.Ticket, error) {
	t, _, err := once(m, id.Ref(), a, fmt.Sprint(v, id), func() (queue.Ticket, error) {
		_, s, d, t, err := m.of(id)
		if err != nil {
			return queue.Ticket{}, err
		}
		if v == queue.Undo {
			return m.undo(d, t)
		}
		if v == queue.Call || !t.State.Allows(v) {
			return queue.Ticket{}, queue.ErrState
		}
		d.version++
		if v == queue.Finish {
			m.finish(d, t)
			return t.Ticket, nil
		}
		d.change(t, v, nil, func() {
			switch v {
			case queue.Recall:
				t.Ticket.Called, t.seq = m.now(), d.version
				t.Attempt++
			case queue.Enter:
				t.State, t.Entered = queue.InService, m.now()
			case queue.Miss:
				t.Place = d.back(t, s.AbsentBack)
				t.State = queue.Absent
			case queue.Return:
				t.Returned = t.Returned || t.State == queue.Absent
				t.State = queue.Waiting
			case queue.Hold:
				t.State = queue.Held
			case queue.Resume:
				t.State = queue.Waiting
			case queue.Cancel:
				t.State, t.Ended, t.seq = queue.Cancelled, m.now(), d.version
			}
		})
		return t.Ticket, nil
	})
	return t, err
}

// back is the place n waiting tickets back: before the one that follows them,
// behind everybody else who has a place before that one (domain §5.4, back_n).
func (d *day) back(t *ticket, n int) string {
	if n == 0 {
		return t.Place
	}
	ref := t.ID.Ref()
	above := place(d.counter[ref.Service] + 1)
	if line := d.waiting(ref); len(line) > n {
		above = line[n].Place
	}
	below := t.Place
	for _, o := range d.where(ref, queue.Waiting, queue.Absent, queue.Held, queue.Called, queue.InService) {
		if o.Place < above && o.Place > below {
			below = o.Place
		}
	}
	if below == t.Place {
		return t.Place
	}
	return uniqueBetween(below, above, d.version)
}

func (m *Model) undo(d *day, t *ticket) (queue.Ticket, error) {
	if len(t.past) == 0 {
		return queue.Ticket{}, queue.ErrNothingToUndo
	}
	p := t.past[len(t.past)-1]
	if in := d.rooms[p.before.Room]; inRoom(p.before.State) && in != nil && in != t {
		return queue.Ticket{}, queue.ErrRoomBusy
	}
	d.version++
	goBack := func(t *ticket) {
		p := t.past[len(t.past)-1]
		d.vacate(t)
		t.Ticket, t.seq = p.before, p.seq
		d.occupy(t)
		t.past = t.past[:len(t.past)-1]
	}
	goBack(t)
	if o := p.with; o != nil && len(o.past) > 0 && o.past[len(o.past)-1].event == p.withIs {
		goBack(o)
	}
	return t.Ticket, nil
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
		_, _, d, t, err := m.of(id)
		switch {
		case err != nil:
			return queue.Ticket{}, err
		case t.code == "":
			return queue.Ticket{}, queue.ErrNotCancellable
		case t.bad >= queue.WrongCodes:
			return queue.Ticket{}, queue.ErrCodeLocked
		case t.code != codeHash:
			t.bad++
			return queue.Ticket{}, queue.ErrWrongCode
		case !t.State.Allows(queue.Cancel):
			return queue.Ticket{}, queue.ErrState
		}
		d.version++
		d.change(t, queue.Cancel, nil, func() { t.State, t.Ended, t.seq = queue.Cancelled, m.now(), d.version })
		return t.Ticket, nil
	})
	return t, err
}

// SetReception is [queue.Store.SetReception].
func (m *Model) SetReception(_ context.Context, ref queue.Ref, r queue.Reception, a queue.Act) error {
	_, _, err := once(m, ref, a, fmt.Sprint("reception", ref, r), func() (bool, error) {
		c, _, d, _, err := m.at(ref)
		if err != nil {
			return false, err
		}
		d.version++
		c.desk(ref.Service).reception = r
		return true, nil
	})
	return err
}

// SetMessage is [queue.Store.SetMessage].
func (m *Model) SetMessage(_ context.Context, ref queue.Ref, msg queue.Message, a queue.Act) error {
	_, _, err := once(m, ref, a, fmt.Sprint("message", ref, msg), func() (bool, error) {
		c, _, d, _, err := m.at(ref)
		if err != nil {
			return false, err
		}
		d.version++
		switch {
		case msg.Until.IsZero():
			c.desk(ref.Service).standing = msg.Text
		case msg.Text == "":
			c.desk(ref.Service).temporary = queue.Message{}
		default:
			c.desk(ref.Service).temporary = queue.Message{Text: msg.Text, Until: msg.Until.Truncate(time.Millisecond)}
		}
		return true, nil
	})
	return err
}
