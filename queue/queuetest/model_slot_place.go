package queuetest

import (
	"junban/queue"
	"junban/queue/clinic"
)

// gap returns the positions between which a ticket stands behind the next n waiting of
// its line. A position by a rule stays in the ticket's session or slot.
func (m *Model) gap(c *clinicState, d *day, t *ticket, n int, byRule bool) (below, above string, version uint64) {
	switch {
	case c.bySlot(t.Line):
		below, above = d.slotGap(t, n, unitIn(t.Position))
	case byRule:
		below, above = d.gap(t.Line, n, m.horizon(c, t), t)
	default:
		below, above = d.gap(t.Line, n, "", t)
	}
	return below, above, d.version
}

// slotGap is the gap in a slot: behind the next n waiting of the line, but never outside
// the slot, and before patients who arrive later.
func (d *day) slotGap(t *ticket, n, unit int) (below, above string) {
	in := func(o *ticket) bool { return o != t && unitIn(o.Position) == unit }
	above = inUnit(unit, d.counter[t.Line]+1)
	seen := 0
	for _, o := range d.waiting(clinic.Ref{Service: t.Line}) {
		if o == t {
			continue
		}
		if seen++; n != end && seen > n && in(o) {
			above = min(above, o.Position)
			break
		}
	}
	below = inUnit(unit, 0)
	for _, o := range d.where(clinic.Ref{Service: t.Line}, queue.Waiting, queue.Absent, queue.Held, queue.Lost, queue.Called, queue.InService) {
		if in(o) && o.Position < above {
			below = max(below, o.Position)
		}
	}
	return below, above
}

// moved is where the desk puts a ticket: behind the first n waiting. In slot mode it
// joins the slot of the n-th.
func (m *Model) moved(c *clinicState, d *day, t *ticket, n int) (lineSlot, position string) {
	if !c.bySlot(t.Line) {
		return "", PositionBetween(m.gap(c, d, t, n, false))
	}
	lineSlot, unit := t.LineSlot, unitIn(t.Position)
	line := d.waiting(clinic.Ref{Service: t.Line})
	for i, o := range line {
		if o == t {
			line = append(append([]*ticket{}, line[:i]...), line[i+1:]...)
			break
		}
	}
	if len(line) > 0 {
		o := line[min(max(n-1, 0), len(line)-1)]
		lineSlot, unit = o.LineSlot, unitIn(o.Position)
	}
	below, above := d.slotGap(t, n, unit)
	return lineSlot, PositionBetween(below, above, d.version)
}

// transferred is the end of a slot in another line: of the one that is served, else of
// the first that is not over, else of the last.
func (m *Model) transferred(c *clinicState, d *day, service string) (lineSlot, position string) {
	if calls := d.slotCalls[service]; len(calls) > 0 {
		newest := calls[len(calls)-1]
		return newest.slot, d.last(service, newest.unit)
	}
	s, _ := c.record.Service(service)
	slots := m.slots(c, s, m.today(c))
	if len(slots) == 0 {
		return "", d.last(service, 0)
	}
	slot := slots[len(slots)-1]
	for _, o := range slots {
		if o.To.After(m.now()) {
			slot = o
			break
		}
	}
	return string(slot.Start), d.last(service, m.unitOf(c, m.today(c), slot.From))
}
