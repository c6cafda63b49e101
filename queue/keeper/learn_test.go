package keeper_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"junban/queue"
	"junban/queue/estimate"
	"junban/queue/hours"
	"junban/queue/learn"
	"junban/queue/lessons"
	"junban/queue/queuetest"
)

// gauges reads a metric that has the label "ahead".
func gauges(t *testing.T, r *prometheus.Registry, name string) map[string]float64 {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.Metric {
			values[m.Label[0].GetValue()] = m.Gauge.GetValue()
		}
	}
	return values
}

// TestKeeper_ShowsTheScoresOfASession compares the metrics with what is kept.
func TestKeeper_ShowsTheScoresOfASession(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, nil)
	for range 12 {
		p.Admit()
	}
	p.See(12, 4*time.Minute)
	p.Pass(24 * time.Hour)
	p.Shown()
	scores := func() []lessons.Accuracy {
		kept, err := p.Lessons().Accuracy(t.Context(), p.C.ID)
		p.Must(err)
		return kept
	}
	registry := keep(t, p.Store, func() bool { return len(scores()) > 0 && len(openDays(p)) == 1 })
	kept := scores()
	if len(kept) != 1 {
		t.Fatalf("one day was scored %d times", len(kept))
	}
	want := map[string]map[string]float64{
		"junban_estimate_scored": {}, "junban_estimate_error_minutes": {},
		"junban_estimate_bias_minutes": {}, "junban_estimate_inside_range_ratio": {},
	}
	names := []string{"0", "1-2", "3-5", "6-10", "11-20", "21+"}
	for i, b := range kept[0].Score.Buckets {
		if b.N == 0 {
			continue
		}
		want["junban_estimate_scored"][names[i]] = float64(b.N)
		want["junban_estimate_error_minutes"][names[i]] = b.MeanError().Minutes()
		want["junban_estimate_bias_minutes"][names[i]] = b.Bias().Minutes()
		want["junban_estimate_inside_range_ratio"][names[i]] = b.Coverage()
	}
	if len(want["junban_estimate_scored"]) < 4 {
		t.Fatalf("only %v were scored", want["junban_estimate_scored"])
	}
	for name, values := range want {
		if diff := cmp.Diff(values, gauges(t, registry, name)); diff != "" {
			t.Errorf("%s (-kept +shown):\n%s", name, diff)
		}
	}
}

// count reads a counter by its one label.
func count(t *testing.T, r *prometheus.Registry, name, label string) float64 {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.Metric {
			if f.GetName() == name && m.Label[0].GetValue() == label {
				return m.Counter.GetValue()
			}
		}
	}
	return 0
}

// openDays are those that are open or not closed yet.
func openDays(p *queuetest.Surgery) []string {
	p.Helper()
	days, err := p.Redis().ZRange(p.Context(), "junban:{"+string(p.C.ID)+"}:days", 0, -1).Result()
	p.Must(err)
	return days
}

// TestKeeper_LearnsLaterFromADayThatFailed puts something into the way of the
// learning while a day is closed.
func TestKeeper_LearnsLaterFromADayThatFailed(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, nil)
	const visits = 3
	for range visits {
		p.Admit()
	}
	p.See(visits-1, 3*time.Minute)
	last := p.Next()
	p.Act(last, queue.Miss) // stays absent: the day's end will end it
	key := "junban:{" + string(p.C.ID) + "}:learned"
	p.Must(p.Redis().RPush(t.Context(), key, "no text").Err())
	p.Pass(24 * time.Hour)
	p.Shown()
	registry := keep(t, p.Store, func() bool { return len(openDays(p)) == 1 })
	if n := count(t, registry, "junban_keeper_days_total", "not_learned"); n == 0 {
		t.Error("the metrics do not tell of it")
	}
	if scores, err := p.Lessons().Accuracy(t.Context(), p.C.ID); err != nil || len(scores) != 0 {
		t.Fatalf("with nothing to learn into, it was scored %v, %v", scores, err)
	}
	p.Must(p.Redis().Del(t.Context(), key).Err())
	scored := func() bool {
		scores, err := p.Lessons().Accuracy(t.Context(), p.C.ID)
		p.Must(err)
		return len(scores) > 0
	}
	for range 2 { // and not once more
		node, err := queue.NewStore(p.Redis(), queue.Options{})
		p.Must(err)
		_, err = node.Snapshot(t.Context(), p.C.ID) // sets its clock
		p.Must(err)
		keep(t, node, scored)
	}
	scores, err := p.Lessons().Accuracy(t.Context(), p.C.ID)
	p.Must(err)
	if len(scores) != 1 {
		t.Fatalf("the day was scored %d times", len(scores))
	}
	node, err := queue.NewStore(p.Redis(), queue.Options{})
	p.Must(err)
	snap, err := node.Snapshot(t.Context(), p.C.ID)
	p.Must(err)
	if took := snap.Learned.Kinds[estimate.KindOf("1")].Took; took.Weight != visits-1 || took.Mean != 180 {
		t.Errorf("learned %+v", took)
	}
}

