package queuetest

import (
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// slotRequest is a request of a slot that the clinic's record allows.
type slotRequest struct {
	queue.Request
	service clinic.Service
	on      clinic.Day
	slots   []hours.Slot // of that day
	slot    hours.Slot   // zero: the first with free seats
	weight  int
	early   bool // the web books a day to come
}

// here reports whether the patient stands at the desk.
func (q slotRequest) here() bool { return q.Channel != "web" && q.Walkin }

// slotRequested works out the slot of a request (booking.md §5.2).
func (m *Model) slotRequested(c *clinicState, s clinic.Service, q queue.Request) (r slotRequest, err error) {
	today, web := m.today(c), q.Channel == "web"
	r = slotRequest{Request: q, service: s, on: q.Day, weight: s.Weight(q.Kind, q.Party)}
	if r.on == "" {
		r.on = today
	}
	most := clinic.SlotDays
	if web {
		most = s.Booking.Days
	}
	r.slots = m.slots(c, s, r.on)
	switch {
	case r.on < today:
		return r, queue.ErrDayOver
	case r.here() && r.on > today, daysBetween(today, r.on) > most, len(r.slots) == 0:
		return r, queue.ErrNotOffered
	}
	if q.Slot == "" && r.here() {
		return r, m.slotForWalkin(&r)
	}
	ok := false
	if r.slot, ok = slotNamed(r.slots, q.Slot); !ok {
		return r, queue.ErrSlotUnknown
	}
	if web {
		return r, m.bookable(c, s, r.on, r.slot)
	}
	if !r.slot.To.After(m.now()) && !q.Override {
		return r, queue.ErrSlotOver
	}
	return r, nil
}

// slotForWalkin refuses a patient at the desk when every slot of today is over. Which of
// the others the patient gets depends on their seats.
func (m *Model) slotForWalkin(r *slotRequest) error {
	last := r.slots[len(r.slots)-1]
	if last.To.After(m.now()) {
		return nil
	}
	if !r.Override {
		return queue.ErrSlotOver
	}
	r.slot = last
	return nil
}

// bookable refuses a slot that the web does not give, or not yet, or no more.
func (m *Model) bookable(c *clinicState, s clinic.Service, on clinic.Day, slot hours.Slot) error {
	now, set := m.now(), m.set(c, s, on)
	switch {
	case set == queue.Closed:
		return queue.ErrReceptionClosed
	case set == queue.Paused:
		return queue.ErrReceptionPaused
	case set != queue.Open && !m.served(c, s):
		return queue.ErrReceptionClosed
	case now.Before(m.opensAt(c, s, on)):
		return queue.ErrNotOpenYet
	case !now.Before(slot.From.Add(-time.Duration(s.Slot.Lead) * time.Minute)):
		return queue.ErrSlotOver
	}
	return nil
}

// set is what the desk has set for the web. It is of today's slots alone.
func (m *Model) set(c *clinicState, s clinic.Service, on clinic.Day) queue.Reception {
	if manual := c.desk(s.ID).manual; on == m.today(c) && manual.Until.After(m.now()) {
		return manual.Reception
	}
	return queue.Auto
}

// opensAt is when the web may book the newest day; zero: of another day, which it may.
func (m *Model) opensAt(c *clinicState, s clinic.Service, on clinic.Day) time.Time {
	today := m.today(c)
	if s.Booking.Days == 0 || daysBetween(today, on) != s.Booking.Days {
		return time.Time{}
	}
	if s.Booking.OpensAt == "" {
		calendar, _ := c.record.Timetable(s)
		return calendar.WebHours(string(today), c.zone).From
	}
	at, _ := hours.Instant(string(today), s.Booking.OpensAt, c.zone)
	return at
}

// daysBetween counts the days from one to another.
func daysBetween(from, to clinic.Day) int {
	a, _ := time.Parse(time.DateOnly, string(from))
	b, _ := time.Parse(time.DateOnly, string(to))
	return int(b.Sub(a) / (24 * time.Hour))
}

// seatFor finds the slot of a request, and refuses it when seats are missing.
func (m *Model) seatFor(c *clinicState, d *day, r *slotRequest, was *ticket) (over bool, err error) {
	need := func(slot hours.Slot) error {
		return m.seat(d, seating{
			service: r.service, on: r.on, session: slot.Session, slot: string(slot.Start), web: r.Channel == "web",
			weight: r.weight, first: r.FirstVisit, early: r.early, was: was,
		})
	}
	if r.slot.Start == "" {
		for _, slot := range r.slots {
			if slot.To.After(m.now()) && need(slot) == nil {
				r.slot = slot
				return false, nil
			}
		}
		r.slot, err = r.slots[len(r.slots)-1], queue.ErrSlotFull
	} else {
		err = need(r.slot)
	}
	if err != nil && r.Override {
		return true, nil
	}
	return false, err
}

// issueSlot books a slot, or takes in a patient at the desk. It changes nothing when it
// refuses.
func (m *Model) issueSlot(c *clinicState, s clinic.Service, ref clinic.Ref, q queue.Request) (queue.Issued, error) {
	r, err := m.slotRequested(c, s, q)
	if err != nil {
		return queue.Issued{}, err
	}
	web, d := q.Channel == "web", c.day(r.on)
	r.early = web && r.on > m.today(c)
	if m.Bounds.Full(web, d.counter[s.ID], d.standing(ref)) {
		return queue.Issued{}, queue.ErrDayFull
	}
	selves, refusal := m.admit(c, d, s, "", q.Persons, nil)
	if refusal != nil && !q.Override {
		return queue.Issued{}, refusal
	}
	over, err := m.seatFor(c, d, &r, nil)
	if err != nil {
		return queue.Issued{}, err
	}
	t := &ticket{patient: q.Patient, selves: selves, persons: known(s, q.Persons), Ticket: queue.Ticket{
		ID: freshID(ref, r.on), Rev: "0", State: queue.Booked, Party: q.Party, FirstVisit: q.FirstVisit, Kind: q.Kind, Channel: q.Channel,
		Issued: m.now(), Line: s.ID, Weight: r.weight,
	}}
	t.stand(r.slot)
	unit, number := m.unitOf(c, r.on, r.slot.From), func() int { return 0 }
	if r.here() {
		if number, err = m.slotNumber(d, s, t, unit, q); err != nil {
			return queue.Issued{}, err
		}
	}
	d.bump()
	t.Number = number()
	t.Position = d.last(s.ID, unit)
	if r.here() {
		t.State, t.Presence, t.Arrived = queue.Waiting, queue.Here, m.now()
	}
	if web {
		t.Mark = queue.MarkOf(q.Origin, r.on)
	}
	if s.WebCancel && (s.Capacity.Cancels == 0 || selves < s.Capacity.Cancels) {
		t.code, t.CodeHash, t.HasCode = q.CodeHash, q.CodeHash, q.CodeHash != ""
	}
	if r.here() && q.Ahead != nil {
		t.LineSlot, t.Position = m.moved(c, d, t, *q.Ahead)
		t.Reason = q.Reason
		m.announce(d, s.ID, q.Reason)
	}
	before := 0
	for _, o := range d.waiting(ref) {
		if r.here() && o.Position < t.Position {
			before++
		}
	}
	d.tickets[t.ID] = t
	for _, field := range persons(s, "", q.Persons) {
		d.persons[field] = t
	}
	return queue.Issued{Ticket: t.Ticket, Ahead: before, Over: over || refusal != nil}, nil
}

// stand gives a ticket its home slot.
func (t *ticket) stand(slot hours.Slot) {
	t.Slot, t.SlotEnd, t.SlotFrom, t.SlotTo = string(slot.Start), string(slot.End), slot.From, slot.To
	t.LineSlot, t.Session = t.Slot, slot.Session
}

// last is a new position behind all others of a unit.
func (d *day) last(service string, unit int) string {
	d.counter[service]++
	return inUnit(unit, d.counter[service])
}

// slotNumber decides the number of a patient who arrives. take gives it.
func (m *Model) slotNumber(d *day, s clinic.Service, t *ticket, unit int, q queue.Request) (take func() int, err error) {
	if s.Slot.NumberBySlot {
		if q.Number != 0 {
			return nil, queue.ErrNumber
		}
		return func() int { return d.numberBySlot(t) }, nil
	}
	n, given, err := d.number(s, t.Session, q, t.Channel == "web")
	if err != nil {
		return nil, err
	}
	return func() int {
		issued := d.counter[s.ID]
		if given(unit * 100_000); q.Number != 0 {
			d.counter[s.ID] = issued // a kept one has no place of its own
		} else {
			d.counter[s.ID]-- // the place comes apart from the number
		}
		return n
	}, nil
}

// numberBySlot gives the next number of a slot: 1001, 1002 … for 10:00. Those that would
// be of a later slot begin with 3001.
func (d *day) numberBySlot(t *ticket) int {
	given := d.blocks[t.ID.Ref().Service]
	if given == nil {
		given = map[string]int{}
		d.blocks[t.ID.Ref().Service] = given
	}
	at, _ := hours.Clock(t.Slot).Minutes()
	base, block := at/60*100+at%60, t.Slot
	if time.Duration(given[block]) >= t.SlotTo.Sub(t.SlotFrom)/time.Minute {
		base, block = 3000, ""
	}
	given[block]++
	return base + given[block]
}
