package journal_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
	"junban/queue/queuetest"
)

// TestJournal_ReadsTheDayBackwardsInParts reads all of a day and one ticket's
// acts, of which there are more than fit into a part.
func TestJournal_ReadsTheDayBackwardsInParts(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, s *queue.Store, ref clinic.Ref, ok func(error)) {
		var tickets []queue.TicketID
		for range 3 {
			issued, err := s.Issue(t.Context(), ref, queue.Request{Channel: "desk", Party: 1}, desk())
			ok(err)
			tickets = append(tickets, issued.Ticket.ID)
		}
		for range 3 {
			for _, v := range []queue.ActKind{queue.Hold, queue.Resume} {
				_, err := s.Do(t.Context(), tickets[1], v, desk())
				ok(err)
			}
		}
		ok(s.SetMessage(t.Context(), ref, queue.Message{Text: "混んでいます"}, desk()))
		read := func(q journal.Query) (acts []string, parts int) {
			t.Helper()
			for {
				j, err := journal.New(s).Page(t.Context(), ref.Clinic, tickets[0].Day(), q)
				ok(err)
				for _, e := range j.Events {
					id, _ := e.Ticket()
					acts = append(acts, fmt.Sprint(e.Act, j.Numbers[id]))
				}
				parts++
				if j.Before == "" {
					return acts, parts
				}
				if len(j.Events) != q.Most || !journal.ValidEntry(j.Before) {
					t.Errorf("a part of %d before %q", len(j.Events), j.Before)
				}
				q.Before = j.Before
			}
		}
		own := []string{"resume2", "hold2", "resume2", "hold2", "resume2", "hold2", "issue2"}
		all := append(append([]string{"standing0"}, own[:6]...), "issue3", "issue2", "issue1", "record0")
		for most, want := range map[int]int{1: 11, 3: 4, 11: 1, 50: 1} {
			acts, parts := read(journal.Query{Most: most})
			if diff := cmp.Diff(all, acts); diff != "" || parts != want {
				t.Errorf("all in %d parts of %d (-want +got):\n%s", parts, most, diff)
			}
		}
		acts, parts := read(journal.Query{Most: 3, Ticket: tickets[1]})
		if diff := cmp.Diff(own, acts); diff != "" || parts != 3 {
			t.Errorf("of one ticket in %d parts (-want +got):\n%s", parts, diff)
		}
		j, err := journal.New(s).Page(t.Context(), ref.Clinic, "2020-01-01", journal.Query{Most: 3})
		if err != nil || len(j.Events) != 0 || j.Before != "" {
			t.Errorf("of a day that nobody opened: %+v, %v", j, err)
		}
	})
}

// TestJournal_TellsNothingOfMomentsThatCame lets a message run out.
func TestJournal_TellsNothingOfMomentsThatCame(t *testing.T) {
	t.Parallel()
	s, set := queuetest.MemoryStore(t)
	now := time.Now()
	set(now)
	record := queuetest.NewClinic(t, s)
	ref := clinic.Ref{Clinic: record.ID, Service: "1"}
	m := queue.Message{Text: "30分遅れ", Until: now.Add(time.Second).Truncate(time.Millisecond)}
	if err := s.SetMessage(t.Context(), ref, m, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	set(now.Add(2 * time.Second))
	if err := s.Expire(t.Context(), record.ID, m.Until); err != nil {
		t.Fatal(err)
	}
	snap, err := s.Snapshot(t.Context(), record.ID)
	if err != nil {
		t.Fatal(err)
	}
	var logged, told []string
	for e, err := range journal.New(s).Log(t.Context(), record.ID, snap.Day, "") {
		if err != nil {
			t.Fatal(err)
		}
		logged = append(logged, e.Act+" "+e.By.Kind)
	}
	j, err := journal.New(s).Page(t.Context(), record.ID, snap.Day, journal.Query{Most: 10})
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
	if diff := cmp.Diff(append(want, journal.ActMoment+" system"), logged); diff != "" {
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
		if got := journal.ValidEntry(id); got != want {
			t.Errorf("ValidEntry(%q) = %v", id, got)
		}
	}
}

// TestJournal_FindsWhatIsBesideTheTicketsBehindABusyDay looks for acts that lie
// further back than one page of the log.
func TestJournal_FindsWhatIsBesideTheTicketsBehindABusyDay(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, s *queue.Store, ref clinic.Ref, ok func(error)) {
		until := time.Now().Add(time.Hour).Truncate(time.Millisecond)
		ok(s.SetMessage(t.Context(), ref, queue.Message{Text: "本日は混み合っています"}, desk()))
		ok(s.SetDuty(t.Context(), ref.Clinic, "1", queue.Duty{State: queue.OnBreak, Until: until}, desk()))
		for range 600 {
			_, err := s.Issue(t.Context(), ref, queue.Request{Channel: "desk", Party: 1}, desk())
			ok(err)
		}
		ok(s.SetMessage(t.Context(), ref, queue.Message{Text: "30分遅れ", Until: until}, desk()))
		snap, err := s.Snapshot(t.Context(), ref.Clinic)
		ok(err)

		read := func(q journal.Query) journal.Page {
			t.Helper()
			q.Beside = true
			j, err := journal.New(s).Page(t.Context(), ref.Clinic, snap.Day, q)
			ok(err)
			return j
		}
		acts := read(journal.Query{Most: 10}).Events
		want := []struct{ act, object, is string }{{"temporary", "1", "30分遅れ"}, {"duty", "1", ""}, {"standing", "1", "本日は混み合っています"}, {"record", string(ref.Clinic), ""}}
		if len(acts) != len(want) {
			t.Fatalf("acts %+v", acts)
		}
		for i, e := range acts {
			if e.Act != want[i].act || e.Object != want[i].object || want[i].is != "" && (e.Is != want[i].is || e.By.Name != desk().By.Name) {
				t.Errorf("act %d is %+v, want %v", i, e, want[i])
			}
		}
		if d := acts[1].Duty(); d.State != queue.OnBreak || !d.Until.Equal(until) {
			t.Errorf("the duty is %v", d)
		}
		part := read(journal.Query{Most: 1})
		if len(part.Events) != 1 || part.Events[0].Act != "temporary" {
			t.Errorf("one act: %+v", part)
		}
		if part = read(journal.Query{Most: 1, Before: part.Before}); len(part.Events) != 1 || part.Events[0].Act != "duty" {
			t.Errorf("the next: %+v", part)
		}
	})
}

// eachStore runs a test on a clinic of its own in a real Redis, and in the embedded one.
func eachStore(t *testing.T, test func(t *testing.T, s *queue.Store, ref clinic.Ref, ok func(error))) {
	for name, s := range map[string]*queue.Store{"redis": queuetest.Store(t), "memory": inMemory(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ok := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			c := queuetest.FreshClinic()
			c.Zone = queuetest.Noon() // no duty ends with the day
			ok(s.PutClinic(t.Context(), c, queue.Act{}))
			test(t, s, clinic.Ref{Clinic: c.ID, Service: "1"}, ok)
		})
	}
}

// inMemory is a store on the embedded default, at the present.
func inMemory(t *testing.T) *queue.Store {
	t.Helper()
	s, set := queuetest.MemoryStore(t)
	set(time.Now())
	return s
}

func desk() queue.Act { return queue.Act{By: clinic.Actor{Kind: "staff", Name: "desk"}} }
