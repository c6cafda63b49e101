package estimate

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
)

// Learned is what past sessions of one clinic say. The zero value has learned
// nothing and works with the defaults below. It is kept as JSON, in seconds,
// and is not safe for concurrent use while it learns.
type Learned struct {
	Kinds    map[string]Kind   `json:"kinds,omitempty"`
	Services map[string]Habits `json:"services,omitempty"`
	Start    Times             `json:"start"` // how late a room's first call is
	Speed    Spread            `json:"speed"`
}

// Kind is how long the visits of a kind keep a room, and how many of them are
// sent to an exam.
type Kind struct {
	Took Times `json:"took"`
	Exam Share `json:"exam"`
}

// Habits are what else happens in a service's line.
type Habits struct {
	Absent Share `json:"absent"` // of the called, those who did not come
	Lost   Times `json:"lost"`   // how long a call in vain keeps the room
	Return Share `json:"return"` // of the absent, those who came back
	Back   Times `json:"back"`   // how long they were away
	Out    Times `json:"out"`    // how long an exam takes
	Urgent Rate  `json:"urgent"` // inserts at the head, per open time
	Cancel Rate  `json:"cancel"` // cancellations, per time spent waiting
}

// Times are the mean and variance of something that takes time, in seconds.
type Times struct {
	Weight   float64 `json:"weight"` // number of cases, the older counting less
	Mean     float64 `json:"mean"`
	Variance float64 `json:"variance"`
}

// Share is how many of how many.
type Share struct {
	Hits float64 `json:"hits"`
	Of   float64 `json:"of"`
}

// Rate is how many in how many seconds.
type Rate struct {
	Hits    float64 `json:"hits"`
	Seconds float64 `json:"seconds"`
}

// Spread is how far a room's speed of one session lies from the mean: its
// squared relative deviation.
type Spread struct {
	Weight float64 `json:"weight"` // number of rooms' sessions
	Square float64 `json:"square"`
}

// KindOf names an ordinary visit (再診) to a service.
func KindOf(service string) string { return service }

// FirstKind names a first visit (初診).
func FirstKind(service string) string { return service + "/first" }

// ExamKind names the visit after an exam (再診察).
func ExamKind(service string) string { return service + "/exam" }

// UrgentKind names a visit inserted at the head of the line.
func UrgentKind(service string) string { return service + "/urgent" }

// What is assumed of a thing never seen, and the number of cases it counts for
// against what is seen.
const (
	defaultWeight  = 3
	defaultVisit   = 5 * 60.0 // 再診
	defaultFirst   = 8 * 60.0 // 初診
	defaultExam    = 4 * 60.0 // after an exam
	defaultUrgent  = 8 * 60.0
	defaultLost    = 60.0
	defaultBack    = 10 * 60.0
	defaultOut     = 15 * 60.0
	defaultCV2     = 0.36 // squared coefficient of variation of a consultation
	weightCV2      = 20
	defaultAbsent  = 0.03
	weightAbsent   = 20
	defaultReturn  = 0.7
	weightReturn   = 5
	weightExam     = 20
	weightRate     = 3600.0
	weightStart    = 1
	priorPatients  = 8 // a room's speed of today counts for half after so many
	weightSpeed    = 4
	largestCV2     = 4
	smallestSpeed2 = 0.0025
)

// MaxKinds bounds what is kept; a kind or service beyond it is not learned.
const MaxKinds = 200

func defaultTook(kind string) float64 {
	switch {
	case strings.HasSuffix(kind, "/first"):
		return defaultFirst
	case strings.HasSuffix(kind, "/exam"):
		return defaultExam
	case strings.HasSuffix(kind, "/urgent"):
		return defaultUrgent
	}
	return defaultVisit
}

// took returns the distribution of a kind in one room at the mean speed, and
// the squared relative error of its mean.
func (l *Learned) took(kind string) (d lognormal, err2 float64) {
	t := l.Kinds[kind].Took
	mean := t.mean(defaultTook(kind), defaultWeight)
	// The days' speeds are in the variance of all visits; here they are apart.
	cv2 := max(t.cv2(defaultCV2, weightCV2)-l.Speed.square(), 0.04)
	return newLognormal(mean, cv2), cv2 / (t.Weight + defaultWeight)
}

