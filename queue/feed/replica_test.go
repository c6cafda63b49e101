package feed_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/feed"
	"junban/queue/queuetest"
)

// TestAct_WaitsForItsReplicas stops the only replica. No act is acknowledged, the
// watchers are sent stale, and the node is not ready. After the replica returns, the
// same key is answered. With the replica an act is still one round trip.
func TestAct_WaitsForItsReplicas(t *testing.T) {
	t.Parallel()
	primary := queuetest.NewServer(t)
	replica := primary.Replica()
	count := &queuetest.Counter{}
	primary.Client.AddHook(count)
	s, err := queue.NewStore(primary.Client, queue.Options{MinReplicas: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := queuetest.NewClinic(t, s)
	ref := clinic.Ref{Clinic: c.ID, Service: "1"}
	ask := func(key string) (queue.Issued, error) {
		return s.Issue(t.Context(), ref, queue.Request{Channel: "web", Party: 1}, queue.Act{Key: key, By: clinic.Actor{Kind: "web"}})
	}
	first, err := ask("first")
	if err != nil {
		t.Fatal(err)
	}
	before := count.Sent.Load()
	if _, err := s.CallNext(t.Context(), ref, "1", queue.Act{By: clinic.Actor{Kind: "staff"}}); err != nil {
		t.Fatal(err)
	}
	if n := count.Sent.Load() - before; n != 1 {
		t.Errorf("an act that waits for its replica took %d round trips", n)
	}
	w, f := follow(t, s, c.ID)
	w.until("one called ticket", func(s *queue.Snapshot) bool { return len(s.Lines[0].Open) == 1 })

	replica.Pause()
	if _, err := ask("second"); !errors.Is(err, queue.ErrUnconfirmed) {
		t.Errorf("an act without its replica: %v", err)
	}
	if _, err := ask("second"); !errors.Is(err, queue.ErrUnconfirmed) {
		t.Errorf("its repetition: %v", err)
	}
	if _, err := ask("first"); !errors.Is(err, queue.ErrUnconfirmed) {
		t.Errorf("the repetition of an act that was confirmed: %v", err)
	}
	select {
	case <-w.stale:
	case <-time.After(time.Minute):
		t.Fatal("the primary answers reads, and the watchers are not told that it confirms nothing")
	}
	queuetest.Eventually(t, "the node is not ready", func() bool { _, _, err := f.Probe(); return errors.Is(err, feed.ErrNoWrites) })
	if _, err := ask("third"); !errors.Is(err, queue.ErrUnconfirmed) {
		t.Errorf("an act long without a replica: %v", err)
	}

	replica.Resume()
	var second queue.Issued
	queuetest.Eventually(t, "the repetition is confirmed", func() bool { second, err = ask("second"); return err == nil })
	if first.Number != 1 || second.Number != 2 {
		t.Errorf("the numbers are %d and %d", first.Number, second.Number)
	}
	// The third was refused before it reached Redis: it has no ticket.
	w.until("the second ticket alone", waiting(1))
	queuetest.Eventually(t, "the node is ready", func() bool { _, _, err := f.Probe(); return err == nil })
}

// TestFeed_ARedisThatTakesNoWritesIsNotReady: reads work, and still the node
// must not get patients.
func TestFeed_ARedisThatTakesNoWritesIsNotReady(t *testing.T) {
	t.Parallel()
	server := queuetest.NewServer(t)
	s, err := queue.NewStore(server.Client, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := queuetest.NewClinic(t, s)
	w, f := follow(t, s, c.ID)
	w.until("nobody", waiting(0))
	queuetest.Eventually(t, "the node is ready", func() bool { _, _, err := f.Probe(); return err == nil })
	if err := server.Client.ConfigSet(t.Context(), "min-replicas-to-write", "1").Err(); err != nil {
		t.Fatal(err)
	}
	queuetest.Eventually(t, "the node is not ready", func() bool { _, _, err := f.Probe(); return errors.Is(err, feed.ErrNoWrites) })
	if err := server.Client.ConfigSet(t.Context(), "min-replicas-to-write", "0").Err(); err != nil {
		t.Fatal(err)
	}
	queuetest.Eventually(t, "the node is ready again", func() bool { _, _, err := f.Probe(); return err == nil })
}

// TestFollow_OlderDataUnderARestartedNode restores a copy of the append-only file under
// a Redis that was killed. A node that remembers nothing gives the day
// another epoch. A node that saw the lost acts counts the loss, also if the new history
// is longer than the lost one.
func TestFollow_OlderDataUnderARestartedNode(t *testing.T) {
	t.Parallel()
	server := queuetest.NewServer(t, "--appendonly", "yes", "--appendfsync", "always")
	var reach atomic.Bool
	reach.Store(true)
	rdb := redis.NewClient(&redis.Options{
		Dialer: func(ctx context.Context, _, _ string) (net.Conn, error) {
			if !reach.Load() {
				return nil, errors.New("the node is cut off")
			}
			return new(net.Dialer).DialContext(ctx, "tcp", server.Addr)
		},
		ContextTimeoutEnabled: true, MaxRetries: -1,
	})
	t.Cleanup(func() { rdb.Close() })
	registry := prometheus.NewRegistry()
	there, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	here := func() *queue.Store { // a node that has just started
		s, err := queue.NewStore(server.Client, queue.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	c := queuetest.NewClinic(t, there)
	issue(t, there, c.ID)
	older := filepath.Join(t.TempDir(), "older")
	if err := os.CopyFS(older, os.DirFS(server.Folder)); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		issue(t, there, c.ID)
	}
	w, _ := followCounted(t, there, c.ID, registry)
	shown := w.until("four tickets", waiting(4))

	reach.Store(false)
	server.Kill()
	if err := os.RemoveAll(filepath.Join(server.Folder, "appendonlydir")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(server.Folder, "appendonlydir"), os.DirFS(filepath.Join(older, "appendonlydir"))); err != nil {
		t.Fatal(err)
	}
	server.Start()

	restored, err := here().Snapshot(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(restored.Lines[0].Waiting) != 1 {
		t.Fatalf("%d tickets are in the older data", len(restored.Lines[0].Waiting))
	}
	if restored.Epoch == shown.Epoch {
		t.Errorf("version %d follows %d in the same epoch: pages would freeze", restored.Version, shown.Version)
	}
	again, err := here().Snapshot(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if again.Epoch != restored.Epoch || again.Version != restored.Version {
		t.Errorf("a second node renews the epoch again: %s/%d, then %s/%d", restored.Epoch, restored.Version, again.Epoch, again.Version)
	}

	for range 8 {
		issue(t, here(), c.ID)
	}
	if n := counted(t, registry, "junban_feed_resyncs_total", "lost"); n != 0 {
		t.Errorf("%v losses are counted before the loss", n)
	}
	reach.Store(true)
	after := w.until("the new history", waiting(9))
	if after.Version <= shown.Version || after.Epoch == shown.Epoch {
		t.Errorf("the new history is at %s/%d, the old one at %s/%d", after.Epoch, after.Version, shown.Epoch, shown.Version)
	}
	queuetest.Eventually(t, "the loss is counted", func() bool { return counted(t, registry, "junban_feed_resyncs_total", "lost") == 1 })

	// A restart that loses nothing counts nothing, and is another epoch too.
	server.Kill()
	server.Start()
	issue(t, here(), c.ID)
	kept := w.until("the ticket after the restart", waiting(10))
	if kept.Epoch == after.Epoch {
		t.Error("another Redis process has the same epoch")
	}
	if n := counted(t, registry, "junban_feed_resyncs_total", "lost"); n != 1 {
		t.Errorf("%v losses are counted", n)
	}
	queuetest.Sound(t, t.Context(), here(), c.ID)
}

// counted is a counter's value for one reason, or the sum of all for "".
func counted(t *testing.T, g prometheus.Gatherer, name, reason string) float64 {
	t.Helper()
	families, err := g.Gather()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, f := range families {
		for _, m := range f.Metric {
			if f.GetName() == name && len(m.Label) == 1 && (reason == "" || m.Label[0].GetValue() == reason) {
				sum += m.Counter.GetValue()
			}
		}
	}
	return sum
}
