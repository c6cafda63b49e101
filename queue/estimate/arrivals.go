package estimate

import (
	"fmt"
	"time"
)

// MaxHalfHours bounds the half hours that are kept: of twenty services each one of
// twenty hours a day. One beyond it is not learned.
const MaxHalfHours = 20 * 7 * 40

const (
	// countDays is over how many days of the same weekday a half hour is averaged.
	countDays = 8
	// countMost is how many times its mean one day counts for at most, so that the
	// flood of one day does not make the next one usual.
	countMost = 2
)

// HalfHour names a half hour of a service: the nth from the beginning of the
// business day of a weekday.
func HalfHour(service string, day time.Weekday, nth int) string {
	return fmt.Sprintf("%s %d %d", service, day, nth)
}

// HalfOf is which half hour now is, of a business day that began at day.
func HalfOf(day, now time.Time) int { return int(now.Sub(day) / (30 * time.Minute)) }

// Arrivals returns how many web tickets that half hour brings on a day on which it
// brings any, and on how many days that was seen.
func (l *Learned) Arrivals(service string, day time.Weekday, nth int) (mean, days float64) {
	if l == nil {
		return 0, 0
	}
	c := l.Web[HalfHour(service, day, nth)]
	return c.Mean, c.Days
}

// arrive takes a day's web tickets of a half hour in.
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
		x = min(x, countMost*c.Mean)
	}
	c.Days = min(c.Days+1, countDays)
	c.Mean += (x - c.Mean) / c.Days
	l.Web[half] = c
}
