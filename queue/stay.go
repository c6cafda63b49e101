package queue

import (
	"slices"
	"time"

	"junban/queue/estimate"
)

// turnaround is how long a room may stand empty between two patients so that
// the time belongs to the visit; longer, it was a break.
const turnaround = 5 * time.Minute

// stay is one ticket's time in a room, from its call.
type stay struct {
	room     string
	service  string // in whose line it stood
	kind     string
	issued   time.Time
	from, to time.Time
	visit    bool // it was a finished consultation
	exam     bool // it ended with an exam
}

// stays are those that a snapshot still shows.
func (s *Snapshot) stays() (all []stay) {
	for i := range s.Lines {
		l := &s.Lines[i]
		for _, t := range slices.Concat(l.Open, l.Waiting, l.Absent, l.Held, l.Ended) {
			if t.Called.IsZero() {
				continue
			}
			all = append(all, stay{
				room: t.Room, service: t.Lane, kind: t.kind(), issued: t.Issued, from: t.Called, to: t.Ended,
				visit: t.State == Done && t.Reason != ReasonDayEnd,
			})
		}
	}
	return all
}

// visits makes of stays what the estimator learns from: how long each visit kept
// its room, until the next call if that patient was there already.
func visits(stays []stay) (all []estimate.Visit) {
	stays = slices.Clone(stays)
	slices.SortStableFunc(stays, func(a, b stay) int { return a.from.Compare(b.from) })
	for i, s := range stays {
		if !s.visit {
			continue
		}
		took := s.to.Sub(s.from)
		next := slices.IndexFunc(stays[i+1:], func(n stay) bool { return n.room == s.room })
		if next >= 0 {
			n := stays[i+1+next]
			if idle := n.from.Sub(s.to); idle > 0 && idle <= turnaround && !n.issued.After(s.to) {
				took += idle
			}
		}
		all = append(all, estimate.Visit{Room: s.room, Service: s.service, Kind: s.kind, Took: took, Exam: s.exam})
	}
	return all
}
