package hub

import (
	"fmt"
	"io"
	"net"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// crowd opens n raw connections that watch the topic, and counts the bytes that
// reach them.
func (h *house) crowd(t testing.TB, n int, topic Topic) *atomic.Int64 {
	t.Helper()
	var got atomic.Int64
	for range n {
		conn, err := net.Dial("tcp", h.srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: hub\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", query([]Topic{topic}))
		buf := make([]byte, 4096)
		for tail := ""; tail != "\r\n\r\n"; {
			if _, err := io.ReadFull(conn, buf[:1]); err != nil {
				t.Fatal(err)
			}
			tail += string(buf[:1])
			tail = tail[max(0, len(tail)-4):]
		}
		go count(conn, buf, &got)
	}
	wait(t, "everybody to watch", func() bool { return h.watching(topic) == n })
	return &got
}

// count adds up what can be read, until nothing can.
func count(conn net.Conn, buf []byte, got *atomic.Int64) {
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
	perPublish := func(watchers int) float64 {
		h := newHouse(t, Options{})
		got := h.crowd(t, watchers, "a")
		f := Frame{Body: make([]byte, 300)}
		var want int64
		return testing.AllocsPerRun(50, func() {
			f.Version++
			h.Publish("a", f)
			for want += int64(watchers * (4 + len(f.Body))); got.Load() < want; {
				runtime.Gosched()
			}
		})
	}
	one, many := perPublish(1), perPublish(200)
	if many > one+1 {
		t.Errorf("%v allocations per publish to 200 watchers, %v to one", many, one)
	}
}

func TestServeWebSocket_OneGoroutinePerIdleWatcher(t *testing.T) {
	const watchers = 100
	h := newHouse(t, Options{})
	h.crowd(t, 1, "a") // what is there once for all
	before := runtime.NumGoroutine()
	h.crowd(t, watchers, "b")
	// Each has a reader of ours and one of the test's.
	wait(t, "two goroutines per watcher", func() bool { return runtime.NumGoroutine()-before <= 2*watchers })
}

// BenchmarkPublish measures the call alone; BenchmarkBareWrites, beside which
// it is to be read, the same bytes written to the same number of bare sockets.
func BenchmarkPublish(b *testing.B) {
	for _, watchers := range []int{1, 1000} {
		b.Run(fmt.Sprintf("watchers=%d", watchers), func(b *testing.B) {
			h := newHouse(b, Options{})
			got := h.crowd(b, watchers, "a")
			f := Frame{Body: make([]byte, benchBody)}
			deliver(b, watchers, got, func() {
				f.Version++
				h.Publish("a", f)
			})
		})
	}
}

func BenchmarkBareWrites(b *testing.B) {
	for _, watchers := range []int{1, 1000} {
		b.Run(fmt.Sprintf("watchers=%d", watchers), func(b *testing.B) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			defer listener.Close()
			var got atomic.Int64
			var conns []net.Conn
			for range watchers {
				client, err := net.Dial("tcp", listener.Addr().String())
				if err != nil {
					b.Fatal(err)
				}
				defer client.Close()
				conn, err := listener.Accept()
				if err != nil {
					b.Fatal(err)
				}
				defer conn.Close()
				conns = append(conns, conn)
				go count(client, make([]byte, 4096), &got)
			}
			frame := textFrame(make([]byte, benchBody))
			deliver(b, watchers, &got, func() {
				for _, conn := range conns {
					if _, err := conn.Write(frame); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

const benchBody = 300 // bytes

// deliver times publish, and waits each time until all have got a frame.
func deliver(b *testing.B, watchers int, got *atomic.Int64, publish func()) {
	var want int64
	var busy time.Duration
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		publish()
		busy += time.Since(start)
		for want += int64(watchers * (benchBody + 4)); got.Load() < want; {
			runtime.Gosched()
		}
	}
	b.ReportMetric(float64(busy.Nanoseconds())/float64(b.N*watchers), "ns/delivery")
}
