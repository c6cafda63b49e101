package estimate

import "time"

// Range is a duration from the moment of the forecast. In 80 % of cases it is
// between Low (10th percentile) and High (90th); Mid is the mean. The values
// are not rounded, and not negative.
type Range struct {
	Low  time.Duration `json:"low"`
	Mid  time.Duration `json:"mid"`
	High time.Duration `json:"high"`
}

// Grain is the step of shown intervals.
const Grain = 5 * time.Minute

// Interval is the shown form of a [Range]: two different multiples of [Grain]
// (A05).
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

// A wait of at least ClockFrom is shown as a time of day, in steps of
// ClockGrain. "405 to 410 minutes" is not readable.
const (
	ClockFrom  = 90 * time.Minute
	ClockGrain = 10 * time.Minute
)

// Clock returns the time of day to show for a wait. For a wait in minutes, it
// returns the zero time. It rounds the lower end. It keeps last, the previously
// shown time, as long as that is less than a step off.
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
