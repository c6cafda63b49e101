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

// plan is a day before it is played: what everybody will do. Times count from
// the session's start.
type plan struct {
	visits []*visit // by arrival; the urgent among them
	rooms  []doctor
	bursts []time.Duration // beginnings of the quarters in which half are absent
}

// visit is one patient's day.
type visit struct {
	id      string
	kind    string
	arrives time.Duration
	urgent  bool
	took    float64       // seconds at the mean speed
	absent  float64       // a uniform draw: absent if below the share at the call
	lost    time.Duration // until the desk sees that nobody comes
	back    time.Duration // after that; negative: never
	gone    time.Duration // cancels after waiting so long
	out     time.Duration // of an exam; 0: none
	after   float64       // seconds of the visit after it
}

// doctor is one room's day.
type doctor struct {
	id    string
	speed float64
	late  time.Duration
}

// draw draws a day.
func (s scenario) draw(rng *rand.Rand) *plan {
	p := &plan{}
	for r := range s.Rooms {
		p.rooms = append(p.rooms, doctor{
			id:    strconv.Itoa(r + 1),
			speed: law{Minutes: 1, CV: s.Speed}.draw(rng) / 60,
			late:  s.Late.time(rng),
		})
	}
	for range s.Bursts {
		p.bursts = append(p.bursts, time.Duration(rng.Float64()*float64(length)))
	}
	rooms := float64(s.Rooms)
	for range s.Opening * s.Rooms {
		p.visits = append(p.visits, s.visit(rng, -time.Duration(rng.Float64()*float64(s.Early))))
	}
	third := length / time.Duration(len(s.Arrive))
	for i, rate := range s.Arrive {
		for at := exponential(rng, rate*rooms/60); at < third; at += exponential(rng, rate*rooms/60) {
			p.visits = append(p.visits, s.visit(rng, time.Duration(i)*third+at))
		}
	}
	if s.Urgent > 0 { // while anybody works, which nobody knows yet
		for at := exponential(rng, s.Urgent/3600); at < 2*length; at += exponential(rng, s.Urgent/3600) {
			v := s.visit(rng, at)
			v.urgent, v.kind, v.took = true, estimate.UrgentKind(service), max(s.Hurry.draw(rng), estimate.Shortest.Seconds())
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
	v := &visit{arrives: at, absent: rng.Float64(), lost: s.Lost.time(rng), back: -1, gone: exponential(rng, s.Cancel/3600)}
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
		v.out, v.after = s.Out.time(rng), max(s.After.draw(rng), estimate.Shortest.Seconds())
	}
	return v
}

// draw draws seconds.
func (l law) draw(rng *rand.Rand) float64 {
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

func (l law) time(rng *rand.Rand) time.Duration {
	return time.Duration(l.draw(rng) * float64(time.Second))
}

// gamma draws by the method of Marsaglia and Tsang, for shapes of 1 and more.
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

// exponential draws the time to the next of so many per second.
func exponential(rng *rand.Rand, perSecond float64) time.Duration {
	return time.Duration(rng.ExpFloat64() / perSecond * float64(time.Second))
}
