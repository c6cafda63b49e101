package queue_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"junban/queue"
	"junban/queue/queuetest"
)

// TestJournal_ReadsTheDayBackwardsInParts reads all of a day and one ticket's
// acts, of which there are more than fit into a part.
func TestJournal_ReadsTheDayBackwardsInParts(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*queue.Store{"redis": store(t), "memory": inMemory(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clinic := queuetest.NewClinic(t, s)
			ref := queue.Ref{Clinic: clinic.ID, Service: "1"}
			by := queue.Act{By: queue.Actor{Kind: "staff", Name: "受付"}}
			ok := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			var tickets []queue.TicketID
			for range 3 {
				issued, err := s.Issue(t.Context(), ref, queue.Request{Channel: "desk", Party: 1}, by)
				ok(err)
				tickets = append(tickets, issued.Ticket.ID)
			}
			for range 3 {
				for _, v := range []queue.Verb{queue.Hold, queue.Resume} {
					_, err := s.Do(t.Context(), tickets[1], v, by)
					ok(err)
				}
			}
			ok(s.SetMessage(t.Context(), ref, queue.Message{Text: "混んでいます"}, by))
			read := func(q queue.JournalQuery) (acts []string, parts int) {
				t.Helper()
				for {
					j, err := s.Journal(t.Context(), clinic.ID, tickets[0].Day(), q)
					ok(err)
					for _, e := range j.Events {
						id, _ := e.Ticket()
						acts = append(acts, fmt.Sprint(e.Act, j.Numbers[id]))
					}
					parts++
					if j.Before == "" {
						return acts, parts
					}
					if len(j.Events) != q.Most || !queue.ValidEntry(j.Before) {
						t.Errorf("a part of %d before %q", len(j.Events), j.Before)
					}
					q.Before = j.Before
				}
			}
			own := []string{"resume2", "hold2", "resume2", "hold2", "resume2", "hold2", "issue2"}
			all := append(append([]string{"standing0"}, own[:6]...), "issue3", "issue2", "issue1", "record0")
			for most, want := range map[int]int{1: 11, 3: 4, 11: 1, 50: 1} {
				acts, parts := read(queue.JournalQuery{Most: most})
				if diff := cmp.Diff(all, acts); diff != "" || parts != want {
					t.Errorf("all in %d parts of %d (-want +got):\n%s", parts, most, diff)
				}
			}
			acts, parts := read(queue.JournalQuery{Most: 3, Ticket: tickets[1]})
			if diff := cmp.Diff(own, acts); diff != "" || parts != 3 {
				t.Errorf("of one ticket in %d parts (-want +got):\n%s", parts, diff)
			}
			j, err := s.Journal(t.Context(), clinic.ID, "2020-01-01", queue.JournalQuery{Most: 3})
			if err != nil || len(j.Events) != 0 || j.Before != "" {
				t.Errorf("of a day that nobody opened: %+v, %v", j, err)
			}
		})
	}
}

// TestJournal_TellsNothingOfMomentsThatCame lets a message run out.
func TestJournal_TellsNothingOfMomentsThatCame(t *testing.T) {
	t.Parallel()
	s, set := memory(t)
	now := time.Now()
	set(now)
	clinic := queuetest.NewClinic(t, s)
	ref := queue.Ref{Clinic: clinic.ID, Service: "1"}
	m := queue.Message{Text: "30分遅れ", Until: now.Add(time.Second).Truncate(time.Millisecond)}
	if err := s.SetMessage(t.Context(), ref, m, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	set(now.Add(2 * time.Second))
	if err := s.Expire(t.Context(), clinic.ID, m.Until); err != nil {
		t.Fatal(err)
	}
	snap, err := s.Snapshot(t.Context(), clinic.ID)
	if err != nil {
		t.Fatal(err)
	}
	var logged, told []string
	for e, err := range s.Log(t.Context(), clinic.ID, snap.Day) {
		if err != nil {
			t.Fatal(err)
		}
		logged = append(logged, e.Act+" "+e.By.Kind)
	}
	j, err := s.Journal(t.Context(), clinic.ID, snap.Day, queue.JournalQuery{Most: 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range j.Events {
		told = append(told, e.Act+" "+e.By.Kind)
	}
	slices.Reverse(told)
	want := []string{"record system", "temporary ", "temporary system"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(append(want, queue.ActMoment+" system"), logged); diff != "" {
		t.Errorf("logged (-want +got):\n%s", diff)
	}
}

func TestValidEntry_TakesWhatRedisGives(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]bool{
		"1763770000000-0": true, "1-18446744073709551615": true, "18446744073709551615-0": true,
		"": false, "-": false, "+": false, "0-0": false, "0-1": false, "1763770000000": false, "1763770000000-": false, "-1-1": false, "1-+1": false,
		"18446744073709551616-0": false, "(1-1": false, "1-1-1": false, "1-1 ": false,
		strings.Repeat("0", 130) + "1-1": false,
	} {
		if got := queue.ValidEntry(id); got != want {
			t.Errorf("ValidEntry(%q) = %v", id, got)
		}
	}
}
