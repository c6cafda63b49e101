package journal_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
	"junban/queue/queuetest"
)

// TestVerify_FindsEveryChangeThatTheLogDoesNotTell changes each key without a log
// entry. Verify must name the key.
func TestVerify_FindsEveryChangeThatTheLogDoesNotTell(t *testing.T) {
	t.Parallel()
	rdb := queuetest.Redis(t)
	for _, tamper := range []struct {
		key string
		do  func(key string, ids []string) redis.Cmder
	}{
		{"meta", func(key string, _ []string) redis.Cmder { return rdb.HSet(t.Context(), key, "epoch", "x") }},
		{"meta", func(key string, _ []string) redis.Cmder { return rdb.HSet(t.Context(), key, "mark", "x") }},
		{"tickets", func(key string, ids []string) redis.Cmder { return rdb.HDel(t.Context(), key, ids[3]) }},
		{"tickets", func(key string, ids []string) redis.Cmder {
			raw := rdb.HGet(t.Context(), key, ids[3]).Val()
			return rdb.HSet(t.Context(), key, ids[3], strings.Replace(raw, `"party":1`, `"party":2`, 1))
		}},
		{"rooms", func(key string, ids []string) redis.Cmder { return rdb.HSet(t.Context(), key, "2", ids[0]) }},
		{"called", func(key string, ids []string) redis.Cmder { return rdb.ZIncrBy(t.Context(), key, 1, ids[1]) }},
		{"ended", func(key string, ids []string) redis.Cmder { return rdb.ZRem(t.Context(), key, ids[0]) }},
		{"meta", func(key string, _ []string) redis.Cmder { return rdb.HIncrBy(t.Context(), key, "1:issued", 1) }},
		{"1:waiting", func(key string, _ []string) redis.Cmder { return rdb.ZPopMin(t.Context(), key) }},
		{"1:aside", func(key string, _ []string) redis.Cmder {
			return rdb.ZAdd(t.Context(), key, redis.Z{Member: "000000015/x"})
		}},
	} {
		s := queuetest.Store(t)
		c := queuetest.NewClinic(t, s)
		ref := clinic.Ref{Clinic: c.ID, Service: "1"}
		var ids []string
		for range 4 {
			i, err := s.Issue(t.Context(), ref, queue.Request{Channel: "desk", Party: 1}, queue.Act{})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, string(i.ID))
		}
		for range 2 {
			if _, err := s.CallNext(t.Context(), ref, "1", queue.Act{}); err != nil {
				t.Fatal(err)
			}
		}
		v := queuetest.Sound(t, t.Context(), s, c.ID)
		if v.Tickets != 4 || v.Version != 7 || v.Events != 8 { // the record, four tickets, two calls, one of which finished
			t.Fatalf("verified %+v", v)
		}
		day := queuetest.Today(t, s, c.ID)
		if err := tamper.do("junban:{"+string(c.ID)+"}:"+string(day)+":"+tamper.key, ids).Err(); err != nil {
			t.Fatal(err)
		}
		got, err := journal.New(s).Verify(t.Context(), c.ID, day)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Differences) != 1 || got.Differences[0].Key != tamper.key {
			t.Errorf("%s was changed; told of %v", tamper.key, got.Differences)
		}
	}
}

// TestVerify_SeesOneInstant verifies while others act.
func TestVerify_SeesOneInstant(t *testing.T) {
	t.Parallel()
	s := queuetest.Store(t)
	c := queuetest.NewClinic(t, s)
	ref := clinic.Ref{Clinic: c.ID, Service: "1"}
	acted := make(chan error, 1)
	go func() {
		for range 300 {
			if _, err := s.Issue(context.WithoutCancel(t.Context()), ref, queue.Request{Channel: "desk", Party: 1}, queue.Act{}); err != nil {
				acted <- err
				return
			}
		}
		acted <- nil
	}()
	for rounds := 1; ; rounds++ {
		queuetest.Sound(t, t.Context(), s, c.ID)
		select {
		case err := <-acted:
			if err != nil {
				t.Fatal(err)
			}
			if v := queuetest.Sound(t, t.Context(), s, c.ID); v.Tickets != 300 {
				t.Fatalf("%d tickets", v.Tickets)
			}
			return
		default:
		}
	}
}

