package estimate

import (
	"math"
	"time"
)

// ranger turns the times of all paths into a range.
type ranger struct{ low, high weights }

// weights are those of the least values whose mean is a percentile. A mean of several
// moves less than a single value if one path changes.
type weights [least]float64

// least is the number of values that a percentile depends on.
const least = int(maxTail*paths) + 2

// weightsOf returns the weights for a share of the values: a triangle over the position
// of the percentile.
func weightsOf(share float64) (w weights) {
	at := share*paths - 0.5
	half := min(2, at+1)
	sum := 0.0
	for i := range w {
		w[i] = max(0, 1-math.Abs(float64(i)-at)/half)
		sum += w[i]
	}
	for i := range w {
		w[i] /= sum
	}
	return w
}

func newRanger(t Tails) ranger { return ranger{weightsOf(t.low()), weightsOf(t.high())} }

func (r *ranger) rangeOf(seconds *[paths]float64) Range {
	mean := 0.0
	for _, x := range seconds {
		mean += x / paths
	}
	low, high := r.low.percentile(seconds, 1), r.high.percentile(seconds, -1)
	// The mean can lie outside the percentiles, because of rare long delays.
	return Range{Low: duration(min(low, mean)), Mid: duration(mean), High: duration(max(high, mean))}
}

// percentile returns the weighted mean of the least values, or of the greatest if sign
// is -1.
func (w *weights) percentile(values *[paths]float64, sign float64) float64 {
	var x [least]float64
	for i := range x {
		x[i] = math.Inf(1)
	}
	for _, v := range values {
		v *= sign
		if v >= x[least-1] {
			continue
		}
		i := least - 1
		for ; i > 0 && x[i-1] > v; i-- {
			x[i] = x[i-1]
		}
		x[i] = v
	}
	sum := 0.0
	for i, part := range w {
		sum += part * x[i]
	}
	return sign * sum
}

func duration(seconds float64) time.Duration {
	return time.Duration(min(max(seconds, 0), never/1000) * float64(time.Second))
}
