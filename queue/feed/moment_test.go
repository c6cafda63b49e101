package feed_test

import (
	"slices"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/feed"
	"junban/queue/hours"
	"junban/queue/queuetest"
)

// TestFeed_ShowsTheNewDateAtTheCutover runs without acts.
func TestFeed_ShowsTheNewDateAtTheCutover(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, nil)
	before := time.Date(2026, 11, 25, 3, 59, 58, 0, p.Time.Location())
	p.SetTime(before)
	node, err := queue.NewStore(p.Redis(), queue.Options{}) // asks for the time
	p.Must(err)
	f, err := feed.New(node, feed.Options{})
	p.Must(err)
	days := make(chan clinic.Day, 100)
	go f.Run(t.Context())
	go func() {
		_ = f.Follow(t.Context(), p.C.ID, queue.Watcher{Emit: func(s *queue.Snapshot) { days <- s.Day }, Stale: func(time.Time) {}})
	}()
	if d := <-days; d != "2026-11-24" {
		t.Fatalf("two seconds before the cutover it is %s", d)
	}
	p.SetTime(before.Add(3 * time.Second))
	for {
		select {
		case d := <-days:
			if d == "2026-11-25" {
				return
			}
		case <-time.After(queuetest.Patience):
			t.Fatal("the followers still see yesterday")
		}
	}
}

// TestFeed_AWindowOpensOnEveryNodeAtOnce has the timetable open the web desk, with two
// nodes watching and no acts.
func TestFeed_AWindowOpensOnEveryNodeAtOnce(t *testing.T) {
	t.Parallel()
	rdb, set := queuetest.Memory(t)
	now := queuetest.Morning(t)
	set(now.Add(-time.Second))
	var c clinic.Clinic
	var seen [2]chan *queue.Snapshot
	for n := range seen {
		s, err := queue.NewStore(rdb, queue.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			c = queuetest.NewClinic(t, s)
			c.Calendar = &hours.Calendar{Weekly: map[string][]hours.Frame{
				"tue": {{Session: hours.Morning, Consult: hours.Span{From: "09:00", To: "12:00"}}},
			}}
			if err := s.PutClinic(t.Context(), c, queue.Act{}); err != nil {
				t.Fatal(err)
			}
		}
		f, err := feed.New(s, feed.Options{})
		if err != nil {
			t.Fatal(err)
		}
		seen[n] = make(chan *queue.Snapshot, 10)
		go f.Run(t.Context())
		go f.Follow(t.Context(), c.ID, queue.Watcher{Emit: func(snap *queue.Snapshot) { seen[n] <- snap }, Stale: func(time.Time) {}})
	}
	var first, after []uint64
	for n := range seen {
		snap := <-seen[n]
		if got := snap.Lines[0].Reception; got != queue.Before {
			t.Errorf("a second before nine node %d shows %s", n, got)
		}
		first = append(first, snap.Version)
	}
	set(now)
	for n := range seen {
		for snap := range seen[n] {
			if snap.Lines[0].Reception == queue.Open {
				after = append(after, snap.Version)
				break
			}
		}
	}
	if want := []uint64{first[0] + 1, first[0] + 1}; !slices.Equal(after, want) {
		t.Errorf("the nodes showed version %v, then %v; want %v", first, after, want)
	}
}
