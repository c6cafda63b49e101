package main

import "slices"

// quantile is the q-quantile by nearest rank; of nothing it is 0.
func quantile(of []float64, q float64) float64 {
	if len(of) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(of))
	return sorted[int(q*float64(len(sorted)-1)+.5)]
}

// median is the middle, or the lower of the two in the middle; of nothing it is 0.
func median(of []float64) float64 {
	if len(of) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(of))[(len(of)-1)/2]
}
