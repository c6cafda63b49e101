package estimate_test

import (
	"testing"
	"time"

	"junban/queue/estimate"
)

// TestLearn_TypeInheritsFromItsService forecasts injections before and after
// the first of them.
func TestLearn_TypeInheritsFromItsService(t *testing.T) {
	t.Parallel()
	l := &estimate.Learned{}
	shot := estimate.OfType("1", "shot")
	learn := func(kind string, took time.Duration) {
		s := estimate.Session{}
		for range 40 {
			s.Visits = append(s.Visits, visit("1", kind, took))
		}
		l.Learn(s)
	}
	learn(estimate.KindOf("1"), 12*time.Minute)
	learn(estimate.FirstKind("1"), 20*time.Minute)
	if kind, first := first(l, estimate.KindOf(shot)), first(l, estimate.FirstKind(shot)); kind < 10*time.Minute || first < kind+5*time.Minute {
		t.Errorf("without data, an injection takes %v, on a first visit %v", kind, first)
	}
	learn(estimate.KindOf(shot), 2*time.Minute)
	if got := first(l, estimate.KindOf(shot)); got > 4*time.Minute {
		t.Errorf("injections of two minutes give %v", got)
	}
	if got := first(l, estimate.KindOf("1")); got < 10*time.Minute {
		t.Errorf("with injections learned, a visit takes %v", got)
	}
	if each, ok := l.PerTicket("1"); !ok || each < 11*time.Minute || each > 12*time.Minute { // the mean of 12, 20 and 2
		t.Errorf("a ticket takes %v, %t", each, ok)
	}
	if _, ok := l.PerTicket("11"); ok {
		t.Error("another service's visits were counted")
	}
}

// TestLong_LiesBetweenTheMeanAndTheTail uses a clinic with data, and one
// without.
func TestLong_LiesBetweenTheMeanAndTheTail(t *testing.T) {
	t.Parallel()
	var none *estimate.Learned
	if got := none.Long("1"); got < 6*time.Minute || got > 15*time.Minute {
		t.Errorf("without data, 10 %% of visits take longer than %v", got)
	}
	l := &estimate.Learned{}
	s := estimate.Session{}
	for range 50 {
		s.Visits = append(s.Visits, visit("1", "1", 20*time.Minute))
	}
	l.Learn(s)
	if got := l.Long("1"); got < 20*time.Minute || got > 40*time.Minute {
		t.Errorf("10 %% of visits of 20 minutes take longer than %v", got)
	}
}
