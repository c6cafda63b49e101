package queuetest

import (
	"cmp"
	"context"
	"slices"

	"junban/queue"
	"junban/queue/clinic"
)

// CloseDay is [queue.Store.CloseDay].
func (m *Model) CloseDay(_ context.Context, id clinic.ID, of clinic.Day) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.clinics[id]
	if !ok {
		return clinic.ErrNoClinic
	}
	d := c.days[of]
	if d == nil || d.closed {
		return nil
	}
	if _, until := m.bounds(c, of); m.now().Before(until) {
		return queue.ErrDayOpen
	}
	end := func(left []*ticket, state queue.State) {
		for _, t := range left {
			d.vacate(t)
			d.bump()
			t.State, t.Reason, t.Ended, t.seq = state, queue.ReasonDayEnd, m.now(), d.version
		}
	}
	var open []*ticket
	for _, t := range d.tickets {
		if inRoom(t.State) {
			open = append(open, t)
		}
	}
	slices.SortFunc(open, func(a, b *ticket) int { return cmp.Compare(a.seq, b.seq) })
	end(open, queue.Done)
	for _, s := range c.record.Services {
		ref := clinic.Ref{Clinic: id, Service: s.ID}
		end(d.waiting(ref), queue.NoShow)
		end(d.where(ref, queue.Absent, queue.Held, queue.Booked, queue.Lost), queue.NoShow)
	}
	d.bump()
	d.closed = true
	var tickets []queue.Ticket
	for _, t := range d.tickets {
		tickets = append(tickets, t.Ticket)
	}
	c.figures[of] = queue.FiguresOf(of, tickets)
	m.notify()
	return nil
}

// Figures is [queue.Store.Figures].
func (m *Model) Figures(_ context.Context, id clinic.ID, of clinic.Day) (queue.Figures, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c, ok := m.clinics[id]; ok {
		return c.figures[of], nil
	}
	return queue.Figures{}, nil
}
