//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/api/wire"
	"junban/queue/queuetest"
)

// door is a TCP proxy before a Redis server that can hold back what comes from
// replicas, from Sentinels or from anybody, with every connection left open.
type door struct {
	addr   string
	listen net.Listener
	target string

	mu     sync.Mutex // guards the rest
	moved  *sync.Cond
	held   map[string]bool // kinds of clients: "replica", "sentinel", "other"
	closed bool
	conns  []net.Conn
}

func newDoor(t *testing.T, target string) *door {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &door{addr: l.Addr().String(), listen: l, target: target, held: map[string]bool{}}
	g.moved = sync.NewCond(&g.mu)
	var running sync.WaitGroup
	running.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", target)
			if err != nil {
				client.Close()
				continue
			}
			g.mu.Lock()
			g.conns = append(g.conns, client, server)
			g.mu.Unlock()
			kind := &kindOf{name: "other"}
			running.Go(func() { g.pump(client, server, kind, true) })
			running.Go(func() { g.pump(server, client, kind, false) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		g.mu.Lock()
		g.closed = true
		for _, c := range g.conns {
			c.Close()
		}
		g.mu.Unlock()
		g.moved.Broadcast()
		running.Wait()
	})
	return g
}

// kindOf is what a connection's client is, as its commands show.
type kindOf struct {
	mu   sync.Mutex
	name string
}

func (k *kindOf) learn(sent []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch lower := bytes.ToLower(sent); {
	case k.name != "other":
	case bytes.Contains(lower, []byte("psync")), bytes.Contains(lower, []byte("replconf")):
		k.name = "replica"
	case bytes.Contains(lower, []byte("sentinel-")):
		k.name = "sentinel"
	}
}

func (k *kindOf) is() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.name
}

func (g *door) pump(from, to net.Conn, kind *kindOf, requests bool) {
	defer from.Close()
	defer to.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		if requests {
			kind.learn(buf[:n])
		}
		g.mu.Lock()
		for g.held[kind.is()] && !g.closed {
			g.moved.Wait()
		}
		g.mu.Unlock()
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// hold keeps back the bytes of some kinds of clients, and of no others.
func (g *door) hold(kinds ...string) {
	g.mu.Lock()
	g.held = map[string]bool{}
	for _, k := range kinds {
		g.held[k] = true
	}
	g.mu.Unlock()
	g.moved.Broadcast()
}

// sentinel starts a Sentinel that watches a primary, and returns its address.
func sentinel(t *testing.T, primary string) *queuetest.Server {
	t.Helper()
	host, port, _ := net.SplitHostPort(primary)
	file := filepath.Join(t.TempDir(), "sentinel.conf")
	conf := fmt.Sprintf("sentinel monitor main %s %s 1\nsentinel down-after-milliseconds main 1500\nsentinel failover-timeout main 10000\n", host, port)
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	return queuetest.NewServer(t, file, "--sentinel")
}

// follows starts a server that replicates the primary behind an address.
func follows(t *testing.T, addr string) *queuetest.Server {
	t.Helper()
	host, port, _ := net.SplitHostPort(addr)
	r := queuetest.NewServer(t, "--replicaof", host+" "+port)
	queuetest.Eventually(t, "the replica follows", func() bool { return r.Info("replication", "master_link_status") == "up" })
	return r
}

// knows waits until a Sentinel knows so many replicas.
func knows(t *testing.T, s *queuetest.Server, replicas int) {
	t.Helper()
	queuetest.Eventually(t, "the Sentinel knows the replicas", func() bool {
		got, err := redis.NewSentinelClient(&redis.Options{Addr: s.Addr}).Replicas(context.Background(), "main").Result()
		return err == nil && len(got) >= replicas
	})
}

// crowd takes tickets through several nodes, one after the other, and repeats each
// request with its key until it is answered.
type crowd struct {
	t     *testing.T
	nodes []*running

	mu       sync.Mutex
	got      map[string]wire.Issued // by key
	refused  map[int]int            // by status
	last     time.Time              // of an acknowledgement
	longest  time.Duration          // between two
	by       map[string]int         // acknowledged acts of each node
	stopping chan struct{}
	done     sync.WaitGroup
}

func newCrowd(t *testing.T, nodes ...*running) *crowd {
	return &crowd{t: t, nodes: nodes, got: map[string]wire.Issued{}, refused: map[int]int{}, by: map[string]int{}, last: time.Now(), stopping: make(chan struct{})}
}

// take sends one request to a node; it reports whether it was acknowledged.
func (c *crowd) take(s *running, key string) bool {
	var got wire.Issued
	status := (&client{url: s.url}).do(c.t, "POST", "/v1/services/1234-1/tickets", map[string]string{"Idempotency-Key": key}, wire.IssueRequest{PartySize: 1}, &got)
	c.mu.Lock()
	defer c.mu.Unlock()
	if status != http.StatusCreated {
		c.refused[status]++
		return false
	}
	now := time.Now()
	c.longest, c.last = max(c.longest, now.Sub(c.last)), now
	c.got[key] = got
	c.by[s.url]++
	return true
}

// run takes tickets until stop, a worker at each node; a repetition goes to the
// next node.
func (c *crowd) run() {
	for n := range c.nodes {
		c.done.Go(func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("crowd-%d-%06d-0123456789", n, i)
				for try := n; ; try++ {
					select {
					case <-c.stopping:
						return
					default:
					}
					if c.take(c.nodes[try%len(c.nodes)], key) {
						break
					}
					time.Sleep(50 * time.Millisecond)
				}
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
}

func (c *crowd) stop() {
	close(c.stopping)
	c.done.Wait()
}

func (c *crowd) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.got)
}

func (c *crowd) countOf(s *running) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.by[s.url]
}

