package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"junban/api/wire"
)

// maxOffers is how many free slots a refusal names at most.
const maxOffers = 5

// slotTally is what a herd of slots got.
type slotTally struct {
	bookings    []slotBooking
	refusals    []slotRefusal
	ended       map[string]int // patients that went without a seat, by code
	codes       map[string]int // refused requests, by code
	requests    int            // that were answered
	retried     int            // second requests with the same key
	differently int            // of these, with another answer
	failures    int
	failed      error // the first

	bookingTook, refusalTook durations // from the patient's due time; of one request
}

// slotBooking is a seat that was given.
type slotBooking struct {
	ticket       string
	slot, wanted string    // of the ticket; of the request
	sent         time.Time // when the first request with its key was sent
}

// slotRefusal is a request that was refused for want of seats in its slot.
type slotRefusal struct {
	slot   string
	offers []wire.Offer
	got    time.Time
}

func newSlotTally() slotTally {
	return slotTally{ended: map[string]int{}, codes: map[string]int{}}
}

// answered counts an answer.
func (p *slotRush) answered(a slotAnswer, slot string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests++
	if a.code == "" {
		return
	}
	p.codes[a.reason()]++
	if a.code == "slot_full" {
		p.refusals = append(p.refusals, slotRefusal{slot, a.offers, a.got})
		p.refusalTook = append(p.refusalTook, a.got.Sub(a.sent))
	}
}

// reason is the code of a refusal, with a mark if it asks for more patience than a patient
// has.
func (a slotAnswer) reason() string {
	if a.retryAfter > slotPatience {
		return fmt.Sprintf("%s for over %v", a.code, slotPatience)
	}
	return a.code
}

// repeated compares the answers to two requests with one key.
func (p *slotRush) repeated(first, second slotAnswer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.retried++
	a, b := first.issued, second.issued
	if first.retryAfter > 0 { // the limit has a token again
		return
	}
	if first.status != second.status || first.code != second.code || a.Ticket.ID != b.Ticket.ID || a.Token != b.Token || a.CancelCode != b.CancelCode {
		p.differently++
	}
}

// booked records a seat, and the time from the patient's click.
func (p *slotRush) booked(b slotBooking, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bookings = append(p.bookings, b)
	p.bookingTook = append(p.bookingTook, took)
}

// end records why a patient goes without a seat.
func (p *slotRush) end(code string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended[code]++
}

// addRows adds the figures of the herd.
func (p *slotRush) addRows(r *result, patients int) {
	r.Settings += fmt.Sprintf("; the same for %d slots of %d seats, half of the patients behind one address", slotCount, slotSeats)
	r.addDistribution("seat after the click", p.bookingTook)
	r.addDistribution("refusal for want of seats", p.refusalTook)
	r.add("seats given", float64(len(p.bookings)), "seats")
	r.add("seats left over", float64(min(slotCount*slotSeats, patients)-len(p.bookings)), "seats")
	r.add("slot requests", float64(p.requests), "requests")
	for _, code := range slices.Sorted(maps.Keys(p.codes)) {
		r.add("slot requests refused, "+code, float64(p.codes[code]), "requests")
	}
	for _, code := range slices.Sorted(maps.Keys(p.ended)) {
		r.add("patients without a seat, "+code, float64(p.ended[code]), "patients")
	}
	r.add("slot retries", float64(p.retried), "requests")
	r.add("slot retries with another answer", float64(p.differently), "requests")
	r.add("slot failures", float64(p.failures), "requests")
}

// check returns an error for each rule that the herd's answers break, or that the desk's
// seats and bookings of the day do at the end.
func (t *slotTally) check(c *slotClinic, patients int, seats []wire.DeskSlot, listed map[string]string) error {
	return errors.Join(t.checkSeats(patients, seats, listed), t.checkRefusals(c))
}

// checkSeats checks that each seat was given once, and that every patient has a seat or a
// reason.
func (t *slotTally) checkSeats(patients int, seats []wire.DeskSlot, listed map[string]string) error {
	var errs []error
	given, tickets := map[string]int{}, map[string]bool{}
	for _, b := range t.bookings {
		given[b.slot]++
		switch {
		case tickets[b.ticket]:
			errs = append(errs, fmt.Errorf("ticket %s was given twice", b.ticket))
		case b.slot != b.wanted:
			errs = append(errs, fmt.Errorf("a request for %s got %s", b.wanted, b.slot))
		case listed[b.ticket] != b.slot:
			errs = append(errs, fmt.Errorf("the desk has %s at %q, not at %s", b.ticket, listed[b.ticket], b.slot))
		}
		tickets[b.ticket] = true
	}
	if len(listed) != len(tickets) {
		errs = append(errs, fmt.Errorf("the desk has %d bookings, and the patients %d", len(listed), len(tickets)))
	}
	free := 0
	for _, s := range seats {
		if n := given[s.Slot]; n > slotSeats || s.Web.Used != n {
			errs = append(errs, fmt.Errorf("slot %s: %d seats were given, and %d of %d are taken", s.Slot, n, s.Web.Used, slotSeats))
		}
		free += slotSeats - given[s.Slot]
	}
	without := 0
	for _, n := range t.ended {
		without += n
	}
	if n := t.ended["slot_full"]; n > 0 && free > 0 {
		errs = append(errs, fmt.Errorf("%d patients were refused without an offer, and %d seats are free", n, free))
	}
	if n := len(t.bookings) + without + t.failures; n != patients {
		errs = append(errs, fmt.Errorf("%d of %d patients have an answer", n, patients))
	}
	if t.differently > 0 {
		errs = append(errs, fmt.Errorf("%d retries got another answer", t.differently))
	}
	return errors.Join(errs...)
}

// checkRefusals checks each refusal against the seats that were certainly free then: those
// of a booking whose first request was sent later. Nothing is cancelled in a herd. It
// returns the first broken rule.
func (t *slotTally) checkRefusals(c *slotClinic) error {
	lastSent := make([]time.Time, len(c.slots))
	for _, b := range t.bookings {
		if i := c.starts[b.slot]; b.sent.After(lastSent[i]) {
			lastSent[i] = b.sent
		}
	}
	for _, r := range t.refusals {
		wanted := c.starts[r.slot]
		offered, farthest := map[string]bool{}, 0
		for _, o := range r.offers {
			at, known := c.starts[o.Slot]
			distance := max(at-wanted, wanted-at)
			if !known || o.Day != c.day || offered[o.Slot] || distance < farthest || len(r.offers) > maxOffers {
				return fmt.Errorf("the refusal of %s offers %v, which are not the nearest in order", r.slot, r.offers)
			}
			offered[o.Slot], farthest = true, distance
		}
		for i, sent := range lastSent {
			distance := max(i-wanted, wanted-i)
			if sent.After(r.got) && !offered[c.slots[i]] && (i == wanted || len(r.offers) < maxOffers || distance < farthest) {
				return fmt.Errorf("the refusal of %s offers %v; a seat of %s was free", r.slot, r.offers, c.slots[i])
			}
		}
	}
	return nil
}
