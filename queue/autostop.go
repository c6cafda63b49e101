package queue

import (
	"slices"
	"time"

	"junban/queue/clinic"
	"junban/queue/estimate"
	"junban/queue/hours"
)

// autoStop is the rule of [clinic.Capacity].AutoStop: one more web ticket must end
// before its session does. autoStopOf decides which tickets and rooms count.
// lua/prelude/autostop.lua counts them as a ticket is issued, and [Line.stopped] as a
// board is shown.
type autoStop struct {
	Start  int64       `json:"start"`  // the millisecond when the session begins
	Latest int64       `json:"latest"` // the millisecond at which the new ticket must have ended
	First  string      `json:"first"`  // waiting tickets count from this position …
	Last   string      `json:"last"`   // … to before this one
	Groups []workGroup `json:"groups"` // the work of each must fit
}

// workGroup is work that some rooms share. Its times are milliseconds.
type workGroup struct {
	Own     int64            `json:"own"`               // of the new ticket
	Waiting map[string]int64 `json:"waiting,omitempty"` // of each waiting ticket, by its line
	Inside  map[string]int64 `json:"inside,omitempty"`  // of each ticket in one of the rooms, by its line
	Seats   []string         `json:"seats,omitempty"`   // counts of META with tickets that take as long as the new one
	Rooms   []string         `json:"rooms,omitempty"`   // those on duty share the work
	Least   int              `json:"least"`             // rooms that are assumed at least
}

// autoStopOf returns the rule for one more ticket of a session. from is the beginning
// of its day. Of a day to come all tickets given for the session count, and all rooms
// of the service. Before a session begins only its own tickets count. Later also the
// tickets left from before it count, and those in the rooms. Rooms that several
// services share have the patients of all of them to see: there are two groups then.
func autoStopOf(c clinic.Clinic, s clinic.Service, session hours.Session, from, now time.Time, ahead bool, learned *estimate.Learned) *autoStop {
	pace := func(s clinic.Service) int64 { return paceOf(s, learned).Milliseconds() }
	rule := &autoStop{
		Start:  session.Consult.From.UnixMilli(),
		Latest: session.Consult.To.UnixMilli() - int64(s.Capacity.Margin)*time.Minute.Milliseconds(),
	}
	if ahead {
		rooms := 0
		for _, r := range c.Rooms {
			if slices.Contains(r.Services, s.ID) {
				rooms++
			}
		}
		seats := []string{s.ID + ":web:" + session.ID, s.ID + ":desk:" + session.ID}
		rule.Groups = []workGroup{{Own: pace(s), Seats: seats, Least: max(rooms, 1)}}
		return rule
	}
	base := sessionBase(session, from)
	rule.Last = positionOf(base + sessionStep)
	begun := !now.Before(session.Consult.From)
	if !begun {
		rule.First = positionOf(base)
	}
	services, rooms := sharedRooms(c, s.ID)
	paces := map[string]int64{}
	for _, other := range c.Services {
		if services[other.ID] {
			paces[other.ID] = pace(other)
		}
	}
	own := workGroup{Own: pace(s), Waiting: map[string]int64{s.ID: pace(s)}, Least: 1}
	all := workGroup{Own: pace(s), Waiting: paces, Least: 1}
	if begun {
		own.Inside, all.Inside = paces, paces
	}
	for _, r := range c.Rooms {
		ours, shared := rooms[r.ID]
		if shared {
			all.Rooms = append(all.Rooms, r.ID)
		}
		if ours {
			own.Rooms = append(own.Rooms, r.ID)
		}
	}
	rule.Groups = []workGroup{own}
	if len(services) > 1 || len(rooms) > len(own.Rooms) {
		rule.Groups = append(rule.Groups, all)
	}
	return rule
}

// needs returns how long the work takes as a snapshot has it. taken is the number of
// tickets that have the seats of a group.
func (a *autoStop) needs(s *Snapshot, taken int) (longest time.Duration) {
	for _, g := range a.Groups {
		work, rooms := g.Own, 0
		if g.Seats != nil {
			work += g.Own * int64(taken)
		}
		for _, l := range s.Lines {
			for _, t := range l.Waiting {
				if t.Position >= a.First && t.Position < a.Last {
					work += g.Waiting[l.Service.ID]
				}
			}
			for _, t := range l.Open {
				if slices.Contains(g.Rooms, t.Room) {
					work += g.Inside[l.Service.ID]
				}
			}
		}
		for _, r := range s.Rooms {
			if slices.Contains(g.Rooms, r.ID) && r.Duty.State == OnDuty {
				rooms++
			}
		}
		longest = max(longest, time.Duration(work)*time.Millisecond/time.Duration(max(rooms, g.Least)))
	}
	return longest
}

// late returns the instant after which the work cannot begin any more.
func (a *autoStop) late(s *Snapshot, taken int) time.Time {
	return time.UnixMilli(a.Latest).Add(-a.needs(s, taken))
}

// stopped reports whether one more ticket could not be served by the session's end,
// and notes when that changes.
func (l *Line) stopped(s *Snapshot, session hours.Session, loc *time.Location) bool {
	if !l.Service.Capacity.AutoStop || session.ID == "" {
		return false
	}
	from, _ := s.Clinic.Bounds(s.Day, loc)
	late := autoStopOf(s.Clinic, l.Service, session, from, s.At, false, s.Learned).late(s, 0)
	s.wakeLater(late.Add(time.Millisecond))
	start := s.At
	if session.Consult.From.After(start) {
		start = session.Consult.From
	}
	return start.After(late)
}

// sharedRooms are the services that share rooms with one, directly or through others,
// and all their rooms. The service itself is among them; its own rooms are true.
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

// paceOf is how long one ticket of the service takes, as it was learned.
func paceOf(s clinic.Service, learned *estimate.Learned) time.Duration {
	if each, ok := learned.PerTicket(s.ID); ok {
		return each
	}
	if s.Capacity.PerTicket > 0 {
		return time.Duration(s.Capacity.PerTicket) * time.Minute
	}
	return Pace
}
