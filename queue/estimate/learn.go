package estimate

import (
	"maps"
	"slices"
	"time"
)

// Session is what a clinic's finished session teaches.
type Session struct {
	Visits   []Visit
	Late     []time.Duration // of each room: its first call after the start, if it was free before
	Services []Tally
	Web      map[string]int // web tickets that were not cancelled, by [HalfHour]
}

// Tally is what was counted of one service's line in one session.
type Tally struct {
	Service  string
	Calls    int             // of tickets whose turn had come, first calls only
	Absent   int             // of these, who did not come
	Returned int             // of the absent, who came back
	Lost     []time.Duration // how long each call in vain kept the room
	Back     []time.Duration // how long those who came back were away
	Out      []time.Duration // how long each exam took
	Urgent   int             // inserted at the head
	Open     time.Duration   // from the start to the end of consultation
	Canceled int             // cancelled by somebody who was waiting
	Waited   time.Duration   // by all tickets together
}

// Skipped says what [Learned.Learn] did not learn from, for a metric's label.
type Skipped struct {
	Inaccurate int // flagged so
	Outlier    int // shorter than [Shortest] or longer than three hours
	Crowded    int // of a kind or service beyond [MaxKinds]
}

// Shortest is what a consultation takes at least; less is a slip of a finger.
const Shortest = 10 * time.Second

// longest is what anything may take that is learned.
const longest = 3 * time.Hour

const (
	// keep is the part of what was learned that one session leaves: half of it
	// is of the last 23 sessions.
	keep = 0.97
	// tallest is how many times its mean one consultation counts for at most.
	tallest = 4
	// enough is how many visits tell a room's speed of a session.
	enough = 5
)

// Learn takes a session in, and forgets a little of all before. One session
// changes a figure only as far as its cases weigh, and one consultation counts
// for at most four times its kind's mean. A session is to be taken in once.
func (l *Learned) Learn(s Session) Skipped {
	var skipped Skipped
	good := make([]Visit, 0, len(s.Visits))
	for _, v := range s.Visits {
		switch {
		case v.Inaccurate:
			skipped.Inaccurate++
		case v.Took < Shortest || v.Took > longest:
			skipped.Outlier++
		default:
			good = append(good, v)
		}
	}
	l.fade()
	l.learnSpeed(good)
	for _, v := range good {
		k, known := l.Kinds[v.Kind]
		if !known && len(l.Kinds) >= MaxKinds {
			skipped.Crowded++
			continue
		}
		if l.Kinds == nil {
			l.Kinds = map[string]Kind{}
		}
		took := v.Took.Seconds()
		if k.Took.Weight >= enough {
			took = min(took, tallest*k.Took.Mean)
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
		if !l.learnTally(t) {
			skipped.Crowded++
		}
	}
	return skipped
}

// fade makes all that is known count a little less.
func (l *Learned) fade() {
	for name, k := range l.Kinds {
		k.Took.Weight *= keep
		k.Exam.fade()
		l.Kinds[name] = k
	}
	for name, h := range l.Services {
		for _, t := range []*Times{&h.Lost, &h.Back, &h.Out} {
			t.Weight *= keep
		}
		h.Absent.fade()
		h.Return.fade()
		for _, r := range []*Rate{&h.Urgent, &h.Cancel} {
			r.Hits, r.Seconds = r.Hits*keep, r.Seconds*keep
		}
		l.Services[name] = h
	}
	l.Start.Weight *= keep
	l.Speed.Weight *= keep
}

// learnSpeed learns how much rooms differ from day to day: what their mean
// ratios to what was expected scatter more than so few visits would by chance.
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
		if p.visits < enough {
			continue
		}
		off := p.ratio/p.weight - 1
		l.Speed.Weight++
		l.Speed.Square = max(0, l.Speed.Square+(off*off-1/p.weight-l.Speed.Square)/l.Speed.Weight)
	}
}

func (l *Learned) learnTally(t Tally) bool {
	h, known := l.Services[t.Service]
	if !known && len(l.Services) >= MaxKinds {
		return false
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
	l.Services[t.Service] = h
	return true
}

// add takes one case in, in seconds.
func (t *Times) add(x float64) {
	t.Weight++
	part := 1 / t.Weight
	off := x - t.Mean
	t.Mean += off * part
	t.Variance = (1 - part) * (t.Variance + off*off*part)
}

func (t *Times) addAll(all ...time.Duration) {
	for _, d := range all {
		t.add(min(max(d, 0), longest).Seconds())
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

func (s *Share) fade() { s.Hits, s.Of = s.Hits*keep, s.Of*keep }

func (r *Rate) addAll(hits int, in time.Duration) {
	if in > 0 && hits >= 0 {
		r.Hits += float64(hits)
		r.Seconds += in.Seconds()
	}
}
