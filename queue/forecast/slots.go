package forecast

import (
	"math"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/estimate"
	"junban/queue/hours"
)

// slots returns the rules of a line in slot mode, and the seats that patients without a
// booking may get.
func (c course) slots(at time.Time) *estimate.Slots {
	rules := &estimate.Slots{Reach: minutes(c.Service.Slot.Reach), Late: late(c.Service.Slot.Late)}
	for _, group := range [][]queue.Ticket{c.Line.Open, c.Absent, c.Held, c.Ended} {
		for i := range group {
			if t := &group[i]; !t.Called.IsZero() && t.LineSlot != "" {
				rules.Serving = later(rules.Serving, c.slotOf(t))
			}
		}
	}
	for _, s := range c.Slots {
		if !s.To.After(at) {
			continue
		}
		free := math.MaxInt
		if s.Desk.Limit != nil {
			free = max(0, *s.Desk.Limit-s.Desk.Used)
		}
		rules.Open = append(rules.Open, estimate.Slot{Start: s.From, End: s.To, Free: free})
	}
	return rules
}

// late returns the place of a late arrival. Where the desk decides, it stands as with
// [clinic.LateServing].
func late(rule string) estimate.Late {
	switch rule {
	case clinic.LateOwn:
		return estimate.LateOwn
	case clinic.LateEnd:
		return estimate.LateEnd
	}
	return estimate.LateServing
}

// booked returns the bookings of sessions whose patients have not arrived.
func (c course) booked(belongs func(course, string) bool) []estimate.Booking {
	all := make([]estimate.Booking, 0, len(c.Booked))
	for i := range c.Booked {
		if t := &c.Booked[i]; belongs(c, t.Session) {
			all = append(all, estimate.Booking{
				ID: string(t.ID), Service: t.Line, Kind: kindOf(t),
				Slot: c.slotOf(t), Late: t.SlotTo.Add(minutes(c.Service.Slot.Grace)),
			})
		}
	}
	return all
}

// slotOf returns the start of the slot in whose order a ticket of the line stands; zero
// in order mode.
func (c course) slotOf(t *queue.Ticket) time.Time {
	if t.LineSlot == "" {
		return time.Time{}
	}
	if t.LineSlot == t.Slot {
		return t.SlotFrom
	}
	for i := range c.Slots {
		if c.Slots[i].Slot == t.LineSlot {
			return c.Slots[i].From
		}
	}
	// The timetable has changed, and has that slot no more.
	stands, err := hours.Clock(t.LineSlot).Minutes()
	home, homeErr := hours.Clock(t.Slot).Minutes()
	if err != nil || homeErr != nil {
		return t.SlotFrom
	}
	return t.SlotFrom.Add(minutes(stands - home))
}

// slotOf returns the slot in whose order a ticket stands, by its line.
func slotOf(courses []course, t *queue.Ticket) time.Time {
	if t.LineSlot == "" {
		return time.Time{}
	}
	for _, c := range courses {
		if c.Service.ID == t.Line {
			return c.slotOf(t)
		}
	}
	return t.SlotFrom
}

// joined returns when a ticket joined the line.
func joined(t *queue.Ticket) time.Time {
	if t.Arrived.IsZero() {
		return t.Issued
	}
	return t.Arrived
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }
