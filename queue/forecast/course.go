package forecast

import (
	"cmp"
	"slices"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// course is a line with its patients in the rooms.
type course struct {
	*queue.Line
	seen []*queue.Ticket // those in a room who keep it busy: not the [left]
	near time.Time       // when consultation begins, or began, of the current or next session; zero: no sessions
}

// consult is a session's consultation; zero of one that the timetable does not
// have.
func (c course) consult(session string) hours.Window {
	for i := range c.Sessions {
		if c.Sessions[i].ID == session {
			return c.Sessions[i].Consult
		}
	}
	return hours.Window{}
}

func (c course) begins(session string) time.Time { return c.consult(session).From }

// later reports whether a session begins after the current or next one.
func (c course) later(session string) bool { return c.begins(session).After(c.near) }

func courses(s *queue.Snapshot, at time.Time) []course {
	all := make([]course, len(s.Lines))
	for i := range s.Lines {
		c := course{Line: &s.Lines[i]}
		for n := range c.Open {
			if t := &c.Open[n]; !left(s, t, c.consult(t.Session).To, at) {
				c.seen = append(c.seen, t)
			}
		}
		c.near = c.nearest(at)
		all[i] = c
	}
	return all
}

// unfinished yields the tickets that wait or are being seen.
func (c course) unfinished(yield func(*queue.Ticket) bool) {
	for _, t := range c.seen {
		if !yield(t) {
			return
		}
	}
	for i := range c.Waiting {
		if !yield(&c.Waiting[i]) {
			return
		}
	}
}

// nearest is the beginning of the session that still has patients, even if it is over.
// Without one it is that of the current or next session.
func (c course) nearest(at time.Time) (begin time.Time) {
	left := false
	for t := range c.unfinished {
		if b := c.begins(t.Session); !b.After(at) {
			begin, left = later(begin, b), true
		}
	}
	for _, session := range c.Sessions {
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

// behind is how many of the waiting go before one who is away.
func (c course) behind(t *queue.Ticket) int {
	switch {
	case t.State == queue.Held:
		return c.Service.ExamBack
	case c.Service.Absence.Rule == clinic.Park:
		return c.Service.Absence.Back
	}
	n, _ := slices.BinarySearchFunc(c.Waiting, t, func(a queue.Ticket, b *queue.Ticket) int { return cmp.Compare(a.Position, b.Position) })
	return n
}

// merge brings lines together by the time at which their tickets joined them, and leaves each in its order.
func merge(lines [][]*queue.Ticket) (all []*queue.Ticket) {
	if len(lines) == 1 {
		return lines[0]
	}
	for {
		first := -1
		for i, line := range lines {
			if len(line) > 0 && (first < 0 || joined(line[0]).Before(joined(lines[first][0]))) {
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

// Unfinished reports whether patients of a session wait or are being seen.
func Unfinished(s *queue.Snapshot, session string) bool {
	for _, c := range courses(s, s.At) {
		for t := range c.unfinished {
			if t.Session == session {
				return true
			}
		}
	}
	return false
}
