package approach

import (
	"math/rand/v2"
	"testing"
	"time"
)

const minute = time.Minute

func clock(minutes int) time.Time {
	return time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(minutes) * minute)
}

// waiting is a ticket at 9:00 with a range whose high end is 15 min after its low one.
func waiting(ahead, low int) Ticket {
	return Ticket{
		Now: clock(0), Waiting: true, Ahead: ahead,
		Low: time.Duration(low) * minute, High: time.Duration(low+15) * minute,
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	want := Want{Travel: 20 * minute, Ahead: 5}
	next := Want{Travel: 20 * minute, Ahead: 5, Next: true}
	once := Sent{Approaches: 1, Ahead: 5, Low: 20 * minute, At: clock(0)}
	with := func(x Ticket, change func(*Ticket)) Ticket { change(&x); return x }
	blind := func(ahead int) Ticket { return Ticket{Now: clock(0), Waiting: true, Ahead: ahead} }
	slot := func(start int) Ticket {
		return with(waiting(0, 0), func(x *Ticket) { x.Slot = clock(start) })
	}
	armed := Sent{Approaches: 1, Back: true, Ahead: 5, Low: 50 * minute, At: clock(0)}
	twice := Sent{Approaches: 2, Ahead: 5, Low: 20 * minute, At: clock(0)}
	for _, c := range []struct {
		name string
		w    Want
		t    Ticket
		s    Sent
		want Decision
	}{
		{"far", want, waiting(6, 30), Sent{}, None},
		{"by minutes", want, waiting(12, 20), Sent{}, Go},
		{"minutes just above", want, waiting(12, 21), Sent{}, None},
		{"a long way, by minutes", Want{Travel: 45 * minute, Ahead: 5}, waiting(12, 50), Sent{}, Go},
		{"a long way, just above", Want{Travel: 45 * minute, Ahead: 5}, waiting(12, 51), Sent{}, None},
		{"by number", want, waiting(5, 60), Sent{}, Go},
		{"number just above", want, waiting(6, 60), Sent{}, None},
		{"low end 0 is a range", want, waiting(9, 0), Sent{}, Go},
		{"no range, far", want, blind(6), Sent{}, None},
		{"no range, near", want, blind(5), Sent{}, Go},
		{"no travel", Want{Ahead: 1}, waiting(2, 0), Sent{}, Go},
		{"no travel, far", Want{Ahead: 1}, waiting(2, 5), Sent{}, None},
		{"not in line", want, with(waiting(2, 5), func(x *Ticket) { x.Waiting = false }), Sent{}, None},
		{"here", want, with(waiting(2, 5), func(x *Ticket) { x.Here = true }), Sent{}, None},
		{"once", want, waiting(3, 10), once, None},

		{"next", next, waiting(1, 5), once, Next},
		{"next not wanted", want, waiting(1, 5), once, None},
		{"two ahead", next, waiting(2, 5), once, None},
		{"next once", next, waiting(0, 0), Sent{Approaches: 1, Next: true, At: clock(0)}, None},
		{"approach goes before next", next, waiting(0, 0), Sent{}, Go},
		{"next here", next, with(waiting(1, 5), func(x *Ticket) { x.Here = true }), once, None},

		{"back", want, waiting(8, 30), once, Back},
		{"back by too few", want, waiting(7, 35), once, None},
		{"back by too little time", want, waiting(8, 29), once, None},
		{"back, no range", want, blind(8), once, Back},
		{"never near the chosen number", want, waiting(12, 35), Sent{Approaches: 1, Ahead: 12, Low: 25 * minute, At: clock(0)}, None},
		{"back once", want, waiting(9, 60), armed, None},
		{"armed once more", want, waiting(5, 30), armed, Go},
		{"armed once more, by minutes", want, waiting(9, 20), armed, Go},
		{"armed, and no delay", want, waiting(9, 99), armed, None},
		{"not a third", want, waiting(1, 0), Sent{Approaches: 2, Back: true, At: clock(0)}, None},
		{"not back again", want, waiting(9, 35), twice, None},
		{"back and here", want, with(waiting(9, 60), func(x *Ticket) { x.Here = true }), once, None},

		{"delay", want, waiting(5, 40), once, Delay},
		{"a delay of less", want, waiting(5, 39), once, None},
		{"a delay by the clock", want, with(waiting(5, 30), func(x *Ticket) { x.Now = clock(10) }), once, Delay},
		{"time alone is no delay", want, with(waiting(5, 0), func(x *Ticket) { x.Now = clock(39) }), once, None},
		{"delay once", want, waiting(5, 60), Sent{Approaches: 1, Delay: true, Ahead: 5, At: clock(0)}, None},
		{"delay of an approach without a range", want, waiting(5, 60), Sent{Approaches: 1, Ahead: 5}, None},
		{"delay without a range", want, blind(5), once, None},
		{"delay after the second approach", want, waiting(9, 40), twice, Delay},
		{"no delay before an approach", want, waiting(9, 60), Sent{Low: 20 * minute, At: clock(0)}, None},

		{"slot far", want, slot(26), Sent{}, None},
		{"slot near", want, slot(25), Sent{}, Go},
		{"slot over", want, slot(-30), Sent{}, Go},
		{"slot once", next, slot(10), once, None},
		{"slot never moves back", want, with(waiting(20, 35), func(x *Ticket) { x.Slot = clock(0) }), once, None},
		{"slot delayed", want, with(waiting(20, 40), func(x *Ticket) { x.Slot = clock(0) }), once, Delay},
		{"slot and here", want, with(slot(0), func(x *Ticket) { x.Here = true }), Sent{}, None},
	} {
		if got := Decide(c.w, c.t, c.s); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestDecide_BoundsTheNoticesOfALeg plays random legs. Each has two approaches, one notice of
// the next patient, one of a move back and two of a delay, at most. A patient at the clinic or
// aside gets none.
func TestDecide_BoundsTheNoticesOfALeg(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(16, 21))
	most := map[Decision]int{}
	for range 20_000 {
		w := Want{
			Travel: []time.Duration{0, 10, 20, 30, 45, 60}[rng.IntN(6)] * minute,
			Ahead:  1 + rng.IntN(10), Next: rng.IntN(2) == 0,
		}
		slot := rng.IntN(5) == 0
		var s Sent
		count := map[Decision]int{}
		var last Decision
		for i := range 60 {
			x := waiting(rng.IntN(30), rng.IntN(120))
			x.Now = clock(i)
			x.Waiting, x.Here = rng.IntN(8) > 0, rng.IntN(8) == 0
			if rng.IntN(4) == 0 {
				x.Low, x.High = 0, 0
			}
			if slot {
				x.Slot = clock(40)
			}
			d := Decide(w, x, s)
			if d == None {
				continue
			}
			count[d]++
			if x.Here || !x.Waiting {
				t.Fatalf("%q at %+v", d, x)
			}
			if last == "" && d != Go || last == Go && d == Go || d == Next && !w.Next || slot && (d == Next || d == Back) {
				t.Fatalf("%q after %q at %+v", d, last, x)
			}
			s, last = s.After(d, x), d
		}
		for d, limit := range map[Decision]int{Go: Approaches, Next: 1, Back: 1, Delay: Approaches} {
			if count[d] > limit {
				t.Fatalf("%d notices %q in a leg", count[d], d)
			}
			most[d] = max(most[d], count[d])
		}
	}
	if most[Go] != Approaches || most[Back] != 1 || most[Next] != 1 || most[Delay] == 0 {
		t.Errorf("the most of a leg are %v: the acts do not cover the rules", most)
	}
}

// TestDecide_FallingTimeSendsOneNotice is the usual leg: the line moves, and the range with it.
func TestDecide_FallingTimeSendsOneNotice(t *testing.T) {
	t.Parallel()
	w := Want{Travel: 30 * minute, Ahead: 5}
	var s Sent
	var sent []int
	for i := range 60 {
		x := waiting(20-i/3, max(0, 55-i))
		x.Now = clock(i)
		if d := Decide(w, x, s); d != None {
			sent = append(sent, i)
			s = s.After(d, x)
		}
	}
	if len(sent) != 1 || sent[0] != 25 {
		t.Errorf("notices at minutes %v, want one at 25", sent)
	}
}

func TestNear_IsTheConditionOfTheFirstApproach(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(16, 22))
	for range 2000 {
		w := Want{Travel: time.Duration(rng.IntN(60)) * minute, Ahead: 1 + rng.IntN(10), Next: true}
		x := waiting(rng.IntN(15), rng.IntN(80))
		x.Here, x.Waiting = rng.IntN(5) == 0, rng.IntN(5) > 0
		if near, d := Near(w, x), Decide(w, x, Sent{}); near != (d == Go) {
			t.Fatalf("near is %v, and the decision %q, at %+v", near, d, x)
		}
	}
}

func TestMeasure(t *testing.T) {
	t.Parallel()
	trip := func(called int) Trip { return Trip{Sent: clock(0), Called: clock(called), Travel: 20 * minute} }
	for _, c := range []struct {
		trips []Trip
		want  Figures
	}{
		{nil, Figures{}},
		{[]Trip{trip(20)}, Figures{N: 1}},
		{[]Trip{trip(19)}, Figures{N: 1, Late: 1, Early: -minute}},
		{[]Trip{trip(50), trip(10), trip(24), trip(30)}, Figures{N: 4, Late: 0.25, Early: 7 * minute}},
	} {
		if got := Measure(c.trips); got != c.want {
			t.Errorf("%v: %+v, want %+v", c.trips, got, c.want)
		}
	}
}
