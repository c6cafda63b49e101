package hours

import (
	"fmt"
	"slices"
	"time"
)

// Window is from one instant until, but not including, another.
type Window struct{ From, To time.Time }

// Holds reports whether an instant is inside.
func (w Window) Holds(at time.Time) bool { return !at.Before(w.From) && at.Before(w.To) }

// Empty reports whether no instant is inside.
func (w Window) Empty() bool { return !w.From.Before(w.To) }

// Session is one session (診療帯) of one business date.
type Session struct {
	Date string // the business date
	// ID is the session's name, unique on its date: a second morning is
	// morning-2, a third morning-3. They are counted in the record's order, the
	// date's own frames before the extra ones, so that a session added during
	// the day takes no other one's id.
	ID      string
	Kind    string // [Morning], [Afternoon] or [Evening]
	Consult Window // when patients are seen
	Desk    Window // when the desk gives numbers
	Web     Window // when the web does; zero if the web hours leave nothing of it
}

// Sessions returns the sessions of a business date, in the order of their
// consultations. It is empty for a closed date, and for a text that is no date.
func (c Calendar) Sessions(date string, loc *time.Location) []Session {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return nil
	}
	var sessions []Session
	nth := map[string]int{}
	open := c.open(d)
	for _, f := range c.frames(d) {
		nth[f.Session]++
		w, ok := f.windows(c.day())
		s := Session{
			Date: date, ID: f.Session, Kind: f.Session,
			Consult: w.consult.window(d, loc), Desk: w.desk.window(d, loc), Web: w.web.and(open).window(d, loc),
		}
		if !ok || s.Consult.Empty() {
			continue
		}
		if n := nth[f.Session]; n > 1 {
			s.ID = fmt.Sprintf("%s-%d", f.Session, n)
		}
		sessions = append(sessions, s)
	}
	slices.SortStableFunc(sessions, func(a, b Session) int { return a.Consult.From.Compare(b.Consult.From) })
	return sessions
}

// WebHours returns when the web is served at all on a business date (D06); the
// empty window for what is no date.
func (c Calendar) WebHours(date string, loc *time.Location) Window {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return Window{}
	}
	return c.open(d).window(d, loc)
}

// windows are the three of a frame, in minutes from midnight.
type windows struct{ consult, desk, web minutes }

// windows fills in what the frame leaves out. It is not ok if a time cannot be read.
func (f Frame) windows(day minutes) (w windows, ok bool) {
	if w.consult, ok = f.Consult.minutes(); !ok {
		return windows{}, false
	}
	desk := f.Desk
	if desk.From == "" {
		desk.From = clock(max(day.from, w.consult.from-deskLead))
	}
	if desk.To == "" {
		desk.To = f.Consult.To
	}
	if w.desk, ok = desk.minutes(); !ok {
		return windows{}, false
	}
	w.web = minutes{w.consult.from + f.WebOpen, w.consult.to + f.WebClose}
	return w, true
}

// Now is what the timetable says of one instant.
type Now struct {
	Date string // the business date
	// Web and Desk are the sessions for which the web and the desk give numbers,
	// earliest first: the afternoon's reception may begin during the morning.
	Web, Desk []Session
	// Consult is the session in which patients are seen; its ID is empty
	// between sessions.
	Consult Session
	// Next is the session whose web window opens next, at Next.Web.From; its
	// ID is empty if none opens within 14 days.
	Next Session
	// Until is when to ask again: nothing here changes before it.
	Until time.Time
}

// lookAhead is how many days after today a countdown may reach.
const lookAhead = 14

// At returns what the timetable says of an instant, in a zone.
func (c Calendar) At(at time.Time, loc *time.Location) Now {
	date := c.date(at, loc)
	now := Now{Date: date.Format(time.DateOnly)}
	_, now.Until = c.Bounds(now.Date, loc)
	for _, s := range c.Sessions(now.Date, loc) {
		if s.Web.Holds(at) {
			now.Web = append(now.Web, s)
		}
		if s.Desk.Holds(at) {
			now.Desk = append(now.Desk, s)
		}
		if s.Consult.Holds(at) {
			now.Consult = s
		}
		for _, w := range []Window{s.Web, s.Desk, s.Consult} {
			for _, edge := range []time.Time{w.From, w.To} {
				if edge.After(at) && edge.Before(now.Until) {
					now.Until = edge
				}
			}
		}
	}
	for ahead := 0; ahead <= lookAhead && now.Next.ID == ""; ahead++ {
		for _, s := range c.Sessions(date.AddDate(0, 0, ahead).Format(time.DateOnly), loc) {
			if s.Web.From.After(at) && (now.Next.ID == "" || s.Web.From.Before(now.Next.Web.From)) {
				now.Next = s
			}
		}
	}
	return now
}
