package estimate

import (
	"fmt"
	"time"
)

// MaxHalfHours limits the half hours that are learned: of twenty services,
// twenty hours each day.
const MaxHalfHours = 20 * 7 * 40

const (
	// countDays is the number of days of a weekday over which a half hour is
	// averaged.
	countDays = 8
	// maxCountRatio limits a day to this multiple of the mean, so that one
	// surge does not become usual.
	maxCountRatio = 2
)

// HalfHour returns the name of a service's nth half hour of the business day on
// a weekday.
func HalfHour(service string, day time.Weekday, nth int) string {
	return fmt.Sprintf("%s %d %d", service, day, nth)
}

// HalfOf returns the half hour of now in a business day that began at day.
func HalfOf(day, now time.Time) int { return int(now.Sub(day) / (30 * time.Minute)) }

// Arrivals returns the mean number of web tickets in a half hour, over the days
// that had any. It also returns the number of those days.
func (l *Learned) Arrivals(service string, day time.Weekday, nth int) (mean, days float64) {
	if l == nil {
		return 0, 0
	}
	c := l.Web[HalfHour(service, day, nth)]
	return c.Mean, c.Days
}

// arrive adds a day's web tickets of a half hour.
func (l *Learned) arrive(half string, n int) {
	c, known := l.Web[half]
	if n <= 0 || !known && len(l.Web) >= MaxHalfHours {
		return
	}
	if l.Web == nil {
		l.Web = map[string]Count{}
	}
	x := float64(n)
	if c.Days >= 2 {
		x = min(x, maxCountRatio*c.Mean)
	}
	c.Days = min(c.Days+1, countDays)
	c.Mean += (x - c.Mean) / c.Days
	l.Web[half] = c
}
