package live

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"junban/api/view"
	"junban/hub"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// TestReads_AreSharedAndForgotten reads for many requests at once, and forgets the
// value once nobody asks.
func TestReads_AreSharedAndForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int64
		value := newShared[int64]()
		read := func(since time.Time) int64 {
			v, err := value.get(t.Context(), since, 2*time.Second, func(context.Context) (int64, error) {
				time.Sleep(time.Second)
				return n.Add(1), nil
			})
			if err != nil {
				t.Error(err)
			}
			return v
		}
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if v := read(time.Time{}); v != 1 {
					t.Errorf("read %d", v)
				}
			})
		}
		all.Wait()
		if v := read(time.Now()); v != 2 {
			t.Errorf("after an act of this node: %d, want a new read", v)
		}
		time.Sleep(2 * time.Second)
		if v := read(time.Time{}); v != 3 {
			t.Errorf("an old value is %d, want a new read", v)
		}
	})
}

// TestClinics_AreForgottenWhenIdle reads a clinic that nobody watches, and one that is
// watched.
func TestClinics_AreForgottenWhenIdle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		model := queuetest.NewModel()
		idle, watched := queuetest.NewClinic(t, model), queuetest.NewClinic(t, model)
		cs := newTestClinics(model)
		defer cs.Close()
		cs.Hub = hub.New(hub.Options{Source: cs.Follow, Log: slog.New(slog.DiscardHandler)})
		defer cs.Hub.Close()
		stop := cs.Follow(view.ClinicTopic(watched.ID).Name)
		for range 3 {
			for _, id := range []clinic.ID{idle.ID, watched.ID} {
				if _, _, err := cs.Snapshot(t.Context(), id); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(clinicIdle / 2)
		}
		if n := known(cs); n != 2 {
			t.Errorf("%d clinics are known while they are asked for, want 2", n)
		}
		time.Sleep(2 * clinicIdle)
		if _, has := cs.LastRecord(watched.ID); known(cs) != 1 || !has {
			t.Errorf("%d clinics are known when nobody asks, want the watched one: %v", known(cs), has)
		}
		if _, _, err := cs.Snapshot(t.Context(), "9999"); !errors.Is(err, clinic.ErrNoClinic) || known(cs) != 1 {
			t.Errorf("a clinic that does not exist is known: %d, %v", known(cs), err)
		}
		stop()
		time.Sleep(2 * clinicIdle)
		if n := known(cs); n != 0 {
			t.Errorf("%d clinics are known after the last watch", n)
		}
	})
}

// TestForecasts_AreMadeOncePerChangeAndOnlyToBeShown counts the forecasts of a clinic
// that hides its minutes, of one that nobody watches, and of a watched one.
func TestForecasts_AreMadeOncePerChangeAndOnlyToBeShown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name           string
		hides, watched bool
		want           int // of three changes
	}{
		{"hidden", true, true, 0},
		{"unwatched", false, false, 0},
		{"watched", false, true, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			model, record := queuetest.NewModel(), queuetest.FreshClinic()
			for i := range record.Services {
				if c.hides {
					record.Services[i].Hide = []string{"waitMinutes"}
				}
			}
			if err := model.PutClinic(t.Context(), record, queue.Act{}); err != nil {
				t.Fatal(err)
			}
			cs := newTestClinics(model)
			defer cs.Close()
			cs.Hub = hub.New(hub.Options{Source: cs.Follow, Log: cs.log})
			defer cs.Hub.Close()
			f := &follower{clinic: record.ID, ctx: t.Context(), topics: map[hub.Topic]*watched{}}
			watch := func(name string) {
				topic, err := view.ParseTopic(name)
				if err != nil {
					t.Fatal(err)
				}
				if c.watched {
					f.topics[topic.Name] = &watched{Topic: topic}
				}
			}
			ref := clinic.Ref{Clinic: record.ID, Service: "1"}
			for _, name := range []string{"staff:" + string(record.ID), "clinic:" + string(record.ID), "service:" + ref.String()} {
				watch(name)
			}
			made := map[*view.Waits]bool{}
			for range 3 {
				issued, err := model.Issue(t.Context(), ref, queue.Request{Channel: "desk", Party: 1}, queue.Act{})
				if err != nil {
					t.Fatal(err)
				}
				watch("ticket:" + string(issued.ID))
				snap, _, err := cs.Snapshot(t.Context(), record.ID)
				if err != nil {
					t.Fatal(err)
				}
				cs.Touch(record.ID) // the next read is a new one
				cs.emit(f, snap)
				if w := cs.of[record.ID].waits; w != nil {
					made[w] = true
				}
			}
			if len(made) != c.want {
				t.Errorf("%d forecasts of three changes, want %d", len(made), c.want)
			}
		})
	}
}

