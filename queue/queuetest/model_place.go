package queuetest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// where lists the tickets that stand in a service's line in one of the states,
// in order.
func (d *day) where(ref clinic.Ref, states ...queue.State) []*ticket {
	var found []*ticket
	for _, t := range d.tickets {
		if t.Line == ref.Service && slices.Contains(states, t.State) {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b *ticket) int {
		return cmp.Or(strings.Compare(a.Position, b.Position), strings.Compare(string(a.ID), string(b.ID)))
	})
	return found
}

func (d *day) waiting(ref clinic.Ref) []*ticket { return d.where(ref, queue.Waiting) }

// end stands for as many waiting as there are.
const end = -1

// gap returns the positions between which a ticket stands behind the next n waiting
// tickets. It also stands behind tickets that were promised a position there before,
// and ahead of later tickets. A position given by a rule, not by the desk, is before
// sessions that have not begun. horizon is then not "".
func (d *day) gap(service string, n int, horizon string, without *ticket) (below, above string) {
	above = "~"
	if line := slices.DeleteFunc(d.waiting(clinic.Ref{Service: service}), func(t *ticket) bool { return t == without }); n != end && len(line) > n {
		above = line[n].Position
	}
	if horizon != "" {
		above = min(above, horizon)
	}
	for _, o := range d.where(clinic.Ref{Service: service}, queue.Waiting, queue.Absent, queue.Held, queue.Lost, queue.Called, queue.InService) {
		if o != without && o.Position < above {
			below = max(below, o.Position)
		}
	}
	return below, min(above, PositionOf(prefix(below)*1000000+d.counter[service]+1))
}

// prefix is the session in a place, in half hours of the day.
func prefix(at string) int {
	if at == "" {
		return 0
	}
	n, _ := strconv.Atoi(at[:2])
	return n
}

// halfHour is which half hour of the day it is.
func (m *Model) halfHour(c *clinicState) int {
	from, _ := m.bounds(c, m.today(c))
	return int(m.now().Sub(from) / (30 * time.Minute))
}

// horizon is behind the sessions that have begun, and the ticket's own.
func (m *Model) horizon(c *clinicState, t *ticket) string {
	return PositionOf((max(prefix(t.Position), m.halfHour(c)) + 1) * 1000000)
}

// behind is a fresh place for t behind the next n waiting of a line.
func (d *day) behind(t *ticket, service string, n int, horizon string) string {
	below, above := d.gap(service, n, horizon, t)
	return PositionBetween(below, above, d.version)
}

// announce publishes why the order of a line has changed.
func (m *Model) announce(d *day, service, reason string) {
	d.notices[service] = notice{queue.Notice{Reason: reason, At: m.now()}, d.version}
}
