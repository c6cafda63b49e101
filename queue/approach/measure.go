package approach

import (
	"slices"
	"time"
)

// Trip is a patient who was sent on the way, and their call.
type Trip struct {
	Sent, Called time.Time
	Travel       time.Duration
}

// Late reports whether the patient was called before they could be at the clinic.
func (p Trip) Late() bool { return p.Early() < 0 }

// Early is how long the patient waited at the clinic. It is negative for one who was late.
func (p Trip) Early() time.Duration { return p.Called.Sub(p.Sent) - p.Travel }

// Figures are how well trips were timed.
type Figures struct {
	N     int
	Late  float64       // share of trips that were late, 0 to 1
	Early time.Duration // median of [Trip.Early]
}

// Measure returns the figures of trips; zero of none. It does not change trips.
func Measure(trips []Trip) Figures {
	f := Figures{N: len(trips)}
	if f.N == 0 {
		return f
	}
	early := make([]time.Duration, 0, f.N)
	late := 0
	for _, p := range trips {
		early = append(early, p.Early())
		if p.Late() {
			late++
		}
	}
	slices.Sort(early)
	f.Late = float64(late) / float64(f.N)
	f.Early = (early[(f.N-1)/2] + early[f.N/2]) / 2
	return f
}
