package learn

import (
	"slices"
	"time"

	"junban/queue"
	"junban/queue/estimate"
	"junban/queue/forecast"
	"junban/queue/journal"
)

// scoredAhead are the numbers ahead at which a ticket's forecast is scored, besides the
// one at its issue or, with slots, at its arrival.
func scoredAhead() [2]int { return [2]int{5, 3} }

// shown is a forecast that waits for the call.
type shown struct {
	at    time.Time
	ahead int
	r     estimate.Range
}

// firstCall is a ticket's first call, and the forecasts before it.
type firstCall struct {
	id        queue.TicketID
	service   string // in whose line it stood
	at        time.Time
	forecasts []shown
}

// ask keeps the forecasts of an entry for new tickets, and for those that have come so
// near.
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
		if e.Act == "issue" || e.Act == string(queue.CheckIn) {
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
			s.forecasts[id] = append(s.forecasts[id], shown{e.At, ahead, r})
		}
	}
}

// score compares the forecasts of tickets with their first calls. Of a ticket whose
// times are no measure nothing is.
func (s *student) score(l *lesson) {
	for _, c := range l.calls {
		if s.tickets[c.id].Inaccurate {
			continue
		}
		for _, t := range c.forecasts {
			of := l.scores[c.service]
			if of == nil {
				of = &estimate.Score{}
				l.scores[c.service] = of
			}
			of.Add(t.ahead, t.r, estimate.Shown(t.r), c.at.Sub(t.at))
		}
	}
}
