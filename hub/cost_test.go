package hub

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// group opens n raw connections that watch the topic. It counts the bytes that reach
// them, encrypted ones as they are.
func (h *house) group(t testing.TB, n int, topic Topic) *atomic.Int64 {
	t.Helper()
	var got atomic.Int64
	for range n {
		conn := h.dial(t)
		shake(t, conn, hello(topic))
		go count((&raw{Conn: conn}).tcp(), make([]byte, 4096), &got) // TLS would allocate here
	}
	wait(t, "everybody to watch", func() bool { return h.watching(topic) == n })
	return &got
}

// hello is a request to watch the topic.
func hello(topic Topic) string {
	return "GET " + query([]Topic{topic}) + " HTTP/1.1\r\nHost: hub\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
}

// shake sends the handshake and reads its response, and not a byte more.
func shake(t testing.TB, conn net.Conn, hello string) {
	t.Helper()
	if _, err := io.WriteString(conn, hello); err != nil {
		t.Fatal(err)
	}
	var answer []byte
	for one := make([]byte, 1); !bytes.HasSuffix(answer, []byte("\r\n\r\n")); answer = append(answer, one...) {
		if _, err := io.ReadFull(conn, one); err != nil {
			t.Fatal(err)
		}
	}
}

// count adds up what can be read, until nothing can, and leaves.
func count(conn net.Conn, buf []byte, got *atomic.Int64) {
	defer conn.Close()
	for {
		n, err := conn.Read(buf)
		got.Add(int64(n))
		if err != nil {
			return
		}
	}
}

// TestPublish_AllocatesNothingPerWatcher cannot be parallel: it counts what
// the whole process allocates.
func TestPublish_AllocatesNothingPerWatcher(t *testing.T) {
	perPublish := func(newHouse opener, sealed, watchers int) float64 {
		h := newHouse(t, Options{})
		got := h.group(t, watchers, "a")
		f := Frame{Body: make([]byte, 300)}
		var want int64
		return testing.AllocsPerRun(50, func() {
			f.Version++
			h.Publish("a", f)
			for want += int64(watchers * (4 + len(f.Body) + sealed)); got.Load() < want; {
				runtime.Gosched()
			}
		})
	}
	type house struct {
		open   opener
		sealed int // additional bytes of a record
	}
	houses := map[string]house{"plain": {newHouse, 0}, "TLS": {newTLSHouse, 22}}
	if raceDetector() {
		delete(houses, "TLS") // a sync.Pool then loses its content at random
	}
	for name, h := range houses {
		one, many := perPublish(h.open, h.sealed, 1), perPublish(h.open, h.sealed, 200)
		if many > one+1 {
			t.Errorf("%s: %v allocations per publish to 200 watchers, %v to one", name, many, one)
		}
	}
}

// raceDetector reports whether the test was built with it.
func raceDetector() bool {
	build, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(build.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// TestServeWebSocket_IdleWatcherIsLean has clients that answered pings, and sent half a
// frame. None of them needs a goroutine where there is a poller.
func TestServeWebSocket_IdleWatcherIsLean(t *testing.T) {
	t.Parallel()
	for role, most := range map[string]float64{roleHub: 2 << 10, roleTLS: 10 << 10} { // bytes of heap
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			rss, heap, stack, goroutines := startProcess(t, role).idle(1000)
			t.Logf("an idle watcher: %.0f bytes of heap, %.0f of stack, %.0f resident", heap, stack, rss)
			if heap > most {
				t.Errorf("%.0f bytes of heap", heap)
			}
			if runtime.GOOS == "linux" && (goroutines > 0.01 || stack > 1024) {
				t.Errorf("%.3f goroutines, %.0f bytes of stack", goroutines, stack)
			}
		})
	}
}

// BenchmarkDelivery measures the processor time of a delivered frame in the server
// process, without and with TLS. It compares it with the same bytes written to as many
// bare sockets. Its clients are in another process.
func BenchmarkDelivery(b *testing.B) {
	for _, watchers := range []int{100, 2000} {
		for role, hello := range map[string]string{roleHub: hello("a"), roleTLS: hello("a"), roleBare: ""} {
			b.Run(fmt.Sprintf("watchers=%d/%s", watchers, role), func(b *testing.B) {
				p := startProcess(b, role)
				p.group(watchers, hello)
				wait(b, "everybody to watch", func() bool { return p.tell("").watchers == watchers })
				round := func() {
					want := p.got.Load() + int64(watchers*(benchBody+4))
					p.tell("publish")
					wait(b, "everybody to have it", func() bool { return p.got.Load() >= want })
				}
				round()
				before, rounds := p.tell(""), 0
				for b.Loop() {
					round()
					rounds++
				}
				after := p.tell("")
				deliveries := float64(rounds * watchers)
				b.ReportMetric(float64(after.user-before.user)/deliveries, "user-ns/delivery")
				b.ReportMetric(float64(after.system-before.system)/deliveries, "sys-ns/delivery")
				b.ReportMetric(float64(after.user+after.system-before.user-before.system)/deliveries, "cpu-ns/delivery")
			})
		}
	}
}

const benchBody = 300 // bytes

// idle returns the cost of each of n watchers that answer a ping and are otherwise
// idle.
func (p *process) idle(n int) (rss, heap, stack, goroutines float64) {
	p.t.Helper()
	const warm = 100 // what is there once for all
	p.group(warm, hello("a"))
	wait(p.t, "the first to watch", func() bool { return p.tell("").watchers == warm })
	before := p.tell("settle")
	p.group(n, hello("a"))
	wait(p.t, "everybody to watch", func() bool { return p.tell("").watchers == warm+n })
	after := p.tell("settle")
	each := func(after, before int) float64 { return float64(after-before) / float64(n) }
	return each(after.rss, before.rss), each(after.heap, before.heap),
		each(after.stack, before.stack), each(after.goroutines, before.goroutines)
}

// drainSpread is how long the drain of a server process gives its watchers.
const drainSpread = 5 * time.Second

// BenchmarkDrain measures how long a drain takes beyond its spread.
func BenchmarkDrain(b *testing.B) {
	const watchers = 9000
	for b.Loop() {
		p := startProcess(b, roleHub)
		p.group(watchers, hello("a"))
		wait(b, "everybody to watch", func() bool { return p.tell("").watchers == watchers })
		before, start := p.tell(""), time.Now()
		after := p.tell("drain")
		b.ReportMetric((time.Since(start) - drainSpread).Seconds(), "s-beyond-spread")
		b.ReportMetric(float64(after.user+after.system-before.user-before.system)/watchers, "cpu-ns/watcher")
		if after.watchers > 0 {
			b.Errorf("%d watchers after the drain", after.watchers)
		}
	}
}

// BenchmarkIdleWatcher measures what an idle watcher costs the server process.
func BenchmarkIdleWatcher(b *testing.B) {
	for _, role := range []string{roleHub, roleTLS} {
		b.Run(role, func(b *testing.B) {
			for b.Loop() {
				rss, heap, stack, goroutines := startProcess(b, role).idle(5000)
				b.ReportMetric(rss, "rss-B/watcher")
				b.ReportMetric(heap, "heap-B/watcher")
				b.ReportMetric(stack, "stack-B/watcher")
				b.ReportMetric(goroutines, "goroutines/watcher")
			}
		})
	}
}
