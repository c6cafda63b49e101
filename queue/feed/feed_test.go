package feed_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/feed"
	"junban/queue/queuetest"
)

// seen is what one follower receives.
type seen struct {
	t     *testing.T
	desk  bool // a desk watches
	snaps chan *queue.Snapshot
	stale chan time.Time
	ended chan error
}

func newSeen(t *testing.T) *seen {
	return &seen{t, true, make(chan *queue.Snapshot, 1000), make(chan time.Time, 10), make(chan error, 1)}
}

// follow runs a feed on s and follows the clinic, until the test ends.
func (w *seen) follow(s *queue.Store, c clinic.ID, o feed.Options) *feed.Feed {
	w.t.Helper()
	f, err := feed.New(s, o)
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(w.t.Context())
	running := make(chan struct{})
	go func() {
		defer close(running)
		if err := f.Run(ctx); err != nil {
			w.t.Error(err)
		}
	}()
	go func() {
		w.ended <- f.Follow(ctx, c, queue.Watcher{
			Emit:  func(s *queue.Snapshot) { w.snaps <- s },
			Stale: func(since time.Time) { w.stale <- since },
			Names: func() bool { return w.desk },
		})
	}()
	w.t.Cleanup(func() {
		cancel()
		<-running
		<-w.ended
	})
	return f
}

// follow is [seen.follow] of a desk.
func follow(t *testing.T, s *queue.Store, c clinic.ID) (*seen, *feed.Feed) {
	t.Helper()
	return followCounted(t, s, c, nil)
}

// followCounted is follow with the feed's metrics in a registry.
func followCounted(t *testing.T, s *queue.Store, c clinic.ID, r prometheus.Registerer) (*seen, *feed.Feed) {
	t.Helper()
	w := newSeen(t)
	return w, w.follow(s, c, feed.Options{Registerer: r})
}

// until waits for a snapshot that fits.
func (w *seen) until(what string, fits func(*queue.Snapshot) bool) *queue.Snapshot {
	w.t.Helper()
	end := time.After(queuetest.Patience)
	for {
		select {
		case s := <-w.snaps:
			if fits(s) {
				return s
			}
		case <-end:
			w.t.Fatalf("no snapshot with %s", what)
		}
	}
}

func waiting(n int) func(*queue.Snapshot) bool {
	return func(s *queue.Snapshot) bool { return len(s.Lines[0].Waiting) == n }
}

func issue(t *testing.T, s *queue.Store, c clinic.ID) {
	t.Helper()
	if _, err := s.Issue(t.Context(), clinic.Ref{Clinic: c, Service: "1"}, queue.Request{Channel: "desk", Party: 1}, queue.Act{}); err != nil {
		t.Fatal(err)
	}
}

func TestFollow_EveryActIsSeenOnAnotherNode(t *testing.T) {
	t.Parallel()
	here, there := queuetest.Store(t), queuetest.Store(t)
	c := queuetest.NewClinic(t, here)
	w, f := follow(t, there, c.ID)
	w.until("an empty line", waiting(0))
	for n := 1; n <= 5; n++ {
		issue(t, here, c.ID)
		w.until("the new ticket", waiting(n))
	}
	queuetest.Eventually(t, "the probe comes back", func() bool {
		rtt, at, err := f.Probe()
		return err == nil && rtt > 0 && !at.IsZero()
	})
}

// silent is a subscription that brings nothing.
type silent struct{}

func (silent) ReceiveTimeout(ctx context.Context, timeout time.Duration) (any, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(timeout):
		return nil, os.ErrDeadlineExceeded
	}
}

func (silent) Close() error { return nil }

// alone follows the clinic on a feed that receives no message.
func alone(t *testing.T, s *queue.Store, c clinic.ID) (*seen, *feed.Feed) {
	t.Helper()
	w := newSeen(t)
	return w, w.follow(s, c, feed.Options{Subscribe: func(context.Context, ...string) feed.Subscription { return silent{} }})
}

