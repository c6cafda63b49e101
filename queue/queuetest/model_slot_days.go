package queuetest

import (
	"context"
	"slices"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// noShows ends today's bookings whose patients did not come in time.
func (m *Model) noShows(c *clinicState, d *day) {
	for _, s := range c.record.Services {
		sessions, _ := m.timetable(c, s, m.today(c))
		for _, t := range d.where(clinic.Ref{Service: s.ID}, queue.Booked) {
			if t.Slot == "" || t.kept || m.now().Before(m.dueBy(s, sessions, t)) {
				continue
			}
			d.bump()
			d.change(t, queue.Drop, nil, func() {
				t.State, t.Reason, t.Ended, t.seq = queue.NoShow, queue.ReasonSlotOver, m.now(), d.version
			})
		}
	}
}

// dueBy is when a booked ticket becomes a no-show.
func (m *Model) dueBy(s clinic.Service, sessions []hours.Session, t *ticket) time.Time {
	if s.Slot.NoShow != nil {
		return t.SlotTo.Add(time.Duration(*s.Slot.NoShow) * time.Minute)
	}
	for _, session := range sessions {
		if session.ID == t.Session {
			return session.Consult.To
		}
	}
	return t.SlotTo
}

// slotStates are the slots of today as a snapshot has them.
func (m *Model) slotStates(c *clinicState, d *day, s clinic.Service, full bool) (states []queue.SlotState) {
	today := m.today(c)
	for _, slot := range m.slots(c, s, today) {
		name := string(slot.Start)
		used := m.used(d, s.ID, slot.Session, name, nil)
		web, desk, first := seating{service: s, on: today, session: slot.Session, slot: name}.most()
		state := queue.SlotState{
			Slot: name, End: string(slot.End), From: slot.From, To: slot.To, Session: slot.Session,
			Web: queue.Seat{Used: used.Web, Limit: web}, Desk: queue.Seat{Used: used.Desk, Limit: desk}, First: queue.Seat{Used: used.First, Limit: first},
		}
		for _, t := range d.tickets {
			if t.State == queue.Waiting && t.Line == s.ID && t.LineSlot == name {
				state.Waiting++
			}
			if t.ID.Ref().Service != s.ID || t.Slot != name || t.Session != slot.Session || t.State == queue.Cancelled {
				continue
			}
			state.Booked++
			state.BookedPeople += t.Party
			if !t.Called.IsZero() {
				state.Called++
				state.CalledPeople += t.Party
			}
			switch {
			case t.State == queue.Done:
				state.Seen++
			case t.State == queue.NoShow && t.Number != 0:
				state.Left++
			}
		}
		state.Availability = m.slotAvailable(c, d, s, today, slot, full, false)
		state.FirstVisit = m.slotAvailable(c, d, s, today, slot, full, true)
		states = append(states, state)
	}
	return states
}

// slotAvailable is 空き状況 of a slot, of the web.
func (m *Model) slotAvailable(c *clinicState, d *day, s clinic.Service, on clinic.Day, slot hours.Slot, full, first bool) queue.Availability {
	if !m.now().Before(slot.From.Add(-time.Duration(s.Slot.Lead) * time.Minute)) {
		return queue.Over
	}
	switch m.bookable(c, s, on, slot) {
	case queue.ErrReceptionPaused:
		return queue.Stopped
	case queue.ErrNotOpenYet:
		return queue.NotYet
	case queue.ErrReceptionClosed:
		calendar, _ := c.record.Timetable(s)
		if m.set(c, s, on) != queue.Closed && m.now().Before(calendar.WebHours(string(m.today(c)), c.zone).From) {
			return queue.NotYet
		}
		return queue.Over
	}
	q := seating{service: s, on: on, session: slot.Session, slot: string(slot.Start), web: true, weight: 1, first: first, early: on > m.today(c)}
	if full || m.seat(d, q) != nil {
		return queue.None
	}
	web, _, _ := q.most()
	left := func(most *int, used int) bool { return most != nil && *most-used <= s.Capacity.Few }
	if left(web, m.used(d, s.ID, slot.Session, q.slot, nil).Web) || left(s.Capacity.Web, m.used(d, s.ID, slot.Session, "", nil).Web) {
		return queue.Few
	}
	return queue.Many
}

// Days is [queue.Store.Days].
func (m *Model) Days(_ context.Context, ref clinic.Ref, from, to clinic.Day) ([]queue.DayOffer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, s, _, today, err := m.at(ref)
	if err != nil {
		return nil, err
	}
	days := []queue.DayOffer{}
	for on := from; on <= to && len(days) < queue.DaysAtOnce; on = nextDay(on) {
		o := queue.DayOffer{Day: on, State: queue.DayClosed}
		switch ahead := daysBetween(today, on); {
		case ahead < 0:
		case s.BySlot() && ahead <= clinic.SlotDays:
			if m.offerSlots(c, s, &o); ahead > s.Booking.Days {
				deskOnly(&o)
			}
		case ahead > s.Booking.Days:
		case ahead > 0:
			m.offerSessions(c, s, &o)
		}
		days = append(days, o)
	}
	return days, nil
}

// deskOnly lets a day be one that only the desk books.
func deskOnly(o *queue.DayOffer) {
	o.State, o.OpensAt = queue.DayClosed, time.Time{}
	for i := range o.Sessions {
		session := &o.Sessions[i]
		session.Availability, session.First = queue.Over, false
		for i := range session.Slots {
			session.Slots[i].Availability, session.Slots[i].First = queue.Over, false
		}
	}
}

// slotSeats are the seats of a slot, those of the web as long as its day is to come.
func (m *Model) slotSeats(c *clinicState, d *day, s clinic.Service, on clinic.Day, slot hours.Slot) queue.Seats {
	name := string(slot.Start)
	used := m.used(d, s.ID, slot.Session, name, nil)
	web, desk, first := seating{service: s, on: on, session: slot.Session, slot: name, early: on > m.today(c)}.most()
	return queue.Seats{Web: queue.Seat{Used: used.Web, Limit: web}, Desk: queue.Seat{Used: used.Desk, Limit: desk}, First: queue.Seat{Used: used.First, Limit: first}}
}

func nextDay(d clinic.Day) clinic.Day {
	at, _ := time.Parse(time.DateOnly, string(d))
	return clinic.Day(at.AddDate(0, 0, 1).Format(time.DateOnly))
}

// offerSlots fills in what a service in slot mode gives of a day.
func (m *Model) offerSlots(c *clinicState, s clinic.Service, o *queue.DayOffer) {
	d, slots := c.day(o.Day), m.slots(c, s, o.Day)
	sessions, _ := m.timetable(c, s, o.Day)
	standing := 0
	for _, t := range m.taken(d, s.ID) {
		standing += t.Web + t.Desk // of a day that is not read whole
	}
	full := m.Bounds.Full(true, d.counter[s.ID], standing)
	for _, session := range sessions {
		of, each := queue.SessionOffer{Session: session}, []queue.Availability{}
		for _, slot := range slots {
			if slot.Session != session.ID {
				continue
			}
			offer := queue.SlotOffer{Slot: slot, Seats: m.slotSeats(c, d, s, o.Day, slot), Availability: m.slotAvailable(c, d, s, o.Day, slot, full, false)}
			first := m.slotAvailable(c, d, s, o.Day, slot, full, true)
			offer.First = first == queue.Many || first == queue.Few
			of.First = of.First || offer.First
			of.Slots = append(of.Slots, offer)
			each = append(each, offer.Availability)
		}
		of.Availability = best(each)
		o.Sessions = append(o.Sessions, of)
	}
	if len(slots) == 0 {
		o.Sessions = nil
		return
	}
	calendar, _ := c.record.Timetable(s)
	served, opens := calendar.WebHours(string(m.today(c)), c.zone), m.opensAt(c, s, o.Day)
	set := m.set(c, s, o.Day)
	switch now := m.now(); {
	case set == queue.Paused || set == queue.Closed:
	case set != queue.Open && now.Before(served.From), now.Before(opens):
		if o.State, o.OpensAt = queue.DayBefore, opens; served.From.After(opens) {
			o.OpensAt = served.From
		}
	case set == queue.Open || now.Before(served.To):
		o.State = queue.DayOpen
	}
}

// best is the availability of several slots together.
func best(of []queue.Availability) queue.Availability {
	for _, a := range []queue.Availability{queue.Many, queue.Few, queue.None, queue.Stopped, queue.NotYet} {
		if slices.Contains(of, a) {
			return a
		}
	}
	return queue.Over
}

// bestToday is that of today's slots, and of first visits.
func bestToday(slots []queue.SlotState) (all, first queue.Availability) {
	var each, firsts []queue.Availability
	for _, s := range slots {
		each, firsts = append(each, s.Availability), append(firsts, s.FirstVisit)
	}
	return best(each), best(firsts)
}

// offerSessions fills in what a service in order mode gives of a day.
func (m *Model) offerSessions(c *clinicState, s clinic.Service, o *queue.DayOffer) {
	for _, offer := range m.offers(c, s) {
		if offer.Day == o.Day {
			o.State = queue.DayOpen
			for _, session := range offer.Sessions {
				o.Sessions = append(o.Sessions, queue.SessionOffer{Session: session.Session, Availability: session.Availability, First: session.First})
			}
		}
	}
}

// Nearest is [queue.Store.Nearest].
func (m *Model) Nearest(ctx context.Context, ref clinic.Ref, day clinic.Day, slot string, firstVisit bool, n int) ([]queue.FreeSlot, error) {
	last := day
	for range clinic.SlotDays {
		last = nextDay(last)
	}
	days, err := m.Days(ctx, ref, day, last)
	if err != nil {
		return nil, err
	}
	asked, _ := hours.Clock(slot).Minutes()
	known := false
	found := []queue.FreeSlot{}
	for _, o := range days {
		var free []queue.FreeSlot
		for _, session := range o.Sessions {
			for _, s := range session.Slots {
				known = known || o.Day == day && string(s.Start) == slot
				if s.Availability == queue.Many || s.Availability == queue.Few {
					if !firstVisit || s.First {
						free = append(free, queue.FreeSlot{Day: o.Day, SlotOffer: s})
					}
				}
			}
		}
		if o.Day == day && known {
			slices.SortStableFunc(free, func(a, b queue.FreeSlot) int { return away(a, asked) - away(b, asked) })
		}
		found = append(found, free...)
	}
	return found[:min(n, len(found))], nil
}

// away is how far a slot begins from a minute of the day.
func away(s queue.FreeSlot, minute int) int {
	at, _ := s.Start.Minutes()
	return max(at-minute, minute-at)
}

// cancelBy is until when a ticket's owner may cancel it; zero: as long as its state
// allows it.
func (m *Model) cancelBy(c *clinicState, s clinic.Service, t *ticket) time.Time {
	before := time.Duration(s.Cancel.Minutes) * time.Minute
	switch s.Cancel.Anchor {
	case clinic.CancelByClock:
		day, _ := time.Parse(time.DateOnly, string(t.ID.Day()))
		at, _ := hours.Instant(day.AddDate(0, 0, -s.Cancel.Days).Format(time.DateOnly), s.Cancel.At, c.zone)
		return at
	case clinic.CancelByEnd:
		return t.SlotTo.Add(-before)
	case clinic.CancelByStart:
		return t.SlotFrom.Add(-before)
	}
	return t.SlotFrom // zero in order mode
}

// tooLate reports whether a ticket's owner may not cancel it any more.
func (m *Model) tooLate(c *clinicState, d *day, s clinic.Service, t *ticket) bool {
	if by := m.cancelBy(c, s, t); t.Slot == "" && s.Cancel.Anchor == clinic.CancelByAhead {
		line := d.waiting(clinic.Ref{Service: t.Line})
		return t.ID.Day() == m.today(c) && t.State == queue.Waiting && slices.Index(line, t) < s.Cancel.Ahead
	} else {
		return !by.IsZero() && !m.now().Before(by)
	}
}
