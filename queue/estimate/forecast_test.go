package estimate_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"junban/queue/estimate"
)

// nine is the start of the sessions in these tests.
func nine() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) }

func visit(room, kind string, took time.Duration) estimate.Visit {
	return estimate.Visit{Room: room, Service: "1", Kind: kind, Took: took}
}

// room is a room on duty that has begun.
func room(id string, services ...string) estimate.Room {
	return estimate.Room{ID: id, Services: services, Begun: true}
}

// at is an input with a number of tickets waiting for service 1.
func at(now time.Time, waiting int, rooms ...estimate.Room) estimate.Input {
	in := estimate.Input{Now: now, Start: nine(), Rooms: rooms, Services: []estimate.Service{{ID: "1", Kind: "1", Back: 3}}}
	for n := range waiting {
		in.Waiting = append(in.Waiting, ticket(n))
	}
	return in
}

func ticket(n int) estimate.Ticket {
	return estimate.Ticket{ID: fmt.Sprint("t", n), Service: "1", Kind: "1"}
}

func running(kind string, started time.Time) *estimate.Running {
	return &estimate.Running{Ticket: "in", Service: "1", Kind: kind, Started: started}
}

// regular has learned many visits of exactly five minutes, and nothing else.
func regular() *estimate.Learned {
	l := &estimate.Learned{}
	s := estimate.Session{Services: []estimate.Tally{{Service: "1", Calls: 200, Open: 3 * time.Hour, Waited: 100 * time.Hour}}}
	for range 40 {
		s.Visits = append(s.Visits, visit("1", "1", 5*time.Minute))
	}
	for range 60 {
		l.Learn(s)
	}
	return l
}

// near fails unless the mean is within a tenth, or half a minute, of want.
func near(t *testing.T, what string, r estimate.Range, want time.Duration) {
	t.Helper()
	if off := r.Mid - want; off.Abs() > max(want/10, 30*time.Second) {
		t.Errorf("%s: %v, want about %v", what, r.Mid, want)
	}
	if r.Low > r.Mid || r.Mid > r.High {
		t.Errorf("%s: %+v is not in order", what, r)
	}
}

func TestForecast_IsZeroForAnEmptyLine(t *testing.T) {
	t.Parallel()
	f := (&estimate.Learned{}).Forecast(at(nine(), 0, room("1", "1")))
	if got := f.Services["1"]; got != (estimate.Range{}) {
		t.Errorf("next is %+v, want now", got)
	}
}

func TestForecast_IsEmptyWithoutRoomsOnDuty(t *testing.T) {
	t.Parallel()
	off := room("1", "1")
	off.Off = true
	for name, rooms := range map[string][]estimate.Room{"none": nil, "off": {off}, "another service's": {room("2", "2")}} {
		f := (&estimate.Learned{}).Forecast(at(nine(), 3, rooms...))
		if len(f.Waits) != 0 || len(f.Services) != 0 {
			t.Errorf("%s: %+v, want nothing", name, f)
		}
	}
}

func TestForecast_WaitGrowsByAVisitPerTicketAhead(t *testing.T) {
	t.Parallel()
	l := regular()
	f := l.Forecast(at(nine(), 6, room("1", "1")))
	for n := range 6 {
		near(t, fmt.Sprint(n, " ahead"), f.Waits[ticket(n).ID], time.Duration(n)*5*time.Minute)
	}
	near(t, "next", f.Services["1"], 30*time.Minute)
}

func TestForecast_TwoRoomsHalveTheWait(t *testing.T) {
	t.Parallel()
	f := regular().Forecast(at(nine(), 8, room("1", "1"), room("2", "1")))
	near(t, "seventh", f.Waits["t6"], 15*time.Minute)
}

func TestForecast_RoomOfTwoServicesCallsTheFirstOfBoth(t *testing.T) {
	t.Parallel()
	in := at(nine(), 2, room("1", "1", "2"))
	in.Services = append(in.Services, estimate.Service{ID: "2", Kind: "2", Back: 3})
	in.Waiting = slices.Insert(in.Waiting, 1, estimate.Ticket{ID: "other", Service: "2", Kind: "2"})
	f := regular().Forecast(in)
	if !(f.Waits["t0"].Mid < f.Waits["other"].Mid && f.Waits["other"].Mid < f.Waits["t1"].Mid) {
		t.Errorf("calls are not in the order given: %+v", f.Waits)
	}
	if a, b := f.Services["1"], f.Services["2"]; a != b {
		t.Errorf("the services share the room, but a new ticket waits %+v and %+v", a, b)
	}
}

