package estimate

import "time"

// Steady keeps what one viewer is shown from jumping (domain §3.3). A figure
// falls as soon as the forecast allows. It rises by no more than the delay that
// there really was since it was set: the time that passed without the forecast
// coming nearer. So rounding alone never sends a figure up a step, and a figure
// that flickers around a step stays.
//
// The zero value has shown nothing. It is a value: keep it per ticket.
type Steady struct {
	low, high edge
	known     bool
}

// edge is one end of what is shown.
type edge struct {
	shown time.Duration
	call  time.Time // where the forecast put the end, when shown was set
}

// Next returns what to show of a forecast made at now, and the state to keep.
func (s Steady) Next(now time.Time, r Range) (Interval, Steady) {
	want := Shown(r)
	if !s.known {
		s = Steady{low: edge{want.Low, now.Add(r.Low)}, high: edge{want.High, now.Add(r.High)}, known: true}
		return want, s
	}
	s.low = s.low.next(want.Low, now.Add(r.Low))
	s.high = s.high.next(want.High, now.Add(r.High))
	if s.high.shown <= s.low.shown { // an end that was held back is overtaken
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
