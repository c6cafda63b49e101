package estimate

import "time"

// Steady keeps the interval that a viewer sees from jumping (domain §3.3). A
// value falls as soon as the forecast allows. It rises by at most the actual
// delay since it was set. The delay is the time in which the forecast came no
// nearer. So rounding alone never raises a value.
//
// The zero value has shown nothing. Keep one Steady per ticket.
type Steady struct {
	low, high edge
	known     bool
}

// edge is one end of the shown interval.
type edge struct {
	shown time.Duration
	call  time.Time // forecast time of this end when shown was set
}

// Next returns the interval to show for a forecast made at now, and the new
// state.
func (s Steady) Next(now time.Time, r Range) (Interval, Steady) {
	want := Shown(r)
	if !s.known {
		s = Steady{low: edge{want.Low, now.Add(r.Low)}, high: edge{want.High, now.Add(r.High)}, known: true}
		return want, s
	}
	s.low = s.low.next(want.Low, now.Add(r.Low))
	s.high = s.high.next(want.High, now.Add(r.High))
	if s.high.shown <= s.low.shown { // the high end was held back
		s.low = edge{s.high.shown - Grain, now.Add(r.Low)}
	}
	return Interval{Low: s.low.shown, High: s.high.shown}, s
}

func (e edge) next(want time.Duration, call time.Time) edge {
	if want > e.shown {
		delay := max(0, call.Sub(e.call)).Truncate(Grain)
		want = min(want, e.shown+delay)
	}
	if want == e.shown {
		return e
	}
	return edge{want, call}
}
