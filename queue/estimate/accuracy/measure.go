package main

import (
	"math/rand/v2"
	"slices"
	"time"

	"junban/queue/estimate"
)

// When an estimate is judged.
const (
	atIssue = iota
	at5     // live, with five ahead
	at3
	moments
)

func momentName(m int) string {
	return [moments]string{"at issue", "live, 5 ahead", "live, 3 ahead"}[m]
}

// outcome is how one seed of one scenario went: by moment, by method.
type outcome struct {
	errors [moments][methods][]float64 // signed, in seconds
	scores [moments][methods]estimate.Score
	waits  total
	days   int
	turned int   // away by the desk
	over   total // from the session's end to the last patient's
}

// measure plays past days to learn from, then days on which all methods are
// judged; after each of those, too, they learn. Everything follows from the seed.
func measure(s scenario, seed uint64, past, days int) *outcome {
	rng := rand.New(rand.NewPCG(seed, 20261121))
	learned, h, o := &estimate.Learned{}, &history{}, &outcome{days: days}
	truth := s.truth()
	for n := range past + days {
		d := newDay(s, s.draw(rng))
		if s.Stop {
			d.refuse = func() bool {
				end := learned.Forecast(d.input()).Services[service].NextEnd.Mid
				return d.now+end > length
			}
		}
		if n >= past {
			o.judge(d, learned, truth, h)
		}
		d.play()
		if n >= past {
			o.turned += d.turned
			o.over.add(d.ended - length)
		}
		learned.Learn(d.session)
		h.learn(d)
	}
	return o
}

// said is an estimate whose truth is not yet known.
type said struct {
	moment, method, ahead int
	at                    time.Duration
	told                  estimate.Range
	shown                 estimate.Interval
}

// judge has the methods estimate on that day, and notes how true they were.
func (o *outcome) judge(d *day, learned, truth *estimate.Learned, h *history) {
	open := map[*patient][]said{}
	steady := map[*patient]estimate.Steady{}
	forecasts := func() (both [2]estimate.Forecast) {
		in := d.input()
		both[ours] = learned.Forecast(in)
		for i, r := range d.rooms {
			in.Rooms[i].Pace = r.speed
		}
		both[oracle] = truth.Forecast(in)
		return both
	}
	d.issued = func(p *patient) {
		for m, f := range forecasts() {
			told := f.Services[service].Next
			shown := estimate.Shown(told)
			if m == ours {
				shown, steady[p] = steady[p].Next(at(d.now), told)
			}
			open[p] = append(open[p], said{atIssue, m, len(d.line), d.now, told, shown})
		}
		for m := averageToday; m < methods; m++ {
			told := estimate.Range{Mid: h.guess(m, d, len(d.line))}
			open[p] = append(open[p], said{moment: atIssue, method: m, ahead: len(d.line), at: d.now, told: told})
		}
	}
	d.moved = func() {
		if len(d.line) <= 3 {
			return
		}
		var both [2]estimate.Forecast
		for ahead, p := range d.line {
			moment := atIssue
			switch ahead {
			case 5:
				moment = at5
			case 3:
				moment = at3
			}
			if moment == atIssue || !p.first || p.urgent || slices.ContainsFunc(open[p], func(s said) bool { return s.moment == moment }) {
				continue
			}
			if both[ours].Waits == nil {
				both = forecasts()
			}
			for m, f := range both {
				told := f.Waits[p.id]
				shown := estimate.Shown(told)
				if m == ours {
					shown, steady[p] = steady[p].Next(at(d.now), told)
				}
				open[p] = append(open[p], said{moment, m, ahead, d.now, told, shown})
			}
			told := estimate.Range{Mid: h.guess(fixed, d, ahead)}
			open[p] = append(open[p], said{moment: moment, method: fixed, ahead: ahead, at: d.now, told: told})
		}
	}
	d.called = func(p *patient) {
		o.waits.add(d.now - p.arrives)
		for _, s := range open[p] {
			took := d.now - s.at
			o.errors[s.moment][s.method] = append(o.errors[s.moment][s.method], (s.told.Mid - took).Seconds())
			o.scores[s.moment][s.method].Add(s.ahead, s.told, s.shown, took)
		}
		delete(open, p)
		delete(steady, p)
	}
}
