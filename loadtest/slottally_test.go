package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"junban/api/wire"
)

// fullHerd returns what a herd gets that is served correctly, with its clinic: all seats
// are given, and two patients are refused.
func fullHerd() (*slotClinic, *slotTally, []wire.DeskSlot, map[string]string) {
	c := &slotClinic{day: "2026-01-02", starts: map[string]int{}}
	t, listed := newSlotTally(), map[string]string{}
	var seats []wire.DeskSlot
	start := time.Now()
	for i := range slotCount {
		slot := fmt.Sprintf("%02d:%02d", 9+i/6, i%6*10)
		c.starts[slot] = i
		c.slots = append(c.slots, slot)
		seats = append(seats, wire.DeskSlot{Slot: slot, Web: wire.Seat{Used: slotSeats}})
		for n := range slotSeats {
			id := fmt.Sprint("t", i, "-", n)
			t.bookings = append(t.bookings, slotBooking{id, slot, slot, start.Add(time.Duration(n) * time.Second)})
			listed[id] = slot
		}
	}
	// The last seat of 09:20 is taken, and the others are not.
	for i := range t.bookings {
		if t.bookings[i].slot == "09:20" {
			t.bookings[i].sent = start.Add(-time.Hour)
		}
	}
	offer := func(slots ...string) (all []wire.Offer) {
		for _, slot := range slots {
			all = append(all, wire.Offer{Day: c.day, Slot: slot})
		}
		return all
	}
	t.refusals = []slotRefusal{
		{"09:20", offer("09:10", "09:30", "09:00", "09:40", "09:50"), start},
		{"09:20", nil, start.Add(time.Hour)},
	}
	t.ended["slot_full"] = 2
	return c, &t, seats, listed
}

func TestSlotTally_NamesEveryBrokenRule(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		spoil  func(*slotTally, []wire.DeskSlot, map[string]string)
		broken string // "": none
	}{
		{"correct", func(*slotTally, []wire.DeskSlot, map[string]string) {}, ""},
		{"one ticket for two", func(h *slotTally, _ []wire.DeskSlot, _ map[string]string) {
			h.bookings[1].ticket = h.bookings[0].ticket
		}, "was given twice"},
		{"another slot", func(h *slotTally, _ []wire.DeskSlot, _ map[string]string) { h.bookings[0].wanted = "10:00" }, "a request for 10:00 got 09:00"},
		{"not at the desk", func(_ *slotTally, _ []wire.DeskSlot, l map[string]string) { delete(l, "t0-0") }, "the desk has 299 bookings"},
		{"at another slot of the desk", func(_ *slotTally, _ []wire.DeskSlot, l map[string]string) { l["t0-0"] = "10:00" }, `the desk has t0-0 at "10:00"`},
		{"more than the seats", func(h *slotTally, s []wire.DeskSlot, l map[string]string) {
			h.bookings = append(h.bookings, slotBooking{"more", "09:00", "09:00", time.Time{}})
			l["more"], s[0].Web.Used = "09:00", slotSeats+1
		}, "slot 09:00: 11 seats were given"},
		{"a lost count", func(_ *slotTally, s []wire.DeskSlot, _ map[string]string) { s[3].Web.Used-- }, "slot 09:30: 10 seats were given, and 9"},
		{"a free seat at the end", func(h *slotTally, s []wire.DeskSlot, l map[string]string) {
			h.bookings, h.ended["gave up"] = h.bookings[1:], 1
			delete(l, "t0-0")
			s[0].Web.Used--
		}, "2 patients were refused without an offer, and 1 seats are free"},
		{"no answer", func(h *slotTally, _ []wire.DeskSlot, _ map[string]string) { h.ended["slot_full"]-- }, "301 of 302 patients"},
		{"another answer", func(h *slotTally, _ []wire.DeskSlot, _ map[string]string) { h.differently = 1 }, "another answer"},
		{"refused though free", func(h *slotTally, _ []wire.DeskSlot, _ map[string]string) { h.refusals[0].slot = "09:10" }, "not the nearest"},
		{"the wanted slot is free", func(h *slotTally, _ []wire.DeskSlot, _ map[string]string) {
			h.refusals[0].slot, h.refusals[0].offers = "12:00", nil
		}, "a seat of 09:00 was free"},
		{"no offers while some are free", func(h *slotTally, _ []wire.DeskSlot, _ map[string]string) { h.refusals[0].offers = nil }, "a seat of 09:00 was free"},
		{"fewer offers than are free", func(h *slotTally, _ []wire.DeskSlot, _ map[string]string) {
			h.refusals[0].offers = h.refusals[0].offers[:4]
		}, "a seat of 09:50 was free"},
		{"a nearer one left out", func(h *slotTally, _ []wire.DeskSlot, _ map[string]string) { h.refusals[0].offers[4].Slot = "10:00" }, "a seat of 09:50 was free"},
		{"not in order", func(h *slotTally, _ []wire.DeskSlot, _ map[string]string) {
			o := h.refusals[0].offers
			o[0], o[4] = o[4], o[0]
		}, "not the nearest"},
		{"one offered twice", func(h *slotTally, _ []wire.DeskSlot, _ map[string]string) { h.refusals[0].offers[1].Slot = "09:10" }, "not the nearest"},
		{"of another day", func(h *slotTally, _ []wire.DeskSlot, _ map[string]string) { h.refusals[0].offers[0].Day = "2026-01-03" }, "not the nearest"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, tally, seats, listed := fullHerd()
			patients := len(tally.bookings) + tally.ended["slot_full"]
			if test.name == "more than the seats" {
				patients++
			}
			test.spoil(tally, seats, listed)
			err := tally.check(c, patients, seats, listed)
			if test.broken == "" && err != nil || test.broken != "" && (err == nil || !strings.Contains(err.Error(), test.broken)) {
				t.Errorf("error %v", err)
			}
		})
	}
}
