package clinic

import (
	"time"

	"junban/queue/hours"
)

// DayOf returns the clinic's business date of an instant. The date changes at the
// calendar's cutover, normally 04:00 in the clinic's zone. The hours before it belong
// to the evening before (domain §5.5).
func (c Clinic) DayOf(at time.Time, loc *time.Location) Day {
	return Day(c.calendar().Day(at, loc))
}

// Bounds returns the first and the past-last instant of a business date.
func (c Clinic) Bounds(d Day, loc *time.Location) (from, until time.Time) {
	return c.calendar().Bounds(string(d), loc)
}

// calendar is the clinic's timetable; one without sessions where it has none.
func (c Clinic) calendar() hours.Calendar {
	if c.Calendar == nil {
		return hours.Calendar{}
	}
	return *c.Calendar
}

// Timetable returns the calendar of a service: its own, or the clinic's, without the
// sessions that its desk has closed. It reports whether there is one. Without one, the desk opens and closes, and there are no
// sessions.
func (c Clinic) Timetable(s Service) (hours.Calendar, bool) {
	switch {
	case s.Calendar != nil:
		own := *s.Calendar
		own.Cutover, own.Closed = c.calendar().Cutover, s.Closed
		return own, true
	case c.Calendar != nil:
		shared := *c.Calendar
		shared.Closed = s.Closed
		return shared, true
	default:
		return hours.Calendar{}, false
	}
}

// Compact returns the date as ticket ids have it, yymmdd.
func (d Day) Compact() string { return string(d[2:4]) + string(d[5:7]) + string(d[8:10]) }

// SessionsOn returns the sessions of a service on a day. The list is empty on a closed
// day, and nil without such a service or without a timetable.
func (c Clinic) SessionsOn(service string, d Day, loc *time.Location) []hours.Session {
	s, ok := c.Service(service)
	if !ok {
		return nil
	}
	calendar, timed := c.Timetable(s)
	if !timed {
		return nil
	}
	return append([]hours.Session{}, calendar.Sessions(string(d), loc)...)
}

// Add returns the date n days after another; before it, for a negative n.
func (d Day) Add(n int) Day {
	date, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d // a day is a date
	}
	return Day(date.AddDate(0, 0, n).Format(time.DateOnly))
}
