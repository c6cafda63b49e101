package hours

import (
	"cmp"
	"time"
)

// The business date of an instant: it changes at the cutover, normally 04:00.

// day returns the span of a business date.
func (c Calendar) day() minutes {
	from, err := cmp.Or(c.Cutover, DefaultCutover).Minutes() // creating the error for an empty one would dominate the cost
	if err != nil {
		from, _ = DefaultCutover.Minutes()
	}
	return minutes{from, from + dayLength}
}

// Day returns the business date of an instant in a zone, such as 2026-12-30. A
// later instant never has an earlier date.
func (c Calendar) Day(at time.Time, loc *time.Location) string {
	return c.date(at, loc).Format(time.DateOnly)
}

// date returns [Calendar.Day] as midnight in UTC.
func (c Calendar) date(at time.Time, loc *time.Location) time.Time {
	cutover := c.day().from
	date := shown(at, loc).Add(-time.Duration(cutover) * time.Minute).Truncate(24 * time.Hour)
	// Clocks set back may show a time before the cutover although it has
	// passed.
	for !at.Before(instant(date.AddDate(0, 0, 1), cutover, loc)) {
		date = date.AddDate(0, 0, 1)
	}
	return date
}

// Bounds returns the first instant of a business date, and that of the next
// date. They are zero if the date is invalid.
func (c Calendar) Bounds(date string, loc *time.Location) (from, to time.Time) {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return time.Time{}, time.Time{}
	}
	cutover := c.day().from
	return instant(d, cutover, loc), instant(d.AddDate(0, 0, 1), cutover, loc)
}
