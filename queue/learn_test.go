package queue_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/estimate"
	"junban/queue/forecast"
	"junban/queue/hours"
	"junban/queue/learn"
	"junban/queue/lessons"
	"junban/queue/queuetest"
)

// TestForecast_ShrinksAsTimePassesAndIsNotOfTheAbsent plays a morning.
func TestForecast_ShrinksAsTimePassesAndIsNotOfTheAbsent(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, nil)
	var ids []queue.TicketID
	for range 6 {
		ids = append(ids, p.Admit())
	}
	last := string(ids[5])
	forecast := func() estimate.Forecast { return forecast.Of(p.Shown(), p.Time) }
	first := forecast()
	if len(first.Waits) != 6 || first.Waits[last].Mid < 15*time.Minute || first.Services["1"].Next.Mid <= first.Waits[last].Mid {
		t.Fatalf("six who wait are told %v, the next %v", first.Waits, first.Services["1"].Next)
	}
	p.See(2, 5*time.Minute)
	then := forecast()
	if then.Waits[last].Mid >= first.Waits[last].Mid-5*time.Minute {
		t.Errorf("after ten minutes and two patients the last waits %v, before %v", then.Waits[last].Mid, first.Waits[last].Mid)
	}
	gone := p.Next()
	if w := forecast().Waits; len(w) != 3 {
		t.Errorf("three wait, %d are told how long", len(w))
	}
	p.Act(gone, queue.Miss)
	f := forecast()
	if _, told := f.Waits[string(gone)]; told || len(f.Waits) != 3 {
		t.Errorf("with one absent %d of three are told how long, the absent: %v", len(f.Waits), told)
	}
	in := p.Next()
	p.Act(in, queue.Enter)
	p.Pass(time.Hour)
	if f := forecast(); !slices.Contains(f.Overrunning, "1") {
		t.Errorf("after an hour's consultation %v run over", f.Overrunning)
	}
	p.Act(in, queue.Finish)
	p.Must(p.SetDuty(t.Context(), p.C.ID, "1", queue.Duty{State: queue.OnBreak, Until: p.Time.Add(30 * time.Minute)}, queue.Act{}))
	if w := forecast().Waits[last]; w.Low < 30*time.Minute {
		t.Errorf("during a break of half an hour the last waits %v", w)
	}
	p.Must(p.SetDuty(t.Context(), p.C.ID, "1", queue.Duty{State: queue.OffDuty}, queue.Act{}))
	if f := forecast(); len(f.Waits) != 0 || len(f.Services) != 0 {
		t.Errorf("with the only room off, it is said %v, %v", f.Waits, f.Services)
	}
}

// TestForecast_MindsTheSessions asks before the morning begins, and in it for
// the afternoon.
func TestForecast_MindsTheSessions(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, queuetest.TwoSessions)
	one, two := p.Admit(), p.Admit()
	f := forecast.Of(p.Shown(), p.Time)
	if w := f.Waits[string(one)]; w.Low != 30*time.Minute {
		t.Errorf("half an hour before the session the first waits %v", w)
	}
	p.Pass(30 * time.Minute)
	p.See(1, 10*time.Minute)
	p.Pass(55 * time.Minute) // 10:35
	afternoon := p.Admit()
	f = forecast.Of(p.Shown(), p.Time)
	if w := f.Waits[string(two)]; w.Mid > 10*time.Minute {
		t.Errorf("the next of the morning waits %v", w)
	}
	want := 4*time.Hour + 25*time.Minute // until 15:00
	if w := f.Waits[string(afternoon)]; w.Low < want || w.Low > want+time.Minute {
		t.Errorf("the first of the afternoon waits %v, want %v", w, want)
	}
	if next := f.Services["1"].Next; next.Low <= want {
		t.Errorf("the next of the afternoon waits %v, behind the first", next)
	}
}

// TestForecast_ASharedRoomIsNotFreeForAnothersSession has morning patients left in
// one line at 12:20, and a booking of 15:00 in another line of the same room (U4).
func TestForecast_ASharedRoomIsNotFreeForAnothersSession(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, func(c *clinic.Clinic) {
		queuetest.TwoSessions(c)
		second := c.Services[0]
		second.ID = "2"
		c.Services = append(c.Services, second)
		c.Rooms[0].Services = []string{"1", "2"}
	})
	left := []queue.TicketID{p.Admit(), p.Admit(), p.Admit()}
	p.Pass(110 * time.Minute) // 10:50
	other := p.Ref
	other.Service = "2"
	desk := queue.Request{Channel: "desk", Party: 1}
	booked, err := p.Issue(t.Context(), other, desk, queue.Act{})
	p.Must(err)
	own := p.Admit()         // of the afternoon too, in the line with those left
	p.Pass(90 * time.Minute) // 12:20
	f := forecast.Of(p.Shown(), p.Time)
	const want = 160 * time.Minute
	for name, id := range map[string]queue.TicketID{"the other's": booked.ID, "its own": own} {
		if w := f.Waits[string(id)]; w.Low < want || w.Low > want+20*time.Minute {
			t.Errorf("%s booking of 15:00 waits %v at 12:20, want about %v", name, w, want)
		}
	}
	if w := f.Waits[string(left[2])]; w.Mid > 30*time.Minute {
		t.Errorf("the last of the morning waits %v", w)
	}
	if next := f.Services["2"].Next; next.Low < want {
		t.Errorf("a ticket of the other line taken now waits %v, want more than %v", next, want)
	}
	if next := f.Services["1"].Next; next.Low < want {
		t.Errorf("a ticket of the line taken now waits %v, want more than %v", next, want)
	}
	p.Pass(155 * time.Minute) // 14:55: those left are still there
	if w := forecast.Of(p.Shown(), p.Time).Waits[string(booked.ID)]; w.Low < 5*time.Minute {
		t.Errorf("at 14:55 the booking of 15:00 waits %v", w)
	}
}

// TestLearn_ScoresATinyDayAsByHand has two patients and one room: what the
// second was told at the issue is compared with when he was called.
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
// flood that the desk cancelled, and lets the third bring a jump.
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
	// Where little is usual, a few more are no jump; another weekday is not known yet.
	p.Pass(24 * time.Hour)
	p.Must(web(85, ""))
}
