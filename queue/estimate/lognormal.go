package estimate

import "math"

// lognormal is how long something takes: positive, skewed to the right, as
// consultations are.
type lognormal struct {
	mu, sigma float64 // of the logarithm of seconds
	mean      float64 // seconds; 0 takes no time at all
}

// newLognormal returns the distribution with that mean, in seconds, and that
// squared coefficient of variation.
func newLognormal(mean, cv2 float64) lognormal {
	if mean <= 0 {
		return lognormal{}
	}
	s2 := math.Log1p(cv2)
	return lognormal{mu: math.Log(mean) - s2/2, sigma: math.Sqrt(s2), mean: mean}
}

// at returns the quantile of a standard normal z.
func (d lognormal) at(z float64) float64 {
	if d.mean == 0 {
		return 0
	}
	return math.Exp(d.mu + d.sigma*z)
}

// z returns where t lies, as a quantile of the standard normal.
func (d lognormal) z(t float64) float64 {
	switch {
	case d.mean == 0:
		return math.Inf(1)
	case t <= 0:
		return math.Inf(-1)
	}
	return (math.Log(t) - d.mu) / d.sigma
}

// farthest bounds how improbable a running time may be taken for: beyond it
// the tail of the normal is below what a float64 can tell from nothing.
const farthest = 6

// rest returns what is left when elapsed seconds are over, at the quantile u of
// what is then still possible. It never is negative; the longer something has
// run, the longer it may still take.
func (d lognormal) rest(elapsed, u float64) float64 {
	if d.mean == 0 {
		return 0
	}
	if elapsed <= 0 {
		return d.at(normalQuantile(u))
	}
	z0 := min(d.z(elapsed), farthest)
	z := z0
	if tail := normalTail(z0) * (1 - u); tail > 0 {
		z = max(z0, -normalQuantile(tail))
	}
	return elapsed * math.Expm1(d.sigma*(z-z0))
}

// normalTail returns the share of a standard normal above z.
func normalTail(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// normalQuantile returns the z below which the share p lies.
func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// cv2 returns the squared coefficient of variation.
func (d lognormal) cv2() float64 { return math.Expm1(d.sigma * d.sigma) }
