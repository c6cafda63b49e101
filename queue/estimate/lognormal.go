package estimate

import "math"

// lognormal is the distribution of a duration: positive and skewed to the
// right.
type lognormal struct {
	mu, sigma float64 // of the logarithm of seconds
	mean      float64 // seconds; 0: no time at all
	cv2       float64 // squared coefficient of variation
}

// newLognormal returns the distribution with a mean, in seconds, and a squared
// coefficient of variation.
func newLognormal(mean, cv2 float64) lognormal {
	if mean <= 0 {
		return lognormal{}
	}
	s2 := math.Log1p(cv2)
	return lognormal{mu: math.Log(mean) - s2/2, sigma: math.Sqrt(s2), mean: mean, cv2: cv2}
}

// at returns the duration at the standard normal quantile z.
func (d lognormal) at(z float64) float64 {
	if d.mean == 0 {
		return 0
	}
	return math.Exp(d.mu + d.sigma*z)
}

// z returns the standard normal quantile of the duration t.
func (d lognormal) z(t float64) float64 {
	switch {
	case d.mean == 0:
		return math.Inf(1)
	case t <= 0:
		return math.Inf(-1)
	}
	return (math.Log(t) - d.mu) / d.sigma
}

// maxZ limits the quantile of an elapsed time. Beyond it, the tail is too
// small for a float64.
const maxZ = 6

// rest returns the remaining time after elapsed seconds, at quantile u of its
// conditional distribution. It is never negative.
func (d lognormal) rest(elapsed, u float64) float64 {
	if d.mean == 0 {
		return 0
	}
	if elapsed <= 0 {
		return d.at(normalQuantile(u))
	}
	z0 := min(d.z(elapsed), maxZ)
	z := z0
	if tail := normalTail(z0) * (1 - u); tail > 0 {
		z = max(z0, -normalQuantile(tail))
	}
	return elapsed * math.Expm1(d.sigma*(z-z0))
}

// normalTail returns the probability of a standard normal value above z.
func normalTail(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// normalQuantile returns the standard normal quantile of probability p.
func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// limit returns the longest duration that counts as plausible.
func (d lognormal) limit() float64 { return d.mean * (1 + maxDeviations*math.Sqrt(d.cv2)) }
