package queue_test

import (
	"cmp"
	"fmt"
	"slices"

	"junban/queue"
	"junban/queue/hours"
	"junban/queue/journal"
)

// slotCall is a call of a line in slot mode.
type slotCall struct {
	entry      string // of the log
	line, slot string // the slot in whose order the ticket stood
}

// call notes a call, or forgets one that was taken back.
func (l *ledger) call(e journal.Event, t queue.Ticket) {
	if e.Act == string(queue.Call) && t.LineSlot != "" {
		l.calls = append(l.calls, slotCall{e.ID, t.Line, t.LineSlot})
	}
	if e.Undoes != "" {
		l.calls = slices.DeleteFunc(l.calls, func(c slotCall) bool { return c.entry == e.Undoes })
	}
}

// keeps checks that only the acts which change a ticket's slot, session, people or seats
// do so (booking.md §5.4 5).
func (l *ledger) keeps(e journal.Event, former *entered, t queue.Ticket) error {
	if former == nil || slices.Contains([]string{string(queue.Rebook), string(queue.Amend), string(queue.Undo)}, e.Act) {
		return nil
	}
	is, was := t, former.Ticket
	if is.Session != was.Session || is.Party != was.Party || is.Weight != was.Weight || is.Slot != was.Slot || is.SlotEnd != was.SlotEnd ||
		!is.SlotFrom.Equal(was.SlotFrom) || !is.SlotTo.Equal(was.SlotTo) {
		return fmt.Errorf("entry %s: %s has made %+v of %+v", e.ID, e.Act, is, was)
	}
	return nil
}

// slots compares the figures of a line's slots with the events (booking.md §5.3), and
// checks the invariants of booking.md §5.4.
func (l *ledger) slots(line *queue.Line) error {
	lane := line.Ref.Service
	serving := ""
	for _, c := range l.calls {
		if c.line == lane {
			serving = c.slot
		}
	}
	if line.Service.BySlot() && line.Serving != serving {
		return fmt.Errorf("%s serves the slot %q, by the events %q", line.Ref, line.Serving, serving)
	}
	for _, s := range line.Slots {
		booked, called, people, peopleCalled, waiting, seats := 0, 0, 0, 0, 0, 0
		for _, t := range l.tickets {
			if t.Line == lane && t.State == queue.Waiting && t.LineSlot == s.Slot {
				waiting++
			}
			if t.ID.Ref().Service != lane || t.Slot != s.Slot || t.State == queue.Cancelled {
				continue
			}
			booked++
			people += t.Party
			seats += t.Weight
			if !t.Called.IsZero() {
				called++
				peopleCalled += t.Party
			}
		}
		if s.Booked != booked || s.Called != called || s.BookedPeople != people || s.CalledPeople != peopleCalled || s.Waiting != waiting {
			return fmt.Errorf("%s shows %+v; by the events %d tickets of %d people are booked, %d of %d are called, %d wait", line.Ref, s, booked, people, called, peopleCalled, waiting)
		}
		if called > booked || s.Web.Used+s.Desk.Used < seats {
			return fmt.Errorf("%s shows %+v; the tickets have %d seats", line.Ref, s, seats)
		}
	}
	return l.slotOrder(line)
}

// slotOrder checks that a line in slot mode sorts by the slots in which its tickets
// stand, and that a booking has no number and an arrived ticket has one.
func (l *ledger) slotOrder(line *queue.Line) error {
	if !line.Service.BySlot() {
		return nil
	}
	for _, t := range line.Booked {
		if t.Number != 0 || !t.Arrived.IsZero() || t.LineSlot != t.Slot {
			return fmt.Errorf("a booking is %+v", t)
		}
	}
	begins := func(t queue.Ticket) int64 {
		at, _ := hours.Instant(string(l.day), hours.Clock(t.LineSlot), l.zone)
		if t.LineSlot == "" {
			return 0
		}
		return at.Unix()
	}
	for i, t := range line.Waiting {
		if t.Number == 0 || t.Slot != "" && t.Arrived.IsZero() && !t.Lost {
			return fmt.Errorf("%+v waits", t)
		}
		if i > 0 && cmp.Compare(begins(line.Waiting[i-1]), begins(t)) > 0 {
			return fmt.Errorf("%s of the slot %s stands behind %s of %s", t.ID, t.LineSlot, line.Waiting[i-1].ID, line.Waiting[i-1].LineSlot)
		}
	}
	return nil
}