func TestForecast_NoCallsBeforeTheStart(t *testing.T) {
	t.Parallel()
	f := regular().Forecast(at(nine().Add(-30*time.Minute), 2, estimate.Room{ID: "1", Services: []string{"1"}}))
	near(t, "first", f.Waits["t0"], 30*time.Minute)
	near(t, "second", f.Waits["t1"], 35*time.Minute)
}

func TestForecast_SkipsBreaks(t *testing.T) {
	t.Parallel()
	resting := room("1", "1")
	resting.Breaks = []estimate.Break{{From: nine().Add(12 * time.Minute), To: nine().Add(40 * time.Minute)}}
	f := regular().Forecast(at(nine(), 6, resting))
	near(t, "before", f.Waits["t1"], 5*time.Minute)
	near(t, "last after", f.Waits["t5"], 50*time.Minute)

	resting.Breaks = []estimate.Break{{From: nine(), To: nine().Add(20 * time.Minute)}, {From: nine().Add(20 * time.Minute), To: nine().Add(30 * time.Minute)}}
	f = regular().Forecast(at(nine(), 1, resting))
	near(t, "two in a row", f.Waits["t0"], 30*time.Minute)
}

func TestForecast_ExpectsTheUsualLateStartUntilOneIsAnnounced(t *testing.T) {
	t.Parallel()
	l := regular()
	for range 40 {
		l.Learn(estimate.Session{Late: []time.Duration{15 * time.Minute}})
	}
	in := at(nine().Add(-10*time.Minute), 1, estimate.Room{ID: "1", Services: []string{"1"}})
	near(t, "as usual", l.Forecast(in).Waits["t0"], 25*time.Minute)

	in.Rooms[0].Breaks = []estimate.Break{{From: nine(), To: nine().Add(30 * time.Minute)}}
	near(t, "announced", l.Forecast(in).Waits["t0"], 40*time.Minute)

	in.Rooms[0].Breaks, in.Rooms[0].Begun, in.Now = nil, true, nine().Add(time.Minute)
	near(t, "begun", l.Forecast(in).Waits["t0"], 0)
}

func TestForecast_OverrunningConsultation(t *testing.T) {
	t.Parallel()
	l := &estimate.Learned{}
	busy := room("1", "1")
	wait := func(elapsed time.Duration) (estimate.Forecast, time.Duration) {
		busy.Running = running("1", nine())
		f := l.Forecast(at(nine().Add(elapsed), 1, busy))
		return f, f.Waits["t0"].Mid
	}
	f, fresh := wait(0)
	near(t, "just begun", f.Waits["t0"], 5*time.Minute)
	if len(f.Overrunning) != 0 {
		t.Error("a new consultation is overrunning")
	}
	if _, later := wait(2 * time.Minute); later >= fresh {
		t.Errorf("two minutes later %v remain of %v", later, fresh)
	}
	f, long := wait(20 * time.Minute)
	if !slices.Equal(f.Overrunning, []string{"1"}) {
		t.Errorf("overrunning are %q, want room 1", f.Overrunning)
	}
	if long < time.Minute {
		t.Errorf("after four times the mean, %v remain, want more", long)
	}
	f, _ = wait(1000 * time.Hour)
	if f.Waits["t0"].High <= 0 {
		t.Errorf("a consultation running for a month: %+v", f.Waits["t0"])
	}
}

func TestForecast_UsesTodaysSpeedOfEachRoom(t *testing.T) {
	t.Parallel()
	l := regular()
	in := at(nine().Add(2*time.Hour), 11, room("1", "1"))
	usual := l.Forecast(in).Waits["t10"]
	for range 30 {
		in.Today = append(in.Today, visit("1", "1", 10*time.Minute))
	}
	if slow := l.Forecast(in).Waits["t10"]; slow.Mid < usual.Mid*3/2 {
		t.Errorf("at half speed %v, usually %v", slow.Mid, usual.Mid)
	}
	for i := range in.Today {
		in.Today[i].Inaccurate = true
	}
	if flagged := l.Forecast(in).Waits["t10"]; flagged != usual {
		t.Errorf("inaccurate visits changed %+v to %+v", usual, flagged)
	}
	in.Rooms[0].Pace = 2
	near(t, "known pace", l.Forecast(in).Waits["t10"], 100*time.Minute)
}

