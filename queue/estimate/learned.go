package estimate

import (
	"encoding/json"
	"fmt"
	"math"
)

// Learned has the figures of a clinic's past sessions. The zero value has no
// data and uses defaults. It is stored as JSON, with times in seconds.
// [Learned.Learn] must not run concurrently with other methods.
type Learned struct {
	Kinds    map[string]Kind   `json:"kinds,omitempty"`
	Services map[string]Habits `json:"services,omitempty"`
	Start    Times             `json:"start"` // delay of a room's first call
	Speed    Spread            `json:"speed"`
	Tails    Tails             `json:"tails"`         // width of the range
	Web      map[string]Count  `json:"web,omitempty"` // web tickets of a half hour, by [HalfHour]
}

// Count is a mean number per day, over the last days.
type Count struct {
	Days float64 `json:"days"` // at most countDays
	Mean float64 `json:"mean"`
}

// Kind has the visit times of a kind, and its share of exams.
type Kind struct {
	Took Times `json:"took"`
	Exam Share `json:"exam"`
}

// Habits has the other figures of a service's line.
type Habits struct {
	Absent Share `json:"absent"` // missed calls
	Lost   Times `json:"lost"`   // time that a missed call occupies the room
	Return Share `json:"return"` // absent tickets that returned
	Back   Times `json:"back"`   // time until the return
	Out    Times `json:"out"`    // duration of an exam
	Urgent Rate  `json:"urgent"` // inserts at the head, per open time
	Cancel Rate  `json:"cancel"` // cancellations, per time spent waiting

	NoShow Share `json:"noShow,omitzero"` // bookings whose patients did not come
	Came   Times `json:"came,omitzero"`   // arrivals of the others, from [Earliest] before their slot's start
	Walkin Rate  `json:"walkin,omitzero"` // patients without a booking in slots, per open time
}

// Times has the mean and variance of a duration, in seconds.
type Times struct {
	Weight   float64 `json:"weight"` // number of cases, older ones weighted less
	Mean     float64 `json:"mean"`
	Variance float64 `json:"variance"`
}

// Share is a proportion: Hits of Of.
type Share struct {
	Hits float64 `json:"hits"`
	Of   float64 `json:"of"`
}

// Rate is a number of events in a time.
type Rate struct {
	Hits    float64 `json:"hits"`
	Seconds float64 `json:"seconds"`
}

// Spread is the squared relative deviation of a room's speed in a session from
// its mean.
type Spread struct {
	Weight float64 `json:"weight"` // number of sessions, for each room
	Square float64 `json:"square"`
}

// OfType returns the name of a service's visits of one type (注射, 予防接種),
// for [KindOf] or [FirstKind]. Without a type, it returns the service.
func OfType(service, typ string) string {
	if typ == "" {
		return service
	}
	return service + ":" + typ
}

// KindOf returns the kind of an ordinary visit (再診).
func KindOf(service string) string { return service }

// FirstKind returns the kind of a first visit (初診).
func FirstKind(service string) string { return service + "/first" }

// ExamKind returns the kind of a visit after an exam (再診察).
func ExamKind(service string) string { return service + "/exam" }

// UrgentKind returns the kind of a visit inserted at the head of the line.
func UrgentKind(service string) string { return service + "/urgent" }

// MaxKinds limits the kinds and the services that are learned.
const MaxKinds = 400

// UnmarshalJSON implements [json.Unmarshaler]. It refuses figures that are
// negative or implausibly large, and more than [MaxKinds] names.
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
	sane := p.Start.sane() && sane(p.Speed.Weight, p.Speed.Square, p.Tails.Low, p.Tails.High)
	for _, k := range p.Kinds {
		sane = sane && k.Took.sane() && k.Exam.sane()
	}
	for _, c := range p.Web {
		sane = sane && c.sane()
	}
	for _, h := range p.Services {
		sane = sane && h.Absent.sane() && h.Return.sane() && h.Lost.sane() && h.Back.sane() && h.Out.sane() &&
			h.Urgent.sane() && h.Cancel.sane() && h.NoShow.sane() && h.Came.sane() && h.Walkin.sane()
	}
	if !sane {
		return fmt.Errorf("learned: a figure is negative or out of bounds")
	}
	*l = Learned(p)
	return nil
}

// maxFigure is larger than any plausible figure.
const maxFigure = 1e10

func sane(figures ...float64) bool {
	for _, f := range figures {
		if !(f >= 0 && f < maxFigure) || math.IsNaN(f) {
			return false
		}
	}
	return true
}

func (t Times) sane() bool {
	return sane(t.Weight, t.Mean, t.Variance) && t.Mean <= maxDuration.Seconds()
}
func (c Count) sane() bool { return sane(c.Days, c.Mean) }
func (s Share) sane() bool { return sane(s.Hits, s.Of) && s.Hits <= s.Of }
func (r Rate) sane() bool  { return sane(r.Hits, r.Seconds) }
