//go:build unix

package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
	"junban/queue"
	"junban/queue/queuetest"
)

// sentinel starts a Sentinel that monitors a primary. A failover starts when
// quorum Sentinels have had no response for downAfter.
func sentinel(t *testing.T, primary string, quorum int, downAfter time.Duration) *queuetest.Server {
	t.Helper()
	host, port, _ := net.SplitHostPort(primary)
	file := filepath.Join(t.TempDir(), "sentinel.conf")
	conf := fmt.Sprintf("sentinel monitor main %s %s %d\nsentinel down-after-milliseconds main %d\nsentinel failover-timeout main 10000\n",
		host, port, quorum, downAfter.Milliseconds())
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	return queuetest.NewServer(t, file, "--sentinel")
}

// follows starts a replica of the primary at an address.
func follows(t *testing.T, addr string) *queuetest.Server {
	t.Helper()
	host, port, _ := net.SplitHostPort(addr)
	r := queuetest.NewServer(t, "--replicaof", host+" "+port)
	queuetest.Eventually(t, "the replica is connected", func() bool { return r.Info("replication", "master_link_status") == "up" })
	return r
}

// knows waits until a Sentinel has found the replicas and the other Sentinels.
func knows(t *testing.T, s *queuetest.Server, replicas, others int) {
	t.Helper()
	ask := redis.NewSentinelClient(&redis.Options{Addr: s.Addr})
	defer ask.Close()
	queuetest.Eventually(t, "the Sentinel knows the replicas and the other Sentinels", func() bool {
		r, errR := ask.Replicas(context.Background(), "main").Result()
		o, errO := ask.Sentinels(context.Background(), "main").Result()
		return errR == nil && errO == nil && len(r) >= replicas && len(o) >= others
	})
}

// TestFailover_PrimaryKilled kills the primary of two nodes with three
// Sentinels. Every watcher receives stale, then the current board. Acts
// continue at the promoted replica, and no acknowledged act is lost. The
// Sentinels wait longer than [queue.StaleAfter], so that stale always comes
// first.
func TestFailover_PrimaryKilled(t *testing.T) {
	t.Parallel()
	const downAfter, perNode = 2 * queue.StaleAfter, 10
	primary := queuetest.NewServer(t)
	replicas := []*queuetest.Server{follows(t, primary.Addr), follows(t, primary.Addr)}
	var addrs []string
	var sentinels []*queuetest.Server
	for range 3 {
		s := sentinel(t, primary.Addr, 2, downAfter)
		addrs, sentinels = append(addrs, s.Addr), append(sentinels, s)
	}
	for _, s := range sentinels {
		knows(t, s, len(replicas), len(sentinels)-1)
	}
	url := "redis://" + strings.Join(addrs, ",") + "?master=main"
	clinicOn(t, url)
	books := sharedBooks(t)
	one, two := programtest.Serve(t, t.TempDir(), nil, "--redis="+url, books), programtest.Serve(t, t.TempDir(), nil, "--redis="+url, books)
	var watchers []<-chan arrival
	for range perNode {
		watchers = append(watchers, watchBoard(t, one), watchBoard(t, two))
	}
	for _, frames := range watchers {
		awaitFrame(t, frames, `"board"`)
	}
	c := newLoad(t, one, two)
	c.run()
	queuetest.Eventually(t, "both nodes take tickets", func() bool { return c.countOf(one) > 5 && c.countOf(two) > 5 })

	killed := time.Now()
	primary.Kill()
	var stale, right []time.Duration
	for _, frames := range watchers {
		stale = append(stale, awaitFrame(t, frames, `"stale"`).Sub(killed))
		right = append(right, awaitFrame(t, frames, `"board"`).Sub(killed))
	}
	awaitPromotion(t, replicas...)
	before, beforeTwo := c.countOf(one), c.countOf(two)
	queuetest.Eventually(t, "both nodes take tickets again", func() bool { return c.countOf(one) > before+5 && c.countOf(two) > beforeTwo+5 })
	c.stop()
	lost, twice := c.settle(two)
	c.figure(fmt.Sprintf("Sentinel, primary killed, down after %s, --min-replicas 1", downAfter), len(lost), twice)
	seconds := func(d time.Duration) float64 { return d.Round(100 * time.Millisecond).Seconds() }
	queuetest.Figure(t, "%d watchers: stale %.1f to %.1f s after the kill, current %.1f to %.1f s after it", len(watchers),
		seconds(slices.Min(stale)), seconds(slices.Max(stale)), seconds(slices.Min(right)), seconds(slices.Max(right)))
	if len(lost) > 0 || twice > 0 {
		t.Errorf("%d acknowledged acts are lost, %d numbers were issued twice", len(lost), twice)
	}
	awaitBoard(t, one, watchers...)
	programtest.Must(t, "", nil, "--redis="+url, "verify", "1234", "today")
}

