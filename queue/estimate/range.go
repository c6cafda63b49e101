package estimate

import "time"

// Range is how long something may take from the forecast's moment: between Low
// (10th percentile) and High (90th) in eight cases of ten, Mid on average.
// None of them is rounded, and none is negative.
type Range struct {
	Low  time.Duration `json:"low"`
	Mid  time.Duration `json:"mid"`
	High time.Duration `json:"high"`
}

// Grain is the step of what is shown.
const Grain = 5 * time.Minute

// Interval is what a viewer gets of a [Range]: two multiples of [Grain], never
// one number (A05). High is above Low always.
type Interval struct {
	Low  time.Duration `json:"low"`
	High time.Duration `json:"high"`
}

// Shown rounds a range outward to [Grain].
func Shown(r Range) Interval {
	low := r.Low.Truncate(Grain)
	high := (r.High + Grain - 1).Truncate(Grain)
	return Interval{Low: low, High: max(high, low+Grain)}
}

// A wait whose lower end is ClockFrom or longer is shown as a time of the clock, in
// steps of ClockGrain: "405 to 410 minutes" helps nobody (U2).
const (
	ClockFrom  = 90 * time.Minute
	ClockGrain = 10 * time.Minute
)

// Clock is the time of day to show for a wait, or the zero time where minutes are
// enough. It is the nearest step to the lower end. last is what was shown before:
// it stays as long as it is less than a step wrong.
func Clock(now time.Time, r Range, last time.Time) time.Time {
	if r.Low < ClockFrom {
		return time.Time{}
	}
	call := now.Add(r.Low)
	if !last.IsZero() && call.Sub(last).Abs() < ClockGrain {
		return last
	}
	return call.Round(ClockGrain)
}

// Covers reports whether d lies in the range.
func (r Range) Covers(d time.Duration) bool { return r.Low <= d && d <= r.High }

// Covers reports whether d lies in the interval.
func (i Interval) Covers(d time.Duration) bool { return i.Low <= d && d <= i.High }
