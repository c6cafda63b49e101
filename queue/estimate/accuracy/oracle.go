package main

import (
	"math"

	"junban/queue/estimate"
)

// sure is a weight that leaves no uncertainty.
const sure = 1e9

// parameters returns the figures of the scenario in the estimator's form. The
// oracle also gets each doctor's speed of the day, but not the random draws.
func (s scenario) parameters() *estimate.Learned {
	share := func(p float64) estimate.Share { return estimate.Share{Hits: p * sure, Of: sure} }
	rate := func(perHour float64) estimate.Rate {
		return estimate.Rate{Hits: perHour * sure, Seconds: 3600 * sure}
	}
	times := func(l distribution) estimate.Times {
		mean := l.Minutes * 60
		return estimate.Times{Weight: sure, Mean: mean, Variance: mean * mean * l.CV * l.CV}
	}
	l := &estimate.Learned{
		Kinds: map[string]estimate.Kind{
			estimate.ExamKind(service):   {Took: times(s.ExamTook), Exam: share(0)},
			estimate.UrgentKind(service): {Took: times(s.UrgentTook), Exam: share(0)},
		},
		Services: map[string]estimate.Habits{service: {
			Absent: share(s.absentShare()), Return: share(s.Returns), Lost: times(s.Lost), Back: times(s.Back),
			Out: times(s.Out), Urgent: rate(s.Urgent), Cancel: rate(s.Cancel),
		}},
		Start: times(s.Late),
		Speed: estimate.Spread{Weight: sure},
	}
	if s.Booking != nil {
		h := l.Services[service]
		s.Booking.habits(&h)
		l.Services[service] = h
	}
	for _, k := range s.Kinds {
		l.Kinds[k.Name] = estimate.Kind{Took: s.times(k.Name), Exam: share(k.Exam)}
	}
	return l
}

// times returns the mean and variance of all kinds of a name.
func (s scenario) times(name string) estimate.Times {
	var share, sum, squares float64
	for _, k := range s.Kinds {
		if k.Name == name {
			mean := k.Took.Minutes * 60
			share += k.Share
			sum += k.Share * mean
			squares += k.Share * mean * mean * (1 + k.Took.CV*k.Took.CV)
		}
	}
	mean := sum / share
	return estimate.Times{Weight: sure, Mean: mean, Variance: squares/share - mean*mean}
}

// absentShare returns the share of missed first calls in a session. Bursts may
// overlap.
func (s scenario) absentShare() float64 {
	covered := 1 - math.Pow(1-15*60/length.Seconds(), float64(s.Bursts))
	return s.Absent + (0.5-s.Absent)*covered
}
