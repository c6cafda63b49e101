package live

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"junban/api/view"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/feed"
	"junban/queue/queuetest"
)

// shownBy is the newest snapshot that one node has shown.
type shownBy struct {
	mu   sync.Mutex
	snap *queue.Snapshot // guarded by mu
}

func (s *shownBy) emit(snap *queue.Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snap = snap
}

func (s *shownBy) last() *queue.Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snap
}

// contents are the topics of a snapshot as they are published, without forecasts: those
// depend on what was shown before.
func contents(t *testing.T, snap *queue.Snapshot, at time.Time) []byte {
	t.Helper()
	zone, err := snap.Clinic.Location()
	if err != nil {
		t.Fatal(err)
	}
	then := *snap
	then.At = at
	v := view.View{Clinic: then.Clinic, Zone: zone, Now: at}
	text, err := json.Marshal([]any{then.Epoch, then.Version, then.Mark, v.Boards(&then), v.Staff(&then)})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestFollow_ABrokenNetworkHeals drops, repeats, delays and reorders the messages of
// random acts to three nodes. After it has healed, and without another act, every node
// publishes what a snapshot has.
func TestFollow_ABrokenNetworkHeals(t *testing.T) {
	t.Parallel()
	const rounds, acts = 4, 120
	store := queuetest.Store(t)
	c := queuetest.NewClinic(t, store)
	var networks [3]*queuetest.Network
	var nodes [3]*shownBy
	for n := range nodes {
		networks[n], nodes[n] = queuetest.NewNetwork(uint64(n)), &shownBy{}
		own := queuetest.Store(t)
		f, err := feed.New(own, feed.Options{Subscribe: func(ctx context.Context, channels ...string) feed.Subscription {
			return networks[n].Subscribe(ctx, own.Redis(), channels...)
		}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { f.Run(ctx) })
		running.Go(func() {
			f.Follow(ctx, c.ID, queue.Watcher{Emit: nodes[n].emit, Stale: func(time.Time) {}, Names: func() bool { return true }})
		})
		t.Cleanup(func() { cancel(); running.Wait() })
	}
	rng := rand.New(rand.NewPCG(7, 7))
	var ids []queue.TicketID
	for round := range rounds {
		for _, n := range networks {
			n.Break()
		}
		for range acts {
			if id, ok := randomAct(t, rng, store, c, ids); ok && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		if round%2 == 1 { // only a check can find the last act
			for _, n := range networks {
				n.Drop()
			}
			if _, err := store.Issue(t.Context(), clinic.Ref{Clinic: c.ID, Service: "1"}, queue.Request{Channel: "desk", Party: 1}, queue.Act{}); err != nil {
				t.Fatal(err)
			}
		}
		for _, n := range networks {
			n.Heal()
		}
		now, err := store.Snapshot(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		want := contents(t, now, now.At)
		for n, node := range nodes {
			queuetest.Eventually(t, fmt.Sprintf("node %d has version %d", n, now.Version), func() bool {
				snap := node.last()
				return snap != nil && snap.Version == now.Version && len(snap.Unread()) == 0
			})
			if got := contents(t, node.last(), now.At); !bytes.Equal(got, want) {
				t.Fatalf("node %d publishes\n%s\nwant\n%s", n, got, want)
			}
		}
	}
}

// randomAct does one act that the line may refuse, and returns its ticket.
func randomAct(t *testing.T, rng *rand.Rand, s *queue.Store, c clinic.Clinic, ids []queue.TicketID) (queue.TicketID, bool) {
	t.Helper()
	ctx, act := t.Context(), queue.Act{By: clinic.Actor{Kind: "staff"}}
	ref := clinic.Ref{Clinic: c.ID, Service: fmt.Sprint(1 + rng.IntN(2))}
	var ticket queue.Ticket
	var err error
	switch p := rng.IntN(20); {
	case p < 6 || len(ids) == 0:
		var issued queue.Issued
		issued, err = s.Issue(ctx, ref, queue.Request{Channel: "desk", Party: 1 + rng.IntN(3), Patient: queue.Patient{Name: fmt.Sprint("患者", len(ids))}}, act)
		ticket = issued.Ticket
	case p < 11:
		ticket, err = s.CallNext(ctx, ref, fmt.Sprint(1+rng.IntN(2)), act)
	case p < 12:
		err = s.SetMessage(ctx, ref, queue.Message{Text: fmt.Sprint("お知らせ", rng.IntN(10))}, act)
	case p < 13:
		err = s.SetDuty(ctx, c.ID, "3", queue.Duty{State: queue.DutyStates[rng.IntN(3)]}, act)
	case p < 14:
		err = s.SetReception(ctx, ref, []queue.Reception{queue.Open, queue.Paused}[rng.IntN(2)], "", act)
	default:
		kinds := []queue.ActKind{queue.Enter, queue.Finish, queue.Miss, queue.Return, queue.Hold, queue.Resume, queue.Exam, queue.Cancel, queue.Undo, queue.Recall}
		ticket, err = s.Do(ctx, ids[len(ids)-1-rng.IntN(min(len(ids), 12))], kinds[rng.IntN(len(kinds))], act)
	}
	return ticket.ID, err == nil && ticket.ID != ""
}