// TestFailover_OntoAReplicaThatLags promotes a replica that lacks acknowledged
// acts. With --min-replicas 1, none of the missing acts was acknowledged, and
// their retries succeed. Without it, the requests of the owners bring the lost
// tickets back. The desk sees both owners of a number, and readmits a lost
// ticket.
func TestFailover_OntoAReplicaThatLags(t *testing.T) {
	t.Parallel()
	primary := queuetest.NewServer(t)
	proxy := newRedisProxy(t, primary.Addr)
	replica := follows(t, proxy.addr)
	watcher := sentinel(t, proxy.addr, 1, 1500*time.Millisecond)
	knows(t, watcher, 1, 0)
	url := "redis://" + watcher.Addr + "?master=main"
	clinicOn(t, url, "--min-replicas=0")
	books := sharedBooks(t)
	s := programtest.Serve(t, t.TempDir(), nil, "--redis="+url, "--min-replicas=0", books)
	strict := programtest.Serve(t, t.TempDir(), nil, "--redis="+url, books) // --min-replicas 1
	frames := watchBoard(t, s)
	c, sure := newLoad(t, s), newLoad(t, strict)
	take := func(n int) {
		for i := range n {
			if key := fmt.Sprintf("%d-%d-0123456789abcdef", c.count(), i); !c.take(s, key) {
				t.Fatalf("taking a ticket: refused %v", c.refused)
			}
		}
	}
	take(3)
	queuetest.Eventually(t, "the replica has caught up", func() bool {
		return replica.Info("replication", "slave_repl_offset") == primary.Info("replication", "master_repl_offset")
	})
	proxy.hold("replica")
	take(5)
	const key = "confirmed-0123456789abcdef"
	if sure.take(strict, key) {
		t.Error("an act without a replica is acknowledged")
	}
	if err := watcher.Client.Do(t.Context(), "sentinel", "failover", "main").Err(); err != nil {
		t.Fatal(err)
	}
	// Acts continue at the new primary, which issues the next numbers
	// again.
	awaitPromotion(t, replica)
	queuetest.Eventually(t, "the node uses the new primary", func() bool {
		clients, _ := replica.Client.ClientList(context.Background()).Result()
		return strings.Count(clients, "cmd=evalsha") > 0
	})
	queuetest.Eventually(t, "two more tickets", func() bool {
		c.take(s, fmt.Sprintf("after-%d-0123456789abcdef", c.count()))
		return c.count() >= 10
	})
	proxy.hold() // the old primary becomes the replica
	queuetest.Eventually(t, "the retry is confirmed", func() bool { return sure.take(strict, key) })
	none, noneTwice := sure.settle(strict)
	sure.figure("the same, --min-replicas 1", len(none), noneTwice)
	if len(none) > 0 {
		t.Error("an acknowledged act is lost with --min-replicas 1")
	}
	lost, twice := c.settle(s)
	c.figure("SENTINEL FAILOVER onto a replica that lags, --min-replicas 0", len(lost), twice)
	if len(lost) == 0 {
		t.Fatal("no act was lost, so the replica did not lag")
	}
	queuetest.Eventually(t, "the loss is in the log", func() bool { return strings.Contains(s.Log.String(), "redis has lost acts that screens have shown") })

	desk := &programtest.Client{URL: s.URL}
	if status := desk.Do(t, "POST", "/v1/login", nil, wire.LoginRequest{Clinic: "1234", User: "office", Password: "correct horse battery"}, nil); status >= 300 {
		t.Fatalf("the login answers %d", status)
	}
	var seen []wire.StaffTicket
	queuetest.Eventually(t, "the desk sees every lost ticket", func() bool { // its message may be lost with the old primary
		seen = staffLine(t, desk)
		n := 0
		for _, s := range seen {
			if s.State == "lost" {
				n++
			}
		}
		return n == len(lost)
	})
	holders := map[int]int{}
	for _, mine := range c.got {
		holders[mine.Ticket.Number]++
	}
	holders[sure.got[key].Ticket.Number]++
	for _, mine := range lost {
		i := slices.IndexFunc(seen, func(s wire.StaffTicket) bool { return s.ID == mine.Ticket.ID })
		if i < 0 || seen[i].State != "lost" || seen[i].Number != mine.Ticket.Number {
			t.Errorf("the desk does not see the lost number %d", mine.Ticket.Number)
			continue
		}
		if (seen[i].Twin != "") != (holders[mine.Ticket.Number] > 1) {
			t.Errorf("number %d has %d holders, and the desk sees the other one as %q", mine.Ticket.Number, holders[mine.Ticket.Number], seen[i].Twin)
		}
	}
	if status := desk.Do(t, "POST", "/v1/tickets/"+lost[0].Ticket.ID+"/readmit", map[string]string{"Idempotency-Key": "again"}, nil, nil); status != http.StatusOK {
		t.Fatalf("readmitting a lost ticket: status %d", status)
	}
	if now, status := (&programtest.Client{URL: s.URL}).Show(t, lost[0]); status != http.StatusOK || now.State != "waiting" || now.Number != lost[0].Ticket.Number {
		t.Errorf("the readmitted ticket is %+v (%d)", now, status)
	}
	awaitBoard(t, s, frames)
	programtest.Must(t, "", nil, "--redis="+url, "verify", "1234", "today")
}

