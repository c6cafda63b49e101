package estimate

import "math"

// paths is how many futures a forecast looks at. Its cost grows with it; the
// error of a mean does not depend on it much, because the draws are stratified.
// A power of two, so that an index is cut by a mask.
const paths = 128

// strata are the middles of the equal parts into which every draw is divided.
// Each ticket meets each part once, in an order of its own: a Latin hypercube.
// So the mean of a sum of consultations is exact with few paths, and what is
// left to chance is only which long ones meet.
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

// rescale makes the mean exact, which the strata, having no tail, miss a little.
func rescale(x *[paths]float64, mean float64) {
	var sum float64
	for _, v := range x {
		sum += v
	}
	for i := range x {
		x[i] *= mean * paths / sum
	}
}

// order is the order in which one draw meets the strata.
type order [paths]uint8

// orderOf returns the order that belongs to a name. The same name has the same
// order in every forecast, so that two forecasts of nearly the same line differ
// by what changed and not by chance; and a newcomer leaves the draws of all
// others alone, so that more people ahead never shorten a wait.
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

// What a name's order is for: each purpose has its own.
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

// urgents is how many urgent inserts of one service have draws of their own;
// those after them take the first ones' again.
const urgents = 12
