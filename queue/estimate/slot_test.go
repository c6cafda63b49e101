package estimate_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"junban/queue/estimate"
)

// slotted gives the line of an input the rules of slots, and all its tickets one slot.
func slotted(in estimate.Input, slot time.Time) estimate.Input {
	in.Services = slices.Clone(in.Services)
	in.Services[0].Slots = &estimate.Slots{Reach: 30 * time.Minute}
	in.Waiting, in.Away, in.Rooms = slices.Clone(in.Waiting), slices.Clone(in.Away), slices.Clone(in.Rooms)
	for i := range in.Waiting {
		in.Waiting[i].Slot = slot
	}
	for i := range in.Away {
		in.Away[i].Slot = slot
	}
	for i, r := range in.Rooms {
		if r.Running != nil {
			over := *r.Running
			over.Slot = slot
			in.Rooms[i].Running = &over
		}
	}
	return in
}

// bookings are n of one slot of half an hour.
func bookings(n int, slot time.Time) (all []estimate.Booking) {
	for i := range n {
		all = append(all, booking(fmt.Sprint("b", i, slot), slot))
	}
	return all
}

func booking(id string, slot time.Time) estimate.Booking {
	return estimate.Booking{ID: id, Service: "1", Kind: "1", Slot: slot, Late: slot.Add(40 * time.Minute)}
}

// punctual has learned visits of five minutes, and that everybody comes just as the slot
// starts.
func punctual() *estimate.Learned {
	l := regular()
	s := estimate.Session{Services: []estimate.Tally{{Service: "1", Calls: 200, Booked: 100, Came: make([]time.Duration, 100), Open: 3 * time.Hour, Waited: 100 * time.Hour}}}
	for range 40 {
		l.Learn(s)
	}
	return l
}

func TestSlots_WithoutBookingsAreOrderMode(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		l, in := line(rt)
		for i := range rapid.IntRange(0, 2).Draw(rt, "away") {
			in.Away = append(in.Away, estimate.Away{
				ID: fmt.Sprint("away", i), Service: "1", Kind: "1", Since: in.Now.Add(-5 * time.Minute),
				Exam: rapid.Bool().Draw(rt, "exam"), Behind: i,
			})
		}
		slot := in.Now.Add(time.Duration(rapid.IntRange(-60, 30).Draw(rt, "slot")) * time.Minute)
		got := l.Forecast(slotted(in, slot))
		want := l.Forecast(in)
		if diff := cmp.Diff(want.Waits, got.Waits); diff != "" {
			rt.Fatalf("order mode and one slot differ:\n%s", diff)
		}
		if len(got.Services) != 0 {
			rt.Fatalf("before the arrival %v is forecast", got.Services)
		}
	})
}

// TestSlots_MoreBookingsNeverShortenAWait is strict for one room without breaks, exams
// and urgent inserts, and for tickets that may be called at once. Otherwise a delay may
// be absorbed, or a return may come after the ticket instead of before it.
func TestSlots_MoreBookingsNeverShortenAWait(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		l, in := line(rt)
		half := func(name string) time.Time {
			return nine().Add(time.Duration(rapid.IntRange(-2, 5).Draw(rt, name)) * 30 * time.Minute)
		}
		in = slotted(in, nine())
		in.Services[0].Slots.Late = rapid.SampledFrom([]estimate.Late{estimate.LateServing, estimate.LateOwn, estimate.LateEnd}).Draw(rt, "late")
		in.Services[0].Slots.Serving = half("serving")
		for i := range in.Waiting {
			in.Waiting[i].Slot = half("slot")
		}
		slices.SortStableFunc(in.Waiting, func(a, b estimate.Ticket) int { return a.Slot.Compare(b.Slot) })
		for i := range rapid.IntRange(0, 12).Draw(rt, "bookings") {
			in.Booked = append(in.Booked, booking(fmt.Sprint("b", i), half("booked")))
		}
		before := l.Forecast(in)
		in.Booked = append(in.Booked, booking("newcomer", half("newcomer")))
		after := l.Forecast(in)
		for _, k := range in.Waiting {
			strict := len(l.Services) == 0 && len(in.Rooms) == 1 && len(in.Rooms[0].Breaks) == 0 && k.Slot.Sub(in.Now) <= 30*time.Minute
			a, b := before.Waits[k.ID], after.Waits[k.ID]
			if !(0 <= b.Low && b.Low <= b.Mid && b.Mid <= b.High) {
				rt.Fatalf("%+v is not in order", b)
			}
			if strict && (b.Low < a.Low || b.Mid < a.Mid || b.High < a.High) || b.Mid < a.Mid-a.Mid/20-2*time.Minute {
				rt.Fatalf("%s had %+v, and with one booking more %+v", k.ID, a, b)
			}
		}
	})
}

