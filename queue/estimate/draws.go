package estimate

import "math"

// paths is the number of simulated paths. The cost is proportional to it. The
// error of a mean hardly depends on it, because the draws are stratified.
const paths = 128

// strata are the midpoints of equal parts of each distribution. Each ticket
// uses every part once, in its own order: a Latin hypercube. So the mean of a
// sum is exact with few paths.
type strata struct {
	u [paths]float64 // uniform
	z [paths]float64 // standard normal, with mean 0 and variance 1 exactly
	e [paths]float64 // exponential of mean 1
}

func newStrata() *strata {
	s := &strata{}
	var square float64
	for i := range s.u {
		s.u[i] = (float64(i) + 0.5) / paths
		s.z[i] = normalQuantile(s.u[i])
		s.e[i] = -math.Log(s.u[i])
		square += s.z[i] * s.z[i]
	}
	scale := math.Sqrt(paths / square)
	for i := range s.z {
		s.z[i] *= scale
	}
	rescale(&s.e, 1)
	return s
}

// rescale corrects the mean, which the strata miss slightly because they have
// no tail.
func rescale(x *[paths]float64, mean float64) {
	var sum float64
	for _, v := range x {
		sum += v
	}
	for i := range x {
		x[i] *= mean * paths / sum
	}
}

// order is a permutation of the strata.
type order [paths]uint8

// orderOf returns the permutation for a name and a purpose. It is the same in
// every forecast, so forecasts of similar lines differ only by what changed. A
// new ticket does not affect the draws of others, so it never shortens their
// waits.
func orderOf(name string, purpose uint64) order {
	// FNV-1a, then splitmix64.
	h := uint64(14695981039346656037)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	h ^= purpose * 0x9e3779b97f4a7c15
	var o order
	for i := range o {
		o[i] = uint8(i)
	}
	for i := paths - 1; i > 0; i-- {
		h += 0x9e3779b97f4a7c15
		x := (h ^ h>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		x ^= x >> 31
		j := (x >> 32) * uint64(i+1) >> 32
		o[i], o[j] = o[j], o[i]
	}
	return o
}

// The purposes of a permutation.
const (
	forDuration uint64 = iota + 1
	forAbsence
	forExam
	forAgain
	forCancel
	forMean
	forSpeed
	forStart
	forUrgentGap
	forUrgentTime = forUrgentGap + urgents
)

// urgents is the number of urgent inserts of a service with their own draws;
// later ones reuse them.
const urgents = 12
