package forecast

import (
	"maps"
	"math"
	"slices"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/estimate"
)

// Of forecasts every line from an instant on, by what past sessions have taught. It
// forecasts each waiting ticket by its id, and a ticket issued now by service (A05). With
// slots it forecasts only those who have arrived (booking.md §5.3). It
// leaves out the absent and the held, and lines without a room on duty. Today's speed
// is that of the ended tickets in the snapshot, at most [queue.EndedKept].
//
// Tickets of a later session are forecast as if the rooms will be free when it begins.
// Where a room has patients of another service before, the longer of that and of
// waiting for those counts. A visit that was not finished when the session's last
// patient left keeps no room busy.
func Of(s *queue.Snapshot, at time.Time) estimate.Forecast {
	learned := s.Learned
	if learned == nil {
		learned = &estimate.Learned{}
	}
	var out estimate.Forecast
	for i, p := range requests(s, at) {
		f := learned.Forecast(p.Input)
		maps.DeleteFunc(f.Services, func(id string, _ estimate.Range) bool { return !p.asks[id] })
		if i == 0 {
			out = f
			continue
		}
		for id, r := range f.Waits {
			b := out.Waits[id]
			out.Waits[id] = estimate.Range{Low: max(b.Low, r.Low), Mid: max(b.Mid, r.Mid), High: max(b.High, r.High)}
		}
		maps.Copy(out.Services, f.Services)
		out.Overrunning = append(out.Overrunning, f.Overrunning...)
	}
	return out
}

// request is one request to the estimator: the line as it is, or a later session.
type request struct {
	estimate.Input
	asks map[string]bool // services whose next ticket belongs to it
}

// requests splits the lines by session: first the current or next one, then each later
// one.
func requests(s *queue.Snapshot, at time.Time) []request {
	courses := courses(s, at)
	stays := staysOf(s, courses)
	today := Visits(stays)
	now := requestOf(s, at, courses, time.Time{}, today)
	occupy(s, &now, courses, stays)
	all := []request{now}
	var starts []time.Time
	start := func(session string, c course) {
		if t := c.begins(session); !t.IsZero() && !slices.ContainsFunc(starts, t.Equal) {
			starts = append(starts, t)
		}
	}
	for _, c := range courses {
		for i := range c.Waiting {
			start(c.Waiting[i].Session, c)
		}
		if !c.Service.BySlot() { // nobody is forecast before the arrival
			start(c.Session, c)
		}
	}
	slices.SortFunc(starts, time.Time.Compare)
	for _, start := range starts {
		if p := requestOf(s, at, courses, start, today); len(p.Waiting)+len(p.asks) > 0 {
			all = append(all, p)
		}
	}
	return all
}

// requestOf asks for those whose session is the nearest of their line, or begins at
// start where that is later.
func requestOf(s *queue.Snapshot, at time.Time, courses []course, start time.Time, today []estimate.Visit) request {
	p := request{Input: estimate.Input{Now: at, Start: start, Today: today}, asks: map[string]bool{}}
	nearest := start.IsZero()
	belongs := func(c course, session string) bool {
		if nearest {
			return !c.later(session)
		}
		return (c.later(session) || waitsForRoom(s, c, courses, at)) && c.begins(session).Equal(start)
	}
	var lines [][]*queue.Ticket
	for i, c := range courses {
		if nearest && (i == 0 || c.near.Before(p.Start)) {
			p.Start = c.near
		}
		service := estimate.Service{ID: c.Service.ID, Kind: estimate.KindOf(c.Service.ID), Back: placesBack(c.Service.Absence)}
		if nearest && waitsForRoom(s, c, courses, at) {
			service.Start = c.near
		}
		switch {
		case c.Service.BySlot():
			service.Slots = c.slots(at)
			p.Booked = append(p.Booked, c.booked(belongs)...)
		case belongs(c, c.Session) && (nearest || c.later(c.Session)):
			p.asks[c.Service.ID] = true
		}
		p.Services = append(p.Services, service)
		line := make([]*queue.Ticket, 0, len(c.Waiting))
		for n := range c.Waiting {
			if t := &c.Waiting[n]; belongs(c, t.Session) {
				line = append(line, t)
			}
		}
		lines = append(lines, line)
	}
	waiting := merge(lines)
	p.Waiting = make([]estimate.Ticket, 0, len(waiting))
	for _, t := range waiting {
		p.Waiting = append(p.Waiting, estimate.Ticket{ID: string(t.ID), Service: t.Line, Kind: kindOf(t), Slot: slotOf(courses, t)})
	}
	loc, err := s.Clinic.Location()
	if err != nil {
		return p
	}
	_, end := s.Clinic.Bounds(s.Day, loc)
	for _, r := range s.Rooms {
		room := estimate.Room{ID: r.ID, Services: r.Services}
		if r.Duty.State != queue.OnDuty {
			if room.Off = !r.Duty.Until.Before(end); !room.Off { // no earlier end was set
				room.Breaks = []estimate.Break{{From: at, To: r.Duty.Until}}
			}
		}
		p.Rooms = append(p.Rooms, room)
	}
	return p
}

// waitsForRoom reports whether a service's next patients wait for their session, while
// a room of theirs serves another service.
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

// occupy adds the patients in the rooms and those away, as of the current or next
// session.
func occupy(s *queue.Snapshot, p *request, courses []course, stays []Stay) {
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
					r.Running = &estimate.Running{Ticket: string(t.ID), Service: t.Line, Kind: kindOf(t), Started: t.Called, Called: t.State == queue.Called, Slot: c.slotOf(t)}
				}
			}
		}
		if opens.After(p.Start) { // a service that begins later than another
			r.Breaks = append(r.Breaks, estimate.Break{From: p.Start, To: opens})
		}
		r.Begun = slices.ContainsFunc(stays, func(st Stay) bool { return st.Room == r.ID && !st.From.Before(opens.Add(-early)) })
	}
	for _, c := range courses {
		for _, group := range [][]queue.Ticket{c.Absent, c.Held} {
			for i := range group {
				t := &group[i]
				exam := t.State == queue.Held && t.Reason == queue.ReasonExam
				if t.State == queue.Held && !exam || c.later(t.Session) {
					continue
				}
				away := estimate.Away{ID: string(t.ID), Service: t.Line, Kind: kindOf(t), Since: t.Acted, Exam: exam, Behind: c.behind(t), Slot: c.slotOf(t)}
				p.Away = append(p.Away, away)
			}
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
