package queue_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// TestRedis_KilledInTheMiddleOfActsLosesNoneThatWasAnswered kills redis-server with
// SIGKILL during acts, and restarts it on the same append-only file. Every acknowledged
// act is there, no number was given twice, and the line matches its log.
func TestRedis_KilledInTheMiddleOfActsLosesNoneThatWasAnswered(t *testing.T) {
	t.Parallel()
	queuetest.Redis(t) // skips the test when there is no redis-server
	kills := 2
	if os.Getenv("JUNBAN_TEST_FULL") != "" {
		kills = 6
	}
	// Unix sockets have short names, the test's own folder may have a long one.
	folder, err := os.MkdirTemp("", "junban")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	var socket atomic.Value
	var server *exec.Cmd
	start := func() {
		s, cmd, err := queuetest.Start(folder, "--appendonly", "yes", "--appendfsync", "always", "--dir", folder)
		if err != nil {
			t.Fatal(err)
		}
		socket.Store(s)
		server = cmd
	}
	start()
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	rdb := redis.NewClient(&redis.Options{
		Dialer: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket.Load().(string))
		},
		ContextTimeoutEnabled: true,
	})
	t.Cleanup(func() { rdb.Close() })
	s, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := queuetest.NewClinic(t, s)

	var mu sync.Mutex
	answered := map[int]queue.TicketID{}
	var unknown, acts atomic.Int64
	ctx, end := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for worker := range 4 {
		running.Go(func() {
			ref := clinic.Ref{Clinic: c.ID, Service: fmt.Sprint(1 + worker%2)}
			for n := 0; ctx.Err() == nil; n++ {
				key := fmt.Sprint(worker, ".", n)
				for { // the same request, until it is answered
					i, err := s.Issue(context.WithoutCancel(ctx), ref, queue.Request{Channel: "desk", Party: 1}, queue.Act{Key: key})
					if err != nil {
						unknown.Add(1)
						time.Sleep(5 * time.Millisecond)
						continue
					}
					mu.Lock()
					number := i.Number*10 + worker%2 // two services count for themselves
					if other, ok := answered[number]; ok {
						t.Errorf("number %d of %s is of %s and of %s", i.Number, ref, other, i.ID)
					}
					answered[number] = i.ID
					mu.Unlock()
					break
				}
				acts.Add(1)
				called, err := s.CallNext(context.WithoutCancel(ctx), ref, fmt.Sprint(1+worker%2), queue.Act{})
				if err != nil {
					continue // a refusal, or an unknown outcome: the log decides
				}
				for _, v := range []queue.ActKind{queue.Miss, queue.Return, queue.Undo} {
					if _, err := s.Do(context.WithoutCancel(ctx), called.ID, v, queue.Act{}); err == nil {
						acts.Add(1)
					}
				}
			}
		})
	}
	for range kills { // in the middle of acts, however slow this machine is
		enough := acts.Load() + 60 + rand.Int64N(60)
		queuetest.Eventually(t, "more acts are done", func() bool { return acts.Load() >= enough })
		server.Process.Kill()
		server.Wait()
		start()
		queuetest.Sound(t, t.Context(), s, c.ID)
	}
	end()
	running.Wait()
	v := queuetest.Sound(t, t.Context(), s, c.ID)
	for number, id := range answered {
		if ticket, err := s.Ticket(t.Context(), id); err != nil || ticket.Number != number/10 {
			t.Errorf("ticket %s was answered, and is %+v (%v)", id, ticket, err)
		}
	}
	queuetest.Figure(t, "%d acts over %d kills of Redis, %d without an answer; %d events, %d tickets", acts.Load(), kills, unknown.Load(), v.Events, v.Tickets)
	if v.Tickets != len(answered) {
		t.Errorf("%d tickets are in the line, %d were answered", v.Tickets, len(answered))
	}
}
