package queue

import (
	"strconv"
	"time"

	"junban/internal/refusal"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// hand is what the desk has set for the web desk of a service, as Redis keeps
// it; both are "" where it has set nothing.
type hand struct{ reception, until string }

// anyHand is for a day to come: today's hand does not reach it.
var anyHand = hand{reception: "any"}

// plan is for which session a number is given, or why none is, and between
// which milliseconds that is so. It is worked out here and only held to there,
// because it is the same from one edge of a window to the next, and the script
// holds up everybody.
type plan struct {
	hours.Session
	why         *refusal.Refusal // nil: a number is given
	from, until int64
}

// edge narrows the plan to the side of an instant on which now is.
func (p *plan) edge(ms int64, now time.Time) {
	if ms <= now.UnixMilli() {
		p.from = max(p.from, ms)
	} else {
		p.until = min(p.until, ms)
	}
}

// planToday picks today's session for a channel. The desk, and a web desk that
// was opened by hand, take the session whose window is open, else the next, else
// the last. What the hand set holds until its time; with a timetable, what has no
// end was set before there was one, and does not count.
func (k known) planToday(s clinic.Service, today clinic.Day, web bool, h hand, now time.Time) plan {
	from, until := k.Bounds(today, k.loc)
	p := plan{from: from.UnixMilli(), until: until.UnixMilli()}
	calendar, timetable := k.Timetable(s)
	sessions := calendar.Sessions(string(today), k.loc)
	for _, session := range sessions {
		for _, w := range []hours.Window{session.Web, session.Desk} {
			p.edge(w.From.UnixMilli(), now)
			p.edge(w.To.UnixMilli(), now)
		}
	}
	if !web {
		p.Session = pickDesk(sessions, now)
		return p
	}
	set := Reception(h.reception)
	handEnds, err := strconv.ParseInt(h.until, 10, 64)
	if err == nil {
		p.edge(handEnds, now)
	}
	if err == nil && handEnds <= now.UnixMilli() || err != nil && timetable {
		set = ""
	}
	open := false
	p.Session, open = pick(sessions, now)
	switch {
	case set == Paused:
		p.why = ErrReceptionPaused
	case set == Closed:
		p.why = ErrReceptionClosed
	case !open && timetable && set != Open:
		p.why = ErrReceptionClosed
		for _, session := range sessions {
			if session.Web.From.After(now) {
				p.why = ErrReceptionBefore
			}
		}
	}
	return p
}

// planAhead picks the session of a day to come that is asked for, the first if
// none is. The web books only while it is served (D06).
func (k known) planAhead(s clinic.Service, today, day clinic.Day, session string, web bool, now time.Time) plan {
	_, until := k.Bounds(day, k.loc)
	p := plan{until: until.UnixMilli(), why: ErrNotOffered}
	for _, offered := range k.sessionsOf(s, day) {
		if offered.ID == session || session == "" {
			p.Session, p.why = offered, nil
			break
		}
	}
	if served := k.served(s, today); web {
		p.edge(served[0], now)
		p.edge(served[1], now)
		if ms := now.UnixMilli(); ms < served[0] || ms >= served[1] {
			p.why = ErrReceptionClosed
		}
	}
	return p
}

// handOf is what the desk has set for a line, as far as this store knows.
func (s *Store) handOf(ref clinic.Ref) hand {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hands[ref]
}

// learnHand remembers what a script found set.
func (s *Store) learnHand(ref clinic.Ref, reply []any) {
	reception, _ := reply[1].(string)
	until, _ := reply[2].(string)
	s.mu.Lock()
	defer s.mu.Unlock()
	if reception == "" {
		delete(s.hands, ref)
	} else {
		s.hands[ref] = hand{reception, until}
	}
}
