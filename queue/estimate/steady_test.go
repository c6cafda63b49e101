package estimate_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"junban/queue/estimate"
)

func minutes(low, mid, high float64) estimate.Range {
	m := func(x float64) time.Duration { return time.Duration(x * float64(time.Minute)) }
	return estimate.Range{Low: m(low), Mid: m(mid), High: m(high)}
}

func TestShown_RoundsOutwardToTwoNumbers(t *testing.T) {
	t.Parallel()
	for r, want := range map[estimate.Range][2]int{
		minutes(0, 0, 0):         {0, 5},
		minutes(5, 5, 5):         {5, 10},
		minutes(12, 20, 31):      {10, 35},
		minutes(4.9, 5.1, 10.01): {0, 15},
	} {
		if s := estimate.Shown(r); s.Low != time.Duration(want[0])*time.Minute || s.High != time.Duration(want[1])*time.Minute {
			t.Errorf("%+v is shown as %+v, want %v min", r, s, want)
		}
	}
}

func TestSteady_RoundingAloneRaisesNothing(t *testing.T) {
	t.Parallel()
	shown, s := estimate.Steady{}.Next(nine(), minutes(19, 25, 34.9))
	again, s := s.Next(nine().Add(time.Second), minutes(20.1, 26, 35.1))
	if shown != again {
		t.Errorf("%+v went to %+v by twelve seconds", shown, again)
	}
	// Four minutes later no ticket was called: now the delay is real.
	later, _ := s.Next(nine().Add(5*time.Minute), minutes(20, 26, 35.2))
	if want := 40 * time.Minute; later.High != want {
		t.Errorf("after five minutes without a call %+v, want up to %v", later, want)
	}
}

func TestSteady_FallsAtOnce(t *testing.T) {
	t.Parallel()
	_, s := estimate.Steady{}.Next(nine(), minutes(20, 30, 40))
	if got, _ := s.Next(nine().Add(time.Second), minutes(6, 8, 14)); got != estimate.Shown(minutes(6, 8, 14)) {
		t.Errorf("a cleared line is shown as %+v", got)
	}
}

func TestSteady_NeverRisesByMoreThanTheDelay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var s estimate.Steady
		var before estimate.Interval
		now, worst := nine(), time.Time{} // worst: latest forecast of the end so far
		least := time.Time{}              // earliest one
		for n := range rapid.IntRange(2, 30).Draw(rt, "times") {
			low := rapid.Float64Range(0, 60).Draw(rt, "low")
			r := minutes(low, low, low+rapid.Float64Range(0, 30).Draw(rt, "width"))
			var shown estimate.Interval
			shown, s = s.Next(now, r)
			if shown.Low < 0 || shown.High < shown.Low+estimate.Grain || shown.Low%estimate.Grain != 0 || shown.High%estimate.Grain != 0 {
				rt.Fatalf("%+v is shown as %+v", r, shown)
			}
			call := now.Add(r.High)
			if n == 0 {
				worst, least = call, call
			}
			if call.After(worst) {
				worst = call
			}
			if call.Before(least) {
				least = call
			}
			if n > 0 && shown.High-before.High > worst.Sub(least) {
				rt.Fatalf("rose from %+v to %+v, yet all forecasts lie within %v", before, shown, worst.Sub(least))
			}
			before = shown
			now = now.Add(time.Duration(rapid.IntRange(0, 600).Draw(rt, "passed")) * time.Second)
		}
	})
}

// TestClock_IsShownForLongWaits tests the rounding of times of day.
func TestClock_IsShownForLongWaits(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 20, 0, 0, time.UTC)
	at := func(h, m int) time.Time { return time.Date(2026, 11, 21, h, m, 0, 0, time.UTC) }
	for _, tt := range []struct {
		name string
		low  time.Duration
		last time.Time
		want time.Time
	}{
		{"minutes are enough", 89 * time.Minute, time.Time{}, time.Time{}},
		{"and a clock time goes when they are", 89 * time.Minute, at(14, 0), time.Time{}},
		{"from 90 minutes on", 90 * time.Minute, time.Time{}, at(13, 50)},
		{"the nearest step", 164 * time.Minute, time.Time{}, at(15, 0)},
		{"the nearest step, up", 165 * time.Minute, time.Time{}, at(15, 10)},
		{"it does not flicker", 166 * time.Minute, at(15, 0), at(15, 0)},
		{"nor by less than a step", 151 * time.Minute, at(15, 0), at(15, 0)},
		{"a step is shown", 170 * time.Minute, at(15, 0), at(15, 10)},
	} {
		if got := estimate.Clock(now, estimate.Range{Low: tt.low, Mid: tt.low, High: 2 * tt.low}, tt.last); !got.Equal(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
