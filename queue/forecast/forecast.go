package forecast

import (
	"math"
	"slices"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/estimate"
)

// Of says what is to be expected of every line from an instant on, by
// what past sessions have taught: of each waiting ticket, by its id, and of a
// ticket issued now, by service (A05). Nothing is said of the absent and the
// held, nor where no room is on duty. Today's speed is told by the ended tickets
// that the snapshot carries, at most [queue.EndedKept].
//
// Tickets of a session that is still to come, while another one is on, are
// forecast as if the rooms will be free when it begins. Where a room has patients
// of another service before, the longer of that and of waiting for those counts
// (U4). A visit that stands open
// only because nobody pressed a button when the session's last patient went
// keeps no room busy.
func Of(s *queue.Snapshot, at time.Time) estimate.Forecast {
	learned := s.Learned
	if learned == nil {
		learned = &estimate.Learned{}
	}
	out := estimate.Forecast{Waits: map[string]estimate.Range{}, Services: map[string]estimate.Outlook{}}
	for _, p := range prospects(s, at) {
		f := learned.Forecast(p.Input)
		for id, r := range f.Waits {
			b := out.Waits[id]
			out.Waits[id] = estimate.Range{Low: max(b.Low, r.Low), Mid: max(b.Mid, r.Mid), High: max(b.High, r.High)}
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

// prospects splits the lines by session: first those who are seen next, then
// each session after.
func prospects(s *queue.Snapshot, at time.Time) []prospect {
	courses := courses(s, at)
	stays := staysOf(s, courses)
	today := Visits(stays)
	now := prospectOf(s, at, courses, time.Time{}, today)
	occupy(s, &now, courses, stays)
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
		if p := prospectOf(s, at, courses, start, today); len(p.Waiting)+len(p.asks) > 0 && !start.IsZero() {
			all = append(all, p)
		}
	}
	return all
}

// prospectOf asks for those whose session is the nearest of their line, or begins at
// start where that is later.
func prospectOf(s *queue.Snapshot, at time.Time, courses []course, start time.Time, today []estimate.Visit) prospect {
	p := prospect{Input: estimate.Input{Now: at, Start: start, Today: today}, asks: map[string]bool{}}
	nearest := start.IsZero()
	belongs := func(c course, session string) bool {
		if nearest {
			return !c.later(session)
		}
		return (c.later(session) || waitsForRoom(s, c, courses, at)) && c.begins(session).Equal(start)
	}
	var lines [][]queue.Ticket
	for i, c := range courses {
		if nearest && (i == 0 || c.near.Before(p.Start)) {
			p.Start = c.near
		}
		service := estimate.Service{ID: c.Service.ID, Kind: estimate.KindOf(c.Service.ID), Back: placesBack(c.Service.Absence)}
		if nearest && waitsForRoom(s, c, courses, at) {
			service.Start = c.near
		}
		p.Services = append(p.Services, service)
		if belongs(c, c.Session) && (nearest || c.later(c.Session)) {
			p.asks[c.Service.ID] = true
		}
		var line []queue.Ticket
		for _, t := range c.Waiting {
			if belongs(c, t.Session) {
				line = append(line, t)
			}
		}
		lines = append(lines, line)
	}
	for _, t := range merge(lines) {
		p.Waiting = append(p.Waiting, estimate.Ticket{ID: string(t.ID), Service: t.Lane, Kind: KindOf(t)})
	}
	loc, err := s.Clinic.Location()
	if err != nil {
		return p
	}
	_, end := s.Clinic.Bounds(s.Day, loc)
	for _, r := range s.Rooms {
		room := estimate.Room{ID: r.ID, Services: r.Services}
		if r.Duty.State != queue.OnDuty {
			if room.Off = !r.Duty.Until.Before(end); !room.Off { // the end of the day is nobody's word
				room.Breaks = []estimate.Break{{From: at, To: r.Duty.Until}}
			}
		}
		p.Rooms = append(p.Rooms, room)
	}
	return p
}

// waitsForRoom reports whether the patients of a service who are seen next wait for
// their session, while a room of theirs is open for another service.
func waitsForRoom(s *queue.Snapshot, c course, courses []course, at time.Time) bool {
	if !c.near.After(at) {
		return false
	}
	return slices.ContainsFunc(s.Rooms, func(r queue.RoomState) bool {
		return slices.Contains(r.Services, c.Service.ID) && slices.ContainsFunc(courses, func(d course) bool {
			return d.near.Before(c.near) && slices.Contains(r.Services, d.Service.ID)
		})
	})
}

// occupy adds who is in the rooms and who is away, as of those who are seen next.
func occupy(s *queue.Snapshot, p *prospect, courses []course, stays []Stay) {
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
			for _, t := range c.seen {
				if t.Room == r.ID {
					r.Running = &estimate.Running{Ticket: string(t.ID), Service: t.Lane, Kind: KindOf(t), Started: t.Called, Called: t.State == queue.Called}
				}
			}
		}
		if opens.After(p.Start) { // a service that begins later than another
			r.Breaks = append(r.Breaks, estimate.Break{From: p.Start, To: opens})
		}
		r.Begun = slices.ContainsFunc(stays, func(st Stay) bool { return st.Room == r.ID && !st.From.Before(opens.Add(-early)) })
	}
	for _, c := range courses {
		for _, t := range slices.Concat(c.Absent, c.Held) {
			exam := t.State == queue.Held && t.Reason == queue.ReasonExam
			if t.State == queue.Held && !exam || c.later(t.Session) {
				continue
			}
			away := estimate.Away{ID: string(t.ID), Service: t.Lane, Kind: KindOf(t), Since: t.Acted, Exam: exam, Behind: c.behind(t)}
			p.Away = append(p.Away, away)
		}
	}
}

// early is how long before its session's start a room may begin with it.
const early = time.Hour

// placesBack is how far an absence moves a ticket back.
func placesBack(a clinic.Absence) int {
	switch a.Rule {
	case clinic.BackN, clinic.Park:
		return a.Back
	case clinic.Tail:
		return math.MaxInt32
	}
	return 0
}
