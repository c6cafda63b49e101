package queue_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/redis/go-redis/v9"
	"junban/queue"
	"junban/queue/queuetest"
)

// history collects what all clients saw.
type history struct {
	begun time.Time

	mu         sync.Mutex // guards the rest
	operations []porcupine.Operation
	answered   int
	refused    int
	unknown    int
	faults     map[string]int
	broken     []error // invariants of domain §5.3, in what somebody saw
}

func (h *history) now() int64 { return int64(time.Since(h.begun)) }

// user is a desk or a patient behind a network of its own.
type user struct {
	*history
	id     int
	store  *queue.Store
	clinic queue.ClinicID
	ids    map[int]queue.TicketID
	rooms  map[string]int // the ticket's number in each room, as last seen; 0: nobody
	random *rand.Rand
}

// attempt does one act once and tells how it went. It sends it once: the
// client library's own repeats are off, so that none goes unnoticed.
func (u *user) attempt(ctx context.Context, p press) press {
	ref := queue.Ref{Clinic: u.clinic, Service: "1"}
	act := queue.Act{Key: p.key, By: queue.Actor{Kind: "staff"}}
	switch {
	case p.sees == 0:
		act.Expect.Inside = queue.Nobody
	case p.sees > 0:
		act.Expect.Inside = u.ids[p.sees]
	}
	var t queue.Ticket
	var err error
	switch p.act {
	case "look":
		var snap *queue.Snapshot
		if snap, err = u.store.Snapshot(ctx, u.clinic); err == nil {
			p.saw, u.ids, u.rooms = sight(snap)
			if broken := snap.Check(); broken != nil {
				u.mu.Lock()
				u.broken = append(u.broken, broken...)
				u.mu.Unlock()
			}
		}
	case "issue":
		var i queue.Issued
		if i, err = u.store.Issue(ctx, ref, queue.Request{Channel: "web", Party: 1}, act); err == nil {
			t = i.Ticket
			u.ids[t.Number] = t.ID
		}
	case "next":
		t, err = u.store.CallNext(ctx, queue.Ref{Clinic: u.clinic, Service: p.service}, p.room, act)
	case "call":
		t, err = u.store.Call(ctx, u.ids[p.n], p.room, act)
	case "move":
		t, err = u.store.Move(ctx, u.ids[p.n], p.ahead, queue.ReasonUrgent, act)
	case "transfer":
		t, err = u.store.Transfer(ctx, u.ids[p.n], p.service, act)
	default:
		t, err = u.store.Do(ctx, u.ids[p.n], queue.Verb(p.act), act)
	}
	switch {
	case err == nil && p.act != "look":
		p.saw = fmt.Sprint(t.Number)
	case err != nil && !errors.As(err, &p.refused):
		p.unknown = true
	}
	return p
}

// act does one random act, and repeats it a few times while no answer comes.
func (u *user) act(ctx context.Context, nth int) {
	acts := []string{
		"look", "issue", "issue", "next", "next", "call", "finish", "hold", "resume", "cancel",
		"absent", "return", "undo", "undo", "move", "transfer",
	}
	p := press{
		clinic: u.clinic, act: acts[u.random.IntN(len(acts))], key: fmt.Sprintf("%d.%d", u.id, nth),
		room: fmt.Sprint(1 + u.random.IntN(2)), n: 1 + u.random.IntN(max(1, len(u.ids))),
		service: fmt.Sprint(1 + u.random.IntN(8)/6), ahead: u.random.IntN(4), sees: -1,
	}
	if (p.act == "next" || p.act == "call") && u.random.IntN(3) > 0 {
		p.sees = u.rooms[p.room]
	}
	if p.n <= len(u.ids)-6 {
		p.n += 5 // the young are still in the line
	}
	if _, known := u.ids[p.n]; !known && !slices.Contains([]string{"look", "issue", "next"}, p.act) {
		p.act = "look"
	}
	var tries []porcupine.Operation
	for len(tries) < 4 {
		called := u.now()
		p := u.attempt(ctx, p)
		tries = append(tries, porcupine.Operation{ClientId: u.id, Input: p, Call: called, Return: u.now()})
		if !p.unknown {
			break
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	last := tries[len(tries)-1]
	for _, o := range tries {
		p := o.Input.(press)
		p.again = len(tries) > 1
		o.Input = p
		switch {
		case p.unknown && last.Input.(press).saw != "":
			o.Return = last.Return // one of them did it, and from then on the others do nothing
		case p.unknown:
			o.Return = math.MaxInt64
		}
		switch {
		case p.unknown && p.act == "look":
			continue // tells nothing and does nothing
		case p.unknown:
			u.unknown++
		case p.refused != "":
			u.refused++
		default:
			u.answered++
		}
		u.operations = append(u.operations, o)
	}
}

// patience is how long a client of the bad network waits for a reply.
const patience = 300 * time.Millisecond

// trouble makes a client's network bad until ctx ends.
func (u *user) trouble(ctx context.Context, p *queuetest.Proxy, random *rand.Rand) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Duration(20+random.IntN(150)) * time.Millisecond):
		}
		name := "cut"
		switch random.IntN(5) {
		case 0:
			p.Cut()
		case 1, 2:
			name = "swallowed"
			p.Swallow(1)
		case 3:
			name = "stalled"
			p.Stall()
			time.Sleep(patience / 10)
			p.Resume()
		case 4:
			name = "delayed beyond patience"
			p.Stall()
			time.Sleep(patience + patience/5)
			p.Resume()
		}
		u.mu.Lock()
		u.faults[name]++
		u.mu.Unlock()
	}
}

