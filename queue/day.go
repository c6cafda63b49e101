package queue

import "time"

// Cutover is the hour at which a business day begins, in the clinic's zone:
// a night clinic's small hours belong to the evening before (domain §5.5).
const Cutover = 4

// DayOf returns the business date of an instant in a zone. It goes by the
// zone's calendar, so a day of 23 or 25 hours is one day.
func DayOf(at time.Time, loc *time.Location) Day {
	at = at.In(loc)
	y, m, d := at.Date()
	if at.Hour() < Cutover {
		d--
	}
	return Day(time.Date(y, m, d, 12, 0, 0, 0, loc).Format(time.DateOnly))
}

// bounds returns the first and the past-last instant of the business day.
func (d Day) bounds(loc *time.Location) (from, til time.Time) {
	at, err := time.ParseInLocation(time.DateOnly, string(d), loc)
	if err != nil {
		return time.Time{}, time.Time{}
	}
	y, m, day := at.Date()
	return time.Date(y, m, day, Cutover, 0, 0, 0, loc), time.Date(y, m, day+1, Cutover, 0, 0, 0, loc)
}

// compact returns the date as ticket ids have it, yymmdd.
func (d Day) compact() string { return string(d[2:4]) + string(d[5:7]) + string(d[8:10]) }
