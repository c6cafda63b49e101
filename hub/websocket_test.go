package hub

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"junban/hub/internal/socket"

	"github.com/coder/websocket"
)

func TestServeWebSocket_AgreesToTheSubprotocol(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{})
	conn, resp, err := websocket.Dial(t.Context(), h.srv.URL, &websocket.DialOptions{Subprotocols: []string{"sometoken", "junban.v1"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if got := conn.Subprotocol(); got != "junban.v1" {
		t.Errorf("subprotocol %q", got)
	}
	if got := resp.Header.Get("Sec-WebSocket-Extensions"); got != "" {
		t.Errorf("extensions %q", got)
	}
}

func TestServeWebSocket_RefusalIsTheCallersToWord(t *testing.T) {
	t.Parallel()
	h := New(Options{})
	defer h.Close()
	w := httptest.NewRecorder()
	err := h.ServeWebSocket(w, httptest.NewRequest("GET", "/", nil), nil, WatchOptions{})
	if !errors.Is(err, ErrUpgrade) {
		t.Errorf("a response that cannot be hijacked: %v", err)
	}
	if w.Body.Len() > 0 || len(w.Header()) > 0 {
		t.Errorf("answered %v %q", w.Header(), w.Body)
	}
	srv := newHouse(t, Options{})
	resp, err := http.Get(srv.srv.URL) // no handshake
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("a plain request got %s", resp.Status)
	}
}

func TestServeWebSocket_FullHubRefuses(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{MaxConns: 1})
	v := h.watch(t, "a")
	if _, resp, err := websocket.Dial(t.Context(), h.srv.URL, nil); err == nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a second watcher got %v", err)
	}
	v.conn.CloseNow()
	wait(t, "a free place", func() bool {
		conn, _, err := websocket.Dial(t.Context(), h.srv.URL, nil)
		if err != nil {
			return false
		}
		conn.CloseNow()
		return true
	})
}

func TestServeWebSocket_FirstBytesMayComeWithTheHandshake(t *testing.T) {
	t.Parallel()
	plainAndTLS(t, func(t *testing.T, newHouse opener) {
		h := newHouse(t, Options{})
		c := h.raw(t, append(masked(opPing, "one"), masked(opPing, strings.Repeat("2", 125))...), "a")
		for _, want := range []string{"one", strings.Repeat("2", 125)} {
			first, payload, err := c.frame()
			if first != opPong || string(payload) != want || err != nil {
				t.Fatalf("got %#x %q %v", first, payload, err)
			}
		}
	})
}

func TestServeWebSocket_ViewerThatSpeaksIsClosed(t *testing.T) {
	t.Parallel()
	plainAndTLS(t, func(t *testing.T, newHouse opener) {
		for name, c := range map[string]struct {
			sends  []byte
			code   int
			reason string
		}{
			"text":       {masked(opText, "hello"), 1008, socket.Data},
			"empty":      {masked(opText, ""), 1008, socket.Data},
			"binary":     {masked(0x82, "hello"), 1008, socket.Data},
			"oversize":   {masked(opText, strings.Repeat("x", 5000)), 1009, socket.TooBig},
			"announced":  {append(masked(opText, strings.Repeat("x", 1500)), masked(opText, "more")...), 1009, socket.TooBig},
			"reserved":   {masked(0xF1, "hello"), 1002, socket.Protocol},
			"opcode":     {masked(0x83, "hello"), 1002, socket.Protocol},
			"unmasked":   {[]byte{opText, 2, 'h', 'i'}, 1002, socket.Protocol},
			"long ping":  {masked(opPing, strings.Repeat("x", 126)), 1002, socket.Protocol},
			"bad code":   {masked(opClose, "\x00\x01"), 1002, socket.Protocol},
			"garbage":    {[]byte(strings.Repeat("garbage", 100)), 1002, socket.Protocol},
			"close":      {masked(opClose, "\x03\xe8bye"), 1000, closedLeft},
			"not UTF-8":  {masked(opClose, "\x03\xe8\xff"), 1000, closedLeft}, // and no text comes back
			"going away": {masked(opClose, "\x03\xe9"), 1001, closedLeft},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				h := newHouse(t, Options{})
				viewer := h.raw(t, nil, "a")
				stop := hammer(h.Hub, "a") // no data may follow the goodbye
				defer stop()
				viewer.write(c.sends)
				if code := viewer.goodbye(); code != c.code {
					t.Errorf("closed with %d, want %d", code, c.code)
				}
				viewer.Close()
				wait(t, "the reason "+c.reason, func() bool {
					return h.metric(t, "junban_hub_closed_total", c.reason, webSocket) == 1
				})
			})
		}
	})
}

// hammer publishes to the topic, thousands of times a second, until stop is called, which
// returns the last version.
func hammer(h *Hub, topic Topic) (stop func() uint64) {
	enough, last := make(chan struct{}), make(chan uint64, 1)
	go func() {
		for v := uint64(1); ; v++ {
			h.Publish(topic, Frame{Version: v, Body: frame("", v, strings.Repeat("x", 300)).Body})
			select {
			case <-enough:
				last <- v
				return
			case <-time.After(50 * time.Microsecond): // the others want a processor, too
			}
		}
	}()
	return sync.OnceValue(func() uint64 {
		close(enough)
		return <-last
	})
}

