package queue

import (
	"fmt"
	"slices"
	"strings"
)

// Check returns which invariants of domain §5.3 the snapshot breaks. Each ticket is in
// exactly one list, and in a state of that list. Numbers are unique in their service
// and session, and among live tickets; a lost ticket's number may repeat. The live
// positions of a line are in strict order. A room has at most one open ticket. An
// indexed snapshot of a sound line has none. Those of slot mode are in checkSlots.
func (s *Snapshot) Check() []error {
	type number struct {
		service, session string
		n                int
	}
	var broken []error
	bad := func(format string, args ...any) { broken = append(broken, fmt.Errorf(format, args...)) }
	seen := map[TicketID]bool{}
	numbers := map[number]TicketID{}
	rooms := map[string]TicketID{}
	live := map[number]TicketID{}
	refiled := map[TicketID]bool{}
	for _, l := range s.Lines {
		positions := map[string]TicketID{}
		for _, list := range []struct {
			name    string
			tickets []Ticket
			states  []State
		}{
			{"open", l.Open, []State{Called, InService}},
			{"waiting", l.Waiting, []State{Waiting}},
			{"absent", l.Absent, []State{Absent}},
			{"held", l.Held, []State{Held}},
			{"lost", l.Lost, []State{Lost}},
			{"booked", l.Booked, []State{Booked}},
			{"ended", l.Ended, []State{Done, Cancelled, NoShow}},
		} {
			for _, t := range list.tickets {
				if seen[t.ID] {
					bad("%s stands in two lists, the second is %s of %s", t.ID, list.name, l.Ref)
				}
				seen[t.ID] = true
				if !slices.Contains(list.states, t.State) {
					bad("%s is %s, among the %s of %s", t.ID, t.State, list.name, l.Ref)
				}
				refiled[t.ID] = t.Lost
				n := number{t.ID.Ref().Service, t.Session, t.Number}
				if other, ok := numbers[n]; ok && t.Number > 0 && !t.Lost && !refiled[other] { // 0: cancelled before it got one
					bad("%s and %s have the number %d", other, t.ID, t.Number)
				}
				numbers[n] = t.ID
				if t.State.Ended() {
					continue
				}
				n.session = ""
				if other, ok := live[n]; ok && t.Number > 0 && !t.Lost && !refiled[other] {
					bad("%s and %s wait with the same number %d", other, t.ID, t.Number)
				}
				live[n] = t.ID
				if other, ok := positions[t.Position]; ok {
					bad("%s and %s have the position %s", other, t.ID, t.Position)
				}
				positions[t.Position] = t.ID
			}
		}
		if !slices.IsSortedFunc(l.Waiting, func(a, b Ticket) int { return strings.Compare(a.Position, b.Position) }) {
			bad("the waiting of %s are not in the order of their positions", l.Ref)
		}
		broken = append(broken, l.checkSlots()...)
		for _, t := range l.Open {
			if other, ok := rooms[t.Room]; ok {
				bad("%s and %s are in room %s", other, t.ID, t.Room)
			}
			rooms[t.Room] = t.ID
		}
	}
	return broken
}

// checkSlots returns which invariants of booking.md §5.4 a line in slot mode breaks. A
// ticket has no number while it is booked, and one from its arrival on. The waiting
// stand in the order of their line slots. No more tickets of a slot were called than
// booked. The slot being served is that of a called ticket. What is counted of a slot is
// at least what the snapshot has of it: it lacks tickets that ended long ago.
func (l *Line) checkSlots() (broken []error) {
	if !l.Service.BySlot() {
		return nil
	}
	bad := func(format string, args ...any) { broken = append(broken, fmt.Errorf(format, args...)) }
	home, called := map[string]int{}, map[string]int{}
	for _, list := range [][]Ticket{l.Open, l.Waiting, l.Absent, l.Held, l.Lost, l.Booked, l.Ended} {
		for _, t := range list {
			if t.Slot == "" {
				continue
			}
			if t.State == Booked && t.Number != 0 || t.State == Waiting && t.Number == 0 {
				bad("%s is %s with the number %d", t.ID, t.State, t.Number)
			}
			if t.ID.Ref() == l.Ref && t.State != Cancelled {
				home[t.Slot]++
				if !t.Called.IsZero() {
					called[t.Slot]++
				}
			}
		}
	}
	for i := 1; i < len(l.Waiting); i++ {
		a, b := l.Waiting[i-1], l.Waiting[i]
		if a.LineSlot != b.LineSlot && a.Position[:3] > b.Position[:3] {
			bad("%s of %s waits before %s of %s", a.ID, a.LineSlot, b.ID, b.LineSlot)
		}
	}
	for _, s := range l.Slots {
		if s.Called > s.Booked || s.Called < called[s.Slot] || s.Booked < home[s.Slot] {
			bad("of %s %d are booked and %d called, the snapshot has %d and %d", s.Slot, s.Booked, s.Called, home[s.Slot], called[s.Slot])
		}
		if s.Availability == None && s.Web.Limit == nil && l.Service.Capacity.Web == nil && !l.Full {
			bad("%s has no seats, without a bound", s.Slot)
		}
	}
	return broken
}
