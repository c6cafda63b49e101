package journal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"junban/queue"
)

// Check returns which counts of seats and bookings differ from the tickets; a missing
// count is among them. A seat is taken by each ticket that is not cancelled. A
// cancelled one has it until its release (domain §5.3, §5.6). A booking is a ticket
// that waits for its number (B12). In slot mode a ticket also counts in its slot, by its
// weight, and among the booked and called of its home slot (booking.md §5.4).
func (b *DayState) Check() []error {
	taken := map[string]map[string]int{}
	take := func(service, count string, n int) {
		if taken[service] == nil {
			taken[service] = map[string]int{}
		}
		taken[service][count] += n
	}
	for id, t := range b.tickets {
		if t["s"] == string(queue.Cancelled) {
			continue
		}
		service := id.Ref().Service
		slot, bySlot := t["slot"].(string)
		if t["s"] == string(queue.Booked) && !bySlot {
			take(service, "booked", 1)
		}
		session, _ := t["sess"].(string)
		places, weight := []string{session}, 1
		if bySlot {
			places = append(places, session+"@"+slot)
			weight = max(number(t["w"]), 1)
			takeHome(t, slot, func(count string, n int) { take(service, count, n) })
		}
		for _, place := range places {
			if t["ch"] != "web" {
				take(service, "desk:"+place, weight)
				continue
			}
			take(service, "web:"+place, weight)
			if t["first"] == true {
				take(service, "first:"+place, 1)
			}
		}
	}
	var broken []error
	for service, counts := range b.counts {
		for _, entry := range strings.Fields(counts["returns"]) { // <millisecond>/<ticket>/<seat>,<seat>
			for _, seat := range strings.Split(entry[strings.LastIndex(entry, "/")+1:], ",") {
				take(service, seat, 1)
			}
		}
	}
	for service := range union(taken, b.counts) {
		for field := range union(taken[service], b.counts[service]) {
			kind, _, _ := strings.Cut(field, ":")
			if kind, _, ok := strings.Cut(kind, "@"); ok && !slices.Contains(homeCounts, kind) || !ok && !slices.Contains(seatCounts, kind) {
				continue
			}
			if want := strconv.Itoa(taken[service][field]); b.counts[service][field] != want {
				broken = append(broken, fmt.Errorf("%s of service %s is %q, the tickets make %s", field, service, b.counts[service][field], want))
			}
		}
	}
	return broken
}

// What is counted of seats and bookings, and of the home slots of tickets.
var (
	seatCounts = []string{"web", "desk", "first", "booked"}
	homeCounts = []string{"booked", "called", "bookedPeople", "calledPeople", "seen", "left"}
)

// takeHome counts a ticket in its home slot.
func takeHome(t map[string]any, slot string, take func(count string, n int)) {
	party := number(t["party"])
	take("booked@"+slot, 1)
	take("bookedPeople@"+slot, party)
	if t["called"] != nil {
		take("called@"+slot, 1)
		take("calledPeople@"+slot, party)
	}
	switch {
	case t["s"] == string(queue.Done):
		take("seen@"+slot, 1)
	case t["s"] == string(queue.NoShow) && t["n"] != nil:
		take("left@"+slot, 1)
	}
}

// number returns a number of a ticket, 0 for none.
func number(of any) int {
	n, _ := strconv.Atoi(fmt.Sprint(of))
	return n
}
