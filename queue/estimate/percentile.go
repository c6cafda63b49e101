package estimate

import "time"

// rangeOf returns the percentiles and the mean of what the paths say.
func rangeOf(seconds *[paths]float64) Range {
	mean := 0.0
	for _, x := range seconds {
		mean += x / paths
	}
	low, high := tenth(seconds, 1), -tenth(seconds, -1)
	// A rare and long delay can lie beyond the percentile and move the mean.
	return Range{Low: duration(min(low, mean)), Mid: duration(mean), High: duration(max(high, mean))}
}

// tenth returns the 10th percentile of the values times sign, read between the
// two nearest. It sorts only so many: a board has sixty of these to read.
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
