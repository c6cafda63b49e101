package hours

import (
	"fmt"
	"strconv"
	"time"
)

// Clock is a time of a business date such as "09:00". It counts from the
// midnight at which the calendar date begins: "26:00" is two o'clock in the
// following night.
type Clock string

// Limits of a Clock and of a cutover, in minutes.
const (
	dayLength     = 24 * 60
	latestCutover = 6 * 60
	latestClock   = latestCutover + dayLength
)

// Minutes returns the minutes from midnight. It accepts 00:00 to 30:00, with
// two digits each.
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

// clock returns the time at a number of minutes after midnight.
func clock(minutes int) Clock { return Clock(fmt.Sprintf("%02d:%02d", minutes/60, minutes%60)) }

// minutes is a span in minutes from midnight.
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

// params returns the parameters of an error about the span.
func (m minutes) params() []any { return []any{"from", clock(m.from), "to", clock(m.to)} }

// window returns the instants of a span on a date, or the zero window if there
// are none.
func (m minutes) window(date time.Time, loc *time.Location) Window {
	w := Window{instant(date, m.from, loc), instant(date, m.to, loc)}
	if w.Empty() {
		return Window{}
	}
	return w
}

// instant returns the first instant at which clocks in a zone show a time of a
// date. If they skip it, it returns the instant of the change.
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
	// Clocks set back show the time twice; time.Date may return either instant.
	_, offset := at.Zone()
	_, before := start.Add(-1).Zone()
	if first := at.Add(time.Duration(offset-before) * time.Second); first.Before(start) {
		return first
	}
	return at
}

// shown returns what clocks in a zone show at an instant, as a time in UTC.
func shown(at time.Time, loc *time.Location) time.Time {
	at = at.In(loc)
	y, m, d := at.Date()
	return time.Date(y, m, d, at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC)
}
