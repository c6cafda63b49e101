package estimate

import "math"

// paths is the number of simulated paths, a power of two. The cost is proportional to
// it. The package documentation has the figures for the choice.
const paths = 16

// Strata are equal parts of the unit interval. Each ticket uses every part once, in its
// own order: a Latin hypercube. So the mean of a sum is exact with few paths.

// order is a permutation of the strata, by path.
type order [paths]uint8

var (
	normals = newNormals()
	orders  = newOrders()
)

// newNormals returns the standard normal values of the strata, with mean 0 and
// variance 1 exactly.
func newNormals() (z [paths]float64) {
	var square float64
	for i := range z {
		z[i] = normalQuantile((float64(i) + 0.5) / paths)
		square += z[i] * z[i]
	}
	scale := math.Sqrt(paths / square)
	for i := range z {
		z[i] *= scale
	}
	return z
}

// newOrders returns random permutations, the same in every process.
func newOrders() (all [256]order) {
	var h uint64
	for n := range all {
		o := &all[n]
		for i := range o {
			o[i] = uint8(i)
		}
		for i := paths - 1; i > 0; i-- {
			h++
			j := mix(h) >> 32 * uint64(i+1) >> 32
			o[i], o[j] = o[j], o[i]
		}
	}
	return all
}

// rescale corrects the mean, which the midpoints of strata miss slightly.
func rescale(x *[paths]float64, mean float64) {
	var sum float64
	for _, v := range x {
		sum += v
	}
	for i := range x {
		x[i] *= mean * paths / sum
	}
}

// mix returns the nth number of splitmix64.
func mix(n uint64) uint64 {
	n *= 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}

// draw has the random numbers of one name for one purpose. They are the same in every
// forecast, so forecasts of similar lines differ only by what changed. A new ticket
// does not affect the draws of others.
type draw struct {
	order uint8
	flip  uint8   // inverts bits of the strata, so that draws of the same order do not correlate
	shift float32 // position within a stratum
}

// drawOf returns the draw of a hashed name.
func drawOf(name, purpose uint64) draw {
	h := mix(name + purpose)
	return draw{order: uint8(h), flip: uint8(h >> 8 & (paths - 1)), shift: float32(h>>40) / (1 << 24)}
}

// stratum returns the stratum of path i.
func (d draw) stratum(i int) int { return int(orders[d.order][i]^d.flip) & (paths - 1) }

// u returns the uniform number of path i.
func (d draw) u(i int) float64 { return (float64(d.stratum(i)) + float64(d.shift)) / paths }

// middle returns the middle of the stratum of path i.
func (d draw) middle(i int) float64 { return (float64(d.stratum(i)) + 0.5) / paths }

// hash returns a hash of a name (FNV-1a).
func hash(name string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	return h
}

// The purposes of a draw.
const (
	forDuration uint64 = iota + 1
	forAbsence
	forExam
	forAgain
	forCancel
	forMean
	forSpeed
	forStart
	forArrival
)

// The first purposes of a service's urgent inserts.
const (
	forUrgent     = 1 << 20
	forUrgentTime = 1 << 21
	forWalkin     = 1 << 22 // of patients without a booking
)
