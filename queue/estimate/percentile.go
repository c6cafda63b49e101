package estimate

import "time"

// rangeOf returns the percentiles and the mean over all paths.
func rangeOf(seconds *[paths]float64) Range {
	mean := 0.0
	for _, x := range seconds {
		mean += x / paths
	}
	low, high := tenth(seconds, 1), -tenth(seconds, -1)
	// The mean can lie outside the percentiles, because of rare long delays.
	return Range{Low: duration(min(low, mean)), Mid: duration(mean), High: duration(max(high, mean))}
}

// tenth returns the 10th percentile of sign × values, by linear interpolation.
// It sorts only the least values, because a board needs about sixty
// percentiles.
func tenth(values *[paths]float64, sign float64) float64 {
	const (
		at     = paths*0.1 - 0.5
		before = (paths - 5) / 10
	)
	var least [before + 2]float64
	n := 0
	for _, v := range values {
		v *= sign
		if n == len(least) {
			if v >= least[n-1] {
				continue
			}
			n--
		}
		i := n
		for ; i > 0 && least[i-1] > v; i-- {
			least[i] = least[i-1]
		}
		least[i] = v
		n++
	}
	return least[before] + (at-float64(before))*(least[before+1]-least[before])
}

func duration(seconds float64) time.Duration {
	return time.Duration(min(max(seconds, 0), never/1000) * float64(time.Second))
}
