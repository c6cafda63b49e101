package learn

import (
	"slices"
	"time"

	"junban/queue"
	"junban/queue/estimate"
	"junban/queue/forecast"
	"junban/queue/journal"
)

// scoredAhead are the numbers of waiting ahead at which a ticket's forecast is
// scored, besides the one at which it is issued.
func scoredAhead() [2]int { return [2]int{5, 3} }

// said is a forecast that waits for the call.
type said struct {
	at    time.Time
	ahead int
	r     estimate.Range
}

// firstCall is a ticket's first call, and what was said of it before.
type firstCall struct {
	id      queue.TicketID
	service string // in whose line it stood
	at      time.Time
	told    []said
}

// ask keeps the forecast at an entry for the tickets asked about: a ticket that is
// new, or has come so near.
func (s *student) ask(e journal.Event, is queue.Ticket) {
	due := map[queue.TicketID]int{} // and how many are ahead
	snap := s.at(e.At)
	for i := range snap.Lines {
		waiting := snap.Lines[i].Waiting
		for n, ahead := range scoredAhead() {
			if ahead >= len(waiting) {
				continue
			}
			if id := waiting[ahead].ID; s.reminded[id] <= n && !s.called[id] {
				s.reminded[id] = n + 1
				due[id] = ahead
			}
		}
		if e.Act == "issue" {
			if n := slices.IndexFunc(waiting, func(t queue.Ticket) bool { return t.ID == is.ID }); n >= 0 {
				due[is.ID] = n
			}
		}
	}
	if len(due) == 0 {
		return
	}
	f := forecast.Of(snap, e.At)
	for id, ahead := range due {
		if r, ok := f.Waits[string(id)]; ok {
			s.told[id] = append(s.told[id], said{e.At, ahead, r})
		}
	}
}

// score compares what tickets were told with their first calls. Of a ticket
// whose times are no measure nothing is.
func (s *student) score(l *lesson) {
	for _, c := range l.calls {
		if s.tickets[c.id].Inaccurate {
			continue
		}
		for _, t := range c.told {
			of := l.scores[c.service]
			if of == nil {
				of = &estimate.Score{}
				l.scores[c.service] = of
			}
			of.Add(t.ahead, t.r, estimate.Shown(t.r), c.at.Sub(t.at))
		}
	}
}
