package estimate

import (
	"math"
	"time"
)

// Earliest is how long before its slot's start an arrival is learned as such. Earlier
// ones count as at that time.
const Earliest = 2 * time.Hour

// Assumptions without data. Cerruti et al. (2023), as cited by medscheduler's
// documentation: 84 % of outpatients arrive before their appointment, most of them about
// 10 min. That is a standard deviation of 10 min. A slot is longer than an appointment,
// so more is assumed here.
const (
	defaultAfter   = -10 * 60.0 // arrival after the slot's start, in seconds
	defaultAfterSD = 15 * 60.0
	weightAfter    = 10
	smallestSD     = 60.0
	defaultNoShow  = 0.05
	weightNoShow   = 20
)

// punctuality is the distribution of the arrivals of a service's bookings: normal, around
// the slot's start.
type punctuality struct {
	noShow   float64
	mean, sd float64 // seconds after the slot's start
}

func (l *Learned) punctuality(service string) punctuality {
	h := l.Services[service]
	return punctuality{
		noShow: h.NoShow.share(defaultNoShow, weightNoShow),
		mean:   h.Came.mean(defaultAfter+Earliest.Seconds(), weightAfter) - Earliest.Seconds(),
		sd:     h.Came.sd(defaultAfterSD, weightAfter),
	}
}

// surelyZ is the quantile before which no arrival is expected.
const surelyZ = 3

// sd returns the standard deviation, in seconds.
func (t Times) sd(assumed, weight float64) float64 {
	return max(math.Sqrt((t.Weight*t.Variance+weight*assumed*assumed)/(t.Weight+weight)), smallestSD)
}

// arrivalTimes are the times at which the patients of one slot arrive who have not.
type arrivalTimes struct {
	line  *line
	slot  float64
	comes float64        // probability that one arrives at all
	at    [paths]float64 // by stratum
}

// from returns the times of a slot that starts in a number of seconds. The longer its
// patients are due, the less likely they come.
func (p punctuality) from(slot float64) arrivalTimes {
	t := arrivalTimes{slot: slot, comes: 1 - p.noShow}
	z0 := -(slot + p.mean) / p.sd
	if z0 < -surelyZ {
		for i, z := range normals {
			t.at[i] = slot + p.mean + p.sd*z
		}
		return t
	}
	tail := normalTail(min(z0, maxZ))
	t.comes *= tail / (t.comes*tail + p.noShow)
	for i := range t.at {
		z := -normalQuantile(tail * (1 - (float64(i)+0.5)/paths))
		t.at[i] = max(0, slot+p.mean+p.sd*z)
	}
	return t
}
