package projection

import (
	"context"
	"time"

	"junban/queue"
	"junban/queue/journal"
	"junban/register"
)

// entriesAtOnce is how many entries of a log one step takes.
const entriesAtOnce = 500

// step is what one reading of a day's log has found.
type step struct {
	register.DayRows
	more bool // the log has further entries
}

// changes collects the tickets that entries have changed.
type changes struct {
	at    register.Position
	rows  map[queue.TicketID]register.Row
	order []queue.TicketID
}

// add takes one entry.
func (c *changes) add(e journal.Event) {
	if c.at.Entry == "" {
		c.at.Epoch = e.Mark // the first act of a day gives it its epoch
	}
	if e.Act == "epoch" {
		c.at.Epoch = e.Is
	}
	c.at.Entry, c.at.Mark, c.at.Version, c.at.Closed = e.ID, e.Mark, e.Version, e.Act == "close_day"
	id, ok := e.Ticket()
	if !ok || e.Act == "wrong_code" {
		return
	}
	r, there := c.rows[id]
	if !there {
		c.order = append(c.order, id)
	}
	r.Version, r.Updated = e.Version, e.At
	c.rows[id] = r
}

// readDay reads what is newer than a day's position. whole: all of the log, whatever the
// position is.
func (p *Projector) readDay(ctx context.Context, d register.ClinicDay, whole bool) (step, error) {
	from, err := p.position(ctx, d)
	if err != nil {
		return step{}, err
	}
	s := step{DayRows: register.DayRows{ClinicDay: d, From: from, Whole: whole || from.Entry == ""}}
	found := changes{at: from, rows: map[queue.TicketID]register.Row{}}
	if !s.Whole {
		seen := 0
		for e, err := range p.journal.From(ctx, d.Clinic, d.Day, from.Entry) {
			if err != nil {
				return step{}, err
			}
			if seen == 0 && (e.ID != from.Entry || e.Mark != from.Mark) {
				break
			}
			if seen++; seen == 1 {
				continue
			}
			if found.add(e); seen > entriesAtOnce {
				s.more = true
				break
			}
		}
		s.Whole = seen == 0 // the line has another history
	}
	if s.Whole {
		found.at = register.Position{}
		for e, err := range p.journal.Log(ctx, d.Clinic, d.Day, "") {
			if err != nil {
				return step{}, err
			}
			found.add(e)
		}
	}
	s.To = found.at
	tickets, patients, err := p.line.TicketsOf(ctx, d.Clinic, d.Day, found.order)
	if err != nil {
		return step{}, err
	}
	for _, id := range found.order {
		t, ok := tickets[id]
		if !ok {
			continue
		}
		r := found.rows[id]
		r.Booking = bookingOf(t, found.at.Epoch, r.Version, r.Updated)
		patient, ok := patients[id]
		r.Patient, r.HasPatient = patient, ok
		s.Rows = append(s.Rows, r)
	}
	return s, nil
}

// bookingOf is the row of a ticket, as an entry of that version has left it.
func bookingOf(t queue.Ticket, epoch string, version uint64, at time.Time) register.Booking {
	return register.Booking{
		Ticket: t.ID, Day: t.ID.Day(), Epoch: epoch, Version: version, State: t.State, Number: t.Number, Channel: t.Channel,
		Party: t.Party, FirstVisit: t.FirstVisit, Kind: t.Kind, Session: t.Session, Slot: t.Slot, SlotEnd: t.SlotEnd,
		SlotFrom: t.SlotFrom, SlotTo: t.SlotTo, Weight: max(t.Weight, 1), Position: t.Position, CodeHash: t.CodeHash, Mark: t.Mark,
		Room: t.Room, Reason: t.Reason, Late: t.Late, Issued: t.Issued, Updated: at, Arrived: t.Arrived, Called: t.Called,
		Entered: t.Entered, Ended: t.Ended, MovedTo: t.MovedTo, MovedFrom: t.MovedFrom,
	}
}

// position is where a day stands, as this node remembers it or the register has it.
func (p *Projector) position(ctx context.Context, d register.ClinicDay) (register.Position, error) {
	p.mu.Lock()
	at, ok := p.positions[d]
	p.mu.Unlock()
	if ok {
		return at, nil
	}
	return p.books.Position(ctx, d)
}

// remember keeps the position of a day, or forgets it where ok is false.
func (p *Projector) remember(d register.ClinicDay, at register.Position, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !ok {
		delete(p.positions, d)
		return
	}
	p.positions[d] = at
}