// TestLog_TellsWhoDidWhat reads back what a morning wrote: who, what, and of an
// undone call which one it withdraws.
func TestLog_TellsWhoDidWhat(t *testing.T) {
	t.Parallel()
	s := queuetest.Store(t)
	c := queuetest.NewClinic(t, s)
	ref := clinic.Ref{Clinic: c.ID, Service: "1"}
	desk := queue.Act{By: clinic.Actor{Kind: "staff", Name: "a:b", Device: "console"}}
	web := queue.Act{By: clinic.Actor{Kind: "web", Device: "phone"}}
	i, err := s.Issue(t.Context(), ref, queue.Request{Channel: "web", Party: 2, CodeHash: "good", Patient: queue.Patient{Name: "山田", Phone: "090"}}, web)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CancelByOwner(t.Context(), i.ID, "wrong", web); err == nil {
		t.Fatal("a wrong code was taken")
	}
	for _, do := range []func() error{
		func() error { _, err := s.CallNext(t.Context(), ref, "1", desk); return err },
		func() error { _, err := s.Do(t.Context(), i.ID, queue.Undo, desk); return err },
		func() error { return s.SetReception(t.Context(), ref, queue.Paused, "", desk) },
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	var events []journal.Event
	for e, err := range journal.New(s).Log(t.Context(), c.ID, queuetest.Today(t, s, c.ID), "") {
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	want := []struct {
		act     string
		version uint64
		by      clinic.Actor
	}{
		{"record", 1, clinic.Actor{Kind: "system"}},
		{"issue", 2, web.By},
		{"wrong_code", 2, web.By},
		{"call", 3, desk.By},
		{"undo", 4, desk.By},
		{"reception", 5, desk.By},
	}
	if len(events) != len(want) {
		t.Fatalf("%d events: %+v", len(events), events)
	}
	for n, w := range want {
		e := events[n]
		if e.Act != w.act || e.Version != w.version || e.By != w.by || time.Since(e.At) > time.Hour {
			t.Errorf("event %d is %+v, want %+v", n, e, w)
		}
		if strings.Contains(e.Was+e.Is, "山田") || strings.Contains(e.Was+e.Is, "090") {
			t.Errorf("the log names the patient: %+v", e)
		}
	}
	if id, ok := events[3].Ticket(); !ok || id != i.ID {
		t.Errorf("the call is of %s, want %s", id, i.ID)
	}
	if events[4].Undoes != events[3].ID {
		t.Errorf("the undo takes back %q, want the call %q", events[4].Undoes, events[3].ID)
	}
	if _, ok := events[5].Ticket(); ok || events[5].Object != "1" || events[5].Is != string(queue.Paused) {
		t.Errorf("the reception was logged as %+v", events[5])
	}
	if events[1].Counts["1"]["issued"] != "1" {
		t.Errorf("the issue counted %v", events[1].Counts)
	}
}

// TestLog_IsReadPageByPage has more entries than one page.
func TestLog_IsReadPageByPage(t *testing.T) {
	t.Parallel()
	s := queuetest.Store(t)
	c := queuetest.NewClinic(t, s)
	ref := clinic.Ref{Clinic: c.ID, Service: "1"}
	const tickets = 1100
	for range tickets {
		if _, err := s.Issue(t.Context(), ref, queue.Request{Channel: "desk", Party: 1}, queue.Act{}); err != nil {
			t.Fatal(err)
		}
	}
	last, events := "", 0
	for e, err := range journal.New(s).Log(t.Context(), c.ID, queuetest.Today(t, s, c.ID), "") {
		if err != nil {
			t.Fatal(err)
		}
		if e.ID == last {
			t.Fatalf("entry %s comes twice", e.ID)
		}
		last = e.ID
		events++
	}
	if events != tickets+1 {
		t.Errorf("read %d events of %d", events, tickets+1)
	}
	if v := queuetest.Sound(t, t.Context(), s, c.ID); v.Events != events {
		t.Errorf("verified %+v", v)
	}
}
