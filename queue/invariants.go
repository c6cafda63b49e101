package queue

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Check returns what in the snapshot breaks the invariants of domain §5.3: each
// ticket in exactly one list and in a state of that list, numbers unique in
// their service and session, and among all who are still in a line (but for those
// that were lost, of which another may have the number), the live places of a line in strict order, at most
// one open ticket in a room. An indexed snapshot of a sound line has none.
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
		places := map[string]TicketID{}
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
				if other, ok := live[n]; ok && !t.Lost && !refiled[other] {
					bad("%s and %s wait with the same number %d", other, t.ID, t.Number)
				}
				live[n] = t.ID
				if other, ok := places[t.Place]; ok {
					bad("%s and %s stand at the place %s", other, t.ID, t.Place)
				}
				places[t.Place] = t.ID
			}
		}
		if !slices.IsSortedFunc(l.Waiting, func(a, b Ticket) int { return strings.Compare(a.Place, b.Place) }) {
			bad("the waiting of %s are not in the order of their places", l.Ref)
		}
		for _, t := range l.Open {
			if other, ok := rooms[t.Room]; ok {
				bad("%s and %s are in room %s", other, t.ID, t.Room)
			}
			rooms[t.Room] = t.ID
		}
	}
	return broken
}

// Check returns which counts of seats and of bookings are not what the tickets
// make of them, a count that is missing among them: a seat is taken by each ticket
// that is not cancelled, and by each cancelled one whose seat comes back later
// (domain §5.3, §5.6); a booking is a ticket that waits for its number (B12).
func (b *Books) Check() []error {
	taken := map[string]map[string]int{}
	take := func(service, seat string) {
		if taken[service] == nil {
			taken[service] = map[string]int{}
		}
		taken[service][seat]++
	}
	for id, t := range b.tickets {
		if t["s"] == string(Cancelled) {
			continue
		}
		service := id.Ref().Service
		if t["s"] == string(Booked) {
			take(service, "booked")
		}
		session, _ := t["sess"].(string)
		if t["ch"] != "web" {
			take(service, "desk:"+session)
			continue
		}
		take(service, "web:"+session)
		if t["first"] == true {
			take(service, "first:"+session)
		}
	}
	var broken []error
	for service, counts := range b.counts {
		for _, entry := range strings.Fields(counts["returns"]) { // <millisecond>/<ticket>/<seat>,<seat>
			for _, seat := range strings.Split(entry[strings.LastIndex(entry, "/")+1:], ",") {
				take(service, seat)
			}
		}
	}
	for service := range union(taken, b.counts) {
		for field := range union(taken[service], b.counts[service]) {
			if kind, _, _ := strings.Cut(field, ":"); !slices.Contains([]string{"web", "desk", "first", "booked"}, kind) {
				continue
			}
			if want := strconv.Itoa(taken[service][field]); b.counts[service][field] != want {
				broken = append(broken, fmt.Errorf("%s of service %s is %q, the tickets make %s", field, service, b.counts[service][field], want))
			}
		}
	}
	return broken
}
