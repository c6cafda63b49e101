// Package hours interprets a clinic's timetable. It returns the business date
// of an instant, the sessions (診療帯) of a date, and the open windows.
//
// Every instant belongs to exactly one business date, and a later instant never
// to an earlier date. The sessions of a date are ordered and lie within it. All
// functions are pure: they read no clock, keep no state, and are safe for
// concurrent use.
//
// The package does not open or close a line. The desk can override the
// timetable; package queue has the override.
//
// # Business dates
//
// The session of a night clinic runs past midnight, and its numbers and figures
// belong to the evening. So a business date begins at the cutover, normally
// 04:00. Times after midnight are written as 24:00 and later. A session from
// 22:00 to 26:00 is one session of one date. The cutover is at most 06:00, when
// the normal web hours begin (D06).
//
// # Daylight saving time
//
// A time means the first instant at which clocks in the clinic's zone show it.
// If the clocks skip a time, it means the instant of the change. So ordered
// times stay ordered in every zone. Windows become shorter or longer with the
// day, and a session that is skipped entirely does not take place.
package hours

import (
	"slices"
	"time"
)

// Calendar is a clinic's timetable: a normal week and exceptions. A clinic with
// an empty calendar has no sessions, and opens and closes manually. Methods
// ignore invalid parts of a calendar; see [Calendar.Validate].
type Calendar struct {
	// Cutover is the time at which a business date begins. The default is
	// [DefaultCutover].
	Cutover Clock `json:"cutover,omitempty"`
	// Weekly has the normal frames of each day: mon, tue, wed, thu, fri, sat,
	// sun.
	Weekly map[string][]Frame `json:"weekly,omitempty"`
	// Exceptions are the dates that differ from their weekday, in any order,
	// without duplicates.
	Exceptions []Exception `json:"exceptions,omitempty"`
	// Open has the web hours of each day (D06). They limit the web windows. The
	// default is [DefaultOpen], extended to include the web windows of the
	// date. So the web of a night clinic stays open past midnight.
	Open map[string]Span `json:"open,omitempty"`
	// Closed are sessions that the desk of a service has closed. They are no part of the
	// timetable: a service adds its own.
	Closed []Closing `json:"-"`
}

// Closing closes a session of a date, or the whole date (休診).
type Closing struct {
	Date    string `json:"date"`
	Session string `json:"session,omitempty"` // its ID; "": all sessions of the date
}

// closes reports whether a session of a date is closed.
func (c Calendar) closes(date, session string) bool {
	return slices.ContainsFunc(c.Closed, func(x Closing) bool { return x.Date == date && (x.Session == "" || x.Session == session) })
}

// Frame is a session of a day, as written in the timetable.
type Frame struct {
	// Session is [Morning], [Afternoon] or [Evening].
	Session string `json:"session"`
	// Consult is the time of consultation (診療時間).
	Consult Span `json:"consult"`
	// Desk is the time in which the desk issues numbers (窓口受付). By default,
	// it begins 30 minutes before Consult and ends with it.
	Desk Span `json:"desk,omitzero"`
	// WebOpen is the start of the web window (ネット受付), in minutes after the
	// start of Consult. A negative value is before it.
	WebOpen int `json:"webOpen,omitempty"`
	// WebClose is the end of the web window, in minutes after the end of
	// Consult. A negative value is before it.
	WebClose int `json:"webClose,omitempty"`
}

// Exception is a date that differs from its weekday.
type Exception struct {
	Date   string `json:"date"` // such as 2026-12-30
	Closed bool   `json:"closed,omitempty"`
	// Reason is public, for example 祝日 or 臨時休診.
	Reason string `json:"reason,omitempty"`
	// Frames replace those of the weekday, if there are any.
	Frames []Frame `json:"frames,omitempty"`
	// Extra has additional frames (one-off sessions). Append new ones at the
	// end, because the IDs of sessions depend on the order; see [Session].
	Extra []Frame `json:"extra,omitempty"`
	// Open replaces the weekday's web hours, for example during maintenance
	// (D06).
	Open *Span `json:"open,omitempty"`
}

// Span is a range of times within a business date.
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

// DefaultCutover is the default of [Calendar.Cutover].
const DefaultCutover Clock = "04:00"

// DefaultOpen returns the default of [Calendar.Open].
func DefaultOpen() Span { return Span{"06:00", "24:00"} }

// deskLead is the number of minutes from the opening of the desk to Consult.
const deskLead = 30

// on returns the exception of a date, or the zero value.
func (c Calendar) on(date time.Time) Exception {
	text := date.Format(time.DateOnly)
	for i := range c.Exceptions { // by index: an exception is expensive to copy
		if c.Exceptions[i].Date == text {
			return c.Exceptions[i]
		}
	}
	return Exception{}
}

// frames returns the sessions of a date, in the order of the calendar.
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

// open returns the web hours of a date.
func (c Calendar) open(date time.Time) minutes {
	e := c.on(date)
	if e.Open != nil {
		if m, ok := e.Open.minutes(); ok {
			return m
		}
	}
	return c.openOn(key(date.Weekday()), c.frames(date))
}

// openOn returns the web hours of a weekday with the given frames.
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

// weekdays returns the keys of Weekly and Open, in the order of [time.Weekday].
func weekdays() [7]string { return [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} }

func key(d time.Weekday) string { return weekdays()[d] }
