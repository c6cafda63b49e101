package main

import (
	"slices"
	"time"
)

// durations are what was measured, in the order it was.
type durations []time.Duration

// at returns the q-quantile in milliseconds, by nearest rank; 0 of nothing.
func (d durations) at(q float64) float64 {
	if len(d) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(d))
	return float64(sorted[int(q*float64(len(sorted)-1)+.5)]) / float64(time.Millisecond)
}
