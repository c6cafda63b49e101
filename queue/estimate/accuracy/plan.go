package main

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"junban/queue/estimate"
)

// plan has the random draws of a day. Times count from the start of the
// session.
type plan struct {
	visits []*visit // by arrival, including urgent inserts
	rooms  []doctor
	bursts []time.Duration // starts of the quarter hours in which half are absent
}

// visit has the draws of one patient.
type visit struct {
	id      string
	kind    string
	arrives time.Duration
	urgent  bool
	took    float64       // seconds at the mean speed
	absent  float64       // uniform; absent if it is below the share at the call
	lost    time.Duration // until the desk marks the patient as absent
	back    time.Duration // then until the return; negative: never
	gone    time.Duration // patience: cancels after waiting this long
	out     time.Duration // duration of the exam; 0: no exam
	after   float64       // seconds of the visit after the exam
	slot    time.Duration // start of the slot that is booked
	booked  bool
	comes   bool // false: a no-show
}

// doctor has the draws of one room.
type doctor struct {
	id    string
	speed float64
	late  time.Duration
}

// draw draws the plan of a day.
func (s scenario) draw(rng *rand.Rand) *plan {
	p := &plan{}
	for r := range s.Rooms {
		pace := 1.0
		if s.Paces != nil {
			pace = s.Paces[r]
		}
		p.rooms = append(p.rooms, doctor{
			id:    strconv.Itoa(r + 1),
			speed: pace * distribution{Minutes: 1, CV: s.Speed}.draw(rng) / 60,
			late:  s.Late.time(rng),
		})
	}
	for range s.Bursts {
		p.bursts = append(p.bursts, time.Duration(rng.Float64()*float64(length)))
	}
	if s.Booking != nil {
		p.visits = s.Booking.draw(s, rng)
	}
	rooms := float64(s.Rooms)
	for range s.Opening * s.Rooms {
		p.visits = append(p.visits, s.visit(rng, -time.Duration(rng.Float64()*float64(s.Early))))
	}
	third := length / time.Duration(max(len(s.Arrive), 1))
	for i, rate := range s.Arrive {
		for at := exponential(rng, rate*rooms/60); at < third; at += exponential(rng, rate*rooms/60) {
			p.visits = append(p.visits, s.visit(rng, time.Duration(i)*third+at))
		}
	}
	if s.Urgent > 0 { // longer than any session
		for at := exponential(rng, s.Urgent/3600); at < 2*length; at += exponential(rng, s.Urgent/3600) {
			v := s.visit(rng, at)
			v.urgent, v.kind, v.took = true, estimate.UrgentKind(service), max(s.UrgentTook.draw(rng), estimate.Shortest.Seconds())
			v.absent, v.gone, v.out = 1, 24*time.Hour, 0
			p.visits = append(p.visits, v)
		}
	}
	slices.SortStableFunc(p.visits, func(a, b *visit) int { return cmp.Compare(a.arrives, b.arrives) })
	for i, v := range p.visits {
		v.id = strconv.Itoa(i + 1)
	}
	return p
}

func (s scenario) visit(rng *rand.Rand, at time.Duration) *visit {
	v := &visit{arrives: at, comes: true, absent: rng.Float64(), lost: s.Lost.time(rng), back: -1, gone: exponential(rng, s.Cancel/3600)}
	if rng.Float64() < s.Returns {
		v.back = s.Back.time(rng)
	}
	u := rng.Float64()
	k := s.Kinds[0]
	for _, k = range s.Kinds {
		if u -= k.Share; u < 0 {
			break
		}
	}
	v.kind, v.took = k.Name, max(k.Took.draw(rng), estimate.Shortest.Seconds())
	if rng.Float64() < k.Exam {
		v.out, v.after = s.Out.time(rng), max(s.ExamTook.draw(rng), estimate.Shortest.Seconds())
	}
	return v
}

// draw draws a number of seconds.
func (l distribution) draw(rng *rand.Rand) float64 {
	if l.Minutes == 0 {
		return 0
	}
	if l.Gamma {
		shape := 1 / (l.CV * l.CV)
		return gamma(rng, shape) * l.Minutes * 60 / shape
	}
	s2 := math.Log1p(l.CV * l.CV)
	return l.Minutes * 60 * math.Exp(math.Sqrt(s2)*rng.NormFloat64()-s2/2)
}

func (l distribution) time(rng *rand.Rand) time.Duration {
	return time.Duration(l.draw(rng) * float64(time.Second))
}

// gamma draws with the method of Marsaglia and Tsang, for shapes of at least 1.
func gamma(rng *rand.Rand, shape float64) float64 {
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := rng.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(rng.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// exponential draws the time to the next event, at perSecond events a second.
func exponential(rng *rand.Rand, perSecond float64) time.Duration {
	return time.Duration(rng.ExpFloat64() / perSecond * float64(time.Second))
}
