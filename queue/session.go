package queue

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"junban/queue/hours"
)

// Manual is what the desk has set against the timetable. It holds until Until; where there is
// no timetable it has no end, and holds until it is set again.
type Manual struct {
	Reception Reception // "": nothing
	Until     time.Time
	Reason    string // shown to the public; "": none
}

// Taken are the live tickets of one session, those included whose seats are
// given back later: what [clinic.Capacity] bounds.
type Taken struct{ Web, Desk, First int }

// Seat is how many are used of how many.
type Seat struct {
	Used  int
	Limit *int // nil: no bound
}

func (s Seat) full() bool { return s.Limit != nil && s.Used >= *s.Limit }

// Seats are those of one session.
type Seats struct{ Web, Desk, First Seat }

// Availability is 空き状況 of the web.
type Availability string

// The availabilities.
const (
	Many    Availability = "many"    // ○
	Few     Availability = "few"     // △
	None    Availability = "none"    // ×: the quota is used up, or the session would not hold one more
	NotYet  Availability = "before"  // 受付前
	Stopped Availability = "stopped" // 停止中
	Over    Availability = "closed"  // 受付終了
)

// wake notes an instant at which the snapshot changes without an act: the feed then
// reads another one. Instants that have passed count too.
func (s *Snapshot) wake(at time.Time) {
	if !at.IsZero() && (s.expiry.IsZero() || at.Before(s.expiry)) {
		s.expiry = at
	}
}

// wakeLater is wake for an instant that is still to come.
func (s *Snapshot) wakeLater(at time.Time) {
	if at.After(s.At) {
		s.wake(at)
	}
}

// at returns what holds at an instant: nothing after Until. Under a timetable what has
// no end does not hold; it was set before there was a timetable.
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

// count reads the counts of the line's seats, as lua/prelude/seats.lua keeps them.
func (l *Line) count(counts map[string]string, s *Snapshot) {
	l.Counter, _ = strconv.Atoi(counts["issued"])
	l.Taken = map[string]Taken{}
	add := func(seat string, n int) {
		kind, session, _ := strings.Cut(seat, ":")
		t := l.Taken[session]
		switch kind {
		case "web":
			t.Web += n
		case "desk":
			t.Desk += n
		case "first":
			t.First += n
		default:
			return
		}
		l.Taken[session] = t
	}
	for field, value := range counts {
		if n, err := strconv.Atoi(value); err == nil && strings.Contains(field, ":") {
			add(field, n)
		}
	}
	for _, entry := range strings.Fields(counts["returns"]) {
		parts := strings.Split(entry, "/")
		ms, err := strconv.ParseInt(parts[0], 10, 64)
		if err != nil || len(parts) != 3 {
			continue
		}
		if back := time.UnixMilli(ms); back.After(s.At) {
			s.wake(back)
			continue
		}
		for _, seat := range strings.Split(parts[2], ",") {
			add(seat, -1)
		}
	}
}

// derive works out what each line's timetable means at the snapshot's moment.
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
	l.Availability = l.available(s, session, loc)
	if l.FirstVisit = l.Availability; l.Reception == Open && l.Seats.First.full() {
		l.FirstVisit = None
	}
}

// webReception returns the session that the web gives numbers for at an instant, and
// whether it does. m is what the desk has set, if that holds.
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

// pick returns the session that the web gives numbers for, and whether its
// window is open. Where none is, it is the one that the desk gives them for.
func pick(sessions []hours.Session, at time.Time) (s hours.Session, open bool) {
	for _, s := range sessions {
		if s.Web.Holds(at) {
			return s, true
		}
	}
	return pickDesk(sessions, at), false
}

// pickDesk returns the session whose desk window is open, else the next, else
// the last of the day. It is the zero session where there are none.
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

// opening is when the web desk opens next: not before what the desk has set ends.
func opening(c hours.Calendar, at, held time.Time, loc *time.Location) time.Time {
	if held.After(at) {
		if now := c.At(held, loc); len(now.Web) > 0 {
			return held
		}
		at = held
	}
	return c.At(at, loc).Next.Web.From
}

func (l *Line) available(s *Snapshot, session hours.Session, loc *time.Location) Availability {
	switch l.Reception {
	case Before:
		return NotYet
	case Paused:
		return Stopped
	case Closed:
		return Over
	}
	web := l.Seats.Web
	switch {
	case web.full() || l.Full:
		return None
	case l.stopped(s, session, loc):
		return None
	case web.Limit != nil && *web.Limit-web.Used <= l.Service.Capacity.Few:
		return Few
	default:
		return Many
	}
}

// The order of a line is apart from the numbers. A ticket's position is a text of
// digits, and the waiting stand in a sorted set by that text. Between two texts there
// is always a third: nothing is renumbered, and undo can restore a position. Scores
// would not do: fifty returns into one gap exhaust a double. A position begins with
// the half hour of the ticket's session, see [sessionBase].

// positionOf is where the n-th ticket of a line stands, as lua/prelude/ticket.lua has it.
func positionOf(n int) string { return fmt.Sprintf("%08d5", n) }