func TestFollow_ALostMessageCostsOneTick(t *testing.T) {
	t.Parallel()
	s := queuetest.Store(t)
	c := queuetest.NewClinic(t, s)
	w, f := alone(t, s, c.ID)
	w.until("an empty line", waiting(0))
	issue(t, s, c.ID)
	w.until("the ticket of the lost message", waiting(1))
	if _, _, err := f.Probe(); !errors.Is(err, feed.ErrNoProbes) {
		t.Errorf("a feed that hears nothing says %v", err)
	}
}

// TestFollow_SaysStaleWhenRedisIsSilentAndComesBack stalls Redis for two feeds. One has
// a subscription and reads when it returns; the other has none and finds the same
// version.
func TestFollow_SaysStaleWhenRedisIsSilentAndComesBack(t *testing.T) {
	t.Parallel()
	for name, follow := range map[string]func(*testing.T, *queue.Store, clinic.ID) (*seen, *feed.Feed){
		"subscribed": follow, "alone": alone,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := queuetest.NewProxy(t)
			there, here := queuetest.StoreOn(t, p.Through(t)), queuetest.Store(t)
			c := queuetest.NewClinic(t, here)
			w, f := follow(t, there, c.ID)
			first := w.until("an empty line", waiting(0))
			p.Stall()
			begun := time.Now()
			select {
			case since := <-w.stale:
				if age := time.Since(since); age < queue.StaleAfter {
					t.Errorf("told stale only %s after the last proof", age)
				}
				t.Logf("told stale %s after the line went dead", time.Since(begun))
			case <-time.After(queuetest.Patience):
				t.Fatal("nobody was told")
			}
			if _, _, err := f.Probe(); !errors.Is(err, feed.ErrNoProbes) {
				t.Errorf("the probe of a dead line says %v", err)
			}
			p.Resume()
			again := w.until("the same state", waiting(0))
			if !again.At.After(first.At) {
				t.Error("the state is not confirmed again")
			}
			if again.Epoch != first.Epoch || again.Version != first.Version {
				t.Errorf("came back with %s/%d, was %s/%d", again.Epoch, again.Version, first.Epoch, first.Version)
			}
			issue(t, here, c.ID)
			w.until("the next ticket", waiting(1))
			if len(w.stale) != 0 {
				t.Error("told stale more than once")
			}
		})
	}
}

// TestFeed_ADeafSubscriptionIsReplaced leaves the connections of now open and
// dead, as a firewall does. The library never notices; the probe
// must come back by a new subscription.
func TestFeed_ADeafSubscriptionIsReplaced(t *testing.T) {
	t.Parallel()
	p := queuetest.NewProxy(t)
	there := queuetest.StoreOn(t, p.Through(t))
	c := queuetest.NewClinic(t, there)
	w, f := follow(t, there, c.ID)
	w.until("an empty line", waiting(0))
	well := func() bool { _, _, err := f.Probe(); return err == nil }
	queuetest.Eventually(t, "the probe comes back", well)
	p.Deafen()
	queuetest.Eventually(t, "the probe is missed", func() bool { return !well() })
	queuetest.Eventually(t, "it comes back by another connection", well)
}

func TestFollow_SurvivesACutSubscription(t *testing.T) {
	t.Parallel()
	p := queuetest.NewProxy(t)
	there, here := queuetest.StoreOn(t, p.Through(t)), queuetest.Store(t)
	c := queuetest.NewClinic(t, here)
	w, _ := follow(t, there, c.ID)
	w.until("an empty line", waiting(0))
	for n := 1; n <= 5; n++ {
		p.Cut()
		issue(t, here, c.ID)
		w.until("the ticket issued while the line was cut", waiting(n))
	}
}

