package queue_test

import (
	"errors"
	"sync"
	"testing"

	"junban/internal/refusal"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// TestSettings_ChangeWhileActsRun writes a record while acts and reads use it. The race
// detector looks for shared slices.
func TestSettings_ChangeWhileActsRun(t *testing.T) {
	t.Parallel()
	s, err := queue.NewStore(queuetest.Redis(t), queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := queuetest.NewClinic(t, s)
	const rounds = 40
	acts := make(chan struct{}, 2*rounds)
	var all sync.WaitGroup
	all.Go(func() {
		for i := range rounds {
			<-acts // an act is refused whose record changes again and again
			<-acts
			record, err := s.Clinic(t.Context(), c.ID)
			if err != nil {
				t.Error(err)
				return
			}
			record.Address = []string{"東京都", "大阪府"}[i%2] // the lists stay those of the cached record
			if err := s.PutClinic(t.Context(), record, queue.Act{}); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 2 {
		all.Go(func() {
			defer func() { // after a failure the other goroutine still ends
				for range rounds {
					select {
					case acts <- struct{}{}:
					default:
					}
				}
			}()
			for range rounds {
				_, err := s.Issue(t.Context(), clinic.Ref{Clinic: c.ID, Service: "1"}, queue.Request{Channel: "desk", Party: 1}, queue.Act{})
				if _, refused := errors.AsType[*refusal.Refusal](err); err != nil && !refused {
					t.Error(err)
					return
				}
				snap, err := s.Snapshot(t.Context(), c.ID)
				if err != nil {
					t.Error(err)
					return
				}
				for _, l := range snap.Lines {
					l.Service.Hides("calling")
				}
				acts <- struct{}{}
			}
		})
	}
	all.Wait()
}
