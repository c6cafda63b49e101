package forecast_test

import (
	"slices"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/estimate"
	"junban/queue/forecast"
	"junban/queue/hours"
	"junban/queue/learn"
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
	now := func() estimate.Forecast { return forecast.Of(p.Shown(), p.Time) }
	first := now()
	if len(first.Waits) != 6 || first.Waits[last].Mid < 15*time.Minute || first.Services["1"].Mid <= first.Waits[last].Mid {
		t.Fatalf("six who wait are told %v, the next %v", first.Waits, first.Services["1"])
	}
	p.See(2, 5*time.Minute)
	then := now()
	if then.Waits[last].Mid >= first.Waits[last].Mid-5*time.Minute {
		t.Errorf("after ten minutes and two patients the last waits %v, before %v", then.Waits[last].Mid, first.Waits[last].Mid)
	}
	gone := p.Next()
	if w := now().Waits; len(w) != 3 {
		t.Errorf("three wait, %d are told how long", len(w))
	}
	p.Act(gone, queue.Miss)
	f := now()
	if _, told := f.Waits[string(gone)]; told || len(f.Waits) != 3 {
		t.Errorf("with one absent %d of three are told how long, the absent: %v", len(f.Waits), told)
	}
	in := p.Next()
	p.Act(in, queue.Enter)
	p.Pass(time.Hour)
	if f := now(); !slices.Contains(f.Overrunning, "1") {
		t.Errorf("after an hour's consultation %v run over", f.Overrunning)
	}
	p.Act(in, queue.Finish)
	p.Must(p.SetDuty(t.Context(), p.C.ID, "1", queue.Duty{State: queue.OnBreak, Until: p.Time.Add(30 * time.Minute)}, queue.Act{}))
	if w := now().Waits[last]; w.Low < 30*time.Minute {
		t.Errorf("during a break of half an hour the last waits %v", w)
	}
	p.Must(p.SetDuty(t.Context(), p.C.ID, "1", queue.Duty{State: queue.OffDuty}, queue.Act{}))
	if f := now(); len(f.Waits) != 0 || len(f.Services) != 0 {
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
	if next := f.Services["1"]; next.Low <= want {
		t.Errorf("the next of the afternoon waits %v, behind the first", next)
	}
}

// TestForecast_ASharedRoomIsNotFreeForAnothersSession has morning patients left in one
// line at 12:20. Another line of the same room has a booking of 15:00.
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
	if next := f.Services["2"]; next.Low < want {
		t.Errorf("a ticket of the other line taken now waits %v, want more than %v", next, want)
	}
	if next := f.Services["1"]; next.Low < want {
		t.Errorf("a ticket of the line taken now waits %v, want more than %v", next, want)
	}
	p.Pass(155 * time.Minute) // 14:55: those left are still there
	if w := forecast.Of(p.Shown(), p.Time).Waits[string(booked.ID)]; w.Low < 5*time.Minute {
		t.Errorf("at 14:55 the booking of 15:00 waits %v", w)
	}
}

// TestForecast_TheMorningsLastPatientIsNotInTheRoomAllLunch runs a clinic with
// one button: what it pressed last before lunch stands open until the afternoon.
func TestForecast_TheMorningsLastPatientIsNotInTheRoomAllLunch(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, queuetest.TwoSessions)
	for range 4 {
		p.Admit()
	}
	p.Pass(30 * time.Minute)
	p.CallEach(4, 5*time.Minute)
	p.Pass(45 * time.Minute) // 10:35
	if f := forecast.Of(p.Shown(), p.Time); len(f.Overrunning) != 1 {
		t.Errorf("in its session, a visit of 50 minutes does not run over")
	}
	var ids []queue.TicketID
	for range 3 {
		ids = append(ids, p.Admit())
	}
	p.Pass(2*time.Hour + 5*time.Minute) // 12:40
	if day, err := learn.New(p).Learn(t.Context(), p.C.ID, p.Shown().Day, []string{hours.Morning}); err != nil || len(day) != 1 {
		t.Fatalf("the morning taught %v, %v", day, err)
	}
	p.Pass(2*time.Hour + 20*time.Minute) // 15:00
	snap := p.Shown()
	f := forecast.Of(snap, p.Time)
	if first := f.Waits[string(ids[0])]; first.Mid != 0 || first.High != 0 {
		t.Errorf("with nobody before the first of the afternoon, it waits %v", first)
	}
	if last := f.Waits[string(ids[2])]; last.Mid < 5*time.Minute || last.Mid > 20*time.Minute {
		t.Errorf("behind two, one waits %v", last)
	}
	if len(f.Overrunning) != 0 {
		t.Errorf("over lunch %v is said to run over", f.Overrunning)
	}
	p.CallEach(3, 5*time.Minute)
	f = forecast.Of(p.Shown(), p.Time)
	if next := f.Services["1"]; next.High > 20*time.Minute {
		t.Errorf("after a lunch of five hours the next waits %v: today is taken for slow", next)
	}
}

// TestForecast_ARealOverrunIsSaidAfterTheSessionsEnd has somebody of the session
// waiting at its end, and then nobody.
func TestForecast_ARealOverrunIsSaidAfterTheSessionsEnd(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, queuetest.TwoSessions)
	p.Admit()
	p.Admit()
	p.Pass(2*time.Hour + 50*time.Minute)
	one := p.Next()          // 11:50
	p.Pass(30 * time.Minute) // 12:20
	if f := forecast.Of(p.Shown(), p.Time); len(f.Overrunning) != 1 {
		t.Error("a visit of half an hour before whom somebody waits does not run over")
	}
	p.Act(one, queue.Finish)
	p.Next()
	p.Pass(5 * time.Minute)
	if next := forecast.Of(p.Shown(), p.Time).Services["1"]; next.Low < 2*time.Hour {
		t.Errorf("at 12:25 one for 15:00 is done in %v", next)
	}
}
