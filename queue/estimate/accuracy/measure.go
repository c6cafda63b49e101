package main

import (
	"math/rand/v2"
	"slices"
	"time"

	"junban/queue/estimate"
)

// The moments at which estimates are evaluated.
const (
	atIssue = iota
	at5     // five tickets ahead
	at3
	moments
)

func momentName(m int) string {
	return [moments]string{"at issue", "live, 5 ahead", "live, 3 ahead"}[m]
}

// outcome is the result of one seed of one scenario, by moment and method.
type outcome struct {
	errors   [moments][methods][]float64 // signed, in seconds
	scores   [moments][methods]estimate.Score
	waits    total
	days     int
	refused  int   // refused patients
	overtime total // from the end of the session to the end of the last visit
	journeys []*journey
}

// measure simulates past days to learn from, then days on which all methods are
// evaluated. The methods also learn from the latter.
func measure(s scenario, seed uint64, past, days int) *outcome {
	days *= max(s.More, 1)
	rng := rand.New(rand.NewPCG(seed, 20261121))
	learned, h, o := &estimate.Learned{}, &history{}, &outcome{days: days}
	parameters := s.parameters()
	for n := range past + days {
		d := newDay(s, s.draw(rng))
		if s.Stop {
			d.refuse = func() bool {
				each, _ := learned.PerTicket(service)
				return d.now+learned.Forecast(d.input()).Services[service].Mid+each > length
			}
		}
		one := &outcome{}
		one.evaluate(d, learned, parameters, h)
		if n >= past {
			one.follow(d, learned, h)
		}
		d.play()
		for moment := range moments {
			d.session.Forecasts.Merge(one.scores[moment][ours])
		}
		if n >= past {
			o.refused += d.refused
			o.overtime.add(d.ended - length)
			o.merge(one)
		}
		learned.Learn(d.session)
		h.learn(d)
	}
	return o
}

// merge adds the estimates of a day.
func (o *outcome) merge(day *outcome) {
	for moment := range moments {
		for method := range methods {
			o.errors[moment][method] = append(o.errors[moment][method], day.errors[moment][method]...)
			o.scores[moment][method].Merge(day.scores[moment][method])
		}
	}
	o.journeys = append(o.journeys, day.journeys...)
	o.waits.n += day.waits.n
	o.waits.sum += day.waits.sum
}

// pendingEstimate is an estimate whose actual wait is not yet known.
type pendingEstimate struct {
	moment, method, ahead int
	at                    time.Duration
	forecast              estimate.Range
	shown                 estimate.Interval
}

// evaluate records the estimates of all methods on a day, and scores them at
// the call.
func (o *outcome) evaluate(d *day, learned, parameters *estimate.Learned, h *history) {
	open := map[*patient][]pendingEstimate{}
	steady := map[*patient]estimate.Steady{}
	forecasts := func() (both [2]estimate.Forecast) {
		in := d.input()
		both[ours] = learned.Forecast(in)
		for i, r := range d.rooms {
			in.Rooms[i].Pace = d.pace(r)
		}
		both[oracle] = parameters.Forecast(in)
		return both
	}
	d.issued = func(p *patient) {
		ahead := len(d.line)
		if d.Booking != nil {
			ahead = slices.Index(d.line, p)
		}
		for m, f := range forecasts() {
			forecast := f.Services[service]
			if d.Booking != nil {
				forecast = f.Waits[p.id]
			}
			shown := estimate.Shown(forecast)
			if m == ours {
				shown, steady[p] = steady[p].Next(at(d.now), forecast)
			}
			open[p] = append(open[p], pendingEstimate{atIssue, m, ahead, d.now, forecast, shown})
		}
		for m := averageToday; m < methods; m++ {
			forecast := estimate.Range{Mid: h.estimateWait(m, d, ahead)}
			open[p] = append(open[p], pendingEstimate{moment: atIssue, method: m, ahead: ahead, at: d.now, forecast: forecast})
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
			if moment == atIssue || !p.first || p.urgent || slices.ContainsFunc(open[p], func(s pendingEstimate) bool { return s.moment == moment }) {
				continue
			}
			if both[ours].Waits == nil {
				both = forecasts()
			}
			for m, f := range both {
				forecast := f.Waits[p.id]
				shown := estimate.Shown(forecast)
				if m == ours {
					shown, steady[p] = steady[p].Next(at(d.now), forecast)
				}
				open[p] = append(open[p], pendingEstimate{moment, m, ahead, d.now, forecast, shown})
			}
			forecast := estimate.Range{Mid: h.estimateWait(fixed, d, ahead)}
			open[p] = append(open[p], pendingEstimate{moment: moment, method: fixed, ahead: ahead, at: d.now, forecast: forecast})
		}
	}
	d.called = func(p *patient) {
		o.waits.add(d.now - p.arrives)
		for _, s := range open[p] {
			took := d.now - s.at
			o.errors[s.moment][s.method] = append(o.errors[s.moment][s.method], (s.forecast.Mid - took).Seconds())
			o.scores[s.moment][s.method].Add(s.ahead, s.forecast, s.shown, took)
		}
		delete(open, p)
		delete(steady, p)
	}
}
