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
// that waits for its number (B12).
func (b *DayState) Check() []error {
	taken := map[string]map[string]int{}
	take := func(service, seat string) {
		if taken[service] == nil {
			taken[service] = map[string]int{}
		}
		taken[service][seat]++
	}
	for id, t := range b.tickets {
		if t["s"] == string(queue.Cancelled) {
			continue
		}
		service := id.Ref().Service
		if t["s"] == string(queue.Booked) {
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
