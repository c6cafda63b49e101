package main

import (
	"math/rand/v2"
	"slices"
	"time"

	"junban/queue/estimate"
)

// booking is how a clinic books slots (時間帯予約). Every seat of the web, and all of the
// desk but one, are booked.
type booking struct {
	Slot   time.Duration
	Seats  int     // per slot and room
	Walkin float64 // patients without a booking per hour and room, for the seats that are left
	Reach  time.Duration
	Grace  time.Duration // after the slot's end, in which an arrival is in time
	NoShow float64

	// A patient arrives Latest after the slot's start, less Before. This is a gamma
	// distribution. A share of Held are held up further, by an exponential time.
	Latest time.Duration
	Before distribution
	Held   float64
	HeldBy time.Duration
}

// halfHours are slots of 30 min with 4 seats for the web and 2 for the desk.
func halfHours(noShow float64) *booking {
	return &booking{
		Slot: 30 * time.Minute, Seats: 4 + 2, Walkin: 2, Reach: 30 * time.Minute, Grace: 10 * time.Minute, NoShow: noShow,
		Latest: 20 * time.Minute, Before: distribution{Minutes: 28, CV: 0.45, Gamma: true},
		Held: 0.03, HeldBy: 20 * time.Minute,
	}
}

// draw draws the visits of all slots.
func (b booking) draw(s scenario, rng *rand.Rand) (visits []*visit) {
	for slot := time.Duration(0); slot < length; slot += b.Slot {
		for range (b.Seats - 1) * s.Rooms {
			at := slot + b.Latest - b.Before.time(rng)
			if rng.Float64() < b.Held {
				at += exponential(rng, 1/b.HeldBy.Seconds())
			}
			v := s.visit(rng, at)
			v.slot, v.comes, v.booked = slot, rng.Float64() >= b.NoShow, true
			visits = append(visits, v)
		}
	}
	rate := b.Walkin * float64(s.Rooms) / 3600
	for at := exponential(rng, rate); at < length; at += exponential(rng, rate) {
		visits = append(visits, s.visit(rng, at))
	}
	return visits
}

// habits adds the true figures of arrivals.
func (b booking) habits(h *estimate.Habits) {
	before, held := b.Before.Minutes*60, b.HeldBy.Seconds()
	mean := (estimate.Earliest + b.Latest).Seconds() - before + b.Held*held
	variance := before*before*b.Before.CV*b.Before.CV + b.Held*(2-b.Held)*held*held
	h.Walkin = estimate.Rate{Hits: b.Walkin * sure, Seconds: 3600 * sure}
	h.NoShow = estimate.Share{Hits: b.NoShow * sure, Of: sure}
	h.Came = estimate.Times{Weight: sure, Mean: mean, Variance: variance}
}

// open schedules the calls that become possible as slots begin.
func (b booking) open(d *day) {
	for slot := time.Duration(0); slot < length; slot += b.Slot {
		d.on(slot-b.Reach, d.call)
	}
	for _, v := range d.plan.visits {
		if !v.booked {
			continue
		}
		d.expected = append(d.expected, v)
		d.tally.Booked++
		if !v.comes {
			d.tally.NoShow++
		}
	}
}

// join gives an arrival its place: at the end of its slot. If it is late, that is the
// slot being served, unless its own is later.
func (b booking) join(d *day, p *patient) {
	if !p.booked {
		d.tally.Walkin++
		d.line = slices.Insert(d.line, d.before(p.slot), p)
		return
	}
	p.slot = p.visit.slot
	if d.now > p.slot+b.Slot+b.Grace {
		p.slot = max(p.slot, d.serving)
	}
	d.tally.Came = append(d.tally.Came, d.now-p.visit.slot)
	d.line = slices.Insert(d.line, d.before(p.slot), p)
	d.expected = slices.DeleteFunc(d.expected, func(v *visit) bool { return v == p.visit })
}

// seat finds a free seat for a patient without a booking: in the first slot that is not
// over.
func (b booking) seat(d *day, p *patient) bool {
	for slot := max(0, d.now.Truncate(b.Slot)); slot < length; slot += b.Slot {
		if d.taken[slot] < len(d.rooms) {
			d.taken[slot]++
			p.slot = slot
			return true
		}
	}
	return false
}

// before returns the number of waiting patients of a slot and those before it.
func (d *day) before(slot time.Duration) int {
	n := slices.IndexFunc(d.line, func(p *patient) bool { return p.slot > slot })
	if n < 0 {
		return len(d.line)
	}
	return n
}

// input adds what the desk knows of the slots.
func (b booking) input(d *day, in *estimate.Input) {
	rules := &estimate.Slots{Reach: b.Reach}
	for slot := time.Duration(0); slot < length; slot += b.Slot {
		if slot+b.Slot > d.now {
			rules.Open = append(rules.Open, estimate.Slot{Start: at(slot), End: at(slot + b.Slot), Free: len(d.rooms) - d.taken[slot]})
		}
	}
	if d.serving >= 0 {
		rules.Serving = at(d.serving)
	}
	in.Services[0].Slots = rules
	for i, r := range d.rooms {
		if r.patient != nil {
			in.Rooms[i].Running.Slot = at(r.patient.slot)
		}
	}
	for i, p := range d.line {
		in.Waiting[i].Slot = at(p.slot)
	}
	for i, p := range d.away {
		in.Away[i].Slot = at(p.slot)
	}
	for _, v := range d.expected {
		in.Booked = append(in.Booked, estimate.Booking{
			ID: v.id, Service: service, Kind: v.kind, Slot: at(v.slot), Late: at(v.slot + b.Slot + b.Grace),
		})
	}
}
