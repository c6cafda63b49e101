package queue_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// publications is a subscription to what the acts of one clinic publish.
type publications struct {
	sub    *redis.PubSub
	rdb    redis.UniversalClient
	clinic clinic.ID
	barred string // channel of a message that comes after those of all acts so far
}

// publicationsOf subscribes until the test ends.
func publicationsOf(t interface {
	Context() context.Context
	Cleanup(func())
	Fatal(...any)
}, rdb redis.UniversalClient, c clinic.ID) *publications {
	p := &publications{rdb: rdb, clinic: c, barred: "test:barrier:" + string(c)}
	p.sub = rdb.Subscribe(t.Context(), queue.PokeChannel, p.barred)
	t.Cleanup(func() { p.sub.Close() })
	for range 2 {
		if _, err := p.sub.Receive(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// take returns what the acts of the clinic have published since the last call.
func (p *publications) take(ctx context.Context) (messages []string, err error) {
	if err := p.rdb.Publish(ctx, p.barred, "").Err(); err != nil {
		return nil, err
	}
	for {
		m, err := p.sub.ReceiveMessage(ctx)
		switch {
		case err != nil:
			return nil, err
		case m.Channel == p.barred:
			return messages, nil
		case strings.HasPrefix(m.Payload, string(p.clinic)+" "):
			messages = append(messages, m.Payload)
		}
	}
}

// replica is a snapshot that follows the publications of a clinic, as a node does.
type replica struct {
	*publications
	snap *queue.Snapshot
	fits map[queue.Fit]int
}

// mostPublished bounds a publication: its JSON and the words before that.
const mostPublished = 8192 + 200

// follow applies what was published, and compares the outcome with a snapshot of now.
func (r *replica) follow(ctx context.Context, s *queue.Store, now *queue.Snapshot) (diff string, err error) {
	messages, err := r.take(ctx)
	if err != nil {
		return "", err
	}
	for _, m := range messages {
		if strings.Contains(m, someName) || strings.Contains(m, somePhone) {
			return "", fmt.Errorf("an act has published a patient: %s", m)
		}
		if len(m) > mostPublished {
			return "", fmt.Errorf("an act has published %d bytes", len(m))
		}
		var fit queue.Fit
		r.snap, fit = r.snap.Apply(queue.ParseDelta(m))
		r.fits[fit]++
		switch fit {
		case queue.FitNext, queue.FitOld, queue.FitOtherDay:
		default:
			if r.snap, err = s.Snapshot(ctx, r.clinic); err != nil {
				return "", err
			}
		}
	}
	if len(r.snap.Unread()) > 0 {
		read, err := s.Patients(ctx, r.clinic, r.snap.Day, r.snap.Unread())
		if err != nil {
			return "", err
		}
		r.snap = r.snap.WithPatients(read)
	}
	if r.snap.Day != now.Day { // found by a check, not by a message
		r.snap = now
	}
	if at := now.At; !reflect.DeepEqual(r.snap.AsOf(at), now.AsOf(at)) {
		return cmp.Diff(now.AsOf(at), r.snap.AsOf(at), cmp.Exporter(func(reflect.Type) bool { return true }), cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })), nil
	}
	return "", nil
}

// TestApply_EndedTicketsComeBack undoes the ends of many tickets: older ones are shown
// again. A snapshot has only the newest, so some undos need a read.
func TestApply_EndedTicketsComeBack(t *testing.T) {
	t.Parallel()
	s := queuetest.Store(t)
	c := queuetest.NewClinic(t, s)
	r := &replica{publications: publicationsOf(t, s.Redis(), c.ID), fits: map[queue.Fit]int{}}
	look := func() {
		t.Helper()
		now, err := s.Snapshot(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if r.snap == nil {
			r.snap = now
		}
		if diff, err := r.follow(t.Context(), s, now); err != nil || diff != "" {
			t.Fatalf("version %d: %v (-read +followed):\n%s", now.Version, err, diff)
		}
	}
	look()
	var ids []queue.TicketID
	for range queue.EndedKept + 30 {
		i, err := s.Issue(t.Context(), clinic.Ref{Clinic: c.ID, Service: "1"}, queue.Request{Channel: "desk", Party: 1, Patient: queue.Patient{Name: "順番"}}, queue.Act{})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, i.ID)
		if _, err := s.Do(t.Context(), i.ID, queue.Cancel, queue.Act{}); err != nil {
			t.Fatal(err)
		}
		look()
	}
	undo := func(id queue.TicketID) {
		t.Helper()
		if _, err := s.Do(t.Context(), id, queue.Undo, queue.Act{}); err != nil {
			t.Fatal(err)
		}
		look()
	}
	for i := range 25 { // the newest, which are shown, and the oldest, which are not
		undo(ids[len(ids)-1-i])
		undo(ids[i])
	}
	if n := r.fits[queue.FitOrder]; n == 0 || n > 2 {
		t.Errorf("%d of 50 undos were followed by a read: %v", n, r.fits)
	}
}

// TestReached_IsTheStateWithTheAct acts on one node, and repeats the act on another, whose
// state may be older.
func TestReached_IsTheStateWithTheAct(t *testing.T) {
	t.Parallel()
	here, there := queuetest.Store(t), queuetest.Store(t)
	c := queuetest.NewClinic(t, here)
	before, err := here.Snapshot(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*queue.Store{"the node that acted": here, "a node that repeats the act": there} {
		if _, err := s.Issue(t.Context(), clinic.Ref{Clinic: c.ID, Service: "1"}, queue.Request{Channel: "desk", Party: 1}, queue.Act{Key: "once"}); err != nil {
			t.Fatal(err)
		}
		after, err := s.Snapshot(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if r := s.Reached(c.ID); before.Has(r) || !after.Has(r) {
			t.Errorf("%s has reached %+v, from version %d to %d", name, r, before.Version, after.Version)
		}
	}
}

// TestNewest_IsOneRoundTrip compares many clinics at once: one is unchanged, one has a new
// act, one has another record, and one was removed.
func TestNewest_IsOneRoundTrip(t *testing.T) {
	t.Parallel()
	rdb := queuetest.Redis(t)
	count := &queuetest.Counter{}
	rdb.AddHook(count)
	s := queuetest.StoreOn(t, rdb)
	var shown []*queue.Snapshot
	for range 4 {
		snap, err := s.Snapshot(t.Context(), queuetest.NewClinic(t, s).ID)
		if err != nil {
			t.Fatal(err)
		}
		shown = append(shown, snap)
	}
	if err := s.SetReception(t.Context(), clinic.Ref{Clinic: shown[1].Clinic.ID, Service: "1"}, queue.Paused, "", queue.Act{}); err != nil {
		t.Fatal(err)
	}
	renamed := shown[2].Clinic
	renamed.Name = "別の医院"
	if err := s.PutClinic(t.Context(), renamed, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveClinic(t.Context(), shown[3].Clinic.ID); err != nil {
		t.Fatal(err)
	}
	s.Newest(t.Context(), shown[:1]) // so that a connection is open
	before := count.Sent.Load()
	found := s.Newest(t.Context(), shown)
	if n := count.Sent.Load() - before; n != 1 {
		t.Errorf("a check of %d clinics took %d round trips", len(shown), n)
	}
	for i, n := range found {
		if n.Err != nil {
			t.Fatal(n.Err)
		}
		same := !n.Other && n.Epoch == shown[i].Epoch && n.Version == shown[i].Version && n.Mark == shown[i].Mark
		if same != (i == 0) || n.Other != (i >= 2) || n.Version != []uint64{shown[0].Version, shown[1].Version + 1, shown[2].Version + 1, 0}[i] {
			t.Errorf("clinic %d: %+v", i, n)
		}
	}
}
