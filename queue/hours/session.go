package hours

import (
	"slices"
	"time"
)

// Window is the half-open range of instants from From to To.
type Window struct{ From, To time.Time }

// Holds reports whether an instant is in the window.
func (w Window) Holds(at time.Time) bool { return !at.Before(w.From) && at.Before(w.To) }

// Empty reports whether no instant is in the window.
func (w Window) Empty() bool { return !w.From.Before(w.To) }

// Session is a session (診療帯) of a business date.
type Session struct {
	Date string // business date
	// ID is unique on the date: morning, then morning-2 and so on. It counts
	// the frames in the order of the calendar, and extra frames last. So a
	// session that is added during the day does not change the others' IDs.
	ID      string
	Kind    string // [Morning], [Afternoon] or [Evening]
	Consult Window // time of consultation
	Hours   Span   // Consult as the timetable writes it
	Desk    Window // time in which the desk issues numbers
	Web     Window // time in which the web issues numbers; zero if outside the web hours
}

// Sessions returns the sessions of a business date, in the order of
// consultation, without those that are closed. It is empty for a closed or invalid
// date.
func (c Calendar) Sessions(date string, loc *time.Location) []Session {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return nil
	}
	var sessions []Session
	open := c.open(d)
	frames := c.frames(d)
	ids := sessionIDs(frames)
	for i, f := range frames {
		w, ok := f.windows(c.day())
		s := Session{
			Date: date, ID: ids[i], Kind: f.Session, Hours: f.Consult,
			Consult: w.consult.window(d, loc), Desk: w.desk.window(d, loc), Web: w.web.and(open).window(d, loc),
		}
		if !ok || s.Consult.Empty() || c.closes(date, s.ID) {
			continue
		}
		sessions = append(sessions, s)
	}
	slices.SortStableFunc(sessions, func(a, b Session) int { return a.Consult.From.Compare(b.Consult.From) })
	return sessions
}

// WebHours returns the web hours of a business date (D06), or the empty window
// if the date is invalid.
func (c Calendar) WebHours(date string, loc *time.Location) Window {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return Window{}
	}
	return c.open(d).window(d, loc)
}

// windows are the windows of a frame, in minutes from midnight.
type windows struct{ consult, desk, web minutes }

// windows returns the windows with defaults for omitted times. It returns false
// if a time is invalid.
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

// Now is the state of the timetable at an instant.
type Now struct {
	Date string // business date
	// Web and Desk are the sessions for which the web and the desk issue
	// numbers, earliest first. The afternoon's reception may begin during the
	// morning.
	Web, Desk []Session
	// Consult is the session of the current consultation; its ID is empty without one.
	Consult Session
	// Next is the session whose web window opens next; its ID is empty if none
	// opens within 14 days.
	Next Session
	// Until is the instant of the next change.
	Until time.Time
}

// lookAhead is the number of days that At searches for the next session.
const lookAhead = 14

// At returns the state of the timetable at an instant, in a zone.
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
