package queue

import (
	"cmp"
	"math"
	"slices"
	"time"

	"junban/queue/estimate"
	"junban/queue/hours"
)

// Forecast says what is to be expected of every line from an instant on, by
// what past sessions have taught: of each waiting ticket, by its id, and of a
// ticket issued now, by service (A05). Nothing is said of the absent and the
// held, nor where no room is on duty. Today's speed is told by the ended tickets
// that the snapshot carries, at most [EndedKept].
//
// Tickets of a session that is still to come, while another one is on, are
// forecast as if the rooms will be free when it begins.
func (s *Snapshot) Forecast(at time.Time) estimate.Forecast {
	learned := s.Learned
	if learned == nil {
		learned = &estimate.Learned{}
	}
	out := estimate.Forecast{Waits: map[string]estimate.Range{}, Services: map[string]estimate.Outlook{}}
	for _, p := range s.prospects(at) {
		f := learned.Forecast(p.Input)
		for id, r := range f.Waits {
			out.Waits[id] = r
		}
		for id, o := range f.Services {
			if p.asks[id] {
				out.Services[id] = o
			}
		}
		out.Overrunning = append(out.Overrunning, f.Overrunning...)
	}
	return out
}

// prospect is one question to the estimator: the line as it is, or a later session.
type prospect struct {
	estimate.Input
	asks map[string]bool // services whose next ticket belongs to it
}

// course is a line with its sessions.
type course struct {
	*Line
	sessions []hours.Session
	near     time.Time // when consultation begins, or began, of those who are seen next; zero: no sessions
}

// begins is when the consultation of a session begins; zero of one that the
// timetable does not have.
func (c course) begins(session string) time.Time {
	for _, s := range c.sessions {
		if s.ID == session {
			return s.Consult.From
		}
	}
	return time.Time{}
}

// later reports whether a session begins after those who are seen next.
func (c course) later(session string) bool { return c.begins(session).After(c.near) }

func (s *Snapshot) courses(at time.Time) []course {
	loc, err := s.Clinic.Location()
	if err != nil {
		return nil // a record's zone is validated before it is written
	}
	all := make([]course, len(s.Lines))
	for i := range s.Lines {
		c := course{Line: &s.Lines[i]}
		calendar, _ := s.Clinic.Timetable(c.Service)
		c.sessions = calendar.Sessions(string(s.Day), loc)
		c.near = c.nearest(at)
		all[i] = c
	}
	return all
}