func TestForecast_AwayTicketsReturnToTheirPlace(t *testing.T) {
	t.Parallel()
	l := regular()
	in := at(nine().Add(time.Hour), 6, room("1", "1"))
	before := l.Forecast(in)
	in.Away = []estimate.Away{{ID: "x", Service: "1", Kind: "1/exam", Since: in.Now.Add(-15 * time.Minute), Exam: true, Behind: 3}}
	after := l.Forecast(in)
	if before.Waits["t2"] != after.Waits["t2"] {
		t.Error("a ticket ahead of the return waits longer")
	}
	if put := after.Waits["t5"].Mid - before.Waits["t5"].Mid; put < time.Minute {
		t.Errorf("the last ticket waits only %v longer", put)
	}
	if _, ok := after.Waits["x"]; ok {
		t.Error("an away ticket has an estimate")
	}
	in.Away[0].Exam = false
	in.Away[0].Since = in.Now.Add(-24 * time.Hour)
	if late := l.Forecast(in); late.Waits["t5"].Mid-before.Waits["t5"].Mid > 10*time.Second {
		t.Error("a ticket absent since yesterday is still expected")
	}
}

func TestForecast_NewTicketIsCalledBeforeALaterReturn(t *testing.T) {
	t.Parallel()
	busy := room("1", "1")
	busy.Running = running("1", nine())
	in := at(nine(), 1, busy)
	l := regular()
	alone := l.Forecast(in).Services["1"]
	in.Away = []estimate.Away{{ID: "x", Service: "1", Kind: "1", Since: in.Now.Add(-time.Hour), Exam: true, Behind: 3}}
	after := l.Forecast(in).Services["1"]
	if alone != after {
		t.Errorf("a new ticket waits %+v alone and %+v with a return in third place", alone, after)
	}
}

func TestForecast_UsesLearnedHabits(t *testing.T) {
	t.Parallel()
	quiet := estimate.Tally{Service: "1", Calls: 40, Open: 3 * time.Hour, Waited: 20 * time.Hour}
	last := func(tally estimate.Tally, exam bool) time.Duration {
		l := &estimate.Learned{}
		s := estimate.Session{Services: []estimate.Tally{tally}}
		for range 40 {
			v := visit("1", "1", 5*time.Minute)
			v.Exam = exam
			s.Visits = append(s.Visits, v)
		}
		for range 30 {
			l.Learn(s)
		}
		return l.Forecast(at(nine(), 12, room("1", "1"))).Waits["t11"].Mid
	}
	usual := last(quiet, false)
	urgent, absent, canceled := quiet, quiet, quiet
	urgent.Urgent, absent.Absent, canceled.Canceled = 6, 20, 20
	for name, longer := range map[string]time.Duration{
		"urgent inserts": last(urgent, false), "exams": last(quiet, true),
	} {
		if longer < usual+5*time.Minute {
			t.Errorf("%s: %v, without them %v", name, longer, usual)
		}
	}
	for name, shorter := range map[string]time.Duration{
		"absentees": last(absent, false), "cancellations": last(canceled, false),
	} {
		if shorter > usual-5*time.Minute {
			t.Errorf("%s: %v, without them %v", name, shorter, usual)
		}
	}
}

func TestForecast_CalledTicketMayBeAbsent(t *testing.T) {
	t.Parallel()
	l := &estimate.Learned{}
	for range 30 {
		l.Learn(estimate.Session{Services: []estimate.Tally{{Service: "1", Calls: 40, Absent: 20, Open: time.Hour}}})
	}
	busy := room("1", "1")
	busy.Running = running("1", nine())
	seen := l.Forecast(at(nine(), 1, busy)).Waits["t0"]
	busy.Running.Called = true
	if called := l.Forecast(at(nine(), 1, busy)).Waits["t0"]; called.Mid >= seen.Mid {
		t.Errorf("half of the called are absent, but %v is not before %v", called.Mid, seen.Mid)
	}
}

// line draws a random input.
func line(rt *rapid.T) (*estimate.Learned, estimate.Input) {
	l := &estimate.Learned{}
	for range rapid.IntRange(0, 3).Draw(rt, "sessions") {
		s := estimate.Session{Services: []estimate.Tally{{
			Service: "1", Calls: 40, Absent: rapid.IntRange(0, 40).Draw(rt, "absent"), Returned: 3,
			Urgent: rapid.IntRange(0, 6).Draw(rt, "urgent"), Open: 3 * time.Hour,
		}}}
		for range 10 {
			v := visit("1", rapid.SampledFrom([]string{"1", "1/first"}).Draw(rt, "kind"), time.Duration(rapid.IntRange(0, 900).Draw(rt, "took"))*time.Second)
			v.Exam = rapid.Bool().Draw(rt, "exam")
			s.Visits = append(s.Visits, v)
		}
		l.Learn(s)
	}
	in := at(nine().Add(time.Duration(rapid.IntRange(-60, 120).Draw(rt, "now"))*time.Minute), rapid.IntRange(1, 12).Draw(rt, "waiting"))
	for r := range rapid.IntRange(1, 3).Draw(rt, "rooms") {
		v := room(fmt.Sprint(r), "1")
		v.Begun = rapid.Bool().Draw(rt, "begun")
		if rapid.Bool().Draw(rt, "busy") {
			v.Running = running("1", in.Now.Add(-time.Duration(rapid.IntRange(0, 60).Draw(rt, "elapsed"))*time.Minute))
		}
		if rapid.Bool().Draw(rt, "break") {
			v.Breaks = []estimate.Break{{From: nine(), To: nine().Add(time.Duration(rapid.IntRange(0, 90).Draw(rt, "until")) * time.Minute)}}
		}
		in.Rooms = append(in.Rooms, v)
	}
	return l, in
}

