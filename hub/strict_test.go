package hub

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// strict reads a server's stream to its end, and reports every violation of RFC 6455 or
// the hub's guarantees.
type strict struct {
	raw
	closed bool
	seen   map[string]uint64 // version by topic
	pongs  int
	atmost int // bytes of a read; 0: as many as there are
}

func newStrict(t testing.TB, conn net.Conn, r *bufio.Reader) *strict {
	return &strict{raw: raw{t, conn, r}, seen: make(map[string]uint64)}
}

// step reads one frame; io.EOF at the end of the stream.
func (s *strict) step() error {
	first, payload, err := s.any()
	switch {
	case err != nil:
		return err
	case s.closed:
		return fmt.Errorf("frame %#x after a close frame", first)
	case first == opText:
		return s.message(payload)
	case len(payload) > 125:
		return fmt.Errorf("control frame %#x of %d bytes", first, len(payload))
	case first == opPong:
		s.pongs++
	case first == opClose:
		s.closed = true
		if len(payload) == 1 || len(payload) > 1 && !utf8.Valid(payload[2:]) {
			return fmt.Errorf("close frame with %q", payload)
		}
	case first != opPing:
		return fmt.Errorf("frame that begins with %#x", first)
	}
	return nil
}

func (s *strict) message(payload []byte) error {
	m := parse(s.t, string(payload))
	if m.Type == "state" {
		if m.Version <= s.seen[m.Topic] {
			return fmt.Errorf("%s: version %d after %d", m.Topic, m.Version, s.seen[m.Topic])
		}
		s.seen[m.Topic] = m.Version
	}
	return nil
}

func (s *strict) Read(p []byte) (int, error) {
	if s.atmost > 0 {
		p = p[:min(len(p), 1+rand.IntN(s.atmost))]
	}
	return s.Conn.Read(p)
}

// padded is a state of about the given size.
func padded(topic Topic, version uint64, size int) Frame {
	return Frame{Version: version, Body: fmt.Appendf(nil, `{"type":"state","topic":%q,"version":%d,"pad":%q}`,
		topic, version, strings.Repeat("x", size))}
}

// TestServeWebSocket_AnyInterleavingIsAValidStream sends states of every size, pulses,
// pings, pongs and byes concurrently. The connection is read in pieces, with pauses.
// The result is whole frames in the order of their versions.
func TestServeWebSocket_AnyInterleavingIsAValidStream(t *testing.T) {
	t.Parallel()
	plainAndTLS(t, func(t *testing.T, newHouse opener) {
		topics := []Topic{"a", "b"}
		rapid.Check(t, func(rt *rapid.T) {
			h := newHouse(t, Options{Window: rapid.SampledFrom([]time.Duration{-1, time.Millisecond}).Draw(rt, "window")})
			sizes := rapid.SliceOfN(rapid.SampledFrom([]int{0, 10, 60, 1000, 64 << 10, 200 << 10}), 1, 10).Draw(rt, "sizes")
			pings := rapid.IntRange(0, 30).Draw(rt, "pings")
			leaves := rapid.Bool().Draw(rt, "leaves")
			client := h.raw(t, nil, topics...)
			s := newStrict(t, client.Conn, nil)
			s.atmost = rapid.SampledFrom([]int{0, 1000, 100_000}).Draw(rt, "at most")
			s.r = bufio.NewReaderSize(s, 16)

			var acts sync.WaitGroup
			for _, topic := range topics {
				acts.Go(func() {
					for i, size := range sizes {
						h.Publish(topic, padded(topic, uint64(i+1), size))
					}
				})
			}
			acts.Go(func() {
				for _, c := range h.wheel.all() { // as a drain and the wheel would
					c.heartbeat(newHeartbeat(time.Now()), due{pulse: true, ping: true})
					c.bye(byeMessage(time.Second))
				}
			})
			acts.Go(func() {
				for range pings {
					client.write(masked(opPing, "?"))
				}
			})
			over := make(chan error, 1)
			complete := make(chan bool, 1)
			go func() {
				last := uint64(len(sizes))
				for {
					if err := s.step(); err != nil {
						over <- err
						return
					}
					if s.pongs == pings && s.seen["a"] == last && s.seen["b"] == last {
						select {
						case complete <- true:
						default:
						}
					}
				}
			}()
			acts.Wait()
			select {
			case <-complete:
			case err := <-over:
				rt.Fatalf("seen %v, %d pongs: %v", s.seen, s.pongs, err)
			}
			if leaves {
				client.write(masked(opClose, "\x03\xe8"))
			} else {
				go h.Drain(t.Context(), 0)
			}
			if err := <-over; err != io.EOF || !s.closed {
				rt.Fatalf("ended with %v, a goodbye: %v", err, s.closed)
			}
			client.Close()
			h.Close()
			h.srv.Close()
		})
	})
}