// settle reads every acknowledged ticket again through a node: lost is how many it
// does not have as they were acknowledged, twice how many share a number.
func (c *crowd) settle(s *running) (lost []wire.Issued, twice int) {
	c.t.Helper()
	numbers := map[int]int{}
	c.mu.Lock()
	got := maps.Clone(c.got)
	c.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(got)) {
		mine := got[key]
		numbers[mine.Ticket.Number]++
		if now, status := (&client{url: s.url}).show(c.t, mine); status != http.StatusOK || now.State == "lost" || now.Number != mine.Ticket.Number {
			lost = append(lost, mine)
		}
	}
	for _, n := range numbers {
		if n > 1 {
			twice++
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for status := range c.refused {
		if status != http.StatusServiceUnavailable {
			c.t.Errorf("%d acts were answered with %d", c.refused[status], status)
		}
	}
	return lost, twice
}

// figure prints a row of the failover table.
func (c *crowd) figure(scenario string, lost, twice int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	queuetest.Figure(c.t, "%s: %d acts acknowledged, %d lost, %d numbers twice, longest time without an act %s, refused %v",
		scenario, len(c.got), lost, twice, c.longest.Round(10*time.Millisecond), c.refused)
}

// clinicOn imports the demo's clinic and one desk user into a Redis.
func clinicOn(t *testing.T, url string, args ...string) {
	t.Helper()
	args = append([]string{"--redis=" + url}, args...)
	const clinic = "id: \"1234\"\nname: ためし医院\nlisted: true\nservices:\n  - {id: \"1\", name: 内科, mode: order}\nrooms:\n  - {id: \"1\", name: 診察室, services: [\"1\"]}\n"
	must(t, clinic, nil, append([]string{"clinic", "import", "-"}, args...)...)
	must(t, "correct horse battery", nil, append([]string{"user", "set", "1234", "office"}, args...)...)
}

// watchBoard sends the types of the frames of the board to a channel.
func watchBoard(t *testing.T, s *running) <-chan string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/v1/watch?topic=service:1234-1&pulse=5", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	frames := make(chan string, 10_000)
	go func() {
		buf := make([]byte, 64<<10)
		for {
			n, err := answer.Body.Read(buf)
			if err != nil {
				return
			}
			select {
			case frames <- string(buf[:n]):
			default:
			}
		}
	}()
	return frames
}

// awaitFrame waits for a frame with that text.
func awaitFrame(t *testing.T, frames <-chan string, text string) {
	t.Helper()
	patience := time.After(long)
	for {
		select {
		case f := <-frames:
			if strings.Contains(f, text) {
				return
			}
		case <-patience:
			t.Fatalf("no frame with %s", text)
		}
	}
}

