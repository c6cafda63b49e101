package queue

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"junban/queue/clinic"
	"junban/queue/hours"
)

// Manual is what the desk has set by hand. It holds until Until; where there is
// no timetable it has no end, and holds until it is set again.
type Manual struct {
	Reception Reception // "": nothing
	Until     time.Time
	Reason    string // why, told to the public; "": not said
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

// wake notes that the snapshot changes at an instant although nobody acts: the
// feed then reads another one. Instants that have passed count too.
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

// hand reads what the desk has set.
func (l *Line) hand(desk map[string]string, now time.Time) {
	field := l.Service.ID + ":reception"
	r := Reception(desk[field])
	if !r.Valid() || r == Auto {
		return
	}
	m := Manual{Reception: r, Reason: desk[field+"_reason"]}
	if ms, err := strconv.ParseInt(desk[field+"_until"], 10, 64); err == nil {
		if m.Until = time.UnixMilli(ms); !m.Until.After(now) {
			return
		}
	}
	l.Manual = m
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

// derive works out what each line's timetable says at the snapshot's moment.
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
	if timetable && l.Manual.Until.IsZero() {
		l.Manual = Manual{} // from before there was a timetable
	}
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
			l.later = placeOf(sessionBase(sessions[i+1], from))
			break
		}
	}
	session, open := pick(sessions, s.At)
	l.Session = session.ID
	switch {
	case l.Manual.Reception != "":
		l.Reception = l.Manual.Reception
	case open || !timetable:
		l.Reception = Open
	default:
		l.Reception = Closed
		for _, session := range sessions {
			if session.Web.From.After(s.At) {
				l.Reception = Before
			}
		}
	}
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

// opening is when the web desk opens next: not before the desk's hand lets go.
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

// stopped says whether one more ticket could not be served by the session's
// end, as lua/issue.lua has it (AutoStop), and when that changes.
func (l *Line) stopped(s *Snapshot, session hours.Session, loc *time.Location) bool {
	if !l.Service.Capacity.AutoStop || session.ID == "" {
		return false
	}
	from, _ := s.Clinic.Bounds(s.Day, loc)
	base := sessionBase(session, from)
	first, last := "", placeOf(base+l.Counter+1)
	start, begun := s.At, true
	if s.At.Before(session.Consult.From) {
		first, start, begun = placeOf(base), session.Consult.From, false
	}
	services, rooms := sharedRooms(s.Clinic, l.Service.ID)
	own, all := load{work: paceOf(l.Service, s.Learned)}, load{work: paceOf(l.Service, s.Learned)}
	for _, other := range s.Lines {
		if !services[other.Service.ID] {
			continue
		}
		each := paceOf(other.Service, s.Learned)
		until := last
		if other.Service.ID != l.Service.ID { // its places go by a count of its own
			until = placeOf(base + 1_000_000)
		}
		for _, t := range other.Waiting {
			if t.Place >= first && t.Place < until {
				all.work += each
				if other.Service.ID == l.Service.ID {
					own.work += each
				}
			}
		}
		for _, t := range other.Open {
			if ours, ok := rooms[t.Room]; begun && ok {
				all.work += each
				if ours {
					own.work += each
				}
			}
		}
	}
	for _, r := range s.Rooms {
		if ours, ok := rooms[r.ID]; ok && r.Duty.State == OnDuty {
			all.rooms++
			if ours {
				own.rooms++
			}
		}
	}
	needs := max(own.needs(), all.needs())
	latest := session.Consult.To.Add(-time.Duration(l.Service.Capacity.Margin)*time.Minute - needs)
	s.wakeLater(latest.Add(time.Millisecond))
	return start.After(latest)
}

// load is work that some rooms share.
type load struct {
	work  time.Duration
	rooms int
}

func (l load) needs() time.Duration { return l.work / time.Duration(max(l.rooms, 1)) }

// sharedRooms are the services that share rooms with one, directly or through
// others, itself among them, and all their rooms: true are those of its own.
func sharedRooms(c clinic.Clinic, service string) (services map[string]bool, rooms map[string]bool) {
	services, rooms = map[string]bool{service: true}, map[string]bool{}
	for before := -1; before < len(services)+len(rooms); {
		before = len(services) + len(rooms)
		for _, r := range c.Rooms {
			if slices.ContainsFunc(r.Services, func(id string) bool { return services[id] }) {
				rooms[r.ID] = slices.Contains(r.Services, service)
				for _, id := range r.Services {
					services[id] = true
				}
			}
		}
	}
	return services, rooms
}

// placeOf is where the n-th ticket of a line stands, as lua/prelude/ticket.lua has it.
func placeOf(n int) string { return fmt.Sprintf("%08d5", n) }