// TestClinics_ForecastAStateOnceAndAgainWhenOld asks for one state several times.
func TestClinics_ForecastAStateOnceAndAgainWhenOld(t *testing.T) {
	t.Parallel()
	model := queuetest.NewModel()
	record := queuetest.NewClinic(t, model)
	cs := newTestClinics(model)
	defer cs.Close()
	if _, err := model.Issue(t.Context(), clinic.Ref{Clinic: record.ID, Service: "1"}, queue.Request{Channel: "desk", Party: 1}, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	snap, err := model.Snapshot(t.Context(), record.ID)
	if err != nil {
		t.Fatal(err)
	}
	first := cs.waits(snap)
	again := *snap
	again.At = snap.At.Add(time.Second)
	if cs.waits(&again) != first {
		t.Error("a second later it was forecast again")
	}
	again.At = snap.At.Add(refreshEvery)
	if cs.waits(&again) == first {
		t.Error("an old forecast was returned again")
	}
}

// deaf is a line whose feed brings nothing after the first snapshot, until it hears again.
type deaf struct {
	*queuetest.Model
	hears chan struct{}
}

func (d deaf) Follow(ctx context.Context, c clinic.ID, w queue.Watcher) error {
	snap, err := d.Snapshot(ctx, c)
	if err != nil {
		return err
	}
	w.Emit(snap)
	select {
	case <-ctx.Done():
		return nil
	case <-d.hears:
	}
	return d.Model.Follow(ctx, c, w)
}

// TestClinics_AnOwnActIsSeenAtOnce acts on a clinic whose feed is late: the state in
// memory answers no request until it has the act.
func TestClinics_AnOwnActIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	line := deaf{queuetest.NewModel(), make(chan struct{})}
	c := queuetest.NewClinic(t, line)
	lost := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lost"}, []string{"reason"})
	cs := New(line, line, lost, prometheus.NewCounter(prometheus.CounterOpts{Name: "tickets"}), slog.New(slog.DiscardHandler))
	defer cs.Close()
	cs.Hub = hub.New(hub.Options{Source: cs.Follow, Log: cs.log})
	defer cs.Hub.Close()
	defer cs.Follow(view.ClinicTopic(c.ID).Name)()
	warm := func() bool { _, warm := cs.latest(c.ID); return warm }
	queuetest.Eventually(t, "the clinic is followed", warm)
	if _, err := line.Issue(t.Context(), clinic.Ref{Clinic: c.ID, Service: "1"}, queue.Request{Channel: "desk", Party: 1}, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	cs.Touch(c.ID)
	if warm() {
		t.Error("a state from before the act answers")
	}
	snap, _, err := cs.Snapshot(t.Context(), c.ID)
	if err != nil || len(snap.Lines[0].Waiting) != 1 {
		t.Errorf("after the act: %+v, %v", snap, err)
	}
	close(line.hears)
	queuetest.Eventually(t, "the state in memory has the act", warm)
	if snap, _ := cs.latest(c.ID); len(snap.Lines[0].Waiting) != 1 {
		t.Errorf("from memory: %+v", snap.Lines[0].Waiting)
	}
}

// BenchmarkEmit publishes one change of a line that a thousand owners watch. One ticket
// was issued, and no other ticket's position has changed.
func BenchmarkEmit(b *testing.B) {
	model := queuetest.NewModel()
	record := queuetest.NewClinic(b, model)
	ref := clinic.Ref{Clinic: record.ID, Service: "1"}
	cs := newTestClinics(model)
	defer cs.Close()
	cs.Hub = hub.New(hub.Options{Source: cs.Follow, Log: cs.log})
	defer cs.Hub.Close()
	f := &follower{clinic: record.ID, ctx: b.Context(), topics: map[hub.Topic]*watched{}}
	issue := func() *queue.Snapshot {
		i, err := model.Issue(b.Context(), ref, queue.Request{Channel: "desk", Party: 1}, queue.Act{})
		if err != nil {
			b.Fatal(err)
		}
		t, err := view.ParseTopic("ticket:" + string(i.ID))
		if err != nil {
			b.Fatal(err)
		}
		f.topics[t.Name] = &watched{Topic: t}
		snap, err := model.Snapshot(b.Context(), record.ID)
		if err != nil {
			b.Fatal(err)
		}
		return snap
	}
	for range 999 {
		issue()
	}
	snap := issue()
	cs.emit(f, snap)
	b.ReportAllocs()
	for b.Loop() {
		next := *snap
		cs.emit(f, &next)
	}
}

// newTestClinics makes the clinics of a line in plain Go.
func newTestClinics(model *queuetest.Model) *Clinics {
	lost := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lost"}, []string{"reason"})
	return New(model, model, lost, prometheus.NewCounter(prometheus.CounterOpts{Name: "tickets"}), slog.New(slog.DiscardHandler))
}

// known returns how many clinics are in use.
func known(cs *Clinics) int {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	return len(cs.of)
}
