package queue

import (
	"time"

	"junban/queue/hours"
)

// Manual is what the desk has set against the timetable. Without a timetable it holds
// until it is set again.
type Manual struct {
	Reception Reception // "": nothing
	Until     time.Time // zero without a timetable
	Reason    string    // shown to the public; "": none
}

// wake notes an instant at which the snapshot changes without an act: the feed then
// reads another one. Instants that have passed count too.
func (s *Snapshot) wake(at time.Time) {
	if !at.IsZero() && (s.expiry.IsZero() || at.Before(s.expiry)) {
		s.expiry = at
	}
}

// wakeLater is wake for an instant in the future; it ignores others.
func (s *Snapshot) wakeLater(at time.Time) {
	if at.After(s.At) {
		s.wake(at)
	}
}

// at returns what holds at an instant: m before Until, nothing after it. If there is a
// timetable, an m without an end does not hold: it was set before the timetable.
func (m Manual) at(now time.Time, timetable bool) Manual {
	if timetable && m.Until.IsZero() || !m.Until.IsZero() && !m.Until.After(now) {
		return Manual{}
	}
	return m
}

// readManual reads what the desk has set.
func (l *Line) readManual(desk map[string]string) {
	field := l.Service.ID + ":reception"
	l.Manual = manual{desk[field], desk[field+"_until"]}.read()
	if l.Manual.Reception != "" {
		l.Manual.Reason = desk[field+"_reason"]
	}
}

// derive computes what each line's timetable yields at the snapshot's moment.
func (s *Snapshot) derive() {
	if s.zone == nil {
		var err error
		if s.zone, err = s.Clinic.Location(); err != nil {
			return // a record's zone is validated before it is written
		}
	}
	for i := range s.Lines {
		s.Lines[i].derive(s, s.zone)
	}
}

func (l *Line) derive(s *Snapshot, loc *time.Location) {
	if until := l.Notice.At.Add(NoticeFor); until.After(s.At) {
		s.wake(until)
	} else {
		l.Notice = Notice{}
	}
	calendar, timetable := s.Clinic.Timetable(l.Service)
	l.Manual = l.Manual.at(s.At, timetable)
	s.wakeLater(l.Manual.Until)
	sessions := calendar.Sessions(string(s.Day), loc)
	if l.Sessions = sessions; timetable && sessions == nil {
		l.Sessions = []hours.Session{}
	}
	for _, session := range sessions {
		for _, w := range []hours.Window{session.Web, session.Desk, session.Consult} {
			s.wakeLater(w.From)
			s.wakeLater(w.To)
		}
	}
	from, _ := s.Clinic.Bounds(s.Day, loc)
	for i, session := range sessions {
		if session.Consult.To.After(s.At) && i+1 < len(sessions) {
			l.later = positionOf(sessionBase(sessions[i+1], from))
			break
		}
	}
	session, reception := webReception(sessions, timetable, l.Manual, s.At)
	l.Session, l.Reception = session.ID, reception
	l.OpensAt, l.ClosesAt = time.Time{}, time.Time{}
	switch {
	case l.Reception == Open && l.Manual.Reception == Open:
		l.ClosesAt = l.Manual.Until
	case l.Reception == Open && timetable:
		l.ClosesAt = session.Web.To
	case timetable && l.Reception != Paused:
		l.OpensAt = opening(calendar, s.At, l.Manual.Until, loc)
	}
	until := s.At
	if l.OpensAt.After(until) {
		until = l.OpensAt
	}
	l.DayNotes = calendar.Notes(string(s.Day), calendar.Day(until, loc))
	taken, limits := l.Taken[l.Session], l.Service.Capacity
	l.Seats = Seats{Seat{taken.Web, limits.Web}, Seat{taken.Desk, limits.Desk}, Seat{taken.First, limits.First}}
	if l.Service.BySlot() {
		l.deriveSlots(s, loc)
		return
	}
	l.Availability = l.available(s, session, loc)
	if l.FirstVisit = l.Availability; l.Reception == Open && l.Seats.First.full() {
		l.FirstVisit = None
	}
}

// webReception returns the session that the web gives numbers for at an instant, and
// whether it does. m is what the desk has set and what holds now.
func webReception(sessions []hours.Session, timetable bool, m Manual, at time.Time) (hours.Session, Reception) {
	session, open := pick(sessions, at)
	switch {
	case m.Reception != "":
		return session, m.Reception
	case open || !timetable:
		return session, Open
	}
	for _, s := range sessions {
		if s.Web.From.After(at) {
			return session, Before
		}
	}
	return session, Closed
}

// pick returns the session that the web gives numbers for, and whether its window is
// open. If no window is open, it returns the session of [pickDesk].
func pick(sessions []hours.Session, at time.Time) (s hours.Session, open bool) {
	for _, s := range sessions {
		if s.Web.Holds(at) {
			return s, true
		}
	}
	return pickDesk(sessions, at), false
}

// pickDesk returns the session whose desk window is open, else the next, else the last
// of the day. It is the zero session on a day without sessions.
func pickDesk(sessions []hours.Session, at time.Time) hours.Session {
	for _, s := range sessions {
		if s.Desk.Holds(at) {
			return s
		}
	}
	for _, s := range sessions {
		if s.Desk.From.After(at) {
			return s
		}
	}
	if len(sessions) > 0 {
		return sessions[len(sessions)-1]
	}
	return hours.Session{}
}

// opening returns when the web desk opens next. It stays as the desk has set it until held.
func opening(c hours.Calendar, at, held time.Time, loc *time.Location) time.Time {
	if held.After(at) {
		if now := c.At(held, loc); len(now.Web) > 0 {
			return held
		}
		at = held
	}
	return c.At(at, loc).Next.Web.From
}
