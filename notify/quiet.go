package notify

import (
	"cmp"
	"time"

	"junban/queue/clinic"
	"junban/queue/hours"
)

const (
	quietFrom  hours.Clock = "21:00"
	quietUntil hours.Clock = "08:00"
	evening                = 20 // the hour of the evening before, to which a reminder is moved
)

// quiet are the hours of a clinic in which no reminder and no news is sent.
type quiet struct {
	from, until int // minutes of the day; equal: there are none
	zone        *time.Location
}

// quietOf returns a clinic's quiet hours. A time that is none counts as the default.
func quietOf(q clinic.Quiet, zone *time.Location) quiet {
	minutes := func(c, otherwise hours.Clock) int {
		m, err := cmp.Or(c, otherwise).Minutes()
		if err != nil {
			m, _ = otherwise.Minutes() // a constant
		}
		return m % (24 * 60)
	}
	return quiet{minutes(q.From, quietFrom), minutes(q.Until, quietUntil), zone}
}

// began returns when the quiet hours began that an instant is in; ok is false where it is
// in none.
func (q quiet) began(at time.Time) (began time.Time, ok bool) {
	at = at.In(q.zone)
	minute := at.Hour()*60 + at.Minute()
	day := 0
	switch {
	case q.from < q.until:
		ok = minute >= q.from && minute < q.until
	case q.from > q.until && minute < q.until:
		day, ok = -1, true
	case q.from > q.until:
		ok = minute >= q.from
	}
	if !ok {
		return time.Time{}, false
	}
	return time.Date(at.Year(), at.Month(), at.Day()+day, 0, q.from, 0, 0, q.zone), true
}

// earlier moves an instant out of the quiet hours, to the evening before them.
func (q quiet) earlier(at time.Time) time.Time {
	began, ok := q.began(at)
	if !ok {
		return at
	}
	if moved := time.Date(began.Year(), began.Month(), began.Day(), evening, 0, 0, 0, q.zone); moved.Before(began) {
		return moved
	}
	return began.Add(-time.Hour)
}

// later moves an instant out of the quiet hours, to their end.
func (q quiet) later(at time.Time) time.Time {
	began, ok := q.began(at)
	if !ok {
		return at
	}
	day := 0
	if q.from > q.until {
		day = 1
	}
	return time.Date(began.Year(), began.Month(), began.Day()+day, 0, q.until, 0, 0, q.zone)
}