func TestSlots_BookingsOfEarlierSlotsGoFirst(t *testing.T) {
	t.Parallel()
	l, busy := punctual(), room("1", "1")
	busy.Running = running("1", nine())
	in := slotted(at(nine(), 2, busy), nine().Add(10*time.Minute))
	near(t, "no bookings", l.Forecast(in).Waits["t1"], 10*time.Minute)

	in.Booked = bookings(4, nine().Add(time.Minute)) // they come during the running visit
	near(t, "four of the slot before", l.Forecast(in).Waits["t1"], 30*time.Minute)

	in.Booked = bookings(4, nine().Add(10*time.Minute))
	near(t, "four of its slot", l.Forecast(in).Waits["t1"], 10*time.Minute)

	in.Booked = bookings(4, nine().Add(20*time.Minute))
	near(t, "four of the next slot", l.Forecast(in).Waits["t1"], 10*time.Minute)

	in.Booked = bookings(4, nine().Add(-3*time.Hour))
	near(t, "four who are three hours overdue", l.Forecast(in).Waits["t1"], 10*time.Minute)

	in.Rooms[0].Running = nil
	in.Booked = bookings(4, nine().Add(9*time.Minute)) // the second of the waiting is called before they come
	near(t, "four who come too late to be first", l.Forecast(in).Waits["t1"], 5*time.Minute)
}

func TestSlots_NoCallBeforeTheReach(t *testing.T) {
	t.Parallel()
	in := slotted(at(nine(), 1, room("1", "1")), nine().Add(time.Hour))
	near(t, "an hour early", regular().Forecast(in).Waits["t0"], 30*time.Minute)
	in.Services[0].Slots.Reach = 0
	near(t, "without reach", regular().Forecast(in).Waits["t0"], time.Hour)
	in.Waiting[0].Slot = nine().Add(-time.Hour)
	near(t, "in a slot that is over", regular().Forecast(in).Waits["t0"], 0)
}

// TestSlots_LateArrivalsStandBehindTheirSlot has four bookings that are late as they
// come. The first two waiting are of the slot being served, the others of later ones.
func TestSlots_LateArrivalsStandBehindTheirSlot(t *testing.T) {
	t.Parallel()
	l, busy := punctual(), room("1", "1")
	busy.Running = running("1", nine())
	in := slotted(at(nine(), 6, busy), nine())
	for i := range in.Waiting {
		in.Waiting[i].Slot = nine().Add(time.Duration(i/2*10) * time.Minute)
	}
	in.Services[0].Slots.Serving = nine()
	in.Booked = bookings(4, nine().Add(-5*time.Minute))
	for i := range in.Booked {
		in.Booked[i].Slot, in.Booked[i].Late = nine().Add(time.Second), nine()
	}
	for late, ahead := range map[estimate.Late][6]int{
		estimate.LateServing: {0, 0, 4, 4, 4, 4},
		estimate.LateOwn:     {0, 0, 4, 4, 4, 4},
		estimate.LateEnd:     {0, 0, 0, 0, 0, 0},
	} {
		in.Services[0].Slots.Late = late
		f := l.Forecast(in)
		for n, more := range ahead {
			near(t, fmt.Sprintf("rule %d, %d of six", late, n), f.Waits[ticket(n).ID], time.Duration(1+n+more)*5*time.Minute)
		}
	}
	// Served is the second slot already.
	in.Services[0].Slots.Serving = nine().Add(10 * time.Minute)
	for late, ahead := range map[estimate.Late]int{estimate.LateServing: 0, estimate.LateOwn: 4} {
		in.Services[0].Slots.Late = late
		near(t, fmt.Sprintf("rule %d, fourth", late), l.Forecast(in).Waits["t3"], time.Duration(1+3+ahead)*5*time.Minute)
	}
}

// TestSlots_AReturnStaysInItsSlot has one ticket at an exam of a second, with more
// places to wait than its slot has tickets.
func TestSlots_AReturnStaysInItsSlot(t *testing.T) {
	t.Parallel()
	l := regular()
	for range 40 {
		l.Learn(estimate.Session{Services: []estimate.Tally{{Service: "1", Out: slices.Repeat([]time.Duration{time.Second}, 20)}}})
	}
	in := slotted(at(nine().Add(time.Hour), 4, room("1", "1")), nine())
	in.Waiting[2].Slot, in.Waiting[3].Slot = nine().Add(30*time.Minute), nine().Add(30*time.Minute)
	before := l.Forecast(in)
	in.Away = []estimate.Away{{ID: "x", Service: "1", Kind: "1", Since: in.Now, Exam: true, Behind: 10, Slot: nine()}}
	after := l.Forecast(in)
	if before.Waits["t1"] != after.Waits["t1"] {
		t.Errorf("one of the slot had %v, and with a return behind it %v", before.Waits["t1"], after.Waits["t1"])
	}
	if put := after.Waits["t2"].Mid - before.Waits["t2"].Mid; put < 4*time.Minute {
		t.Errorf("the first of the next slot waits only %v longer", put)
	}
}