// line is what the desk sees of service 1234-1, by the first frame of a watch.
func (c *client) line(t *testing.T) []wire.StaffTicket {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", c.url+"/v1/watch?topic=staff:1234", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	r.AddCookie(&http.Cookie{Name: "junban_session", Value: c.session})
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var f wire.Frame
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && json.Unmarshal([]byte(data), &f) == nil && f.Staff != nil {
			return f.Staff.Services[0].Tickets
		}
	}
	t.Fatalf("no state of the desk: status %d, %v", answer.StatusCode, lines.Err())
	return nil
}

// TestFailover_OntoAReplicaThatLags has Sentinel promote a replica that misses
// acknowledged acts. With --min-replicas 1 none of these was acknowledged, and its
// repetition is. Without, the owners' requests bring the lost
// tickets before the desk, which sees both holders of a number and takes a lost
// ticket in again.
func TestFailover_OntoAReplicaThatLags(t *testing.T) {
	t.Parallel()
	primary := queuetest.NewServer(t)
	door := newDoor(t, primary.Addr)
	replica := follows(t, door.addr)
	watcher := sentinel(t, door.addr)
	knows(t, watcher, 1)
	url := "redis://" + watcher.Addr + "?master=main"
	clinicOn(t, url, "--min-replicas=0")
	s := serve(t, t.TempDir(), nil, "--redis="+url, "--min-replicas=0")
	strict := serve(t, t.TempDir(), nil, "--redis="+url) // --min-replicas 1
	frames := watchBoard(t, s)
	c, sure := newCrowd(t, s), newCrowd(t, strict)
	take := func(n int) {
		for i := range n {
			if key := fmt.Sprintf("%d-%d-0123456789abcdef", c.count(), i); !c.take(s, key) {
				t.Fatalf("no ticket: %v", c.refused)
			}
		}
	}
	take(3)
	queuetest.Eventually(t, "the replica has them", func() bool {
		return replica.Info("replication", "slave_repl_offset") == primary.Info("replication", "master_repl_offset")
	})
	door.hold("replica")
	take(5)
	const key = "confirmed-0123456789abcdef"
	if sure.take(strict, key) {
		t.Error("an act is acknowledged that no replica has")
	}
	if err := watcher.Client.Do(t.Context(), "sentinel", "failover", "main").Err(); err != nil {
		t.Fatal(err)
	}
	// Acts go on at the new primary: the next numbers are given again.
	queuetest.Eventually(t, "the replica is promoted", func() bool { return replica.Info("replication", "role") == "master" })
	queuetest.Eventually(t, "the node follows it", func() bool {
		clients, _ := replica.Client.ClientList(context.Background()).Result()
		return strings.Count(clients, "cmd=evalsha") > 0
	})
	queuetest.Eventually(t, "two more tickets", func() bool {
		c.take(s, fmt.Sprintf("after-%d-0123456789abcdef", c.count()))
		return c.count() >= 10
	})
	door.hold() // the old primary comes back as the replica
	queuetest.Eventually(t, "the repetition is confirmed", func() bool { return sure.take(strict, key) })
	none, noneTwice := sure.settle(strict)
	sure.figure("the same, --min-replicas 1", len(none), noneTwice)
	if len(none) > 0 {
		t.Error("an acknowledged act is lost with --min-replicas 1")
	}
	lost, twice := c.settle(s)
	c.figure("SENTINEL FAILOVER onto a replica that lags, --min-replicas 0", len(lost), twice)
	if len(lost) == 0 {
		t.Fatal("nothing was lost: the replica did not lag")
	}
	queuetest.Eventually(t, "the loss is in the log", func() bool { return strings.Contains(s.log.String(), "redis has lost acts that were shown") })

	desk := &client{url: s.url}
	if status := desk.do(t, "POST", "/v1/login", nil, wire.LoginRequest{Clinic: "1234", User: "office", Password: "correct horse battery"}, nil); status >= 300 {
		t.Fatalf("the login answers %d", status)
	}
	var seen []wire.StaffTicket
	queuetest.Eventually(t, "the desk sees every lost ticket", func() bool { // its poke may be lost with the old primary
		seen = desk.line(t)
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
	if status := desk.do(t, "POST", "/v1/tickets/"+lost[0].Ticket.ID+"/readmit", map[string]string{"Idempotency-Key": "again"}, nil, nil); status != http.StatusOK {
		t.Fatalf("taking a lost ticket in again answers %d", status)
	}
	if now, status := (&client{url: s.url}).show(t, lost[0]); status != http.StatusOK || now.State != "waiting" || now.Number != lost[0].Ticket.Number {
		t.Errorf("taken in again it is %+v (%d)", now, status)
	}
	var board wire.Frame
	(&client{url: s.url}).do(t, "GET", "/v1/services/1234-1/board", nil, nil, &board)
	awaitFrame(t, frames, fmt.Sprintf(`"version":%d`, board.Version))
	must(t, "", nil, "--redis="+url, "verify", "1234", "today")
}

// TestFailover_PartitionWithOneNode cuts off the primary and one node from the
// replicas, the Sentinel and the other node: with --min-replicas 1 the cut-off
// node acknowledges nothing and marks its board as stale, the other goes on, and
// nothing acknowledged is lost.
func TestFailover_PartitionWithOneNode(t *testing.T) {
	t.Parallel()
	primary := queuetest.NewServer(t)
	door := newDoor(t, primary.Addr)
	follows(t, door.addr)
	follows(t, door.addr)
	watcher := sentinel(t, door.addr)
	view := newDoor(t, watcher.Addr) // of the node that will be cut off
	knows(t, watcher, 2)
	clinicOn(t, "redis://"+watcher.Addr+"?master=main")
	inside := serve(t, t.TempDir(), nil, "--redis=redis://"+view.addr+"?master=main")
	outside := serve(t, t.TempDir(), nil, "--redis=redis://"+watcher.Addr+"?master=main")
	frames := watchBoard(t, inside)
	c := newCrowd(t, inside, outside)
	c.run()
	queuetest.Eventually(t, "both nodes take tickets", func() bool { return c.countOf(inside) > 5 && c.countOf(outside) > 5 })

	view.hold("other", "sentinel", "replica")
	door.hold("replica", "sentinel")
	awaitFrame(t, frames, `"stale"`)
	cut, before := c.countOf(inside), c.countOf(outside)
	queuetest.Eventually(t, "the other node goes on", func() bool { return c.countOf(outside) > before+5 })
	if now := c.countOf(inside); now != cut {
		t.Errorf("the cut-off node acknowledged %d acts", now-cut)
	}

	view.hold()
	door.hold()
	queuetest.Eventually(t, "the cut-off node takes tickets again", func() bool { return c.countOf(inside) > cut+5 })
	c.stop()
	lost, twice := c.settle(outside)
	c.figure("partition, old primary alive with one node, --min-replicas 1", len(lost), twice)
	if len(lost) > 0 || twice > 0 {
		t.Errorf("%d acknowledged acts are lost, %d numbers were given twice", len(lost), twice)
	}
	var board wire.Frame
	(&client{url: outside.url}).do(t, "GET", "/v1/services/1234-1/board", nil, nil, &board)
	awaitFrame(t, frames, fmt.Sprintf(`"version":%d`, board.Version))
}

// TestFailover_Cluster moves the clinic's slot while acts run, and then kills the
// master that has it: no act is answered with anything but 201 or 503, and nothing
// acknowledged is lost. The node knows one address, of a master without clinics.
func TestFailover_Cluster(t *testing.T) {
	t.Parallel()
	member := func() *queuetest.Server {
		bus := queuetest.FreePort(t)
		s := queuetest.NewServer(t, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-allow-replica-migration", "no", "--cluster-port", fmt.Sprint(bus),
			"--cluster-config-file", "nodes.conf", "--repl-diskless-sync-delay", "0")
		s.Bus = bus
		return s
	}
	from, to, third := member(), member(), member()
	replicas := []*queuetest.Server{member(), member(), member()} // one of from, two of to
	all := append([]*queuetest.Server{from, to, third}, replicas...)
	do := func(s *queuetest.Server, args ...any) any {
		t.Helper()
		got, err := s.Client.Do(t.Context(), args...).Result()
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return got
	}
	slot := do(from, "cluster", "keyslot", "{1234}").(int64)
	// The clinic's slot is among the first; the test moves that one only.
	do(from, "cluster", "addslotsrange", 0, 8191)
	do(to, "cluster", "addslotsrange", 8192, 12287)
	do(third, "cluster", "addslotsrange", 12288, 16383)
	if slot > 8191 {
		t.Fatalf("slot %d is not of the first master", slot)
	}
	for _, s := range all[1:] {
		do(s, "cluster", "meet", "127.0.0.1", from.Port, from.Bus)
	}
	id := func(s *queuetest.Server) string { return do(s, "cluster", "myid").(string) }
	for i, r := range replicas {
		of := []*queuetest.Server{from, to, to}[i]
		queuetest.Eventually(t, "the members have met", func() bool {
			return r.Client.Do(context.Background(), "cluster", "replicate", id(of)).Err() == nil
		})
	}
	queuetest.Eventually(t, "the cluster is whole", func() bool {
		for _, s := range all {
			if !strings.Contains(do(s, "cluster", "info").(string), "cluster_state:ok") || !strings.Contains(do(s, "cluster", "info").(string), "cluster_known_nodes:6") {
				return false
			}
		}
		return from.Info("replication", "connected_slaves") == "1" && to.Info("replication", "connected_slaves") == "2"
	})

	url := "redis://" + third.Addr
	clinicOn(t, url)
	s := serve(t, t.TempDir(), nil, "--redis="+url)
	frames := watchBoard(t, s)
	c := newCrowd(t, s)
	c.run()
	took := func(n int) {
		t.Helper()
		before := c.count()
		queuetest.Eventually(t, "acts go on", func() bool { return c.count() >= before+n })
	}
	took(5)

	do(to, "cluster", "setslot", slot, "importing", id(from))
	do(from, "cluster", "setslot", slot, "migrating", id(to))
	for {
		keys := do(from, "cluster", "getkeysinslot", slot, 10).([]any)
		if len(keys) == 0 {
			break
		}
		for _, key := range keys {
			_ = from.Client.Do(t.Context(), "migrate", "127.0.0.1", to.Port, key, 0, 5000).Err() // it may have expired
		}
	}
	for _, s := range []*queuetest.Server{to, from, third} {
		do(s, "cluster", "setslot", slot, "node", id(to))
	}
	took(5)
	lost, twice := c.settle(s)
	c.figure("Cluster, slot moved while acts run, --min-replicas 1", len(lost), twice)
	if len(lost) > 0 || twice > 0 {
		t.Errorf("%d acknowledged acts are lost by the move, %d numbers were given twice", len(lost), twice)
	}

	c.mu.Lock()
	c.longest = 0
	c.mu.Unlock()
	to.Kill()
	queuetest.Eventually(t, "a replica is promoted", func() bool {
		return replicas[1].Info("replication", "role") == "master" || replicas[2].Info("replication", "role") == "master"
	})
	promoted := time.Now()
	took(1)
	queuetest.Figure(t, "Cluster, master killed: acts again %s after the replica was promoted", time.Since(promoted).Round(10*time.Millisecond))
	took(5)
	c.stop()
	lost, twice = c.settle(s)
	c.figure("Cluster, master killed, --min-replicas 1", len(lost), twice)
	if len(lost) > 0 || twice > 0 {
		t.Errorf("%d acknowledged acts are lost, %d numbers were given twice", len(lost), twice)
	}
	var board wire.Frame
	(&client{url: s.url}).do(t, "GET", "/v1/services/1234-1/board", nil, nil, &board)
	awaitFrame(t, frames, fmt.Sprintf(`"version":%d`, board.Version))
	must(t, "", nil, "--redis="+url, "verify", "1234", "today")
	// The third master has no replica, and no member has an append-only file.
	code, out, _ := result(t, "", nil, "check", "--redis="+url)
	if code != 1 || !strings.Contains(out, "every slot has a master") || !strings.Contains(out, third.Addr) {
		t.Errorf("junban check exits with %d on a Cluster: %s", code, out)
	}
}