func (t Times) mean(assumed, weight float64) float64 {
	return (t.Weight*t.Mean + weight*assumed) / (t.Weight + weight)
}

// cv2 is the squared coefficient of variation.
func (t Times) cv2(assumed, weight float64) float64 {
	if t.Mean <= 0 {
		return assumed
	}
	own := t.Variance / (t.Mean * t.Mean)
	return min((t.Weight*own+weight*assumed)/(t.Weight+weight), largestCV2)
}

// like returns the distribution of times for which little is assumed.
func (t Times) like(assumed float64) lognormal {
	return newLognormal(t.mean(assumed, defaultWeight), t.cv2(defaultCV2, defaultWeight))
}

// start returns how late rooms begin. Nothing seen is taken for punctual.
func (l *Learned) start() lognormal {
	mean := l.Start.mean(0, weightStart)
	if mean < 1 {
		return lognormal{}
	}
	return newLognormal(mean, l.Start.cv2(defaultCV2, defaultWeight))
}

func (s Share) share(assumed, weight float64) float64 {
	return (s.Hits + weight*assumed) / (s.Of + weight)
}

// perSecond takes a rate of which nothing is known for none.
func (r Rate) perSecond() float64 { return r.Hits / (r.Seconds + weightRate) }

// square returns the squared relative deviation of a room's speed.
func (s Spread) square() float64 {
	assumed := defaultCV2 / priorPatients
	return max((s.Weight*s.Square+weightSpeed*assumed)/(s.Weight+weightSpeed), smallestSpeed2)
}

// UnmarshalJSON reads what [json.Marshal] wrote, and refuses what no learning
// could have made: figures that are negative or beyond any clinic's, or more than
// [MaxKinds] names.
func (l *Learned) UnmarshalJSON(text []byte) error {
	type plain Learned
	var p plain
	if err := json.Unmarshal(text, &p); err != nil {
		return fmt.Errorf("learned: %w", err)
	}
	if len(p.Kinds) > MaxKinds || len(p.Services) > MaxKinds {
		return fmt.Errorf("learned: %d kinds and %d services, at most %d are kept", len(p.Kinds), len(p.Services), MaxKinds)
	}
	sane := p.Start.sane() && sane(p.Speed.Weight, p.Speed.Square)
	for _, k := range p.Kinds {
		sane = sane && k.Took.sane() && k.Exam.sane()
	}
	for _, h := range p.Services {
		sane = sane && h.Absent.sane() && h.Return.sane() && h.Lost.sane() && h.Back.sane() && h.Out.sane() &&
			h.Urgent.sane() && h.Cancel.sane()
	}
	if !sane {
		return fmt.Errorf("learned: a figure is negative or out of bounds")
	}
	*l = Learned(p)
	return nil
}

// beyond is more than any figure that is kept.
const beyond = 1e10

func sane(figures ...float64) bool {
	for _, f := range figures {
		if !(f >= 0 && f < beyond) || math.IsNaN(f) {
			return false
		}
	}
	return true
}

func (t Times) sane() bool { return sane(t.Weight, t.Mean, t.Variance) && t.Mean <= longest.Seconds() }
func (s Share) sane() bool { return sane(s.Hits, s.Of) && s.Hits <= s.Of }
func (r Rate) sane() bool  { return sane(r.Hits, r.Seconds) }

// certain is how many tickets must have been seen before their mean is told.
const certain = 10

// PerTicket returns how long a room is busy with one ticket of a service on
// average, its visits after an exam included; false if few were seen. It may be
// asked of a nil Learned, which has seen none.
func (l *Learned) PerTicket(service string) (time.Duration, bool) {
	if l == nil {
		return 0, false
	}
	var busy, tickets float64
	for _, kind := range []string{KindOf(service), FirstKind(service), UrgentKind(service), ExamKind(service)} {
		took := l.Kinds[kind].Took
		busy += took.Weight * took.Mean
		if kind != ExamKind(service) {
			tickets += took.Weight
		}
	}
	if tickets < certain {
		return 0, false
	}
	return time.Duration(busy / tickets * float64(time.Second)), true
}