// TestSlots_ShareARoomWithALine has a booking of a slot after all waiting, and a line
// without slots in the same room.
func TestSlots_ShareARoomWithALine(t *testing.T) {
	t.Parallel()
	l := punctual()
	in := slotted(at(nine(), 0, room("1", "1", "2")), nine())
	in.Services = append(in.Services, estimate.Service{ID: "2", Kind: "1", Back: 3})
	for n := range 3 {
		in.Waiting = append(in.Waiting, estimate.Ticket{ID: fmt.Sprint("o", n), Service: "2", Kind: "1"})
	}
	f := l.Forecast(in)
	near(t, "last of the line", f.Waits["o2"], 10*time.Minute)
	near(t, "a new ticket", f.Services["2"], 15*time.Minute)
	in.Booked = bookings(3, nine().Add(time.Minute))
	f = l.Forecast(in)
	near(t, "last of the line, who came before them", f.Waits["o2"], 10*time.Minute)
	near(t, "a new ticket, behind those booked", f.Services["2"], 30*time.Minute)
}

// TestSlots_PatientsWithoutABookingTakeFreeSeats has one patient who came half an hour
// early, behind ten of the slot before. Twelve an hour come without a booking.
func TestSlots_PatientsWithoutABookingTakeFreeSeats(t *testing.T) {
	t.Parallel()
	l := regular()
	for range 200 {
		l.Learn(estimate.Session{Services: []estimate.Tally{{Service: "1", Walkin: 36, Open: 3 * time.Hour}}})
	}
	in := slotted(at(nine(), 11, room("1", "1")), nine())
	in.Waiting[10].Slot = nine().Add(30 * time.Minute)
	wait := func(first, second int) time.Duration {
		in.Services[0].Slots.Open = []estimate.Slot{
			{Start: nine(), End: nine().Add(30 * time.Minute), Free: first},
			{Start: nine().Add(30 * time.Minute), End: nine().Add(time.Hour), Free: second},
		}
		return l.Forecast(in).Waits["t10"].Mid
	}
	for name, c := range map[string]struct {
		first, second int
		want          time.Duration
	}{
		"no seats":                   {0, 0, 50 * time.Minute},
		"seats of its slot":          {0, 6, 50 * time.Minute},
		"two of the slot before":     {2, 2, 60 * time.Minute},
		"enough seats for all":       {100, 0, 80 * time.Minute},
		"none, but many in the next": {0, 100, 50 * time.Minute},
	} {
		if got := wait(c.first, c.second); (got - c.want).Abs() > 3*time.Minute {
			t.Errorf("%s: %v, want about %v", name, got, c.want)
		}
	}
}

func TestLearn_ArrivalsOfBookings(t *testing.T) {
	t.Parallel()
	last := func(noShow int, came time.Duration) time.Duration {
		l := regular()
		s := estimate.Session{Services: []estimate.Tally{{Service: "1", Booked: 40, NoShow: noShow, Calls: 200, Open: 3 * time.Hour, Waited: 100 * time.Hour}}}
		for range 40 - noShow {
			s.Services[0].Came = append(s.Services[0].Came, came)
		}
		for range 20 {
			l.Learn(s)
		}
		text, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		l = &estimate.Learned{}
		if err := json.Unmarshal(text, l); err != nil {
			t.Fatal(err)
		}
		in := slotted(at(nine().Add(-30*time.Minute), 1, room("1", "1")), nine().Add(30*time.Minute))
		in.Booked = bookings(8, nine())
		return l.Forecast(in).Waits["t0"].Mid
	}
	all := last(0, -20*time.Minute)
	if half := last(20, -20*time.Minute); half > all-10*time.Minute {
		t.Errorf("with half of eight absent %v, else %v", half, all)
	}
	if late := last(0, 25*time.Minute); late > all-10*time.Minute {
		t.Errorf("with eight who come later than the room is free %v, else %v", late, all)
	}
	if got := last(40, 0); got < 30*time.Minute || got > 35*time.Minute {
		t.Errorf("with nobody coming %v, want until the start", got)
	}
	if err := json.Unmarshal([]byte(`{"services":{"1":{"noShow":{"hits":2,"of":1}}}}`), &estimate.Learned{}); err == nil {
		t.Error("more no-shows than bookings were accepted")
	}
}
