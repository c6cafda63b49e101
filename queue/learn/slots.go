package learn

import (
	"cmp"
	"maps"
	"slices"

	"junban/queue"
)

// bookings learns how many patients with a booking come and when, and how many come
// without one. It counts the tickets as they are at the end of the log: who has not
// arrived by then is a no-show.
func (s *student) bookings() {
	for _, id := range slices.Sorted(maps.Keys(s.tickets)) { // sums of floats depend on their order
		t := s.tickets[id]
		l := s.lessons[t.Session]
		if t.Slot == "" || l == nil {
			continue
		}
		tally := l.of(id.Ref().Service)
		switch {
		case walkedIn(t):
			tally.Walkin++
		case !t.Arrived.IsZero():
			tally.Booked++
			tally.Came = append(tally.Came, t.Arrived.Sub(t.SlotFrom))
		case t.State == queue.NoShow || t.State == queue.Booked:
			tally.Booked++
			tally.NoShow++
		}
	}
}

// walkedIn reports whether a patient came without a booking: both were one act.
func walkedIn(t queue.Ticket) bool { return t.Slot != "" && t.Arrived.Equal(t.Issued) }

// countDesk counts the desk's seats that are taken in each slot, as a snapshot of the
// store does.
func (h *history) countDesk(s *queue.Snapshot) {
	for i := range s.Lines {
		l := &s.Lines[i]
		if len(l.Slots) == 0 {
			continue
		}
		for _, t := range h.tickets {
			if t.ID.Ref().Service != l.Service.ID || t.Channel == "web" || t.State == queue.Cancelled {
				continue
			}
			for k := range l.Slots {
				if l.Slots[k].Slot == t.Slot {
					l.Slots[k].Desk.Used += t.Weight
				}
			}
		}
	}
}

// bySlot sorts bookings by the start of their slot.
func bySlot(a, b queue.Ticket) int {
	return cmp.Or(a.SlotFrom.Compare(b.SlotFrom), cmp.Compare(a.ID, b.ID))
}