func TestFollow_ALostDayIsANewEpoch(t *testing.T) {
	t.Parallel()
	socket, server, err := queuetest.Start(t.TempDir())
	if err != nil {
		queuetest.Missing(t, "redis-server", err)
	}
	rdb := queuetest.Client(t, socket)
	t.Cleanup(func() { server.Process.Kill(); server.Wait() })
	s, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := queuetest.NewClinic(t, s)
	w, _ := follow(t, s, c.ID)
	issue(t, s, c.ID)
	issue(t, s, c.ID)
	before := w.until("two tickets", waiting(2))
	lost, err := rdb.Keys(t.Context(), "junban:{"+string(c.ID)+"}:"+string(before.Day)+":*").Result()
	if err != nil {
		t.Fatal(err)
	}
	if err := rdb.Del(t.Context(), lost...).Err(); err != nil {
		t.Fatal(err)
	}
	if err := s.PutClinic(t.Context(), c, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	after := w.until("nobody", waiting(0))
	if after.Epoch == before.Epoch {
		t.Errorf("version %d follows %d in the same epoch: screens would freeze", after.Version, before.Version)
	}
}

// TestFollow_ActsThatRedisLostAreNotShownOn restores an older state of the day, as a
// failover to a lagging replica does. The epoch is the same. The version is lower, or
// the same after other acts.
func TestFollow_ActsThatRedisLostAreNotShownOn(t *testing.T) {
	t.Parallel()
	for _, back := range []int{1, 3} {
		t.Run(fmt.Sprint(back), func(t *testing.T) {
			t.Parallel()
			s := queuetest.Store(t)
			c := queuetest.NewClinic(t, s)
			w, _ := follow(t, s, c.ID)
			for range 4 {
				issue(t, s, c.ID)
			}
			before := w.until("four tickets", waiting(4))
			meta := "junban:{" + string(c.ID) + "}:" + string(before.Day) + ":meta"
			rdb := queuetest.Redis(t)
			if err := rdb.HIncrBy(t.Context(), meta, "version", int64(-back)).Err(); err != nil {
				t.Fatal(err)
			}
			issue(t, s, c.ID)
			after := w.until("the ticket after the loss", waiting(5))
			if after.Epoch == before.Epoch {
				t.Errorf("version %d follows %d in the same epoch: screens would freeze", after.Version, before.Version)
			}
		})
	}
}

func TestFollow_EndsWhenTheClinicIsRemoved(t *testing.T) {
	t.Parallel()
	s := queuetest.Store(t)
	c := queuetest.NewClinic(t, s)
	w, _ := follow(t, s, c.ID)
	w.until("an empty line", waiting(0))
	if err := s.RemoveClinic(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-w.ended:
		if !errors.Is(err, clinic.ErrNoClinic) {
			t.Errorf("ended with %v", err)
		}
		w.ended <- nil // for the clean-up
	case <-time.After(queuetest.Patience):
		t.Fatal("the follower was not told")
	}
}

func TestFollow_AnExpiredMessageLeavesTheScreens(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, nil)
	w, _ := follow(t, p.Store, p.C.ID)
	p.Must(p.SetMessage(t.Context(), p.Ref, queue.Message{Text: "30分遅れ", Until: p.Time.Add(time.Hour)}, queue.Act{}))
	shown := w.until("the message", func(s *queue.Snapshot) bool { return s.Lines[0].Temporary.Text != "" })
	p.Pass(time.Hour)
	gone := w.until("no message", func(s *queue.Snapshot) bool { return s.Lines[0].Temporary.Text == "" })
	if gone.Version <= shown.Version {
		t.Errorf("version %d without the message follows %d with it", gone.Version, shown.Version)
	}
}

// TestFollow_ABreakThatEndsIsSeenOnEveryScreen has a break end by itself.
func TestFollow_ABreakThatEndsIsSeenOnEveryScreen(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, nil)
	w, _ := follow(t, p.Store, p.C.ID)
	p.Must(p.SetDuty(t.Context(), p.C.ID, "1", queue.Duty{State: queue.OnBreak, Until: p.Time.Add(time.Hour)}, queue.Act{}))
	on := func(s *queue.Snapshot) bool { return s.Rooms[0].Duty.State == queue.OnDuty }
	before := w.until("the break", func(s *queue.Snapshot) bool { return !on(s) })
	p.Pass(time.Hour)
	after := w.until("its end", on)
	if after.Version <= before.Version {
		t.Errorf("version %d after the break follows %d in it", after.Version, before.Version)
	}
}