func TestServeWebSocket_LongFramesAmongPings(t *testing.T) {
	t.Parallel()
	plainAndTLS(t, func(t *testing.T, newHouse opener) {
		h := newHouse(t, Options{})
		client := h.raw(t, nil, "a")
		const states, pings = 100, 200
		go func() {
			for range pings {
				client.Write(masked(opPing, "?")) // an error shows in what is read
			}
		}()
		go func() {
			for n := range uint64(states) {
				h.Publish("a", padded("a", n+1, 64<<10))
			}
		}()
		s := newStrict(t, client.Conn, client.r)
		for s.seen["a"] < states {
			if err := s.step(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestServeWebSocket_DeclinesCompression(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{})
	conn, err := net.Dial("tcp", h.srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	offer := "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, permessage-deflate\r\n\r\n"
	if _, err := io.WriteString(conn, strings.TrimSuffix(hello("a"), "\r\n")+offer); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("answered with %v, %v", resp, err)
	}
	if got := resp.Header.Values("Sec-WebSocket-Extensions"); len(got) > 0 {
		t.Errorf("agreed to %q", got)
	}
	wait(t, "to be watched", func() bool { return h.Watched("a") })
	f := padded("a", 1, 1000)
	h.Publish("a", f)
	c := &raw{t, conn, r}
	if first, payload, err := c.frame(); first != opText || !bytes.Equal(payload, f.Body) || err != nil {
		t.Errorf("got %#x, %d bytes, %v", first, len(payload), err)
	}
	compressed := masked(opText|0x40, "\xf2\x48\xcd\xc9\xc9\x07\x00") // "Hello", deflated
	c.write(compressed)
	if code := c.goodbye(); code != 1002 {
		t.Errorf("a compressed message is answered with %d", code)
	}
}

// FuzzServeWebSocket_AnyBytes sends any bytes to a connection while states are
// published. The connection answers with valid frames, and ends.
func FuzzServeWebSocket_AnyBytes(f *testing.F) {
	for _, seed := range [][]byte{
		nil, pong(), masked(opPing, "?"), masked(opText, "hello"), masked(opClose, "\x03\xe8bye"),
		append(masked(opText&0x7F, "he"), masked(0x80, "llo")...),
		{0x8a, 0x80}, {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
		{opPing, 0xFE, 0, 1}, []byte(strings.Repeat("garbage", 300)),
	} {
		f.Add(seed, uint8(0), uint8(3))
	}
	f.Fuzz(func(t *testing.T, says []byte, early, size uint8) {
		h := New(Options{Window: -1})
		here, there := net.Pipe()
		w := &hijacked{conn: there, header: make(http.Header)}
		cut := min(len(says), int(early))
		w.early, says = says[:cut], says[cut:]
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(hello("a"))))
		if err != nil {
			t.Fatal(err)
		}
		if err := h.ServeWebSocket(w, r, []Topic{"a"}, WatchOptions{}); err != nil {
			t.Fatal(err)
		}
		h.Publish("a", padded("a", 1, 100))
		read := make(chan error, 1)
		go func() {
			s := newStrict(t, here, bufio.NewReader(here))
			for {
				if err := s.step(); err != nil {
					read <- err
					return
				}
			}
		}()
		for len(says) > 0 {
			n := min(len(says), int(size)+1)
			if _, err := here.Write(says[:n]); err != nil {
				break // it has heard enough
			}
			says = says[n:]
		}
		h.Publish("a", padded("a", 2, 100))
		here.Close()
		if err := <-read; err != io.EOF && err != io.ErrClosedPipe && err != io.ErrUnexpectedEOF {
			t.Error(err)
		}
		over := make(chan struct{})
		go func() { h.Close(); close(over) }()
		select {
		case <-over:
		case <-time.After(patience):
			t.Fatal("the connection does not end")
		}
	})
}

// hijacked is a response that gives its connection away.
type hijacked struct {
	conn   net.Conn
	early  []byte // read with the request
	header http.Header
}

func (w *hijacked) Header() http.Header         { return w.header }
func (w *hijacked) Write(p []byte) (int, error) { return len(p), nil }
func (w *hijacked) WriteHeader(int)             {}

func (w *hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	r := bufio.NewReader(io.MultiReader(bytes.NewReader(w.early), w.conn))
	if len(w.early) > 0 {
		if _, err := r.Peek(len(w.early)); err != nil {
			return nil, nil, err
		}
	}
	return w.conn, bufio.NewReadWriter(r, bufio.NewWriter(w.conn)), nil
}
