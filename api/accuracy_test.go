package api

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/estimate"
	"junban/queue/learn"
	"junban/queue/queuetest"
)

// TestAccuracy_IsWhatASessionWasScored plays and learns two days, and reads their scores.
func TestAccuracy_IsWhatASessionWasScored(t *testing.T) {
	t.Parallel()
	rdb, set := queuetest.Memory(t)
	now := time.Now()
	set(now)
	w := onRedis(t, rdb)
	store := w.line.(*queue.Store)
	ref := clinic.Ref{Clinic: w.clinic.ID, Service: "1"}
	path := "/v1/clinics/" + w.number() + "/accuracy"
	cookie := w.login()
	w.refused(401, "session_required", ask{method: "GET", path: path})
	if got := get[wire.Accuracy](w, 200, ask{method: "GET", path: path, cookie: cookie}); got.Sessions == nil || len(got.Sessions) != 0 {
		t.Errorf("before the first session %+v", got)
	}
	snap, err := store.Snapshot(t.Context(), w.clinic.ID)
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		if _, err := store.Issue(t.Context(), ref, queue.Request{Channel: "desk", Party: 1}, queue.Act{}); err != nil {
			t.Fatal(err)
		}
	}
	for range 8 {
		if _, err := store.CallNext(t.Context(), ref, "1", queue.Act{}); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Minute)
		set(now)
	}
	scores, err := learn.New(store).Learn(t.Context(), w.clinic.ID, snap.Day, nil)
	if err != nil || len(scores) != 1 {
		t.Fatalf("scored %v, %v", scores, err)
	}
	got := get[wire.Accuracy](w, 200, ask{method: "GET", path: path, cookie: cookie}).Sessions
	if len(got) != 1 || got[0].Day != string(snap.Day) || got[0].Service != ref.String() || got[0].Session != "" {
		t.Fatalf("the desk reads %+v", got)
	}
	said := func(b estimate.Bucket) wire.Score {
		return wire.Score{N: b.N, ErrorMinutes: b.MeanError().Minutes(), BiasMinutes: b.Bias().Minutes(), Coverage: b.Coverage()}
	}
	near := cmp.Comparer(func(a, b float64) bool { return a-b < 0.051 && b-a < 0.051 })
	if diff := cmp.Diff(said(scores[0].Score.All()), got[0].All, near); diff != "" || got[0].All.N < 8 {
		t.Errorf("altogether (-scored +read):\n%s", diff)
	}
	least := 0
	for _, a := range got[0].Ahead {
		if a.From < least || a.To != nil && *a.To < a.From || a.N == 0 {
			t.Errorf("estimates by tickets ahead: %+v", a)
		}
		least = a.From + 1
	}
	if diff := cmp.Diff(said(scores[0].Score.Buckets[1]), got[0].Ahead[1].Score, near); diff != "" {
		t.Errorf("with one or two ahead (-scored +read):\n%s", diff)
	}
}
