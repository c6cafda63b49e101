package main

import (
	"math"

	"junban/queue/estimate"
)

// truth returns what the oracle knows: the scenario's own figures, in the form
// in which the estimator learns them. It is told each doctor's speed of the day
// besides; it does not know what is yet to be drawn.
func (s scenario) truth() *estimate.Learned {
	const sure = 1e9 // as if seen so often
	share := func(p float64) estimate.Share { return estimate.Share{Hits: p * sure, Of: sure} }
	rate := func(perHour float64) estimate.Rate {
		return estimate.Rate{Hits: perHour * sure, Seconds: 3600 * sure}
	}
	times := func(l law) estimate.Times {
		mean := l.Minutes * 60
		return estimate.Times{Weight: sure, Mean: mean, Variance: mean * mean * l.CV * l.CV}
	}
	l := &estimate.Learned{
		Kinds: map[string]estimate.Kind{
			estimate.ExamKind(service):   {Took: times(s.After), Exam: share(0)},
			estimate.UrgentKind(service): {Took: times(s.Hurry), Exam: share(0)},
		},
		Services: map[string]estimate.Habits{service: {
			Absent: share(s.absentShare()), Return: share(s.Returns), Lost: times(s.Lost), Back: times(s.Back),
			Out: times(s.Out), Urgent: rate(s.Urgent), Cancel: rate(s.Cancel),
		}},
		Start: times(s.Late),
		Speed: estimate.Spread{Weight: sure},
	}
	for _, k := range s.Kinds {
		l.Kinds[k.Name] = estimate.Kind{Took: times(k.Took), Exam: share(k.Exam)}
	}
	return l
}

// absentShare is the share of first calls in vain over a session, bursts and
// all: each burst covers a part of it, and may lie upon another.
func (s scenario) absentShare() float64 {
	covered := 1 - math.Pow(1-15*60/length.Seconds(), float64(s.Bursts))
	return s.Absent + (0.5-s.Absent)*covered
}
