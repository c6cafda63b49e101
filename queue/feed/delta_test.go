package feed_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/feed"
	"junban/queue/queuetest"
)

// commands is a hook that counts the commands of a client by name. A pipeline counts as
// one command.
type commands struct {
	redis.Hook
	mu  sync.Mutex
	all map[string]int // guarded by mu
}

func (c *commands) note(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all[name]++
}

func (c *commands) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c *commands) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c.note(cmd.Name())
		return next(ctx, cmd)
	}
}

func (c *commands) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		c.note("pipeline")
		return next(ctx, cmds)
	}
}

// read is how many commands were sent that no timer sends.
func (c *commands) read() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for name, times := range c.all {
		if !slices.Contains([]string{"pipeline", "publish", "set", "hello", "client", "subscribe", "ping"}, name) {
			n += times
		}
	}
	return n
}

// usualDay does n acts as a desk and patients do them on a day, and returns how many
// tickets were issued.
func usualDay(t *testing.T, s *queue.Store, c clinic.ID, n int) (tickets int) {
	t.Helper()
	ref := clinic.Ref{Clinic: c, Service: "1"}
	rng := rand.New(rand.NewPCG(1, 2))
	var open []queue.TicketID
	for acts := 0; acts < n; {
		var err error
		var ticket queue.Ticket
		var issued queue.Issued
		switch p := rng.IntN(100); {
		case p < 30:
			issued, err = s.Issue(t.Context(), ref, queue.Request{Channel: "desk", Party: 1, Patient: queue.Patient{Name: "山田"}}, queue.Act{})
			if ticket = issued.Ticket; err == nil {
				tickets++
			}
		case p < 60:
			ticket, err = s.CallNext(t.Context(), ref, fmt.Sprint(1+rng.IntN(2)), queue.Act{})
		case len(open) == 0:
			continue
		default:
			id := open[len(open)-1-rng.IntN(min(len(open), 10))]
			kinds := []queue.ActKind{queue.Enter, queue.Finish, queue.Recall, queue.Miss, queue.Return, queue.Hold, queue.Resume, queue.Exam, queue.Cancel, queue.Undo}
			ticket, err = s.Do(t.Context(), id, kinds[rng.IntN(len(kinds))], queue.Act{})
		}
		if err == nil { // else the line refused
			acts++
			if !slices.Contains(open, ticket.ID) {
				open = append(open, ticket.ID)
			}
		}
	}
	return tickets
}

// TestFollow_AnActCostsANodeNoCommand counts what two nodes that follow a clinic ask of
// Redis while a third acts. One of them has a desk that watches.
func TestFollow_AnActCostsANodeNoCommand(t *testing.T) {
	t.Parallel()
	const acts = 400
	here := queuetest.Store(t)
	c := queuetest.NewClinic(t, here)
	nodes := map[bool]*commands{}
	watchers := map[bool]*seen{}
	registries := map[bool]*prometheus.Registry{}
	for _, desk := range []bool{false, true} {
		rdb := queuetest.Redis(t)
		nodes[desk], registries[desk] = &commands{all: map[string]int{}}, prometheus.NewRegistry()
		rdb.AddHook(nodes[desk])
		watchers[desk] = newSeen(t)
		watchers[desk].desk = desk
		watchers[desk].follow(queuetest.StoreOn(t, rdb), c.ID, feed.Options{Registerer: registries[desk]})
		watchers[desk].until("an empty line", waiting(0))
	}
	first := map[bool]int{false: nodes[false].read(), true: nodes[true].read()}
	issued := usualDay(t, here, c.ID, acts)
	now, err := here.Snapshot(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	for desk, w := range watchers {
		last := w.until("the last act", func(s *queue.Snapshot) bool { return s.Version == now.Version })
		if desk != (len(last.Unread()) == 0) {
			t.Errorf("desk %v: the names of %d tickets are not read", desk, len(last.Unread()))
		}
		for _, ticket := range now.Lines[0].Waiting {
			if desk && last.Patients[ticket.ID] != now.Patients[ticket.ID] {
				t.Errorf("%s is for %+v, want %+v", ticket.ID, last.Patients[ticket.ID], now.Patients[ticket.ID])
			}
		}
		reads := counted(t, registries[desk], "junban_feed_reads_total", "")
		forActs := reads
		for _, reason := range []string{"first", "resync", "tick", "retry"} { // of time and connections
			forActs -= counted(t, registries[desk], "junban_feed_reads_total", reason)
		}
		if forActs > acts*5/1000 {
			t.Errorf("desk %v: %v snapshots are read for %d acts", desk, forActs, acts)
		}
		n := nodes[desk].read() - first[desk]
		most := int(reads-1) * 2 // a read of the snapshot, and one of the log
		if desk {
			most += issued // their names
		}
		if n > most {
			t.Errorf("desk %v: %d commands for %d acts and %v reads: %v", desk, n, acts, reads, nodes[desk].all)
		}
		queuetest.Figure(t, "desk %v: %d commands and %v snapshots for %d acts, %v by time and connections", desk, n, forActs, acts, reads-forActs)
	}
}

// through returns the subscriptions of a feed on s through a network.
func through(n *queuetest.Network, s *queue.Store) func(context.Context, ...string) feed.Subscription {
	return func(ctx context.Context, channels ...string) feed.Subscription {
		return n.Subscribe(ctx, s.Redis(), channels...)
	}
}

// TestFollow_MessagesOfAnEarlierProgram publishes what it published: clinic and version.
// The earlier program reads the first word of today's messages, which is the clinic.
func TestFollow_MessagesOfAnEarlierProgram(t *testing.T) {
	t.Parallel()
	s := queuetest.Store(t)
	c := queuetest.NewClinic(t, s)
	registry := prometheus.NewRegistry()
	lost := queuetest.NewNetwork(1)
	lost.Drop()
	w := newSeen(t)
	w.follow(s, c.ID, feed.Options{Registerer: registry, Subscribe: through(lost, s)})
	w.until("an empty line", waiting(0))
	issue(t, s, c.ID)
	queuetest.Eventually(t, "a message has ordered a snapshot", func() bool { // one that comes before another read orders none
		lost.Deliver(&redis.Message{Channel: queue.PokeChannel, Payload: string(c.ID) + " 2"})
		return counted(t, registry, "junban_feed_reads_total", string(queue.FitOrder)) > 0
	})
	w.until("the ticket", waiting(1))
}
