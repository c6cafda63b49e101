package estimate

import (
	"encoding/json"
	"fmt"
	"math"
)

// Learned is what past sessions of one clinic say. The zero value has learned
// nothing and works with the defaults below. It is kept as JSON, in seconds,
// and is not safe for concurrent use while it learns.
type Learned struct {
	Kinds    map[string]Kind   `json:"kinds,omitempty"`
	Services map[string]Habits `json:"services,omitempty"`
	Start    Times             `json:"start"` // how late a room's first call is
	Speed    Spread            `json:"speed"`
	Web      map[string]Count  `json:"web,omitempty"` // web tickets of a half hour, by [HalfHour]
}

// Count is how many there were a day, over the last days.
type Count struct {
	Days float64 `json:"days"` // at most countDays
	Mean float64 `json:"mean"`
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

// OfType narrows a service to visits of one type (注射, 予防接種), to be given
// to [KindOf] or [FirstKind]; no type is the service itself.
func OfType(service, typ string) string {
	if typ == "" {
		return service
	}
	return service + ":" + typ
}

// KindOf names an ordinary visit (再診) to a service.
func KindOf(service string) string { return service }

// FirstKind names a first visit (初診).
func FirstKind(service string) string { return service + "/first" }

// ExamKind names the visit after an exam (再診察).
func ExamKind(service string) string { return service + "/exam" }

// UrgentKind names a visit inserted at the head of the line.
func UrgentKind(service string) string { return service + "/urgent" }

// MaxKinds bounds what is kept; a kind or service beyond it is not learned.
const MaxKinds = 400

// UnmarshalJSON reads what [json.Marshal] wrote, and refuses what no learning
// could have made: figures that are negative or beyond any clinic's, or more than
// [MaxKinds] names.
func (l *Learned) UnmarshalJSON(text []byte) error {
	type plain Learned
	var p plain
	if err := json.Unmarshal(text, &p); err != nil {
		return fmt.Errorf("learned: %w", err)
	}
	if len(p.Web) > MaxHalfHours {
		return fmt.Errorf("learned: %d half hours, at most %d are kept", len(p.Web), MaxHalfHours)
	}
	if len(p.Kinds) > MaxKinds || len(p.Services) > MaxKinds {
		return fmt.Errorf("learned: %d kinds and %d services, at most %d are kept", len(p.Kinds), len(p.Services), MaxKinds)
	}
	sane := p.Start.sane() && sane(p.Speed.Weight, p.Speed.Square)
	for _, k := range p.Kinds {
		sane = sane && k.Took.sane() && k.Exam.sane()
	}
	for _, c := range p.Web {
		sane = sane && c.sane()
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
func (c Count) sane() bool { return sane(c.Days, c.Mean) }
func (s Share) sane() bool { return sane(s.Hits, s.Of) && s.Hits <= s.Of }
func (r Rate) sane() bool  { return sane(r.Hits, r.Seconds) }
