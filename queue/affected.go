package queue

import (
	"slices"

	"junban/queue/hours"
)

// Affected returns those of a clinic's live tickets whose session the record
// next does not have any more, or of which it leaves less, in their order (row
// U3). Tickets without a session, and those whose session the present record has
// not either, are not affected by the change. A record without a timetable
// closes nothing.
func (c Clinic) Affected(next Clinic, live []Reserved) ([]Reserved, error) {
	zone, err := c.Location()
	if err != nil {
		return nil, err
	}
	type on struct {
		service string
		day     Day
	}
	known := map[on][2][]hours.Session{}
	var found []Reserved
	for _, t := range live {
		at := on{t.ID.Ref().Service, t.ID.Day()}
		sessions, ok := known[at]
		if !ok {
			for i, record := range []Clinic{c, next} {
				if s, ok := record.Service(at.service); ok {
					if calendar, timed := record.Timetable(s); timed {
						sessions[i] = append([]hours.Session{}, calendar.Sessions(string(at.day), zone)...)
					}
				}
			}
			known[at] = sessions
		}
		if t.Session == "" || t.State.Ended() || sessions[1] == nil {
			continue
		}
		is := func(s hours.Session) bool { return s.ID == t.Session }
		was, now := slices.IndexFunc(sessions[0], is), slices.IndexFunc(sessions[1], is)
		if was < 0 {
			continue
		}
		if old := sessions[0][was].Consult; now < 0 || sessions[1][now].Consult.From.After(old.From) || sessions[1][now].Consult.To.Before(old.To) {
			found = append(found, t)
		}
	}
	return found, nil
}

// Live lists the tickets of a snapshot that wait, in the order of its lines, with
// who they are for. Those in a room are not among them.
func (s *Snapshot) Live() []Reserved {
	var live []Reserved
	for i := range s.Lines {
		l := &s.Lines[i]
		for _, t := range slices.Concat(l.Waiting, l.Absent, l.Held, l.Booked) {
			live = append(live, Reserved{t, s.Patients[t.ID]})
		}
	}
	return live
}
