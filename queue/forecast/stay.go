package forecast

import (
	"slices"
	"time"

	"junban/queue"
	"junban/queue/estimate"
)

// turnaround is how long a room may be empty between two patients as part of the visit.
// A longer time was a break.
const turnaround = 5 * time.Minute

// Stay is one ticket's time in a room, from its call.
type Stay struct {
	Room       string
	Service    string // in whose line it stood
	Session    string
	Kind       string
	Issued     time.Time // with slots: the arrival
	From, To   time.Time
	Over       time.Time // when the consultation of its session ended; zero: no sessions
	Visit      bool      // it was a finished consultation
	Exam       bool      // it ended with an exam
	Inaccurate bool      // its end is unknown
}

// staysOf are those that a snapshot still shows, in the order of their calls.
func staysOf(s *queue.Snapshot, courses []course) []Stay {
	most := 0 // of those that were called, in most lines
	for _, c := range courses {
		most += len(c.Ended) + len(c.Open) + len(c.Absent) + len(c.Held)
	}
	all := make([]Stay, 0, most)
	for _, c := range courses {
		for _, group := range [][]queue.Ticket{c.Ended, c.Absent, c.Held, c.Waiting, c.Open} {
			for i := range slices.Backward(group) { // the newest come first where their order is that of time
				t := &group[i]
				if t.Called.IsZero() {
					continue
				}
				all = append(all, Stay{
					Room: t.Room, Service: t.Line, Session: t.Session, Kind: kindOf(t), Issued: joined(t),
					From: t.Called, To: t.Ended, Over: c.consult(t.Session).To,
					Visit: t.State == queue.Done && t.Reason != queue.ReasonDayEnd, Inaccurate: t.Inaccurate,
				})
			}
		}
	}
	return Timed(all, s.Learned)
}

// Timed brings stays into the order of their calls, and marks those whose end is no
// measure. It returns the same slice.
//
// With one button the next call ends a visit. The last visit of a session in a room has
// no next call. The desk finishes it later, or the next session's first call does. So
// its end may be inaccurate. It is, if the visit goes on after the session and longer
// than nine of ten of its kind.
func Timed(stays []Stay, l *estimate.Learned) []Stay {
	byCall := func(a, b Stay) int { return a.From.Compare(b.From) }
	if !slices.IsSortedFunc(stays, byCall) {
		slices.SortStableFunc(stays, byCall)
	}
	type roomSession struct{ room, session string }
	var later []roomSession
	for i := range slices.Backward(stays) {
		st := &stays[i]
		if of := (roomSession{st.Room, st.Session}); !slices.Contains(later, of) {
			later = append(later, of)
			st.Inaccurate = st.Inaccurate || lingers(l, st.Kind, st.From, st.To, st.Over)
		}
	}
	return stays
}

// lingers reports whether a visit goes on after its session, and longer than nine of
// ten of its kind do. Where no sessions are kept none does.
func lingers(l *estimate.Learned, kind string, from, until, over time.Time) bool {
	return !over.IsZero() && until.After(over) && until.Sub(from) > l.Long(kind)
}

// left reports whether the patient of a ticket in a room has probably gone. Its visit
// lingers, and no patient of its session waits for the room. Over is when the session's
// consultation ended.
func left(s *queue.Snapshot, t *queue.Ticket, over, at time.Time) bool {
	if !lingers(s.Learned, kindOf(t), t.Called, at, over) {
		return false
	}
	room, _ := s.Clinic.Room(t.Room)
	return !slices.ContainsFunc(s.Lines, func(l queue.Line) bool {
		return slices.Contains(room.Services, l.Service.ID) &&
			slices.ContainsFunc(l.Waiting, func(w queue.Ticket) bool { return w.Session == t.Session })
	})
}

// Visits returns what the estimator learns from: the visits among stays, which are in the
// order of their calls. A visit keeps its room until the next call if that patient was there already.
func Visits(stays []Stay) []estimate.Visit {
	all := make([]estimate.Visit, 0, len(stays))
	for i, s := range stays {
		if !s.Visit {
			continue
		}
		took := s.To.Sub(s.From)
		next := slices.IndexFunc(stays[i+1:], func(n Stay) bool { return n.Room == s.Room })
		if next >= 0 {
			n := &stays[i+1+next]
			if idle := n.From.Sub(s.To); idle > 0 && idle <= turnaround && !n.Issued.After(s.To) {
				took += idle
			}
		}
		all = append(all, estimate.Visit{Room: s.Room, Service: s.Service, Kind: s.Kind, Took: took, Exam: s.Exam, Inaccurate: s.Inaccurate})
	}
	return all
}

// KindOf names the visit that a ticket has, or has still to come. The kind of visit
// that the patient stated counts with the service of the ticket.
func KindOf(t queue.Ticket) string { return kindOf(&t) }

func kindOf(t *queue.Ticket) string {
	base, own := t.Line, t.Line == t.ID.Ref().Service
	if own {
		base = estimate.OfType(t.Line, t.Kind)
	}
	switch {
	case t.Reason == queue.ReasonUrgent:
		return estimate.UrgentKind(t.Line)
	case t.Leg > 0 && own:
		return estimate.ExamKind(t.Line)
	case t.FirstVisit:
		return estimate.FirstKind(base)
	}
	return estimate.KindOf(base)
}
