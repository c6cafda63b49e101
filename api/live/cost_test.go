package live

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"junban/api/view"
	"junban/hub"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/feed"
	"junban/queue/queuetest"
)

// shownDay is a clinic with a line, what its next acts publish, and a node that watches
// the desk's topic, the boards, and some tickets.
type shownDay struct {
	cs     *Clinics
	f      *follower
	snap   *queue.Snapshot
	deltas []queue.Delta // of one act each
	bytes  int           // published
}

// newShownDay does acts at the head of a line of that length: calls, which finish the
// ticket in the room, and as many new tickets.
func newShownDay(t testing.TB, line, acts int) *shownDay {
	t.Helper()
	store := queuetest.Store(t)
	c := queuetest.NewClinic(t, store)
	ref := clinic.Ref{Clinic: c.ID, Service: "1"}
	issue := func() queue.TicketID {
		i, err := store.Issue(t.Context(), ref, queue.Request{Channel: "desk", Party: 1, Patient: queue.Patient{Name: "順番 花子", Phone: "09012345678"}}, queue.Act{})
		if err != nil {
			t.Fatal(err)
		}
		return i.ID
	}
	call := func() {
		if _, err := store.CallNext(t.Context(), ref, "1", queue.Act{}); err != nil {
			t.Fatal(err)
		}
	}
	for range 60 { // as many as have ended by the middle of a day
		issue()
		call()
	}
	lost := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lost"}, []string{"reason"})
	d := &shownDay{cs: New(store, nil, lost, prometheus.NewCounter(prometheus.CounterOpts{Name: "tickets"}), slog.New(slog.DiscardHandler))}
	d.cs.Hub = hub.New(hub.Options{Source: func(hub.Topic) func() { return func() {} }, Log: d.cs.log})
	t.Cleanup(func() { d.cs.Hub.Close(); d.cs.Close() })
	d.f = &follower{clinic: c.ID, ctx: t.Context(), topics: map[hub.Topic]*watched{}}
	topics := []string{"clinic:" + string(c.ID), "staff:" + string(c.ID), "service:" + ref.String()}
	for n := range line {
		id := issue()
		if n%(max(line/7, 1)) == 0 && len(topics) < 10 {
			topics = append(topics, "ticket:"+string(id))
		}
	}
	for _, name := range topics {
		topic, err := view.ParseTopic(name)
		if err != nil {
			t.Fatal(err)
		}
		d.f.topics[topic.Name] = &watched{Topic: topic}
	}
	var err error
	if d.snap, err = store.Snapshot(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	sub := store.Redis().Subscribe(t.Context(), queue.PokeChannel)
	defer sub.Close()
	if _, err := sub.Receive(t.Context()); err != nil {
		t.Fatal(err)
	}
	for n := range acts {
		if n%2 == 0 {
			call()
		} else {
			issue()
		}
		for {
			got, err := sub.Receive(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			m, _ := got.(*redis.Message)
			if delta := queue.ParseDelta(m.Payload); delta.Clinic == c.ID {
				d.deltas, d.bytes = append(d.deltas, delta), d.bytes+len(m.Payload)
				break
			}
		}
	}
	d.cs.emit(d.f, d.snap)
	return d
}

// show applies the next act and publishes every topic.
func (d *shownDay) show(t testing.TB, n int) {
	next, fit := d.snap.Apply(d.deltas[n])
	if fit != queue.FitNext {
		t.Fatalf("act %d: %s", n, fit)
	}
	read := map[queue.TicketID]queue.Patient{}
	for _, id := range next.Unread() {
		read[id] = queue.Patient{Name: "順番 花子", Phone: "09012345678"}
	}
	if len(read) > 0 {
		next = next.WithPatients(read)
	}
	d.snap = next
	d.cs.emit(d.f, next)
}

// BenchmarkAct is the cost of an act on a node that watches: from the message to the
// frames of ten topics.
func BenchmarkAct(b *testing.B) {
	for _, line := range []int{40, 200} {
		b.Run(fmt.Sprint("waiting=", line), func(b *testing.B) {
			d := newShownDay(b, line, b.N)
			b.ReportAllocs()
			b.ReportMetric(float64(d.bytes)/float64(b.N), "published-B/act")
			b.ResetTimer()
			for n := range b.N {
				d.show(b, n)
			}
		})
	}
}

// TestAct_KeptTextsAreTheNewOnes compares each of the desk's frames with one that was
// encoded from nothing.
func TestAct_KeptTextsAreTheNewOnes(t *testing.T) {
	t.Parallel()
	const acts = 60
	d := newShownDay(t, 20, acts)
	for n := range acts {
		d.show(t, n)
		zone, err := d.snap.Clinic.Location()
		if err != nil {
			t.Fatal(err)
		}
		v := view.View{Clinic: d.snap.Clinic, Zone: zone, Now: d.snap.At, Waits: d.cs.waitsOnce(d.snap)}
		want, err := json.Marshal(v.Staff(d.snap))
		if err != nil {
			t.Fatal(err)
		}
		got, err := v.StaffText(d.snap, &d.f.topics[hub.Topic("staff:"+string(d.f.clinic))].texts)
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Join(got, nil); !bytes.Equal(got, want) {
			t.Fatalf("after act %d the desk gets\n%s\nwant\n%s", n, got, want)
		}
	}
}

// TestAct_PastTicketIsEncodedOnce follows a watched ticket until the snapshot shows it no
// more. Then only another record or day makes a frame of it.
func TestAct_PastTicketIsEncodedOnce(t *testing.T) {
	t.Parallel()
	const acts = 2 * (2 + queue.EndedKept + 20)
	d := newShownDay(t, 1, acts)
	var w *watched
	for _, one := range d.f.topics {
		if one.Kind == view.ATicket {
			w = one
		}
	}
	for n := range acts {
		d.show(t, n)
	}
	if _, _, _, _, shown := d.snap.Find(w.Ticket); shown || !w.last.State.Ended() {
		t.Fatalf("the watched ticket is %s, in the snapshot: %t", w.last.State, shown)
	}
	zone, err := d.snap.Clinic.Location()
	if err != nil {
		t.Fatal(err)
	}
	v := view.View{Clinic: d.snap.Clinic, Zone: zone, Now: d.snap.At}
	if _, again := d.cs.stateOf(d.f, v, d.snap, w); again {
		t.Error("encoded again without a change")
	}
	next := *d.snap
	next.Rev += "2"
	if _, again := d.cs.stateOf(d.f, v, &next, w); !again {
		t.Error("not encoded with another record")
	}
}

// TestAct_Allocations bounds what an act allocates on a node, from the message to the
// frames of ten topics. Half of the acts are calls, which change every ticket's wait.
// The kilobytes are those under the race detector, a tenth more than without it. Most are
// frames, and the copies of the line with the ticket that changed; a ticket takes 616 bytes.
func TestAct_Allocations(t *testing.T) {
	const acts = 100
	for _, c := range []struct{ line, allocations, kilobytes, published int }{
		{40, 450, 250, 700}, {200, 1100, 740, 700},
	} {
		d := newShownDay(t, c.line, acts+1)
		d.show(t, 0)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for n := range acts {
			d.show(t, 1+n)
		}
		runtime.ReadMemStats(&after)
		allocations := int(after.Mallocs-before.Mallocs) / acts
		kilobytes := int(after.TotalAlloc-before.TotalAlloc) / acts / 1000
		published := d.bytes / len(d.deltas)
		queuetest.Figure(t, "an act with %d waiting: %d allocations of %d KB, %d bytes published", c.line, allocations, kilobytes, published)
		if allocations > c.allocations || kilobytes > c.kilobytes || published > c.published {
			t.Errorf("an act with %d waiting: %d allocations of %d KB, %d bytes published; want at most %d, %d, %d",
				c.line, allocations, kilobytes, published, c.allocations, c.kilobytes, c.published)
		}
	}
}

// TestFollow_Goroutines bounds the goroutines of a node that follows many clinics: two of
// each, and those of the feed. It runs alone.
func TestFollow_Goroutines(t *testing.T) {
	const clinics = 20
	store := queuetest.Store(t)
	before := runtime.NumGoroutine()
	f, err := feed.New(store, feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { f.Run(ctx) })
	defer running.Wait()
	defer cancel()
	lost := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lost"}, []string{"reason"})
	cs := New(store, f, lost, prometheus.NewCounter(prometheus.CounterOpts{Name: "tickets"}), slog.New(slog.DiscardHandler))
	defer cs.Close()
	cs.Hub = hub.New(hub.Options{Source: func(hub.Topic) func() { return func() {} }, Log: cs.log})
	defer cs.Hub.Close()
	for range clinics {
		c := queuetest.NewClinic(t, store)
		defer cs.Follow(hub.Topic("staff:" + string(c.ID)))()
		queuetest.Eventually(t, "the clinic is followed", func() bool { _, warm := cs.latest(c.ID); return warm })
	}
	const ofFeed = 10 // its subscription, probes, writes and check, and what they wait for
	if n := runtime.NumGoroutine() - before; n > 2*clinics+ofFeed {
		t.Errorf("%d goroutines follow %d clinics", n, clinics)
	}
}
