package queuetest

import (
	"context"

	"junban/queue"
)

// CloseDay is [queue.Store.CloseDay].
func (m *Model) CloseDay(_ context.Context, id queue.ClinicID, of queue.Day) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.clinics[id]
	if !ok {
		return queue.ErrNoClinic
	}
	d := c.days[of]
	if d == nil || d.closed {
		return nil
	}
	if _, til := m.bounds(c, of); m.now().Before(til) {
		return queue.ErrDayOpen
	}
	d.bump()
	d.closed = true
	var tickets []queue.Ticket
	for _, t := range d.tickets {
		if !t.State.Ended() {
			d.vacate(t)
			state := queue.NoShow
			if inRoom(t.State) {
				state = queue.Done
			}
			t.State, t.Reason, t.Ended, t.seq = state, queue.ReasonDayEnd, m.now(), d.version
		}
		tickets = append(tickets, t.Ticket)
	}
	c.figures[of] = queue.FiguresOf(of, tickets)
	m.poke()
	return nil
}

// Figures is [queue.Store.Figures].
func (m *Model) Figures(_ context.Context, id queue.ClinicID, of queue.Day) (queue.Figures, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c, ok := m.clinics[id]; ok {
		return c.figures[of], nil
	}
	return queue.Figures{}, nil
}
