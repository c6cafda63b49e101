package simulate

import (
	"container/heap"
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"junban/api/wire"
)

// TestExpect_PatientsComeEarlyInTimeLateOrNever plans a thousand bookings of one slot, at
// the speed of the clock.
func TestExpect_PatientsComeEarlyInTimeLateOrNever(t *testing.T) {
	t.Parallel()
	now := time.Now()
	from := wire.Time{Time: now.Add(50 * time.Minute)}
	to := wire.Time{Time: from.Add(10 * time.Minute)}
	d := &day{Config: Config{Speed: 1}, rand: rand.New(rand.NewPCG(1, 0)), patients: map[string]patient{}}
	const n = 1000
	counts := map[string]int{}
	for range n {
		d.events = nil
		d.expect(wire.Issued{Ticket: wire.Ticket{ID: "a", SlotFrom: &from, SlotTo: &to}, CancelCode: "123456"})
		switch {
		case d.events.Len() == 0:
			counts["never"]++
		case d.events[0].name == "arrival" && d.events[0].at < 35*time.Minute+time.Second:
			counts["early"]++
		case d.events[0].name == "arrival" && d.events[0].at > 39*time.Minute && d.events[0].at < 51*time.Minute:
			counts["in time"]++
		case d.events[0].name == "late arrival" || d.events[0].name == "no-show" || d.events[0].name == "cancel":
			counts[d.events[0].name]++
		default:
			t.Fatalf("%s at %v", d.events[0].name, d.events[0].at)
		}
	}
	for what, least := range map[string]int{"early": 100, "in time": 400, "late arrival": 60, "never": 15, "no-show": 15, "cancel": 20} {
		if counts[what] < least {
			t.Errorf("%d of %d: %s", counts[what], n, what)
		}
	}
}

// TestAt_WaitsForTheClockOfTheServer plans an event for later than is planned at once.
func TestAt_WaitsForTheClockOfTheServer(t *testing.T) {
	t.Parallel()
	d := &day{Config: Config{Speed: 60}, rand: rand.New(rand.NewPCG(1, 0))}
	done := 0
	do := func(context.Context) error { done++; return nil }
	d.at(time.Now().Add(30*time.Hour), "a", do)
	first := heap.Pop(&d.events).(event)
	if first.at > 60*longestWait {
		t.Errorf("planned at %v", first.at)
	}
	if err := first.do(t.Context()); err != nil || done > 0 || d.events.Len() != 1 {
		t.Errorf("done %d times and planned again %d times, error %v", done, d.events.Len(), err)
	}
	d.events = nil
	d.at(time.Now().Add(-time.Hour), "b", do)
	if err := heap.Pop(&d.events).(event).do(t.Context()); err != nil || done != 1 {
		t.Errorf("what is due was done %d times, error %v", done, err)
	}
}

func TestChooseSlot_TakesFreeOnesOnly(t *testing.T) {
	t.Parallel()
	d := &day{rand: rand.New(rand.NewPCG(1, 0))}
	days := wire.Days{}
	for _, day := range []string{"2026-01-05", "2026-01-06", "2026-01-07"} {
		days.Days = append(days.Days, wire.Day{Day: day, Sessions: []wire.DaySession{{Slots: []wire.DaySlot{
			{Slot: "09:00", Availability: "closed"}, {Slot: "09:30", Availability: "none"}, {Slot: "10:00", Availability: "few"}, {Slot: "10:30", Availability: "many"},
		}}}})
	}
	chosen := map[string]int{}
	for range 1000 {
		var r wire.IssueRequest
		if !d.chooseSlot(days, &r) {
			t.Fatal("no slot was chosen")
		}
		chosen[r.Day]++
		chosen[r.Slot]++
	}
	if chosen["09:00"]+chosen["09:30"] > 0 || chosen["10:00"] == 0 || chosen["10:30"] < chosen["10:00"] || chosen["2026-01-05"] < 400 || chosen["2026-01-07"] == 0 {
		t.Errorf("chosen: %v", chosen)
	}
	if d.chooseSlot(wire.Days{}, &wire.IssueRequest{}) || d.chooseSlot(wire.Days{Days: []wire.Day{{Day: "2026-01-05"}}}, &wire.IssueRequest{}) {
		t.Error("a slot was chosen where there is none")
	}
}
