package hours

import (
	"cmp"
	"fmt"
	"strconv"
	"time"
)

// Clock is a time of a business date as people write it, "09:00". It counts
// from midnight, where the date's own day begins, and goes on after the next
// one: "26:00" is two o'clock in the night that follows.
type Clock string

// The bounds of a Clock and of a cutover, in minutes: with the latest cutover,
// 06:00, a business date ends at 30:00.
const (
	dayLength     = 24 * 60
	latestCutover = 6 * 60
	latestClock   = latestCutover + dayLength
)

// Minutes returns the minutes from midnight, and an error if the text is not a
// time from 00:00 to 30:00 in this very form.
func (c Clock) Minutes() (int, error) {
	if len(c) == len("00:00") && c[2] == ':' {
		h, errH := strconv.ParseUint(string(c[:2]), 10, 8)
		m, errM := strconv.ParseUint(string(c[3:]), 10, 8)
		if n := int(h*60 + m); errH == nil && errM == nil && m < 60 && n <= latestClock {
			return n, nil
		}
	}
	return 0, fmt.Errorf("%q is not a time from 00:00 to %s", string(c), clock(latestClock))
}

// clock is the time that is so many minutes after midnight.
func clock(minutes int) Clock { return Clock(fmt.Sprintf("%02d:%02d", minutes/60, minutes%60)) }

// minutes are a span in minutes from midnight.
type minutes struct{ from, to int }

func (s Span) minutes() (m minutes, ok bool) {
	from, err := s.From.Minutes()
	if err != nil {
		return minutes{}, false
	}
	to, err := s.To.Minutes()
	return minutes{from, to}, err == nil
}

func (m minutes) and(other minutes) minutes {
	return minutes{max(m.from, other.from), min(m.to, other.to)}
}

func (m minutes) empty() bool { return m.to <= m.from }

// params are the parameters of an error about the span.
func (m minutes) params() []any { return []any{"from", clock(m.from), "to", clock(m.to)} }

// window are the instants of a span on a date; an empty one is the zero window.
func (m minutes) window(date time.Time, loc *time.Location) Window {
	w := Window{instant(date, m.from, loc), instant(date, m.to, loc)}
	if w.Empty() {
		return Window{}
	}
	return w
}

// day is the whole business date, in minutes from midnight.
func (c Calendar) day() minutes {
	from, err := cmp.Or(c.Cutover, DefaultCutover).Minutes() // to refuse an empty one costs more than all the rest
	if err != nil {
		from, _ = DefaultCutover.Minutes()
	}
	return minutes{from, from + dayLength}
}

// Day returns the business date that an instant belongs to in a zone, such as
// 2026-12-30. A later instant never has an earlier date.
func (c Calendar) Day(at time.Time, loc *time.Location) string {
	return c.date(at, loc).Format(time.DateOnly)
}

// date is [Calendar.Day] as midnight in UTC, which is how dates are counted here.
func (c Calendar) date(at time.Time, loc *time.Location) time.Time {
	cutover := c.day().from
	date := shown(at, loc).Add(-time.Duration(cutover) * time.Minute).Truncate(24 * time.Hour)
	// Clocks that were put back may show the time before a cutover that was
	// reached; they never show one that was not.
	for !at.Before(instant(date.AddDate(0, 0, 1), cutover, loc)) {
		date = date.AddDate(0, 0, 1)
	}
	return date
}

// Bounds returns the first instant of a business date and the first one after
// it, where the next date begins. They are zero if the date is not one.
func (c Calendar) Bounds(date string, loc *time.Location) (from, to time.Time) {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return time.Time{}, time.Time{}
	}
	cutover := c.day().from
	return instant(d, cutover, loc), instant(d.AddDate(0, 0, 1), cutover, loc)
}

// instant is the first one at which clocks in a zone show so many minutes after
// the midnight that begins a date, or the one at which they leap over that.
func instant(date time.Time, minute int, loc *time.Location) time.Time {
	asked := date.Add(time.Duration(minute) * time.Minute)
	at := time.Date(asked.Year(), asked.Month(), asked.Day(), asked.Hour(), asked.Minute(), 0, 0, loc)
	start, end := at.ZoneBounds()
	switch got := shown(at, loc); {
	case got.After(asked):
		return start
	case got.Before(asked):
		return end
	case start.IsZero():
		return at
	}
	// Clocks that were put back show it twice; time.Date may give either.
	_, offset := at.Zone()
	_, before := start.Add(-1).Zone()
	if first := at.Add(time.Duration(offset-before) * time.Second); first.Before(start) {
		return first
	}
	return at
}

// shown is what clocks in a zone show at an instant, as if that were UTC.
func shown(at time.Time, loc *time.Location) time.Time {
	at = at.In(loc)
	y, m, d := at.Date()
	return time.Date(y, m, d, at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC)
}
