package main

import (
	"slices"
	"time"
)

// durations are what was measured, in any order.
type durations []time.Duration

// at returns the q-quantile in milliseconds, by nearest rank; 0 of nothing.
func (d durations) at(q float64) float64 {
	if len(d) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(d))
	return milliseconds(sorted[int(q*float64(len(sorted)-1)+.5)])
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// since turns moments into how long after a first one they were.
func since(start time.Time, moments []time.Time) durations {
	start = start.Round(0) // another process's clock has no monotonic part
	out := make(durations, len(moments))
	for i, at := range moments {
		out[i] = at.Sub(start)
	}
	return out
}

// median returns the middle of some figures, the lower one of two.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(values))[(len(values)-1)/2]
}