// TestKeeper_LearnsFromEachDayOnce lets three keepers close two days at once,
// and a fourth go on.
func TestKeeper_LearnsFromEachDayOnce(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, nil)
	const visits = 12
	for range 2 {
		for range visits {
			p.Admit()
		}
		p.See(visits, 3*time.Minute)
		p.Pass(24 * time.Hour)
	}
	open := p.Shown().Day
	closed := func() bool {
		n, err := p.Redis().ZCard(t.Context(), "junban:{"+string(p.C.ID)+"}:days").Result()
		return err != nil || n <= 1
	}
	done := make(chan *prometheus.Registry)
	for range 3 {
		go func() { done <- keep(t, p.Store, closed) }()
	}
	for range 3 {
		<-done
	}
	scores, err := p.Lessons().Accuracy(t.Context(), p.C.ID)
	p.Must(err)
	if len(scores) != 2 || scores[0].Day <= scores[1].Day {
		t.Fatalf("two days left the scores %v", scores)
	}
	if n := scores[0].Score.All().N; n <= visits { // at the issue, and at five and three ahead
		t.Errorf("%d forecasts were scored of %d tickets", n, visits)
	}
	for _, s := range scores {
		again, err := learn.New(p).Learn(t.Context(), p.C.ID, s.Day, nil)
		if err != nil || len(again) != 0 {
			t.Errorf("%s taught %v once more, %v", s.Day, again, err)
		}
	}
	node, err := queue.NewStore(p.Redis(), queue.Options{}) // remembers nothing
	p.Must(err)
	snap, err := node.Snapshot(t.Context(), p.C.ID)
	p.Must(err)
	if snap.Day != open || snap.Learned == nil {
		t.Fatalf("on %s nothing is known", snap.Day)
	}
	took := snap.Learned.Kinds[estimate.KindOf("1")].Took
	if took.Weight <= visits || took.Weight > 2*visits || took.Mean != 180 {
		t.Errorf("after two days of %d visits of three minutes, it is known %+v", visits, took)
	}
}

// TestKeeper_LearnsFromASessionSoonAfterIt lets a morning end late.
func TestKeeper_LearnsFromASessionSoonAfterIt(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, queuetest.TwoSessions)
	for range 3 {
		p.Admit()
	}
	p.Pass(30 * time.Minute)
	p.See(2, 5*time.Minute)
	round := func() []lessons.Accuracy {
		node, err := queue.NewStore(p.Redis(), queue.Options{})
		p.Must(err)
		_, err = node.Snapshot(t.Context(), p.C.ID) // tells it the time
		p.Must(err)
		rounds := 0
		keep(t, node, func() bool { rounds++; return rounds > 4 })
		scores, err := p.Lessons().Accuracy(t.Context(), p.C.ID)
		p.Must(err)
		return scores
	}
	p.Pass(3 * time.Hour) // 12:40
	if scores := round(); len(scores) != 0 {
		t.Errorf("while somebody waits, it is scored %v", scores)
	}
	p.See(1, 5*time.Minute)
	if scores := round(); len(scores) != 1 || scores[0].Session != hours.Morning {
		t.Errorf("after the morning, it is scored %v", scores)
	}
	if scores := round(); len(scores) != 1 {
		t.Errorf("it is scored once more: %v", scores)
	}
}