func TestServeWebSocket_DataAmongPingsAndCloses(t *testing.T) {
	t.Parallel()
	plainAndTLS(t, func(t *testing.T, newHouse opener) {
		h := newHouse(t, Options{})
		stop := hammer(h.Hub, "a")
		defer stop()
		var clients sync.WaitGroup
		for i := range 8 {
			clients.Go(func() {
				v := dial(t, h.srv.URL+query([]Topic{"a"}), h.srv.Client())
				var pings sync.WaitGroup
				pings.Go(func() {
					ctx, cancel := context.WithTimeout(context.Background(), patience)
					defer cancel()
					for range 30 {
						if err := v.conn.Ping(ctx); err != nil {
							t.Errorf("ping: %v", err)
							return
						}
					}
					if i%2 == 0 {
						v.conn.Close(websocket.StatusNormalClosure, "enough")
					} else {
						v.conn.CloseNow()
					}
				})
				last := uint64(0)
				for {
					body, err := v.read() // the library checks every frame
					if err != nil {
						break
					}
					s := parse(t, body)
					if s.Type != "state" {
						continue
					}
					if s.Version < last {
						t.Errorf("version %d after %d", s.Version, last)
					}
					last = s.Version
				}
				pings.Wait()
			})
		}
		clients.Wait()
		wait(t, "everybody to be gone", func() bool { return h.metric(t, "junban_hub_connections", webSocket) == 0 })
		if got := h.metric(t, "junban_hub_closed_total", closedLeft, webSocket); got != 8 {
			t.Errorf("%v connections closed as left", got)
		}
	})
}

func TestServeWebSocket_FloodOfPingsToAClientThatDoesNotRead(t *testing.T) {
	t.Parallel()
	plainAndTLS(t, func(t *testing.T, newHouse opener) {
		h := newHouse(t, Options{})
		c := h.raw(t, nil, "a")
		big := Frame{Version: 1, Body: []byte(strings.Repeat("x", 8<<20))}
		h.Publish("a", big)
		wait(t, "the connection to be busy", func() bool { return h.metric(t, "junban_hub_parked_connections") == 1 })
		const pings = 500
		for range pings {
			c.write(masked(opPing, "are you there?"))
		}
		dropped := func() float64 { return h.metric(t, "junban_hub_skipped_frames_total", "parked") }
		wait(t, "all pongs to be dropped or queued", func() bool { return dropped() >= pings-256/16 })
		first, payload, err := c.frame()
		if first != opText || len(payload) != len(big.Body) || err != nil {
			t.Fatalf("got %#x, %d bytes, %v", first, len(payload), err)
		}
		for range pings - int(dropped()) {
			if first, payload, err = c.frame(); first != opPong || string(payload) != "are you there?" || err != nil {
				t.Fatalf("got %#x %q %v", first, payload, err)
			}
		}
	})
}

func TestServeWebSocket_SlowReaderDelaysNobodyAndGetsTheNewest(t *testing.T) {
	t.Parallel()
	plainAndTLS(t, func(t *testing.T, newHouse opener) {
		h := newHouse(t, Options{})
		slow := h.raw(t, nil, "a")
		if err := slow.tcp().SetReadBuffer(64 << 10); err != nil { // so that few bytes fill it
			t.Fatal(err)
		}
		quick := h.watch(t, "a")
		pad := strings.Repeat("x", 128<<10)
		const versions = 32
		for v := range uint64(versions) {
			f := frame("e", v+1, pad)
			f.Content = nil
			h.Publish("a", f)
			quick.sees(string(f.Body)) // every single one, while slow reads nothing
		}
		wait(t, "one connection to be blocked", func() bool { return h.metric(t, "junban_hub_parked_connections") == 1 })
		var got []uint64
		for len(got) == 0 || got[len(got)-1] < versions {
			_, payload, err := slow.frame()
			if err != nil {
				t.Fatalf("after versions %v: %v", got, err)
			}
			got = append(got, parse(t, string(payload)).Version)
		}
		// What was under way when it stopped reading, and then the newest.
		if len(got) > versions/2 || got[0] != 1 {
			t.Errorf("the slow reader was sent the versions %v", got)
		}
		for i := 1; i < len(got); i++ {
			if got[i] <= got[i-1] {
				t.Errorf("the slow reader was sent the versions %v", got)
			}
		}
		wait(t, "nobody to be blocked", func() bool { return h.metric(t, "junban_hub_parked_connections") == 0 })
		if want, got := float64(versions-len(got)), h.metric(t, "junban_hub_skipped_frames_total", "conflated"); got != want {
			t.Errorf("%v frames conflated, want %v", got, want)
		}
		h.Publish("a", frame("e", versions+1, "")) // by an attempt again
		if _, payload, err := slow.frame(); err != nil || parse(t, string(payload)).Version != versions+1 {
			t.Errorf("after the block: %.100q, %v", payload, err)
		}
	})
}

