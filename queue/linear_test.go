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
	"junban/queue/clinic"
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
	left       map[clinic.ID]int // faults that a clinic may still meet
	broken     []error           // invariants of domain §5.3, in what somebody saw
}

func (h *history) now() int64 { return int64(time.Since(h.begun)) }

// user is a desk or a patient behind a network of its own.
type user struct {
	*history
	id     int
	net    *queuetest.Proxy
	store  *queue.Store
	clinic clinic.ID
	ids    map[int]queue.TicketID
	rooms  map[string]int // the ticket's number in each room, as last seen; 0: none
	random *rand.Rand
	draw   func(nth int) press // its next act
	sends  func(context.Context, press) press
	late   int // acts until what the network held back arrives
}

// attempt does one act once, over a network that may be bad.
func (u *user) attempt(ctx context.Context, p press) press {
	if u.late--; u.late == 0 {
		u.net.Release()
	}
	fault := u.fault()
	switch fault {
	case "cut":
		u.net.Cut()
	case "cut under way":
		pause := time.Duration(u.random.IntN(300)) * time.Microsecond
		var cutting sync.WaitGroup
		cutting.Go(func() {
			time.Sleep(pause)
			u.net.Cut()
		})
		defer cutting.Wait()
	case "swallowed":
		u.net.Swallow(1)
		defer u.net.Swallow(0)
	case "late":
		u.net.Deafen()
		u.late = 1 + u.random.IntN(4)
	}
	if u.late > 0 { // a later act may meet a stalled connection too
		done, end := context.WithCancel(ctx)
		var abandoning sync.WaitGroup
		abandoning.Go(func() { u.net.Abandon(done) })
		defer abandoning.Wait()
		defer end()
	}
	return u.sends(ctx, p)
}

// fault draws what the network does to the next act; mostly nothing. The number of
// faults of a clinic is bounded. Each may leave an act without an answer, and every
// such act doubles the search.
func (u *user) fault() string {
	kinds := []string{"cut", "cut under way", "swallowed", "swallowed", "late", "late"}
	if u.late > 0 { // one at a time
		return ""
	}
	n := u.random.IntN(4 * len(kinds))
	u.mu.Lock()
	defer u.mu.Unlock()
	if n >= len(kinds) || u.left[u.clinic] == 0 {
		return ""
	}
	u.left[u.clinic]--
	u.faults[kinds[n]]++
	return kinds[n]
}

// send sends one act and returns its outcome. It sends it once: the client library's
// own repeats are off, so that none goes unnoticed.
func (u *user) send(ctx context.Context, p press) press {
	ref := clinic.Ref{Clinic: u.clinic, Service: "1"}
	act := queue.Act{Key: p.key, By: clinic.Actor{Kind: "staff"}}
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
		t, err = u.store.CallNext(ctx, clinic.Ref{Clinic: u.clinic, Service: p.service}, p.room, act)
	case "call":
		t, err = u.store.Call(ctx, u.ids[p.n], p.room, act)
	case "move":
		t, err = u.store.Move(ctx, u.ids[p.n], p.ahead, queue.ReasonUrgent, act)
	case "transfer":
		t, err = u.store.Transfer(ctx, u.ids[p.n], p.service, act)
	default:
		t, err = u.store.Do(ctx, u.ids[p.n], queue.ActKind(p.act), act)
	}
	switch {
	case err == nil && p.act != "look":
		p.saw = fmt.Sprint(t.Number)
	case err != nil && !errors.As(err, &p.refused):
		p.unknown = true
	}
	return p
}

// drawNumber draws an act of order mode.
func (u *user) drawNumber(nth int) press {
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
	return p
}

// act does one random act, and repeats it a few times while no answer comes.
func (u *user) act(ctx context.Context, nth int) {
	p := u.draw(nth)
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
			continue // returns nothing and does nothing
		case p.unknown:
			u.unknown++
		case p.refused != nil:
			u.refused++
		default:
			u.answered++
		}
		u.operations = append(u.operations, o)
	}
}

// TestLine_IsLinearizableOverABadNetwork runs desks and patients of a few clinics at
// once over bad connections. They are cut, lose replies, and deliver acts long after
// the client has given up. Then it searches for one order of all acts that explains
// every answer and every snapshot. Each act lies between its request and its answer. No
// fault waits for a clock, so that a busy machine adds none.
func TestLine_IsLinearizableOverABadNetwork(t *testing.T) {
	t.Parallel()
	const abreast, users, acts, faults = 4, 5, 12, 5
	rounds := 1
	if os.Getenv("JUNBAN_TEST_FULL") != "" {
		rounds = 14
	}
	seed := uint64(time.Now().UnixNano())
	id := 0
	h := &history{begun: time.Now(), faults: map[string]int{}, left: map[clinic.ID]int{}}
	calm := queuetest.Store(t)
	for range rounds {
		var acting sync.WaitGroup
		var numbers []clinic.ID
		for range abreast {
			c := queuetest.FreshClinic()
			for i := range c.Services {
				c.Services[i].Absence.Back = smallBack
			}
			if err := calm.PutClinic(t.Context(), c, queue.Act{}); err != nil {
				t.Fatal(err)
			}
			numbers = append(numbers, c.ID)
			h.mu.Lock()
			h.left[c.ID] = faults
			h.mu.Unlock()
			for range users {
				id++
				p := queuetest.NewProxy(t)
				u := &user{
					history: h, id: id, net: p, store: once(t, p), clinic: c.ID, ids: map[int]queue.TicketID{},
					random: rand.New(rand.NewPCG(seed, uint64(id))),
				}
				u.draw, u.sends = u.drawNumber, u.send
				acting.Go(func() {
					for nth := range acts {
						u.act(t.Context(), nth)
					}
					p.Release()
				})
			}
		}
		acting.Wait()
		for _, c := range numbers {
			queuetest.Sound(t, t.Context(), calm, c)
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
	if result := porcupine.CheckOperationsTimeout(model, h.operations, 15*time.Minute); result != porcupine.Ok {
		t.Fatalf("no order of the acts explains what was seen: %s (seed %d)", result, seed)
	}
}

// once returns a store behind the proxy. It never repeats a request, and waits for each
// answer until the network breaks.
func once(t testing.TB, p *queuetest.Proxy) *queue.Store {
	t.Helper()
	rdb := redis.NewClient(queuetest.Patient(redis.Options{Network: "unix", Addr: p.Addr, MaxRetries: -1, DialerRetries: 1}))
	t.Cleanup(func() { rdb.Close() })
	s, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
