package queue_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// TestIssue_TenThousandPressesNeverExceedAQuota sends ten thousand requests at once.
// Each limit of the session is reached, and none is exceeded.
func TestIssue_TenThousandPressesNeverExceedAQuota(t *testing.T) {
	t.Parallel()
	const presses, hands = 10_000, 250
	s := queuetest.Store(t)
	c := queuetest.NewClinic(t, s)
	c.Services[0].Capacity = clinic.Capacity{Web: new(1000), First: new(300), Desk: new(200)}
	if err := s.PutClinic(t.Context(), c, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	ref := clinic.Ref{Clinic: c.ID, Service: "1"}
	var next, returns, first, desk atomic.Int64
	var all sync.WaitGroup
	for range hands {
		all.Go(func() {
			for n := next.Add(1); n <= presses; n = next.Add(1) {
				q := queue.Request{Channel: "web", Party: 1, FirstVisit: n%3 == 0}
				given := &returns
				switch {
				case n%10 == 0:
					q.Channel, given = "desk", &desk
				case q.FirstVisit:
					given = &first
				}
				_, err := s.Issue(t.Context(), ref, q, queue.Act{})
				switch {
				case err == nil:
					given.Add(1)
				case !errors.Is(err, queue.ErrQuota) && !errors.Is(err, queue.ErrFirstQuota) && !errors.Is(err, queue.ErrDeskQuota):
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if web, first, desk := returns.Load()+first.Load(), first.Load(), desk.Load(); web != 1000 || first > 300 || desk != 200 {
		t.Errorf("of %d presses %d got a web ticket, %d of them a first visit's, and %d the desk's; want 1000, 300 at most, 200", presses, web, first, desk)
	}
	snap, err := s.Snapshot(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	line, _ := snap.Line("1")
	if line.Availability != queue.None || len(line.Waiting) != 1200 {
		t.Errorf("%d wait, availability %s", len(line.Waiting), line.Availability)
	}
	queuetest.Sound(t, t.Context(), s, c.ID)
}

// TestMemory_ADayOf500TicketsStaysWithinOneMebibyte plays a clinic's day and adds up
// the memory of its keys in Redis.
func TestMemory_ADayOf500TicketsStaysWithinOneMebibyte(t *testing.T) {
	t.Parallel()
	const tickets = 500
	rdb := queuetest.Redis(t)
	s := queuetest.Store(t)
	c := queuetest.NewClinic(t, s)
	c.Services[0].Capacity = clinic.Capacity{Web: new(450), Desk: new(450), OneEach: true, Release: 5}
	c.Services[0].Numbers = clinic.Numbers{Reserve: 10}
	if err := s.PutClinic(t.Context(), c, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	ref := clinic.Ref{Clinic: c.ID, Service: "1"}
	acts := 0
	for n := range tickets {
		q := queue.Request{
			Channel: "web", Party: 1 + n%3, FirstVisit: n%4 == 0, Persons: []string{hashOf(n)}, CodeHash: hashOf(n + tickets),
			Patient: queue.Patient{Name: "順番 花子", Phone: "090-0000-0000", CardNumber: "123456"},
		}
		if n%2 == 0 {
			q.Channel = "desk"
		}
		i, err := s.Issue(t.Context(), ref, q, queue.Act{})
		if err != nil {
			t.Fatal(err)
		}
		kinds := []queue.ActKind{queue.Enter, queue.Finish}
		switch n % 20 {
		case 7:
			kinds = []queue.ActKind{queue.Miss, queue.Return}
		case 13:
			kinds = nil
			if _, err := s.Do(t.Context(), i.ID, queue.Cancel, queue.Act{}); err != nil {
				t.Fatal(err)
			}
		}
		acts += 1 + len(kinds)
		if kinds == nil {
			continue
		}
		if _, err := s.Call(t.Context(), i.ID, "1", queue.Act{By: clinic.Actor{Kind: "staff", Name: "reception", Device: "192.0.2.1"}}); err != nil {
			t.Fatal(err)
		}
		for _, v := range kinds {
			if _, err := s.Do(t.Context(), i.ID, v, queue.Act{By: clinic.Actor{Kind: "staff", Name: "reception", Device: "192.0.2.1"}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	day := queuetest.Today(t, s, c.ID)
	var bytes int64
	keys := rdb.Scan(t.Context(), 0, "junban:{"+string(c.ID)+"}:"+string(day)+":*", 1000).Iterator()
	for keys.Next(t.Context()) {
		n, err := rdb.MemoryUsage(t.Context(), keys.Val(), 0).Result()
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%8d bytes %s", n, keys.Val())
		bytes += n
	}
	if err := keys.Err(); err != nil {
		t.Fatal(err)
	}
	queuetest.Figure(t, "a day of %d tickets and %d acts takes %d KiB", tickets, acts+tickets, bytes/1024)
	if bytes == 0 || bytes > 1<<20 {
		t.Errorf("a day of %d tickets takes %d bytes, more than 1 MiB", tickets, bytes)
	}
}

// hashOf is as long as a keyed hash is.
func hashOf(n int) string { return fmt.Sprintf("%-43d", n+1_000_000) }