// TestLine_IsLinearizableOverABadNetwork lets desks and patients of a few
// clinics act at once, each over connections that are cut, stalled, that lose
// replies and that deliver late. Then it searches for one order of all acts,
// within the times at which each was pressed and answered, that explains every
// answer and every look at the line.
func TestLine_IsLinearizableOverABadNetwork(t *testing.T) {
	t.Parallel()
	rounds, clinics, users, acts := 1, 4, 5, 20
	if os.Getenv("JUNBAN_TEST_FULL") != "" {
		rounds, clinics = 3, 8
	}
	seed := uint64(time.Now().UnixNano())
	id := 0
	h := &history{begun: time.Now(), faults: map[string]int{}}
	for round := 0; round < rounds || h.unknown == 0 && round < 20; round++ { // a fast machine may be done before trouble begins
		calm := store(t)
		var acting, troubling sync.WaitGroup
		ctx, end := context.WithCancel(t.Context())
		var numbers []queue.ClinicID
		for range clinics {
			c := queuetest.FreshClinic()
			for i := range c.Services {
				c.Services[i].Absence.Back = smallBack
			}
			if err := calm.PutClinic(t.Context(), c, queue.Act{}); err != nil {
				t.Fatal(err)
			}
			numbers = append(numbers, c.ID)
			for range users {
				id++
				p := queuetest.NewProxy(t)
				u := &user{h, id, hasty(t, p), c.ID, map[int]queue.TicketID{}, nil, rand.New(rand.NewPCG(seed, uint64(id)))}
				bad := rand.New(rand.NewPCG(seed+1, uint64(id)))
				acting.Go(func() {
					for nth := range acts {
						u.act(t.Context(), nth)
					}
				})
				troubling.Go(func() { u.trouble(ctx, p, bad) })
			}
		}
		acting.Wait()
		end()
		troubling.Wait()
		for _, c := range numbers {
			sound(t, t.Context(), calm, c)
		}
	}
	queuetest.Figure(t, "%d concurrent acts answered, %d refused, %d without an answer; faults %v", h.answered, h.refused, h.unknown, h.faults)
	if h.unknown == 0 || h.answered == 0 {
		t.Fatal("the network was not bad, or nothing but bad: nothing is shown")
	}
	for _, broken := range h.broken {
		t.Errorf("somebody saw: %v", broken)
	}
	model := porcupine.Model{
		Init: func() any { return small{version: 1} }, // that of the record
		Step: step, Partition: byClinic, Equal: func(a, b any) bool { return a.(small).Equal(b.(small)) },
	}
	if result := porcupine.CheckOperationsTimeout(model, h.operations, 5*time.Minute); result != porcupine.Ok {
		t.Fatalf("no order of the acts explains what was seen: %s (seed %d)", result, seed)
	}
}

// hasty returns a store behind the proxy that waits a short time for a reply,
// and repeats nothing by itself.
func hasty(t testing.TB, p *queuetest.Proxy) *queue.Store {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{
		Network: "unix", Addr: p.Addr, MaxRetries: -1, DialerRetries: 1, ContextTimeoutEnabled: true,
		DialTimeout: patience, ReadTimeout: patience, WriteTimeout: patience,
	})
	t.Cleanup(func() { rdb.Close() })
	s, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
