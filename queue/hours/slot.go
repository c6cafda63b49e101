package hours

import (
	"fmt"
	"time"
)

// Slot is a part of a session in which several patients are seen (時間帯枠). Its start
// names it on its business date.
type Slot struct {
	// Start and End are times of the business date. A slot past midnight is such as
	// 25:30 to 26:00.
	Start, End Clock
	// From and To are the instants of Start and End. They are zero in a week
	// without dates; see [Calendar.SlotsOn].
	From, To time.Time
	Session  string // ID of its session
}

// Slots returns the slots of sessions of one or more dates, each of that many minutes,
// in the order of the sessions.
//
// The last slot of a session is shorter where the session ends earlier. It is
// offered if it is at least half as long as the others, and omitted otherwise.
// Slots that the clocks skip entirely are omitted too. A duration below one minute
// makes no slots.
func Slots(sessions []Session, length int, loc *time.Location) []Slot {
	var slots []Slot
	for _, s := range sessions {
		date, err := time.Parse(time.DateOnly, s.Date)
		consult, ok := s.Hours.minutes()
		if err != nil || !ok {
			continue
		}
		for _, m := range consult.cut(length) {
			if w := m.window(date, loc); !w.Empty() {
				slots = append(slots, Slot{clock(m.from), clock(m.to), w.From, w.To, s.ID})
			}
		}
	}
	return slots
}

// SlotsOn returns the slots of a normal weekday (mon to sun) in the order of the
// calendar. Without a date, they have no instants.
func (c Calendar) SlotsOn(weekday string, length int) []Slot {
	var slots []Slot
	ids := sessionIDs(c.Weekly[weekday])
	for i, f := range c.Weekly[weekday] {
		consult, ok := f.Consult.minutes()
		if !ok {
			continue
		}
		for _, m := range consult.cut(length) {
			slots = append(slots, Slot{Start: clock(m.from), End: clock(m.to), Session: ids[i]})
		}
	}
	return slots
}

// cut returns the slots of a span in minutes from midnight.
func (m minutes) cut(length int) []minutes {
	if length < 1 {
		return nil
	}
	var parts []minutes
	for from := m.from; from < m.to; from += length {
		part := minutes{from, min(from+length, m.to)}
		if 2*(part.to-part.from) >= length {
			parts = append(parts, part)
		}
	}
	return parts
}

// sessionIDs returns the ID of the session of each frame of a date; see [Session].
func sessionIDs(frames []Frame) []string {
	ids := make([]string, len(frames))
	nth := map[string]int{}
	for i, f := range frames {
		nth[f.Session]++
		ids[i] = f.Session
		if n := nth[f.Session]; n > 1 {
			ids[i] = fmt.Sprintf("%s-%d", f.Session, n)
		}
	}
	return ids
}

// Instant returns the instant of a time of a business date in a zone, as package
// hours means it. It reports false for an invalid date or time.
func Instant(date string, at Clock, loc *time.Location) (time.Time, bool) {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return time.Time{}, false
	}
	m, err := at.Minutes()
	if err != nil {
		return time.Time{}, false
	}
	return instant(d, m, loc), true
}

// Weekday returns the key of a date's weekday, mon to sun, or "" of an invalid date.
func Weekday(date string) string {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return ""
	}
	return key(d.Weekday())
}

// Weekdays returns the keys of [Calendar.Weekly] from Monday to Sunday.
func Weekdays() []string {
	all := weekdays()
	return append(all[1:], all[0])
}
