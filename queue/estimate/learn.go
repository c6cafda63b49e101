package estimate

import (
	"maps"
	"slices"
	"time"
)

// Session is the data of a finished session of a clinic.
type Session struct {
	Visits    []Visit
	Late      []time.Duration // delay of the first call, for each room that was free at the start
	Services  []Tally
	Web       map[string]int // web tickets that were not cancelled, by [HalfHour]
	Forecasts Score          // accuracy of the session's forecasts
}

// Tally has the counts of one service's line in one session.
type Tally struct {
	Service  string
	Calls    int             // first calls of tickets whose turn had come
	Absent   int             // calls that the patient missed
	Returned int             // absent tickets that returned
	Lost     []time.Duration // time that each missed call occupied the room
	Back     []time.Duration // time until each return
	Out      []time.Duration // duration of each exam
	Urgent   int             // tickets inserted at the head
	Open     time.Duration   // from the start to the end of consultation
	Canceled int             // cancellations while waiting
	Waited   time.Duration   // total of all tickets

	Booked int             // bookings of slots that were not cancelled
	NoShow int             // those whose patients did not come
	Came   []time.Duration // arrivals of the others, after their slot's start; negative: before it
	Walkin int             // patients without a booking who got a place in a slot
}

// Shortest is the least plausible duration of a consultation.
const Shortest = 10 * time.Second

// maxDuration is the limit of learned durations.
const maxDuration = 3 * time.Hour

const (
	// decay is the factor on the weight of past data per session. Half of the
	// total weight is that of the last 23 sessions.
	decay = 0.97
	// maxDeviations limits a consultation to its mean plus this number of standard
	// deviations.
	maxDeviations = 5
	// minVisits is the number of visits that a mean or a room's speed requires.
	minVisits = 5
)

// Learn adds a session to the figures and reduces the weight of earlier ones. A
// consultation counts for at most five standard deviations above the mean of its kind. Learn each
// session once.
func (l *Learned) Learn(s Session) {
	good := make([]Visit, 0, len(s.Visits))
	for _, v := range s.Visits {
		if !v.Inaccurate && v.Took >= Shortest && v.Took <= maxDuration {
			good = append(good, v)
		}
	}
	l.fade()
	l.Tails.learn(s.Forecasts.All())
	l.learnSpeed(good)
	for _, v := range good {
		k, known := l.Kinds[v.Kind]
		if !known && len(l.Kinds) >= MaxKinds {
			continue
		}
		if l.Kinds == nil {
			l.Kinds = map[string]Kind{}
		}
		took := v.Took.Seconds()
		if k.Took.Weight >= minVisits {
			d, _ := l.took(v.Kind)
			took = min(took, d.limit())
		}
		k.Took.add(took)
		k.Exam.add(v.Exam)
		l.Kinds[v.Kind] = k
	}
	for half, n := range s.Web {
		l.arrive(half, n)
	}
	for _, late := range s.Late {
		l.Start.addAll(late)
	}
	for _, t := range s.Services {
		l.learnTally(t)
	}
}

// fade reduces the weight of all figures.
func (l *Learned) fade() {
	for name, k := range l.Kinds {
		k.Took.Weight *= decay
		k.Exam.fade()
		l.Kinds[name] = k
	}
	for name, h := range l.Services {
		for _, t := range []*Times{&h.Lost, &h.Back, &h.Out, &h.Came} {
			t.Weight *= decay
		}
		for _, s := range []*Share{&h.Absent, &h.Return, &h.NoShow} {
			s.fade()
		}
		for _, r := range []*Rate{&h.Urgent, &h.Cancel, &h.Walkin} {
			r.Hits, r.Seconds = r.Hits*decay, r.Seconds*decay
		}
		l.Services[name] = h
	}
	l.Start.Weight *= decay
	l.Speed.Weight *= decay
}

// learnSpeed updates the variance of rooms' speed between days: the variance of
// their mean ratios, less that expected by chance.
func (l *Learned) learnSpeed(visits []Visit) {
	rooms := map[string]*pace{}
	for _, v := range visits {
		if rooms[v.Room] == nil {
			rooms[v.Room] = &pace{}
		}
		d, _ := l.took(v.Kind)
		rooms[v.Room].add(v.Took.Seconds(), d)
	}
	for _, id := range slices.Sorted(maps.Keys(rooms)) { // sums of floats depend on their order
		p := rooms[id]
		if p.visits < minVisits {
			continue
		}
		off := p.ratio/p.weight - 1
		l.Speed.Weight++
		l.Speed.Square = max(0, l.Speed.Square+(off*off-1/p.weight-l.Speed.Square)/l.Speed.Weight)
	}
}

func (l *Learned) learnTally(t Tally) {
	h, known := l.Services[t.Service]
	if !known && len(l.Services) >= MaxKinds {
		return
	}
	if l.Services == nil {
		l.Services = map[string]Habits{}
	}
	h.Absent.addAll(t.Absent, t.Calls)
	h.Return.addAll(t.Returned, t.Absent)
	h.Lost.addAll(t.Lost...)
	h.Back.addAll(t.Back...)
	h.Out.addAll(t.Out...)
	h.Urgent.addAll(t.Urgent, t.Open)
	h.Cancel.addAll(t.Canceled, t.Waited)
	h.NoShow.addAll(t.NoShow, t.Booked)
	h.Walkin.addAll(t.Walkin, t.Open)
	for _, after := range t.Came {
		h.Came.addAll(after + Earliest)
	}
	l.Services[t.Service] = h
}

// add adds a case, in seconds.
func (t *Times) add(x float64) {
	t.Weight++
	part := 1 / t.Weight
	off := x - t.Mean
	t.Mean += off * part
	t.Variance = (1 - part) * (t.Variance + off*off*part)
}

func (t *Times) addAll(all ...time.Duration) {
	for _, d := range all {
		t.add(min(max(d, 0), maxDuration).Seconds())
	}
}

func (s *Share) add(hit bool) {
	s.Of++
	if hit {
		s.Hits++
	}
}

func (s *Share) addAll(hits, of int) {
	of = max(of, 0)
	s.Hits += float64(min(max(hits, 0), of))
	s.Of += float64(of)
}

func (s *Share) fade() { s.Hits, s.Of = s.Hits*decay, s.Of*decay }

func (r *Rate) addAll(hits int, in time.Duration) {
	if in > 0 && hits >= 0 {
		r.Hits += float64(hits)
		r.Seconds += in.Seconds()
	}
}