// TestFailover_PartitionWithOneNode separates the primary and one node from the
// replicas, the Sentinel and the other node, which continues. The behaviour of
// the separated node depends on the settings. No act that it acknowledged is
// lost without notice.
func TestFailover_PartitionWithOneNode(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		redis, node []string
		stale       bool // the separated node marks its board as stale
		acts        bool // it acknowledges acts during the partition
		loses       bool // acts that it acknowledged are lost
	}{
		"--min-replicas 1": {stale: true},
		"min-replicas-to-write 1, max-lag 5, --min-replicas 0": {
			redis: []string{"--min-replicas-to-write", "1", "--min-replicas-max-lag", "5"},
			node:  []string{"--min-replicas=0"}, stale: true, loses: true,
		},
		"--min-replicas 0": {node: []string{"--min-replicas=0"}, acts: true, loses: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			primary := queuetest.NewServer(t, test.redis...)
			proxy := newRedisProxy(t, primary.Addr)
			replicas := []*queuetest.Server{follows(t, proxy.addr), follows(t, proxy.addr)}
			watcher := sentinel(t, proxy.addr, 1, 1500*time.Millisecond)
			view := newRedisProxy(t, watcher.Addr) // for the node that will be separated
			knows(t, watcher, 2, 0)
			books := sharedBooks(t)
			node := func(sentinel string) *programtest.Running {
				return programtest.Serve(t, t.TempDir(), nil, append([]string{books, "--redis=redis://" + sentinel + "?master=main"}, test.node...)...)
			}
			clinicOn(t, "redis://"+watcher.Addr+"?master=main", test.node...)
			inside, outside := node(view.addr), node(watcher.Addr)
			frames := watchBoard(t, inside)
			c := newLoad(t, inside, outside)
			c.run()
			queuetest.Eventually(t, "both nodes take tickets", func() bool { return c.countOf(inside) > 5 && c.countOf(outside) > 5 })

			view.hold("other", "sentinel", "replica")
			proxy.hold("replica", "sentinel")
			awaitPromotion(t, replicas...)
			if test.stale {
				awaitFrame(t, frames, `"stale"`)
			}
			// What was acknowledged before may be counted a little later.
			cut := 0
			queuetest.Eventually(t, "the other node takes tickets, and the separated one as it should", func() bool {
				before := c.countOf(outside)
				cut = c.countOf(inside)
				queuetest.Eventually(t, "the other node takes tickets", func() bool { return c.countOf(outside) > before+5 })
				return test.acts || c.countOf(inside) == cut
			})
			if test.acts {
				queuetest.Eventually(t, "the separated node takes tickets", func() bool { return c.countOf(inside) > cut+5 })
			}

			view.hold()
			proxy.hold()
			queuetest.Eventually(t, "the old primary is a replica", func() bool { return primary.Info("replication", "role") == "slave" })
			healed := c.countOf(inside)
			queuetest.Eventually(t, "the separated node takes tickets again", func() bool { return c.countOf(inside) > healed+5 })
			c.stop()
			lost, twice := c.settle(outside)
			c.figure("partition, old primary alive with one node, "+name, len(lost), twice)
			if !test.loses && (len(lost) > 0 || twice > 0) {
				t.Errorf("%d acknowledged acts are lost, %d numbers were issued twice", len(lost), twice)
			}
			if test.loses && len(lost) == 0 {
				t.Error("no act was lost, so none was acknowledged during the partition")
			}
			for _, mine := range lost {
				if now, status := (&programtest.Client{URL: outside.URL}).Show(t, mine); status != http.StatusOK || now.State != "lost" {
					t.Errorf("the owner of the lost number %d gets %d, state %q", mine.Ticket.Number, status, now.State)
				}
			}
			awaitBoard(t, outside, frames)
		})
	}
}
