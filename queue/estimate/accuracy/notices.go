package main

import (
	"time"

	"junban/queue/approach"
	"junban/queue/estimate"
)

// travels are the travel times that patients choose from.
var travels = [...]time.Duration{0, 10 * time.Minute, 20 * time.Minute, 30 * time.Minute, 45 * time.Minute, 60 * time.Minute}

// The ways of sending a patient on the way that are compared.
const (
	byRule   = iota // [approach.Decide], with the number of atFive
	byTime          // the same with the number 1: the range decides almost alone
	atFive          // when five or fewer are ahead
	atBest          // the same, of the least number that is late no more often than byRule; a clinic does not know it
	byStep          // a message at each step, see [journey.step]
	byOracle        // the travel time before the call, but not before the issue
	senders
)

func senderName(s int) string {
	return [senders]string{"junban", "junban, N = 1", "5 ahead", "as rarely late", "each step", "oracle"}[s]
}

const (
	comeAt   = 5                // number ahead of byRule and atFive
	farthest = 40               // greatest number that atBest tries
	settle   = 10 * time.Second // from a decision to the sending
)

// journey is a patient who decides when to leave, for each travel time.
type journey struct {
	issued, called time.Time
	ahead          int                // at the last look
	steady         estimate.Steady    // what the patient sees
	away           [len(travels)]bool // not asked to come when the ticket was issued
	sent           [len(travels)][byTime + 1]approach.Sent
	left           [len(travels)][senders]time.Time
	reached        [farthest + 1]time.Time // when this many were ahead, or fewer
}

// follow makes a day look at its line after every act and each minute, as the program does.
// It adds a journey for each first call.
func (o *outcome) follow(d *day, learned *estimate.Learned, h *history) {
	if d.Booking != nil {
		return // the slot sends these patients on the way
	}
	waiting := map[*patient]*journey{}
	look := func() {
		var waits map[string]estimate.Range
		for ahead, p := range d.line {
			if !p.first || p.urgent {
				continue
			}
			if waits == nil {
				waits = learned.Forecast(d.input()).Waits
			}
			j := waiting[p]
			if j == nil {
				j = &journey{issued: at(d.now), ahead: ahead}
				waiting[p] = j
			}
			t := approach.Ticket{Now: at(d.now), Waiting: true, Ahead: ahead}
			if r, ok := waits[p.id]; ok {
				var shown estimate.Interval
				shown, j.steady = j.steady.Next(t.Now, r)
				t.Low, t.High = shown.Low, shown.High
			}
			j.look(t, h.estimateWait(fixed, d, ahead))
		}
	}
	moved, called := d.moved, d.called
	ticking := false
	var tick func()
	tick = func() {
		look()
		if ticking = len(d.line) > 0; ticking {
			d.on(d.now+time.Minute, tick)
		}
	}
	d.moved = func() {
		moved()
		look()
		if !ticking && len(d.line) > 0 {
			ticking = true
			d.on(d.now+time.Minute, tick)
		}
	}
	d.called = func(p *patient) {
		called(p)
		if j := waiting[p]; j != nil {
			j.called = at(d.now)
			o.journeys = append(o.journeys, j)
			delete(waiting, p)
		}
	}
}

// look lets each sender decide.
func (j *journey) look(t approach.Ticket, figure time.Duration) {
	sent := t.Now.Add(settle)
	for i, travel := range travels {
		t.Waiting = epoch().Sub(t.Now) <= travel+approach.Margin(travel) // else the session begins too late
		left := &j.left[i]
		for s, number := range [...]int{byRule: comeAt, byTime: 1} {
			w := approach.Want{Travel: travel, Ahead: number}
			if s == byRule && t.Now.Equal(j.issued) {
				j.away[i] = !approach.Near(w, t)
			}
			d := approach.Decide(w, t, j.sent[i][s])
			j.sent[i][s] = j.sent[i][s].After(d, t)
			if d == approach.Go {
				left[s] = sent // the last one counts
			}
		}
		if left[byStep].IsZero() && j.step(t, figure, travel) {
			left[byStep] = sent
		}
	}
	for n := t.Ahead; n <= farthest && j.reached[n].IsZero(); n++ {
		j.reached[n] = sent
	}
	j.ahead = t.Ahead
}

// step reports whether a message at each step sends a patient on the way. It comes each
// time the ticket moves up, with the number ahead times the mean of a visit. Patients
// leave when that figure is their travel time or less.
func (j *journey) step(t approach.Ticket, figure, travel time.Duration) bool {
	return t.Ahead < j.ahead && figure <= travel
}

// trip is the journey with a travel time. A patient whom nothing sent on the way leaves at
// the call. The number is that of atFive and atBest.
func (j *journey) trip(travel, sender, number int) approach.Trip {
	left := j.left[travel][sender]
	switch sender {
	case atFive, atBest:
		left = j.reached[number]
	case byOracle:
		left = j.called.Add(-travels[travel])
		if left.Before(j.issued) {
			left = j.issued
		}
	}
	if left.IsZero() || left.After(j.called) {
		left = j.called
	}
	return approach.Trip{Sent: left, Called: j.called, Travel: travels[travel]}
}

// timing are the figures of all clinics of a scenario, over the patients who do not have
// to leave at once when their number is issued.
type timing [len(travels)]struct {
	Of   [senders]approach.Figures
	Best int // the number of atBest; 0: each is late more often
}

// timingOf returns the figures over the calls of all clinics.
func timingOf(all []*outcome) (t timing) {
	for i := range travels {
		figures := func(sender, number int) approach.Figures {
			var trips []approach.Trip
			for _, o := range all {
				for _, j := range o.journeys {
					if j.away[i] {
						trips = append(trips, j.trip(i, sender, number))
					}
				}
			}
			return approach.Measure(trips)
		}
		for s := range senders {
			if s != atBest {
				t[i].Of[s] = figures(s, comeAt)
			}
		}
		for n := 1; n <= farthest; n++ {
			if f := figures(atBest, n); f.Late <= t[i].Of[byRule].Late {
				t[i].Of[atBest], t[i].Best = f, n
				break
			}
		}
	}
	return t
}
