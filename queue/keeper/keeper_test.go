package keeper_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
	"junban/queue/keeper"
	"junban/queue/queuetest"
)

// atMorning is a store in memory whose clock the test sets.
func atMorning(t testing.TB) (s *queue.Store, rdb *redis.Client, set func(time.Time), now time.Time) {
	t.Helper()
	rdb, set = queuetest.Memory(t)
	s, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now = queuetest.Morning(t)
	set(now)
	return s, rdb, set, now
}

// keep runs a keeper, as a node does from its start, until done returns true.
func keep(t testing.TB, s *queue.Store, done func() bool) *prometheus.Registry {
	t.Helper()
	registry := prometheus.NewRegistry()
	k, err := keeper.New(s, keeper.Options{Registerer: registry})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error)
	go func() { stopped <- k.Run(ctx) }()
	for rounds := 0; rounds == 0 || !done(); { // the first round leaves its metrics
		time.Sleep(5 * time.Millisecond)
		metrics, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		rounds = len(metrics)
	}
	stop()
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	return registry
}

// TestKeeper_ClosesAtItsStartWhatEndedWhileEverythingWasDown lets several days
// end unseen, and starts three nodes at once.
func TestKeeper_ClosesAtItsStartWhatEndedWhileEverythingWasDown(t *testing.T) {
	t.Parallel()
	s, rdb, set, now := atMorning(t)
	c := queuetest.NewClinic(t, s)
	ref := clinic.Ref{Clinic: c.ID, Service: "1"}
	var ids []queue.TicketID
	for range 3 {
		for range 2 {
			i, err := s.Issue(t.Context(), ref, queue.Request{Channel: "desk", Party: 1}, queue.Act{})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, i.ID)
		}
		if _, err := s.CallNext(t.Context(), ref, "1", queue.Act{}); err != nil {
			t.Fatal(err)
		}
		now = now.Add(24 * time.Hour)
		set(now)
	}
	queuetest.Today(t, s, c.ID) // opens the fourth day, which stays open
	closed := func() bool {
		n, err := rdb.ZCard(t.Context(), "junban:{"+string(c.ID)+"}:days").Result()
		return err != nil || n <= 1
	}
	done := make(chan *prometheus.Registry)
	for range 3 {
		go func() { done <- keep(t, s, closed) }()
	}
	for range 3 {
		<-done
	}
	for n, id := range ids {
		got, err := s.Ticket(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if want := []queue.State{queue.Done, queue.NoShow}[n%2]; got.State != want || got.Reason != queue.ReasonDayEnd {
			t.Errorf("ticket %d of %s is %s (%s), want %s", n, id.Day(), got.State, got.Reason, want)
		}
		ends := 0
		for e, err := range journal.New(s).Log(t.Context(), c.ID, id.Day(), "") {
			if err != nil {
				t.Fatal(err)
			}
			if e.Act == "day_end" && e.Object == string(id) {
				ends++
			}
		}
		if ends != 1 {
			t.Errorf("%s was ended %d times", id, ends)
		}
		if v, err := journal.New(s).Verify(t.Context(), c.ID, id.Day()); err != nil || len(v.Differences) > 0 {
			t.Errorf("%s: %v, %v", id.Day(), v.Differences, err)
		}
	}
	queuetest.Sound(t, t.Context(), s, c.ID)
}

// TestKeeper_RemovesPatientsThenDaysAndKeepsFigures lets the times of the
// clinic's retention pass.
func TestKeeper_RemovesPatientsThenDaysAndKeepsFigures(t *testing.T) {
	t.Parallel()
	s, rdb, set, _ := atMorning(t)
	c := queuetest.NewClinic(t, s)
	i, err := s.Issue(t.Context(), clinic.Ref{Clinic: c.ID, Service: "1"}, queue.Request{Channel: "desk", Party: 2, Patient: queue.Patient{Name: "順番 花子"}}, queue.Act{})
	if err != nil {
		t.Fatal(err)
	}
	day := i.ID.Day()
	keys := func(what string) int64 {
		n, err := rdb.Exists(t.Context(), "junban:{"+string(c.ID)+"}:"+string(day)+":"+what).Result()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	// The setting becomes shorter than it was when the name was given.
	c.Retention = clinic.Retention{Patients: 5, Days: 10}
	if err := s.PutClinic(t.Context(), c, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		days           int
		patients, kept int64
	}{{1, 1, 1}, {5, 1, 1}, {6, 0, 1}, {10, 0, 1}, {11, 0, 0}} {
		now := queuetest.Morning(t).Add(time.Duration(step.days) * 24 * time.Hour)
		set(now)
		queuetest.Today(t, s, c.ID) // the store learns the time
		registry := keep(t, s, func() bool { return keys("patients") == step.patients && keys("tickets") == step.kept })
		if metrics, err := registry.Gather(); err != nil || len(metrics) != 1 || metrics[0].GetName() != "junban_keeper_days_total" {
			t.Errorf("after %d days the metrics are %v, %v", step.days, metrics, err)
		}
	}
	left, err := rdb.Keys(t.Context(), "junban:{"+string(c.ID)+"}:"+string(day)+":*").Result()
	if err != nil || len(left) > 0 {
		t.Errorf("left of the day: %v, %v", left, err)
	}
	f, err := s.Figures(t.Context(), c.ID, day)
	if err != nil || f.Services["1"].People != 2 || f.Services["1"].Ended[queue.NoShow] != 1 {
		t.Errorf("the figures are %+v, %v", f, err)
	}
}

// TestKeeper_MindsAShorterRetentionWithinTheHour changes it under a keeper that has
// nothing else to do.
func TestKeeper_MindsAShorterRetentionWithinTheHour(t *testing.T) {
	t.Parallel()
	s, rdb, set, now := atMorning(t)
	c := queuetest.NewClinic(t, s)
	i, err := s.Issue(t.Context(), clinic.Ref{Clinic: c.ID, Service: "1"}, queue.Request{Channel: "desk", Party: 1, Patient: queue.Patient{Name: "花子"}}, queue.Act{})
	if err != nil {
		t.Fatal(err)
	}
	k, err := keeper.New(s, keeper.Options{})
	if err != nil {
		t.Fatal(err)
	}
	kept := func(rounds int) int64 {
		for range rounds {
			if err := k.Round(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		n, err := rdb.Exists(t.Context(), "junban:{"+string(c.ID)+"}:"+string(i.ID.Day())+":patients").Result()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	set(now.Add(72 * time.Hour))
	queuetest.Today(t, s, c.ID)
	if kept(3) != 1 {
		t.Fatal("gone after three days of thirty")
	}
	c.Retention.Patients = 1
	if err := s.PutClinic(t.Context(), c, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	if kept(121) != 0 {
		t.Error("a shorter retention did not count after an hour")
	}
}

// cut passes n commands and then closes every connection, as a node that dies does.
type cut struct{ left atomic.Int64 }

var errCut = errors.New("the node is dead")

func (c *cut) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c *cut) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if c.left.Add(-1) < 0 {
			cmd.SetErr(errCut)
			return errCut
		}
		return next(ctx, cmd)
	}
}

func (c *cut) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if c.left.Add(-1) < 0 {
			return errCut
		}
		return next(ctx, cmds)
	}
}