func TestForecast_IsOrderedAndReproducible(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		l, in := line(rt)
		f := l.Forecast(in)
		if diff := cmp.Diff(f, l.Forecast(in)); diff != "" {
			rt.Fatalf("two forecasts of the same input differ:\n%s", diff)
		}
		all := append(slices.Collect(maps.Values(f.Waits)), f.Services["1"])
		for _, r := range all {
			if !(0 <= r.Low && r.Low <= r.Mid && r.Mid <= r.High) {
				rt.Fatalf("%+v is not in order", r)
			}
			if s := estimate.Shown(r); s.Low > r.Low || s.High < r.High || s.Low >= s.High || s.Low%estimate.Grain != 0 || s.High%estimate.Grain != 0 {
				rt.Fatalf("%+v is shown as %+v", r, s)
			}
		}
		if len(f.Waits) != len(in.Waiting) {
			rt.Fatalf("%d of %d have an estimate", len(f.Waits), len(in.Waiting))
		}
	})
}

// TestForecast_MovesLittleInAFewSeconds repeats a forecast every 5 s without an
// act. One path of all may change by a visit, but no figure by a shown step.
func TestForecast_MovesLittleInAFewSeconds(t *testing.T) {
	t.Parallel()
	for _, rooms := range []int{1, 2} {
		l, in := morning(rooms, 20)
		before := l.Forecast(in)
		for range 240 {
			in.Now = in.Now.Add(5 * time.Second)
			after := l.Forecast(in)
			for id, b := range before.Waits {
				a := after.Waits[id]
				if (a.Low-b.Low).Abs() > estimate.Grain || (a.Mid-b.Mid).Abs() > 2*time.Minute || (a.High-b.High).Abs() > estimate.Grain {
					t.Errorf("%d rooms: %s went from %+v to %+v", rooms, id, b, a)
				}
			}
			before = after
		}
	}
}

// TestForecast_AllocationsDoNotGrowWithTheLine compares lines of 40 and 200.
func TestForecast_AllocationsDoNotGrowWithTheLine(t *testing.T) {
	allocations := func(waiting int) float64 {
		l, in := morning(1, waiting)
		return testing.AllocsPerRun(10, func() { l.Forecast(in) })
	}
	l, in := slotMorning()
	if slots := testing.AllocsPerRun(10, func() { l.Forecast(in) }); slots > 50 {
		t.Errorf("%.0f allocations with slots", slots)
	}
	if short, long := allocations(40), allocations(200); short > 40 || long > short+10 {
		t.Errorf("%.0f allocations for 40 waiting, and %.0f for 200", short, long)
	}
}

// With several rooms, a new ticket ahead may leave another one to a faster
// doctor. A break absorbs a delay, unless an exam follows. In these cases the
// mean may be slightly shorter; otherwise it must not be.
func TestForecast_NewTicketAheadNeverShortensAWait(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		l, in := line(rt)
		before := l.Forecast(in)
		i := rapid.IntRange(0, len(in.Waiting)).Draw(rt, "place")
		behind := slices.Clone(in.Waiting[i:])
		in.Waiting = slices.Insert(in.Waiting, i, estimate.Ticket{ID: "newcomer", Service: "1", Kind: "1/first"})
		after := l.Forecast(in)
		strict := len(in.Rooms) == 1 && len(in.Rooms[0].Breaks) == 0
		compare := func(who string, a, b estimate.Range) {
			if strict && (b.Low < a.Low || b.Mid < a.Mid || b.High < a.High) || b.Mid < a.Mid-a.Mid/50-15*time.Second {
				rt.Fatalf("%s had %+v, and with one more ahead %+v", who, a, b)
			}
		}
		for _, k := range behind {
			compare(k.ID, before.Waits[k.ID], after.Waits[k.ID])
		}
		compare("the next", before.Services["1"], after.Services["1"])
	})
}
