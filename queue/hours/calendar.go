// Package hours says what a clinic's timetable means: which business date an
// instant belongs to, which sessions (診療帯) a date has, and which of their
// windows are open now.
//
// It promises that every instant belongs to exactly one business date, that
// dates never go back while time goes forward, and that the sessions of a date
// lie inside it, in order. The same calendar, zone and instant always give the
// same answer: nothing here reads a clock, keeps state or starts anything, so
// every function may be called from anywhere at once.
//
// It never opens or closes a line. It says what the timetable wants; the desk
// may have stopped or opened reception by hand, and that is the line's to know.
//
// # Why a day does not end at midnight
//
// A night clinic's session runs past midnight, and its patients, numbers and
// figures are of the evening before. A business date therefore begins at the
// cutover, normally 04:00, and the hours after midnight are written as 24:00
// and on: a session of 22:00 to 26:00 is one session of one date. The cutover
// is at 06:00 at the latest, where the normal web hours begin, so that
// the change of date falls into the hours in which nobody is served (D06).
//
// # What a time means when the clocks are changed
//
// A written time means the first instant at which the clinic's clocks show it.
// A time that the clocks leap over means the instant of the leap. Times in
// order thus stay in order in every zone, whichever way the clocks go: windows
// become shorter or longer with the day, and a session that was leapt over
// entirely does not take place.
package hours

import (
	"slices"
	"time"
)

// Calendar is a clinic's timetable: a normal week, and the dates that differ.
// An empty calendar has no sessions; such a clinic opens and closes by hand.
// Everything but [Calendar.Validate] wants a calendar that Validate finds
// nothing wrong with; of another one, what cannot be read is left out.
type Calendar struct {
	// Cutover is the time at which a business date begins; left out, [DefaultCutover].
	Cutover Clock `json:"cutover,omitempty"`
	// Weekly has the normal frames of each day, under mon, tue, wed, thu, fri, sat, sun.
	Weekly map[string][]Frame `json:"weekly,omitempty"`
	// Exceptions are the dates that differ, in any order, each date once.
	Exceptions []Exception `json:"exceptions,omitempty"`
	// Open has the web hours, in which the web is served at all, under the
	// same keys (D06). What a web window has outside them is cut off. A day left
	// out has [DefaultOpen], widened to hold the web windows of the date: the
	// web of a night clinic stays open past midnight (row U13).
	Open map[string]Span `json:"open,omitempty"`
}

// Frame is one session of a day, as the timetable has it.
type Frame struct {
	// Session is its name: [Morning], [Afternoon] or [Evening].
	Session string `json:"session"`
	// Consult is when patients are seen (診療時間).
	Consult Span `json:"consult"`
	// Desk is when the desk gives numbers (窓口受付). Either end may be left
	// out: it begins 30 minutes before patients are seen, and ends with that.
	Desk Span `json:"desk,omitzero"`
	// WebOpen is when the web begins to give numbers (ネット受付), in minutes
	// from the beginning of Consult; negative is before it.
	WebOpen int `json:"webOpen,omitempty"`
	// WebClose is when the web stops, in minutes from the end of Consult;
	// negative is before it.
	WebClose int `json:"webClose,omitempty"`
}

// Exception is one date that differs from its weekday.
type Exception struct {
	Date   string `json:"date"` // such as 2026-12-30
	Closed bool   `json:"closed,omitempty"`
	// Reason is told to the public: 祝日, 臨時休診.
	Reason string `json:"reason,omitempty"`
	// Frames replace those of the weekday, unless there are none.
	Frames []Frame `json:"frames,omitempty"`
	// Extra frames are added to those of the date (one-off sessions). New ones
	// go to the end: see [Session] on ids.
	Extra []Frame `json:"extra,omitempty"`
	// Open replaces the weekday's web hours, as for maintenance (D06).
	Open *Span `json:"open,omitempty"`
}

// Span is from a time to a later time of the same business date.
type Span struct {
	From Clock `json:"from,omitempty"`
	To   Clock `json:"to,omitempty"`
}

// The sessions of a day (午前, 午後, 夜間).
const (
	Morning   = "morning"
	Afternoon = "afternoon"
	Evening   = "evening"
)

// DefaultCutover is when a business date begins, unless the calendar says otherwise.
const DefaultCutover Clock = "04:00"

// DefaultOpen returns the web hours, unless the calendar says otherwise (D06).
func DefaultOpen() Span { return Span{"06:00", "24:00"} }

// deskLead is how many minutes before the first patient the desk opens.
const deskLead = 30

// on is what the calendar says about that one date; the zero value is nothing.
func (c Calendar) on(date time.Time) Exception {
	text := date.Format(time.DateOnly)
	for i := range c.Exceptions { // by index: an exception is a lot to copy
		if c.Exceptions[i].Date == text {
			return c.Exceptions[i]
		}
	}
	return Exception{}
}

// frames are the sessions that take place on a date, in the record's order.
func (c Calendar) frames(date time.Time) []Frame {
	e := c.on(date)
	if e.Closed {
		return nil
	}
	usual := c.Weekly[key(date.Weekday())]
	if len(e.Frames) > 0 {
		usual = e.Frames
	}
	return slices.Concat(usual, e.Extra)
}

// open are the web hours of a date.
func (c Calendar) open(date time.Time) minutes {
	e := c.on(date)
	if e.Open != nil {
		if m, ok := e.Open.minutes(); ok {
			return m
		}
	}
	return c.openOn(key(date.Weekday()), c.frames(date))
}

// openOn are the web hours of a weekday on which these frames take place.
func (c Calendar) openOn(weekday string, frames []Frame) minutes {
	if m, ok := c.Open[weekday].minutes(); ok {
		return m
	}
	m, _ := DefaultOpen().minutes()
	for i := range frames {
		if w, ok := frames[i].windows(c.day()); ok {
			m = minutes{min(m.from, w.web.from), max(m.to, w.web.to)}
		}
	}
	return m
}

// weekdays are the keys of Weekly and Open, in time.Weekday's order.
func weekdays() [7]string { return [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} }

func key(d time.Weekday) string { return weekdays()[d] }
