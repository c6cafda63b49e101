package queue

import (
	"strconv"
	"time"

	"junban/internal/refusal"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// manual is the desk override of a service, as Redis keeps it. Both fields are ""
// without one.
type manual struct {
	Reception string `json:"reception"`
	Ends      string `json:"ends"`
}

// read returns what it means: at any instant, see [Manual.at].
func (m manual) read() Manual {
	r := Reception(m.Reception)
	if !r.Valid() || r == Auto {
		return Manual{}
	}
	ms, err := strconv.ParseInt(m.Ends, 10, 64)
	if err != nil {
		return Manual{Reception: r}
	}
	return Manual{Reception: r, Until: time.UnixMilli(ms)}
}

// plan is for which session a number is given, or why none is, and between which
// milliseconds that is so. It is computed here and checked by the script, because it
// changes only at the edges of windows. Every other act waits while a script runs.
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

// planToday picks today's session for a channel. The desk takes the session whose
// window is open, else the next, else the last. So does a web desk that the desk
// opened.
func (k record) planToday(s clinic.Service, today clinic.Day, web bool, set manual, now time.Time) plan {
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
	m := set.read()
	if !m.Until.IsZero() {
		p.edge(m.Until.UnixMilli(), now)
	}
	var r Reception
	p.Session, r = webReception(sessions, timetable, m.at(now, timetable), now)
	switch r {
	case Paused:
		p.why = ErrReceptionPaused
	case Closed:
		p.why = ErrReceptionClosed
	case Before:
		p.why = ErrReceptionBefore
	}
	return p
}

// planAhead picks the session of a day to come that is asked for, the first if
// none is. The web books only while it is served (D06).
func (k record) planAhead(s clinic.Service, today, day clinic.Day, session string, web bool, now time.Time) plan {
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

// manualOf is what the desk has set for a line, as far as this store knows.
func (s *Store) manualOf(ref clinic.Ref) manual {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.manuals[ref]
}

// learnManual remembers what a script found set.
func (s *Store) learnManual(ref clinic.Ref, found []any) {
	reception, _ := found[0].(string)
	ends, _ := found[1].(string)
	s.mu.Lock()
	defer s.mu.Unlock()
	if reception == "" {
		delete(s.manuals, ref)
	} else {
		s.manuals[ref] = manual{reception, ends}
	}
}