func TestServeWebSocket_StalledSocketIsClosed(t *testing.T) {
	t.Parallel()
	plainAndTLS(t, func(t *testing.T, newHouse opener) {
		h := newHouse(t, Options{WriteTimeout: 50 * time.Millisecond})
		h.raw(t, nil, "a")
		h.Publish("a", Frame{Version: 1, Body: []byte(strings.Repeat("x", 8<<20))})
		wait(t, "the stalled connection to be closed", func() bool {
			return h.metric(t, "junban_hub_closed_total", closedStalled, webSocket) == 1
		})
	})
}

func TestServeWebSocket_BlockLeavesNoDeadlineBehind(t *testing.T) {
	t.Parallel()
	plainAndTLS(t, func(t *testing.T, newHouse opener) {
		body := strings.Repeat("x", 8<<20) // more than the kernel takes
		for timeout := time.Second; ; timeout *= 2 {
			h := newHouse(t, Options{WriteTimeout: timeout})
			c := h.raw(t, nil, "a")
			h.Publish("a", Frame{Version: 1, Body: []byte(body)})
			_, payload, err := c.frame()
			if err != nil && timeout < patience {
				continue // this machine is too busy for that timeout
			}
			if err != nil || string(payload) != body {
				t.Fatalf("got %d bytes, %v", len(payload), err)
			}
			wait(t, "the writer to end", func() bool { return h.metric(t, "junban_hub_parked_connections") == 0 })
			time.Sleep(timeout + timeout/10)
			h.Publish("a", Frame{Version: 2, Body: []byte("small")}) // fits: it needs no time
			if _, payload, err := c.frame(); err != nil || string(payload) != "small" {
				t.Fatalf("got %q, %v", payload, err)
			}
			return
		}
	})
}

// TestServeWebSocket_OverTLSOfAnotherListener has no attempts: every write may wait.
func TestServeWebSocket_OverTLSOfAnotherListener(t *testing.T) {
	t.Parallel()
	h := startHouse(t, Options{}, (*httptest.Server).StartTLS)
	v := h.watch(t, "a", "b")
	for i, size := range []int{10, 1000, 100_000, 1 << 20} {
		f := frame("e", uint64(i+1), strings.Repeat("x", size))
		h.Publish("a", f)
		v.sees(string(f.Body))
	}
	stop := hammer(h.Hub, "b")
	for range 10 {
		if _, err := v.read(); err != nil {
			t.Fatal(err)
		}
	}
	last := frame("e", stop()+1, "")
	h.Publish("b", last)
	for body := ""; body != string(last.Body); {
		var err error
		if body, err = v.read(); err != nil {
			t.Fatal(err)
		}
	}
	go h.Drain(t.Context(), 0)
	if code := v.closed(); code != websocket.StatusServiceRestart {
		t.Errorf("closed with %v", code)
	}
}

func TestClose_EndsEverybodyAndMayBeRepeated(t *testing.T) {
	t.Parallel()
	plainAndTLS(t, func(t *testing.T, newHouse opener) {
		h := newHouse(t, Options{})
		v := h.watch(t, "a")
		stream := h.events(t, "a")
		h.Close()
		h.Close()
		if _, err := v.read(); err == nil {
			t.Error("the hub is closed, but not its WebSocket")
		}
		if event := stream.next(); event != "" {
			t.Errorf("after the close: %q", event)
		}
		if h.Watched("a") {
			t.Error("a closed hub follows a topic")
		}
		if err := h.ServeWebSocket(nil, nil, nil, WatchOptions{}); !errors.Is(err, ErrDraining) {
			t.Errorf("a closed hub takes watchers: %v", err)
		}
		for _, transport := range []string{webSocket, events} {
			if got := h.metric(t, "junban_hub_closed_total", closedHub, transport); got != 1 {
				t.Errorf("%s: %v closed", transport, got)
			}
		}
	})
}

func TestServe_EndsWhenWhatAllowedItDoes(t *testing.T) {
	t.Parallel()
	until, end := context.WithCancel(context.Background())
	defer end()
	h := New(Options{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serve, o := h.ServeWebSocket, WatchOptions{Until: until}
		if r.Header.Get("Accept") == "text/event-stream" {
			serve = h.ServeEvents
		}
		if err := serve(w, r, []Topic{"t"}, o); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(func() { h.Close(); srv.Close() })
	ws, events := dial(t, srv.URL, srv.Client()), listen(t, srv.Client(), srv.URL)
	wait(t, "both to watch", func() bool {
		h.mu.RLock()
		defer h.mu.RUnlock()
		return h.topics["t"] != nil && h.topics["t"].watchers == 2
	})
	h.Publish("t", frame("e", 1, "one"))
	want, err := ws.read()
	if err != nil {
		t.Fatal(err)
	}
	events.sees("data: " + want)
	end()
	if code := ws.closed(); code != websocket.StatusPolicyViolation {
		t.Errorf("the socket ended with %v", code)
	}
	if rest := events.next(); rest != "" || events.Err() != nil {
		t.Errorf("the stream ended with %q, %v", rest, events.Err())
	}
}
