package queuetest

import (
	"slices"
	"strconv"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// slotUnit is the part of the day that begins the positions of a slot: its first three
// digits count these.
const slotUnit = 5 * time.Minute

// slots are a day's slots of a service, in order.
func (m *Model) slots(c *clinicState, s clinic.Service, on clinic.Day) []hours.Slot {
	sessions, _ := m.timetable(c, s, on)
	return hours.Slots(sessions, s.Slot.Minutes, c.zone)
}

// slotNamed finds a slot by its start.
func slotNamed(slots []hours.Slot, name string) (hours.Slot, bool) {
	for _, slot := range slots {
		if string(slot.Start) == name {
			return slot, true
		}
	}
	return hours.Slot{}, false
}

// unitOf is where a slot begins in its day.
func (m *Model) unitOf(c *clinicState, on clinic.Day, from time.Time) int {
	begin, _ := m.bounds(c, on)
	return int(from.Sub(begin) / slotUnit)
}

// begins is the instant at which a unit of today begins.
func (m *Model) begins(c *clinicState, unit int) time.Time {
	begin, _ := m.bounds(c, m.today(c))
	return begin.Add(time.Duration(unit) * slotUnit)
}

// unitIn is the unit in a position of a line in slot mode.
func unitIn(position string) int {
	n, _ := strconv.Atoi(position[:3])
	return n
}

// inUnit is the n-th position of a unit.
func inUnit(unit, n int) string { return PositionOf(unit*100_000 + n) }

// bySlot reports whether a line is in slot mode.
func (c *clinicState) bySlot(service string) bool {
	s, _ := c.record.Service(service)
	return s.BySlot()
}

// takes is how many seats a ticket holds now: its weight, also for a while after a
// cancel.
func (m *Model) takes(t *ticket) int {
	if t.State == queue.Cancelled && !t.free.After(m.now()) {
		return 0
	}
	return max(t.Weight, 1)
}

// used counts the seats of a slot, or of a session where slot is "". First visits count
// as tickets.
func (m *Model) used(d *day, service, session, slot string, without *ticket) (n queue.Taken) {
	for _, t := range d.tickets {
		if t.ID.Ref().Service != service || t.Session != session || slot != "" && t.Slot != slot || t == without {
			continue
		}
		seats := m.takes(t)
		switch {
		case seats == 0:
		case t.Channel != "web":
			n.Desk += seats
		default:
			n.Web += seats
			if t.FirstVisit {
				n.First++
			}
		}
	}
	return n
}

// seating is a ticket that needs seats: a new one, one that moves, or one that grows.
type seating struct {
	service clinic.Service
	on      clinic.Day
	session string
	slot    string
	web     bool
	weight  int
	first   bool
	early   bool    // the web books it before its day
	was     *ticket // its former seats do not count; nil: it has none
}

// most are the bounds of its slot; none of a seat in order mode, whose service may keep
// settings of slots.
func (q seating) most() (web, desk, first *int) {
	if q.slot == "" {
		return nil, nil, nil
	}
	web, desk = q.service.SeatsOf(q.on, hours.Weekday(string(q.on)), q.session, hours.Clock(q.slot))
	if early := q.service.Slot.Early; q.early && early != nil && (web == nil || *early < *web) {
		web = early
	}
	return web, desk, q.service.Slot.First
}

// seat refuses a ticket for which a slot or its session has too few seats. It refuses
// nothing that the ticket had before.
func (m *Model) seat(d *day, q seating) error {
	slot, session := m.used(d, q.service.ID, q.session, q.slot, q.was), m.used(d, q.service.ID, q.session, "", q.was)
	firsts, had := 0, queue.Taken{}
	hadSession := queue.Taken{}
	if q.first {
		firsts = 1
	}
	if w := q.was; w != nil && w.Session == q.session {
		of := queue.Taken{Desk: m.takes(w)}
		if w.Channel == "web" {
			of = queue.Taken{Web: m.takes(w)}
			if w.FirstVisit {
				of.First = 1
			}
		}
		if hadSession = of; w.Slot == q.slot {
			had = of
		}
	}
	// over reports that more are needed than before, and more than there are.
	over := func(used, needs, before int, most *int) bool {
		return most != nil && needs > before && used+needs > *most
	}
	web, desk, first := q.most()
	of := q.service.Capacity
	switch {
	case q.web && over(slot.Web, q.weight, had.Web, web):
		return queue.ErrSlotFull
	case q.web && over(slot.First, firsts, had.First, first):
		return queue.ErrFirstQuota
	case q.web && over(session.Web, q.weight, hadSession.Web, of.Web):
		return queue.ErrQuota
	case q.web && over(session.First, firsts, hadSession.First, of.First):
		return queue.ErrFirstQuota
	case !q.web && over(slot.Desk, q.weight, had.Desk, desk):
		return queue.ErrSlotFull
	case !q.web && over(session.Desk, q.weight, hadSession.Desk, of.Desk):
		return queue.ErrDeskQuota
	}
	return nil
}

// live counts a person's live tickets of a service today and on the days to come,
// but one.
func (m *Model) live(c *clinicState, service, hash string, without *ticket) (n int) {
	for on, d := range c.days {
		if on < m.today(c) {
			continue
		}
		for _, t := range d.tickets {
			if t != without && t.ID.Ref().Service == service && !t.State.Ended() && slices.Contains(t.persons, hash) {
				n++
			}
		}
	}
	return n
}

// admit refuses a person who has a ticket of the day or session, or too many at all. It
// also returns how many tickets of the session the person has cancelled.
func (m *Model) admit(c *clinicState, d *day, s clinic.Service, session string, hashes []string, was *ticket) (selves int, refusal error) {
	for _, field := range persons(s, session, hashes) {
		if d.persons[field] == was && was != nil {
			continue
		}
		live, cancelled := d.lastOf(field)
		if selves = max(selves, cancelled); live {
			refusal = queue.ErrReceived
		}
	}
	if refusal != nil || s.Limits.MaxLive == 0 {
		return selves, refusal
	}
	for _, hash := range hashes {
		if m.live(c, s.ID, hash, was) >= s.Limits.MaxLive {
			return selves, queue.ErrPersonLimit
		}
	}
	return selves, nil
}

// known are the hashes that a ticket keeps of who it is for.
func known(s clinic.Service, hashes []string) []string {
	if s.OneEach() || s.Limits.MaxLive > 0 {
		return hashes
	}
	return nil
}

// tooSoon reports whether "next" does not reach the slot of a waiting ticket: it has
// not begun, and is too far ahead, or patients of an earlier slot wait.
func (m *Model) tooSoon(c *clinicState, d *day, s clinic.Service, t *ticket) bool {
	unit, now := unitIn(t.Position), m.now()
	if begins := m.begins(c, unit); begins.After(now) {
		if begins.Add(-time.Duration(s.Slot.Reach) * time.Minute).After(now) {
			return true
		}
		return unitIn(d.waiting(clinic.Ref{Service: s.ID})[0].Position) < unit
	}
	return false
}

// otherMode reports whether undo would bring a ticket into a line whose mode is another
// by now.
func (c *clinicState) otherMode(t *ticket, before queue.Ticket) bool {
	if before.State.Ended() {
		return false
	}
	return c.bySlot(t.ID.Ref().Service) != (before.Slot != "") || before.LineSlot != "" && !c.bySlot(before.Line)
}