// TestCloseDay_GoesOnWhereADeadNodeStopped cuts the closing off after each of
// its commands in turn, and lets another node go on.
func TestCloseDay_GoesOnWhereADeadNodeStopped(t *testing.T) {
	t.Parallel()
	s, rdb, set, now := atMorning(t)
	const tickets = 110 // more than one part
	finished := false
	for n := int64(1); !finished; n++ {
		set(now)
		c := queuetest.NewClinic(t, s)
		for range tickets {
			if _, err := s.Issue(t.Context(), clinic.Ref{Clinic: c.ID, Service: "1"}, queue.Request{Channel: "desk", Party: 1}, queue.Act{}); err != nil {
				t.Fatal(err)
			}
		}
		day := queuetest.Today(t, s, c.ID)
		set(now.Add(24 * time.Hour))
		dying := redis.NewClient(queuetest.Patient(redis.Options{Addr: rdb.Options().Addr, MaxRetries: -1}))
		t.Cleanup(func() { dying.Close() })
		hook := &cut{}
		hook.left.Store(n)
		dying.AddHook(hook)
		node, err := queue.NewStore(dying, queue.Options{})
		if err != nil {
			t.Fatal(err)
		}
		switch err := node.CloseDay(t.Context(), c.ID, day); {
		case err == nil:
			finished = true
		case !errors.Is(err, errCut):
			t.Fatal(err)
		}
		if err := s.CloseDay(t.Context(), c.ID, day); err != nil {
			t.Fatal(err)
		}
		f, err := s.Figures(t.Context(), c.ID, day)
		if err != nil || f.Services["1"].Ended[queue.NoShow] != tickets {
			t.Fatalf("cut off after %d commands: the figures are %+v, %v", n, f, err)
		}
		v, err := journal.New(s).Verify(t.Context(), c.ID, day)
		if err != nil || len(v.Differences) > 0 {
			t.Fatalf("cut off after %d commands: %v, %v", n, v.Differences, err)
		}
	}
}

// shelf records what the keeper has removed from the books.
type shelf struct {
	patients, rows clinic.Day
	left           int64 // calls that still remove something
}

func (s *shelf) Expire(_ context.Context, _ clinic.ID, patients, rows clinic.Day) (int64, int64, error) {
	s.patients, s.rows = patients, rows
	if s.left == 0 {
		return 0, 0, nil
	}
	s.left--
	return s.left + 1, 0, nil
}

// TestKeeper_ExpiresTheBooksWithTheDays has the retention of both stores end on one date,
// also at a clinic that gives no more tickets.
func TestKeeper_ExpiresTheBooksWithTheDays(t *testing.T) {
	t.Parallel()
	s, _, set, now := atMorning(t)
	c := queuetest.FreshClinic()
	c.Retention = clinic.Retention{Patients: 5, Days: 10}
	if err := s.PutClinic(t.Context(), c, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	books := &shelf{}
	k, err := keeper.New(s, keeper.Options{Books: books})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		today := queuetest.Today(t, s, c.ID)
		books.left = 5
		for range 130 {
			if err := k.Round(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if books.left != 0 {
			t.Errorf("%d calls would have removed more", books.left)
		}
		if books.patients != today.Add(-5) || books.rows != today.Add(-10) {
			t.Errorf("on %s patients before %s and days before %s were removed", today, books.patients, books.rows)
		}
		now = now.Add(24 * time.Hour)
		set(now)
	}
}
