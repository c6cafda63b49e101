package learn_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/estimate"
	"junban/queue/forecast"
	"junban/queue/hours"
	"junban/queue/learn"
	"junban/queue/lessons"
	"junban/queue/queuetest"
)

// TestLearn_ScoresATinyDayAsByHand has two patients and one room. It compares the
// second patient's forecast at the issue with the call.
func TestLearn_ScoresATinyDayAsByHand(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, nil)
	day := p.Shown().Day
	var want estimate.Score
	p.Admit()
	said := forecast.Of(p.Shown(), p.Time).Waits
	for _, r := range said {
		want.Add(0, r, estimate.Shown(r), 2*time.Minute)
	}
	p.Pass(time.Minute)
	second := p.Admit()
	r := forecast.Of(p.Shown(), p.Time).Waits[string(second)]
	want.Add(1, r, estimate.Shown(r), 9*time.Minute)
	p.Pass(time.Minute)
	one := p.Next()
	p.Pass(time.Minute)
	p.Act(one, queue.Undo) // a slip of a finger
	one = p.Next()
	p.Pass(7 * time.Minute)
	p.Act(one, queue.Finish)
	p.Next()
	p.Pass(24 * time.Hour)

	// The first was called in earnest a minute after the slip.
	want = estimate.Score{}
	for _, r := range said {
		want.Add(0, r, estimate.Shown(r), 3*time.Minute)
	}
	want.Add(1, r, estimate.Shown(r), 9*time.Minute)
	got, err := learn.New(p).Learn(t.Context(), p.C.ID, day, nil)
	p.Must(err)
	if diff := cmp.Diff([]lessons.Accuracy{{Day: day, Service: "1", Score: want}}, got); diff != "" {
		t.Errorf("scored (-by hand +by the log):\n%s", diff)
	}
	kept, err := p.Lessons().Accuracy(t.Context(), p.C.ID)
	p.Must(err)
	if diff := cmp.Diff(got, kept); diff != "" {
		t.Errorf("kept:\n%s", diff)
	}
	next := &estimate.Learned{}
	next.Learn(estimate.Session{Forecasts: want})
	if tails := p.Shown().Learned.Tails; tails == (estimate.Tails{}) || tails != next.Tails {
		t.Errorf("the range was corrected to %+v, want %+v", tails, next.Tails)
	}
}

// TestIssue_StopsByWhatWasLearned gives a session of half an hour to a clinic
// that needs ten minutes for each.
func TestIssue_StopsByWhatWasLearned(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, nil)
	for range 12 {
		p.Admit()
	}
	p.See(12, 10*time.Minute)
	day := p.Shown().Day
	p.Pass(22 * time.Hour)
	_, err := learn.New(p).Learn(t.Context(), p.C.ID, day, nil)
	p.Must(err)
	p.Must(p.CloseDay(t.Context(), p.C.ID, day))
	c, err := p.Clinic(t.Context(), p.C.ID)
	p.Must(err)
	queuetest.TwoSessions(&c)
	for day, frames := range c.Calendar.Weekly {
		c.Calendar.Weekly[day], frames[0].WebClose = frames[:1], 0
		frames[0].Consult, frames[0].Desk = hours.Span{From: "09:00", To: "09:30"}, hours.Span{From: "08:30", To: "09:30"}
	}
	c.Services[0].Capacity.AutoStop = true
	p.Must(p.PutClinic(t.Context(), c, queue.Act{}))
	given := 0
	for range 6 {
		_, err := p.Issue(t.Context(), p.Ref, queue.Request{Channel: "web", Party: 1}, queue.Act{})
		if err != nil {
			break
		}
		given++
	}
	if given != 3 { // five at the six minutes that nothing learned stands for
		t.Errorf("half an hour took %d tickets of ten minutes", given)
	}
	if l := p.Shown().Lines[0]; l.Availability != queue.None {
		t.Errorf("the board says %s", l.Availability)
	}
}

// TestSurge_IsMeasuredByTheUsual teaches a clinic two Tuesdays, one of them with a
// flood that the desk cancelled. The third brings a surge.
func TestSurge_IsMeasuredByTheUsual(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, func(c *clinic.Clinic) { c.AutoPause = new(4) })
	p.Pass(time.Hour)
	web := func(n int, origin string) (err error) {
		for range n {
			if _, err = p.Issue(t.Context(), p.Ref, queue.Request{Channel: "web", Party: 1, Origin: origin}, queue.Act{}); err != nil {
				return err
			}
		}
		return nil
	}
	for week := range 2 {
		p.Must(web(20+week*2, "")) // usually 21
		day := p.Shown().Day
		if week == 1 {
			p.Must(web(100, "a prefix"))
			_, err := p.CancelMarked(t.Context(), p.C.ID, queue.Marked{Mark: queue.MarkOf("a prefix", day), Until: p.Time}, queue.Act{})
			p.Must(err)
		}
		p.Pass(24 * time.Hour)
		if _, err := learn.New(p).Learn(t.Context(), p.C.ID, day, nil); err != nil {
			t.Fatal(err)
		}
		p.Pass(6 * 24 * time.Hour)
	}
	p.Must(web(84, ""))
	if err := web(1, ""); !errors.Is(err, queue.ErrReceptionPaused) {
		t.Errorf("the 85th web ticket of a half hour that usually brings 21 is answered with %v", err)
	}
	// Where little is usual, a few more are no surge; another weekday is not known yet.
	p.Pass(24 * time.Hour)
	p.Must(web(85, ""))
}

// TestLearn_ALogThatContradictsItselfFailsOnce breaks an entry's chain.
func TestLearn_ALogThatContradictsItselfFailsOnce(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, nil)
	p.Admit()
	p.See(1, 3*time.Minute)
	day := p.Shown().Day
	log := "junban:{" + string(p.C.ID) + "}:" + string(day) + ":log"
	first, err := p.Redis().XRangeN(t.Context(), log, "-", "+", 2).Result()
	p.Must(err)
	p.Must(p.Redis().XDel(t.Context(), log, first[1].ID).Err())
	p.Pass(24 * time.Hour)
	if _, err := learn.New(p).Learn(t.Context(), p.C.ID, day, nil); err == nil {
		t.Fatal("a log without its second entry teaches something")
	}
	if scores, err := learn.New(p).Learn(t.Context(), p.C.ID, day, nil); err != nil || len(scores) != 0 {
		t.Errorf("asked again: %v, %v", scores, err)
	}
}
