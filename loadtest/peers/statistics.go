package main

import "slices"

// quantile returns the q-quantile by nearest rank, or 0 without values.
func quantile(of []float64, q float64) float64 {
	if len(of) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(of))
	return sorted[int(q*float64(len(sorted)-1)+.5)]
}

// median returns the median, or the lower one of two, or 0 without values.
func median(of []float64) float64 {
	if len(of) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(of))[(len(of)-1)/2]
}
