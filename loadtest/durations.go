package main

import (
	"slices"
	"time"
)

// durations are measurements in any order.
type durations []time.Duration

// quantile returns the q-quantile in milliseconds by nearest rank, or 0 without
// measurements.
func (d durations) quantile(q float64) float64 {
	if len(d) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(d))
	return milliseconds(sorted[int(q*float64(len(sorted)-1)+.5)])
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// elapsedSince returns the durations from start to each of the times, in their order.
func elapsedSince(start time.Time, times []time.Time) durations {
	start = start.Round(0) // the times of other processes have no monotonic reading
	out := make(durations, len(times))
	for i, t := range times {
		out[i] = t.Sub(start)
	}
	return out
}

// median returns the median, or the lower one of two, or 0 without values.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(values))[(len(values)-1)/2]
}
