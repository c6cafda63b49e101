package queue_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// TestIssue_ALostReplyIssuesOnce loses replies of scripts that ran. The client library
// repeats the requests, and the key makes that safe.
func TestIssue_ALostReplyIssuesOnce(t *testing.T) {
	t.Parallel()
	p := queuetest.NewProxy(t)
	s := queuetest.StoreOn(t, p.Through(t))
	c := queuetest.NewClinic(t, s)
	ref := clinic.Ref{Clinic: c.ID, Service: "1"}
	for n := 1; n <= 20; n++ {
		p.Swallow(n % 3)
		i, err := s.Issue(t.Context(), ref, queue.Request{Channel: "desk", Party: 1}, queue.Act{})
		if err != nil {
			t.Fatalf("ticket %d: %v", n, err)
		}
		if i.Number != n {
			t.Fatalf("ticket %d got number %d: a repeat issued twice", n, i.Number)
		}
	}
}

// TestAct_AnUnknownOutcomeIsSafeToRepeat cuts the connection until the library gives
// up. Then it repeats the request with the same key.
func TestAct_AnUnknownOutcomeIsSafeToRepeat(t *testing.T) {
	t.Parallel()
	p := queuetest.NewProxy(t)
	s := queuetest.StoreOn(t, p.Through(t))
	c := queuetest.NewClinic(t, s)
	ref := clinic.Ref{Clinic: c.ID, Service: "1"}
	for range 3 {
		if _, err := s.Issue(t.Context(), ref, queue.Request{Channel: "desk", Party: 1}, queue.Act{}); err != nil {
			t.Fatal(err)
		}
	}
	press := queue.Act{Key: "press", By: clinic.Actor{Kind: "staff"}}
	p.Swallow(100)
	if ticket, err := s.CallNext(t.Context(), ref, "1", press); err == nil {
		t.Fatalf("called %+v over a dead line", ticket)
	}
	p.Swallow(0)
	ticket, err := s.CallNext(t.Context(), ref, "1", press)
	if err != nil {
		t.Fatal(err)
	}
	snap, err := s.Snapshot(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if ticket.Number != 1 || len(snap.Lines[0].Waiting) != 2 {
		t.Fatalf("called %d, %d are waiting; want 1 and 2", ticket.Number, len(snap.Lines[0].Waiting))
	}
}

// TestTakeTokens_ALostReplyTakesOnce loses replies of charges that ran. The client
// library repeats them, and each takes and gives back one token.
func TestTakeTokens_ALostReplyTakesOnce(t *testing.T) {
	t.Parallel()
	p := queuetest.NewProxy(t)
	lossy, calm := queuetest.StoreOn(t, p.Through(t)), queuetest.Store(t)
	if err := calm.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	const burst, taken, given = 20, 12, 5
	charge := queue.Charge{Tag: "limit:" + t.Name(), Buckets: []queue.Bucket{
		{Name: "narrow", Every: time.Hour, Burst: burst}, {Name: "wide", Every: time.Hour, Burst: 10 * burst},
	}}
	for n := range taken {
		p.Swallow(n % 3)
		if short, err := lossy.TakeTokens(t.Context(), charge); err != nil || short.Wait > 0 {
			t.Fatalf("token %d: %+v, %v", n, short, err)
		}
	}
	for n := range given {
		p.Swallow(n % 3)
		if err := lossy.GiveTokens(t.Context(), charge); err != nil {
			t.Fatal(err)
		}
	}
	left := 0
	for ; left <= burst; left++ {
		short, err := calm.TakeTokens(t.Context(), charge)
		if err != nil {
			t.Fatal(err)
		}
		if short.Wait > 0 {
			break
		}
	}
	if want := burst - taken + given; left != want {
		t.Errorf("%d tokens are left of %d after %d charges and %d refunds, want %d", left, burst, taken, given, want)
	}
}

// TestAct_IsOneRoundTrip counts the round trips of every act and of a snapshot.
func TestAct_IsOneRoundTrip(t *testing.T) {
	t.Parallel()
	rdb := queuetest.Redis(t)
	count := &queuetest.Counter{}
	rdb.AddHook(count)
	s, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := queuetest.NewClinic(t, s)
	ref := clinic.Ref{Clinic: c.ID, Service: "1"}
	once := func(what string, do func() error) {
		t.Helper()
		before := count.Sent.Load()
		if err := do(); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if n := count.Sent.Load() - before; n != 1 {
			t.Errorf("%s took %d round trips, the last one %v", what, n, count.Last.Load())
		}
	}
	// What the clinic has taught is read with the first look, and again every
	// ten minutes.
	if _, err := s.Snapshot(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	var id queue.TicketID
	for range 2 {
		once("issue", func() error {
			i, err := s.Issue(t.Context(), ref, queue.Request{Channel: "web", Party: 1}, queue.Act{})
			id = i.ID
			return err
		})
	}
	once("next", func() error { _, err := s.CallNext(t.Context(), ref, "1", queue.Act{}); return err })
	once("call", func() error { _, err := s.Call(t.Context(), id, "2", queue.Act{}); return err })
	for _, v := range []queue.ActKind{queue.Recall, queue.Miss, queue.Return, queue.Hold, queue.Resume, queue.Undo, queue.Resume, queue.Cancel} {
		once(string(v), func() error { _, err := s.Do(t.Context(), id, v, queue.Act{}); return err })
	}
	once("reception", func() error { return s.SetReception(t.Context(), ref, queue.Paused, "", queue.Act{}) })
	once("message", func() error { return s.SetMessage(t.Context(), ref, queue.Message{Text: "x"}, queue.Act{}) })
	once("snapshot", func() error { _, err := s.Snapshot(t.Context(), c.ID); return err })
}

// TestAct_AnotherNodesRecordIsNoticed changes the record on one node while
// another still remembers the old one.
func TestAct_AnotherNodesRecordIsNoticed(t *testing.T) {
	t.Parallel()
	here, there := queuetest.Store(t), queuetest.Store(t)
	c := queuetest.NewClinic(t, here)
	ref := clinic.Ref{Clinic: c.ID, Service: "1"}
	if _, err := here.Issue(t.Context(), ref, queue.Request{Channel: "web", Party: 3}, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	c.Services = slices.Clone(c.Services)
	c.Services[0].MaxParty = 2
	if err := there.PutClinic(t.Context(), c, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	if _, err := here.Issue(t.Context(), ref, queue.Request{Channel: "web", Party: 1}, queue.Act{}); err != nil {
		t.Fatal(err) // this one finds the new rev
	}
	if _, err := here.Issue(t.Context(), ref, queue.Request{Channel: "web", Party: 3}, queue.Act{}); err == nil || !strings.Contains(err.Error(), string(queue.ErrPartySize.Error())) {
		t.Fatalf("a party of 3 got %v after the record allowed 2", err)
	}
	if err := there.RemoveClinic(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := here.CallNext(t.Context(), ref, "1", queue.Act{}); err == nil {
		t.Fatal("called at a clinic that another node has removed")
	}
}
