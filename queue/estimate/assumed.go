package estimate

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Assumptions without data, and their weights as numbers of cases.
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
	priorPatients  = 8 // visits after which a room's speed of today has half the weight
	weightSpeed    = 4
	largestCV2     = 4
	smallestSpeed2 = 0.0025
)

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

// assumed returns the assumed mean of a kind. For a type of visit, it is the
// learned mean of its service.
func (l *Learned) assumed(kind string) float64 {
	service, typ, narrow := strings.Cut(kind, ":")
	if !narrow {
		return defaultTook(kind)
	}
	if strings.HasSuffix(typ, "/first") {
		service = FirstKind(service)
	}
	return l.Kinds[service].Took.mean(defaultTook(service), defaultWeight)
}

// Long returns the time that 90 % of the visits of a kind stay below, in a room
// of mean speed. l may be nil.
func (l *Learned) Long(kind string) time.Duration {
	if l == nil {
		l = &Learned{}
	}
	d, _ := l.took(kind)
	return duration(d.at(z90))
}

// took returns the distribution of a kind in a room of mean speed. It also returns the
// squared relative error of its mean.
func (l *Learned) took(kind string) (d lognormal, err2 float64) {
	t := l.Kinds[kind].Took
	mean := t.mean(l.assumed(kind), defaultWeight)
	// The variance of all visits includes that of the speed, which is separate
	// here.
	cv2 := max(t.cv2(defaultCV2, weightCV2)-l.Speed.square(), 0.04)
	return newLognormal(mean, cv2), cv2 / (t.Weight + defaultWeight)
}

func (t Times) mean(assumed, weight float64) float64 {
	return (t.Weight*t.Mean + weight*assumed) / (t.Weight + weight)
}

// cv2 returns the squared coefficient of variation.
func (t Times) cv2(assumed, weight float64) float64 {
	if t.Mean <= 0 {
		return assumed
	}
	own := t.Variance / (t.Mean * t.Mean)
	return min((t.Weight*own+weight*assumed)/(t.Weight+weight), largestCV2)
}

// like returns the distribution of the times, given an assumed mean.
func (t Times) like(assumed float64) lognormal {
	return newLognormal(t.mean(assumed, defaultWeight), t.cv2(defaultCV2, defaultWeight))
}

// start returns how late rooms start. Without data, they are punctual.
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

// perSecond returns the rate. Without data it is 0.
func (r Rate) perSecond() float64 { return r.Hits / (r.Seconds + weightRate) }

// square returns the squared relative deviation of a room's speed.
func (s Spread) square() float64 {
	assumed := defaultCV2 / priorPatients
	return max((s.Weight*s.Square+weightSpeed*assumed)/(s.Weight+weightSpeed), smallestSpeed2)
}

// minTickets is the number of learned tickets from which PerTicket returns a
// mean.
const minTickets = 10

// PerTicket returns the mean time that a ticket of a service occupies a room,
// including its visits after an exam. It returns false if there is too little
// data. l may be nil.
func (l *Learned) PerTicket(service string) (time.Duration, bool) {
	if l == nil {
		return 0, false
	}
	var busy, tickets float64
	for _, kind := range slices.Sorted(maps.Keys(l.Kinds)) { // sums of floats depend on their order
		of, _, _ := strings.Cut(kind, "/")
		if of, _, _ = strings.Cut(of, ":"); of != service {
			continue
		}
		took := l.Kinds[kind].Took
		busy += took.Weight * took.Mean
		if kind != ExamKind(service) {
			tickets += took.Weight
		}
	}
	if tickets < minTickets {
		return 0, false
	}
	return time.Duration(busy / tickets * float64(time.Second)), true
}
