package queue_test

import (
	"testing"
	"time"

	"junban/queue"
	"junban/queue/queuetest"
)

// TestDeskActs_AreFoundBehindABusyDay looks for acts of the desk that lie
// further back than one page of the log.
func TestDeskActs_AreFoundBehindABusyDay(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*queue.Store{"redis": store(t), "memory": inMemory(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clinic := queuetest.NewClinic(t, s)
			ref := queue.Ref{Clinic: clinic.ID, Service: "1"}
			by := queue.Act{By: queue.Actor{Kind: "staff", Name: "受付"}}
			until := time.Now().Add(time.Hour).Truncate(time.Millisecond)
			ok := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			ok(s.SetMessage(t.Context(), ref, queue.Message{Text: "本日は混み合っています"}, by))
			ok(s.SetDuty(t.Context(), clinic.ID, "1", queue.Duty{State: queue.OnBreak, Until: until}, by))
			for range 600 {
				_, err := s.Issue(t.Context(), ref, queue.Request{Channel: "desk", Party: 1}, by)
				ok(err)
			}
			ok(s.SetMessage(t.Context(), ref, queue.Message{Text: "30分遅れ", Until: until}, by))
			ok(s.PutClinic(t.Context(), clinic, by)) // no act of the line's desk
			snap, err := s.Snapshot(t.Context(), clinic.ID)
			ok(err)

			acts, err := s.DeskActs(t.Context(), clinic.ID, snap.Day, 10)
			ok(err)
			want := []struct{ act, object, is string }{{"temporary", "1", "30分遅れ"}, {"duty", "1", ""}, {"standing", "1", "本日は混み合っています"}}
			if len(acts) != len(want) {
				t.Fatalf("acts %+v", acts)
			}
			for i, e := range acts {
				if e.Act != want[i].act || e.Object != want[i].object || e.By.Name != "受付" || want[i].is != "" && e.Is != want[i].is {
					t.Errorf("act %d is %+v, want %v", i, e, want[i])
				}
			}
			if was, is := acts[1].Duty(); was.State != queue.OnDuty || is.State != queue.OnBreak || !is.Until.Equal(until) {
				t.Errorf("the duty was %v and is %v", was, is)
			}
			if acts, err = s.DeskActs(t.Context(), clinic.ID, snap.Day, 1); err != nil || len(acts) != 1 || acts[0].Act != "temporary" {
				t.Errorf("one act: %+v, %v", acts, err)
			}
			if acts, err = s.DeskActs(t.Context(), clinic.ID, "2020-01-01", 10); err != nil || len(acts) != 0 {
				t.Errorf("of a day that nobody opened: %+v, %v", acts, err)
			}
		})
	}
}

// inMemory is a store on the embedded default, at the present.
func inMemory(t *testing.T) *queue.Store {
	t.Helper()
	s, set := memory(t)
	set(time.Now())
	return s
}
