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

// Covers reports whether d lies in the range.
func (r Range) Covers(d time.Duration) bool { return r.Low <= d && d <= r.High }

// Covers reports whether d lies in the interval.
func (i Interval) Covers(d time.Duration) bool { return i.Low <= d && d <= i.High }
