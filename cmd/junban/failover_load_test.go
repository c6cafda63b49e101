//go:build unix

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
	"junban/queue/queuetest"
)

// load takes tickets through several nodes, one after the other. It repeats
// each request with its idempotency key until it is acknowledged.
type load struct {
	t     *testing.T
	nodes []*programtest.Running

	mu       sync.Mutex
	got      map[string]wire.Issued // by key
	refused  map[int]int            // by status
	last     time.Time              // of the last acknowledgement
	longest  time.Duration          // between two acknowledgements
	by       map[string]int         // acknowledged acts, by node
	stopping chan struct{}
	done     sync.WaitGroup
}

func newLoad(t *testing.T, nodes ...*programtest.Running) *load {
	return &load{t: t, nodes: nodes, got: map[string]wire.Issued{}, refused: map[int]int{}, by: map[string]int{}, last: time.Now(), stopping: make(chan struct{})}
}

// take sends one request to a node and reports whether it was acknowledged.
func (c *load) take(s *programtest.Running, key string) bool {
	var got wire.Issued
	status := (&programtest.Client{URL: s.URL}).Do(c.t, "POST", "/v1/services/1234-1/tickets", map[string]string{"Idempotency-Key": key}, wire.IssueRequest{PartySize: 1}, &got)
	c.mu.Lock()
	defer c.mu.Unlock()
	if status != http.StatusCreated {
		c.refused[status]++
		return false
	}
	now := time.Now()
	c.longest, c.last = max(c.longest, now.Sub(c.last)), now
	c.got[key] = got
	c.by[s.URL]++
	return true
}

// run takes tickets until stop, with one worker per node. A retry goes to the
// next node.
func (c *load) run() {
	for n := range c.nodes {
		c.done.Go(func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("load-%d-%06d-0123456789", n, i)
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
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
}

func (c *load) stop() {
	close(c.stopping)
	c.done.Wait()
}

func (c *load) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.got)
}

func (c *load) countOf(s *programtest.Running) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.by[s.URL]
}

// refusals returns the number of responses with a status.
func (c *load) refusals(status int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.refused[status]
}

// settle reads every acknowledged ticket through a node. It returns the lost
// tickets, and how many numbers were issued more than once.
func (c *load) settle(s *programtest.Running) (lost []wire.Issued, twice int) {
	c.t.Helper()
	numbers := map[int]int{}
	c.mu.Lock()
	got := maps.Clone(c.got)
	c.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(got)) {
		mine := got[key]
		numbers[mine.Ticket.Number]++
		if now, status := (&programtest.Client{URL: s.URL}).Show(c.t, mine); status != http.StatusOK || now.State == "lost" || now.Number != mine.Ticket.Number {
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
			c.t.Errorf("%d acts got the status %d", c.refused[status], status)
		}
	}
	return lost, twice
}

// figure prints a row of the failover table.
func (c *load) figure(scenario string, lost, twice int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	queuetest.Figure(c.t, "%s: %d acts acknowledged, %d lost, %d numbers twice, longest time without an act %s, refused %v",
		scenario, len(c.got), lost, twice, c.longest.Round(10*time.Millisecond), c.refused)
}

// clinicOn imports a clinic and a desk user into Redis. autoPause is off,
// because the load would trigger it.
func clinicOn(t *testing.T, url string, args ...string) {
	t.Helper()
	args = append([]string{"--redis=" + url}, args...)
	clinic := "id: \"1234\"\nname: ためし医院\nlisted: true\nautoPause: 0\nzone: " + queuetest.Noon() + "\nservices:\n  - {id: \"1\", name: 内科, mode: order}\nrooms:\n  - {id: \"1\", name: 診察室, services: [\"1\"]}\n"
	programtest.Must(t, clinic, nil, append([]string{"clinic", "import", "-"}, args...)...)
	programtest.Must(t, "correct horse battery", nil, append([]string{"user", "set", "1234", "office"}, args...)...)
}

// sharedBooks is the flag of a register that all nodes of a test use.
func sharedBooks(t *testing.T) string {
	return "--database=sqlite:" + filepath.Join(t.TempDir(), booksFile)
}

// arrival is a part of an event stream with its time.
type arrival struct {
	at   time.Time
	text string
}

// watchBoard sends the frames of a board to a channel.
func watchBoard(t *testing.T, s *programtest.Running) <-chan arrival {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/v1/watch?topic=service:1234-1&pulse=5", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	frames := make(chan arrival, 10_000)
	go func() {
		buf := make([]byte, 64<<10)
		for {
			n, err := answer.Body.Read(buf)
			if err != nil {
				return
			}
			select {
			case frames <- arrival{time.Now(), string(buf[:n])}:
			default:
			}
		}
	}()
	return frames
}

// awaitFrame waits for a frame that contains a text and returns its time.
func awaitFrame(t *testing.T, frames <-chan arrival, text string) (at time.Time) {
	t.Helper()
	timeout := time.After(programtest.Long)
	for {
		select {
		case f := <-frames:
			if strings.Contains(f.text, text) {
				return f.at
			}
		case <-timeout:
			t.Fatalf("no frame with %s", text)
		}
	}
}

// awaitBoard takes a ticket at a node. It waits until every watcher has the resulting
// board, or a later one of the same epoch. Watchers may skip versions.
func awaitBoard(t *testing.T, s *programtest.Running, watchers ...<-chan arrival) {
	t.Helper()
	var board wire.Frame
	(&programtest.Client{URL: s.URL}).Issue(t, fmt.Sprint("for-the-watchers-", time.Now().UnixNano()))
	if status := (&programtest.Client{URL: s.URL}).Do(t, "GET", "/v1/services/1234-1/board", nil, nil, &board); status != http.StatusOK {
		t.Fatalf("the board answers %d", status)
	}
	shown := regexp.MustCompile(`"epoch":"` + board.Epoch + `","version":(\d+)`)
	timeout := time.After(programtest.Long)
	for i, frames := range watchers {
		for newest := uint64(0); newest < board.Version; {
			select {
			case f := <-frames:
				for _, m := range shown.FindAllStringSubmatch(f.text, -1) {
					newest, _ = strconv.ParseUint(m[1], 10, 64)
				}
			case <-timeout:
				t.Fatalf("watcher %d has version %d, want %d", i, newest, board.Version)
			}
		}
	}
}

// awaitPromotion waits until one of the replicas is a primary.
func awaitPromotion(t *testing.T, replicas ...*queuetest.Server) {
	t.Helper()
	queuetest.Eventually(t, "a replica is promoted", func() bool {
		return slices.ContainsFunc(replicas, func(r *queuetest.Server) bool { return r.Info("replication", "role") == "master" })
	})
}

// staffLine returns the tickets of service 1234-1 that the desk sees, from the
// first frame of a watch.
func staffLine(t *testing.T, c *programtest.Client) []wire.StaffTicket {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), programtest.Long)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", c.URL+"/v1/watch?topic=staff:1234", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	r.AddCookie(&http.Cookie{Name: "junban_session", Value: c.Login})
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
	t.Fatalf("no frame of the desk: status %d, %v", answer.StatusCode, lines.Err())
	return nil
}
