package queuetest

import (
	"context"
	"fmt"

	"junban/queue"
	"junban/queue/clinic"
)

// CloseDate is [queue.Store.CloseDate].
func (m *Model) CloseDate(_ context.Context, ref clinic.Ref, on clinic.Day, session string, a queue.Act) (int, error) {
	n, _, err := once(m, ref, a, fmt.Sprint("close_date", ref, on, session), func() (n int, err error) {
		c, s, _, today, err := m.at(ref)
		if err != nil {
			return 0, err
		}
		if on < today {
			return 0, queue.ErrDayOver
		}
		d := c.day(on)
		var left []*ticket
		if on > today {
			left = d.waiting(clinic.Ref{Service: s.ID})
		}
		for _, t := range append(left, d.where(clinic.Ref{Service: s.ID}, queue.Booked)...) {
			if session != "" && t.Session != session {
				continue
			}
			d.bump()
			d.change(t, queue.Cancel, nil, func() {
				t.State, t.Reason, t.Ended, t.seq = queue.Cancelled, queue.ReasonClinic, m.now(), d.version
			})
			t.free = m.now()
			n++
		}
		return n, nil
	})
	return n, err
}