// nearest is the beginning of the session that has people to be seen although
// its time may be over, else of the one that is on or comes next.
func (c course) nearest(at time.Time) (begin time.Time) {
	left := false
	for _, t := range slices.Concat(c.Open, c.Waiting) {
		if b := c.begins(t.Session); !b.After(at) {
			begin, left = later(begin, b), true
		}
	}
	for _, session := range c.sessions {
		if !left && session.Consult.To.After(at) {
			return session.Consult.From
		}
	}
	return begin
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// prospects splits the lines by session: first those who are seen next, then
// each session after.
func (s *Snapshot) prospects(at time.Time) []prospect {
	courses := s.courses(at)
	stays := s.stays()
	today := visits(stays)
	now := s.prospect(at, courses, time.Time{}, today)
	s.occupy(&now, courses, stays)
	all := []prospect{now}
	var starts []time.Time
	for _, c := range courses {
		for _, t := range c.Waiting {
			starts = append(starts, c.begins(t.Session))
		}
		starts = append(starts, c.begins(c.Session))
	}
	slices.SortFunc(starts, time.Time.Compare)
	for _, start := range slices.CompactFunc(starts, time.Time.Equal) {
		if p := s.prospect(at, courses, start, today); len(p.Waiting)+len(p.asks) > 0 && !start.IsZero() {
			all = append(all, p)
		}
	}
	return all
}

// prospect asks for those whose session is the nearest of their line, or begins at
// start where that is later.
func (s *Snapshot) prospect(at time.Time, courses []course, start time.Time, today []estimate.Visit) prospect {
	p := prospect{Input: estimate.Input{Now: at, Start: start, Today: today}, asks: map[string]bool{}}
	nearest := start.IsZero()
	belongs := func(c course, session string) bool {
		if nearest {
			return !c.later(session)
		}
		return c.later(session) && c.begins(session).Equal(start)
	}
	var lines [][]Ticket
	for i, c := range courses {
		if nearest && (i == 0 || c.near.Before(p.Start)) {
			p.Start = c.near
		}
		p.Services = append(p.Services, estimate.Service{ID: c.Service.ID, Kind: estimate.KindOf(c.Service.ID), Back: c.Service.Absence.places()})
		if belongs(c, c.Session) {
			p.asks[c.Service.ID] = true
		}
		var line []Ticket
		for _, t := range c.Waiting {
			if belongs(c, t.Session) {
				line = append(line, t)
			}
		}
		lines = append(lines, line)
	}
	for _, t := range merge(lines) {
		p.Waiting = append(p.Waiting, estimate.Ticket{ID: string(t.ID), Service: t.Lane, Kind: t.kind()})
	}
	loc, err := s.Clinic.Location()
	if err != nil {
		return p
	}
	_, end := s.Clinic.Bounds(s.Day, loc)
	for _, r := range s.Rooms {
		room := estimate.Room{ID: r.ID, Services: r.Services}
		if r.Duty.State != OnDuty {
			if room.Off = !r.Duty.Until.Before(end); !room.Off { // the end of the day is nobody's word
				room.Breaks = []estimate.Break{{From: at, To: r.Duty.Until}}
			}
		}
		p.Rooms = append(p.Rooms, room)
	}
	return p
}

// occupy adds who is in the rooms and who is away, as of those who are seen next.
func (s *Snapshot) occupy(p *prospect, courses []course, stays []stay) {
	for i := range p.Rooms {
		r := &p.Rooms[i]
		opens, first := time.Time{}, true
		for _, c := range courses {
			if !slices.Contains(r.Services, c.Service.ID) {
				continue
			}
			if first || c.near.Before(opens) {
				opens, first = c.near, false
			}
			for _, t := range c.Open {
				if t.Room == r.ID {
					r.Running = &estimate.Running{Ticket: string(t.ID), Service: t.Lane, Kind: t.kind(), Started: t.Called, Called: t.State == Called}
				}
			}
		}
		if opens.After(p.Start) { // a service that begins later than another
			r.Breaks = append(r.Breaks, estimate.Break{From: p.Start, To: opens})
		}
		r.Begun = slices.ContainsFunc(stays, func(st stay) bool { return st.room == r.ID && !st.from.Before(opens.Add(-early)) })
	}
	for _, c := range courses {
		for _, t := range slices.Concat(c.Absent, c.Held) {
			exam := t.State == Held && t.Reason == ReasonExam
			if t.State == Held && !exam || c.later(t.Session) {
				continue
			}
			away := estimate.Away{ID: string(t.ID), Service: t.Lane, Kind: t.kind(), Since: t.Acted, Exam: exam, Behind: c.behind(t)}
			p.Away = append(p.Away, away)
		}
	}
}

// early is how long before its session's start a room may begin with it.
const early = time.Hour

// behind is how many of the waiting go before one who is away.
func (c course) behind(t Ticket) int {
	switch {
	case t.State == Held:
		return c.Service.ExamBack
	case c.Service.Absence.Rule == Park:
		return c.Service.Absence.Back
	}
	n, _ := slices.BinarySearchFunc(c.Waiting, t, func(a, b Ticket) int { return cmp.Compare(a.Place, b.Place) })
	return n
}

// places is how far an absence moves a ticket back.
func (a Absence) places() int {
	switch a.Rule {
	case BackN, Park:
		return a.Back
	case Tail:
		return math.MaxInt32
	}
	return 0
}

// kind names the visit that a ticket has, or has still to come.
func (t Ticket) kind() string {
	switch {
	case t.Reason == ReasonUrgent:
		return estimate.UrgentKind(t.Lane)
	case t.Leg > 0 && t.Lane == t.ID.Ref().Service:
		return estimate.ExamKind(t.Lane)
	case t.FirstVisit:
		return estimate.FirstKind(t.Lane)
	}
	return estimate.KindOf(t.Lane)
}

// merge brings lines together by time of issue, and leaves each in its order.
func merge(lines [][]Ticket) (all []Ticket) {
	for {
		first := -1
		for i, line := range lines {
			if len(line) > 0 && (first < 0 || line[0].Issued.Before(lines[first][0].Issued)) {
				first = i
			}
		}
		if first < 0 {
			return all
		}
		all = append(all, lines[first][0])
		lines[first] = lines[first][1:]
	}
}
