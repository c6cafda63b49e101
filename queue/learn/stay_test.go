package learn_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/estimate"
	"junban/queue/forecast"
	"junban/queue/journal"
	"junban/queue/learn"
	"junban/queue/queuetest"
)

// TestLearn_WhatStoodOpenOverLunchTeachesNoTime has a lunch that is short enough
// to pass for a visit.
func TestLearn_WhatStoodOpenOverLunchTeachesNoTime(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, func(c *clinic.Clinic) {
		queuetest.TwoSessions(c)
		for _, frames := range c.Calendar.Weekly {
			frames[0].Consult.To, frames[0].WebClose = "10:30", 0
			frames[1].Consult.From = "11:00"
		}
	})
	const morning = 12
	for range morning {
		p.Admit()
	}
	p.Pass(30 * time.Minute)
	p.CallEach(morning, 5*time.Minute) // until 10:30
	p.Admit()
	p.Pass(30 * time.Minute)
	p.CallEach(1, 24*time.Hour)
	day := p.Time.AddDate(0, 0, -1).Format(time.DateOnly)
	if _, err := learn.New(p).Learn(t.Context(), p.C.ID, clinic.Day(day), nil); err != nil {
		t.Fatal(err)
	}
	got := p.Shown().Learned
	want := estimate.Times{Weight: morning - 1, Mean: 300}
	if took := got.Kinds[estimate.KindOf("1")].Took; took.Mean != want.Mean || took.Weight <= want.Weight*0.96 || took.Weight > want.Weight {
		t.Errorf("%d visits of five minutes and one over lunch taught %+v, want about %+v", morning-1, took, want)
	}
}

// TestFinish_InaccurateIsNotLearnedNorScored flags one of two visits.
func TestFinish_InaccurateIsNotLearnedNorScored(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, nil)
	p.Admit()
	p.Admit()
	one := p.Next()
	p.Pass(4 * time.Minute)
	got, err := p.Finish(t.Context(), one, true, queue.Act{Key: "flag"})
	p.Must(err)
	again, err := p.Finish(t.Context(), one, true, queue.Act{Key: "flag"})
	if diff := cmp.Diff(got, again, cmp.AllowUnexported(queue.Ticket{})); err != nil || diff != "" || !got.Inaccurate || got.State != queue.Done {
		t.Fatalf("finished %+v, again: %v, %s", got, err, diff)
	}
	if _, err := p.Finish(t.Context(), one, false, queue.Act{Key: "flag"}); err == nil {
		t.Error("the same key finished it accurately too")
	}
	p.Act(one, queue.Undo)
	if u, err := p.Ticket(t.Context(), one); err != nil || u.Inaccurate || u.State != queue.Called {
		t.Errorf("undone: %+v, %v", u, err)
	}
	_, err = p.Finish(t.Context(), one, true, queue.Act{})
	p.Must(err)
	p.See(1, 2*time.Minute)
	day := p.Shown().Day
	if v, err := journal.New(p).Verify(t.Context(), p.C.ID, day); err != nil || len(v.Differences) > 0 {
		t.Errorf("the log and the keys: %v, %v", v.Differences, err)
	}
	p.Pass(24 * time.Hour)
	scores, err := learn.New(p).Learn(t.Context(), p.C.ID, day, nil)
	p.Must(err)
	if len(scores) != 1 || scores[0].Score.All().N != 1 {
		t.Errorf("one of two was to be scored: %+v", scores)
	}
	if took := p.Shown().Learned.Kinds[estimate.KindOf("1")].Took; took.Mean != 120 || took.Weight != 1 {
		t.Errorf("learned %+v", took)
	}
}

// TestLearn_KindsOfVisitApart gives a service three kinds, first visits among them.
func TestLearn_KindsOfVisitApart(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, func(c *clinic.Clinic) {
		c.Services[0].Kinds = []clinic.Kind{{ID: "1", Name: "診察"}, {ID: "2", Name: "注射"}}
	})
	ask := func(kind string, first bool) queue.TicketID {
		i, err := p.Issue(t.Context(), p.Ref, queue.Request{Channel: "desk", Party: 1, Kind: kind, FirstVisit: first}, queue.Act{})
		p.Must(err)
		if i.Kind != kind {
			t.Fatalf("asked for kind %q, the ticket has %q", kind, i.Kind)
		}
		return i.ID
	}
	for _, kind := range []string{"1", "2", "2", "1", ""} {
		ask(kind, false)
	}
	ask("2", true)
	if _, err := p.Issue(t.Context(), p.Ref, queue.Request{Channel: "desk", Party: 1, Kind: "3"}, queue.Act{}); err == nil {
		t.Error("a kind that the service does not have is taken")
	}
	for _, minutes := range []time.Duration{8, 2, 2, 8, 5, 3} {
		p.See(1, minutes*time.Minute)
	}
	day := p.Shown().Day
	p.Pass(24 * time.Hour)
	_, err := learn.New(p).Learn(t.Context(), p.C.ID, day, nil)
	p.Must(err)
	learned := map[string]float64{}
	for kind, k := range p.Shown().Learned.Kinds {
		learned[kind] = k.Took.Mean / 60
	}
	if diff := cmp.Diff(map[string]float64{"1": 5, "1:1": 8, "1:2": 2, "1:2/first": 3}, learned); diff != "" {
		t.Errorf("learned minutes (-want +got):\n%s", diff)
	}
	ask("2", false)
	behindShot := ask("", false)
	shot := forecast.Of(p.Shown(), p.Time).Waits[string(behindShot)].Mid
	p.Next()
	p.Act(p.Next(), queue.Finish)
	ask("1", false)
	behindExam := ask("", false)
	if long := forecast.Of(p.Shown(), p.Time).Waits[string(behindExam)].Mid; long <= shot {
		t.Errorf("behind a visit of 8 min one waits %v, behind one of 2 %v", long, shot)
	}
}
