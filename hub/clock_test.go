package hub

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus"
)

// pipes is a network within a synctest bubble.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	down  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.down:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.down) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	p.conns <- there
	return here, nil
}

// clocked is a hub in a bubble.
type clocked struct {
	*house
	net    *pipes
	client *http.Client
}

// bubbleTimeout is every timeout of the server in a bubble. Watches outlive it.
const bubbleTimeout = 2 * time.Second

// bubble runs test with a hub whose time is synctest's. A test of timing belongs
// in here: no load of the machine reaches its clock.
func bubble(t *testing.T, o Options, test func(t *testing.T, h *clocked)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		reg := prometheus.NewRegistry()
		o.Registerer = reg
		h := &clocked{
			house: &house{Hub: New(o), reg: reg},
			net:   &pipes{conns: make(chan net.Conn), down: make(chan struct{})},
		}
		srv := &http.Server{
			Handler:     serve(t, h.Hub),
			ReadTimeout: bubbleTimeout, WriteTimeout: bubbleTimeout, IdleTimeout: bubbleTimeout,
		}
		go srv.Serve(h.net)
		transport := &http.Transport{DialContext: h.net.dial}
		h.client = &http.Client{Transport: transport}
		defer transport.CloseIdleConnections()
		defer srv.Close()
		defer h.Close()
		test(t, h)
	})
}

func (h *clocked) watch(t *testing.T, query string) *viewer {
	t.Helper()
	v := dial(t, "http://hub/"+query, h.client)
	synctest.Wait()
	return v
}

// listen returns a raw client after its handshake.
func (h *clocked) listen(t *testing.T, query string) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, _ := h.net.dial(context.Background(), "", "")
	r := bufio.NewReader(conn)
	greet(t, conn, r, "/"+query, nil)
	return conn, r
}

func TestLinger_ReconnectWithinItFindsTheTopicWarm(t *testing.T) {
	t.Parallel()
	var calls []string
	o := Options{Linger: 30 * time.Second, Source: func(topic Topic) func() {
		calls = append(calls, "start "+string(topic))
		return func() { calls = append(calls, "stop "+string(topic)) }
	}}
	bubble(t, o, func(t *testing.T, h *clocked) {
		v := h.watch(t, "?topic=a")
		h.Publish("a", frame("e", 1, ""))
		v.sees(string(frame("e", 1, "").Body))
		v.conn.CloseNow()
		time.Sleep(29 * time.Second)
		synctest.Wait()
		v = h.watch(t, "?topic=a")
		v.sees(string(frame("e", 1, "").Body))
		go v.closed() // answers pings
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if want := []string{"start a"}; !slices.Equal(calls, want) {
			t.Fatalf("calls while watched: %q", calls)
		}
		v.conn.CloseNow()
		time.Sleep(29 * time.Second)
		synctest.Wait()
		if !h.Watched("a") {
			t.Error("not watched within the linger")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if h.Watched("a") {
			t.Error("watched after the linger")
		}
		if want := []string{"start a", "stop a"}; !slices.Equal(calls, want) {
			t.Fatalf("calls after the linger: %q", calls)
		}
		h.watch(t, "?topic=a")
		h.Close()
		if want := []string{"start a", "stop a", "start a", "stop a"}; !slices.Equal(calls, want) {
			t.Fatalf("calls after the close: %q", calls)
		}
	})
}

func TestPulse_ComesAtTheAskedInterval(t *testing.T) {
	t.Parallel()
	for query, every := range map[string]time.Duration{
		"":          20 * time.Second,
		"?pulse=5s": 5 * time.Second,
		"?pulse=1s": time.Second,
		"?pulse=1m": time.Minute,
		"?pulse=1h": time.Minute,
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			bubble(t, Options{}, func(t *testing.T, h *clocked) {
				v := h.watch(t, query)
				last := time.Now()
				for i := range 20 {
					body, err := v.readWithin(2 * time.Minute)
					if err != nil {
						t.Fatal(err)
					}
					now := time.Now()
					if want := `{"type":"pulse","at":"` + now.UTC().Format(timeLayout) + `"}`; body != want {
						t.Fatalf("got %s, want %s", body, want)
					}
					if d := now.Sub(last); d > every || i > 0 && d != every {
						t.Fatalf("pulse %d came after %v", i, d)
					}
					last = now
				}
			})
		})
	}
}

func TestLiveness_SilentClientIsClosedAndAnsweringOneIsNot(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(t *testing.T, h *clocked) {
		silent, _ := h.listen(t, "?pulse=1m")
		answering := h.watch(t, "?pulse=1m") // its library answers pings
		over := make(chan time.Duration, 1)
		start := time.Now()
		go func() {
			io.Copy(io.Discard, silent)
			over <- time.Since(start)
		}()
		go answering.closed()
		if d := <-over; d <= 60*time.Second || d > 80*time.Second {
			t.Errorf("the silent client was closed after %v", d)
		}
		time.Sleep(10 * time.Minute)
		if got := h.metric(t, "junban_hub_closed_total", "dead", webSocket); got != 1 {
			t.Errorf("%v connections closed as dead", got)
		}
		if got := h.metric(t, "junban_hub_connections", webSocket); got != 1 {
			t.Errorf("%v connections left, want the answering one", got)
		}
	})
}

func TestWriteTimeout_ClientThatTakesNothingIsClosed(t *testing.T) {
	t.Parallel()
	bubble(t, Options{WriteTimeout: 10 * time.Second}, func(t *testing.T, h *clocked) {
		conn, _ := h.listen(t, "?topic=a")
		synctest.Wait()
		h.Publish("a", frame("e", 1, ""))
		time.Sleep(9 * time.Second)
		synctest.Wait()
		if got := h.metric(t, "junban_hub_parked_connections"); got != 1 {
			t.Errorf("%v connections blocked", got)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := h.metric(t, "junban_hub_closed_total", "stalled", webSocket); got != 1 {
			t.Errorf("%v connections closed as stalled", got)
		}
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("reading: %v", err)
		}
	})
}

func TestWriteTimeout_SlowProgressIsProgress(t *testing.T) {
	t.Parallel()
	bubble(t, Options{WriteTimeout: 10 * time.Second}, func(t *testing.T, h *clocked) {
		conn, _ := h.listen(t, "?topic=a")
		synctest.Wait()
		want := Frame{Version: 1, Body: []byte(strings.Repeat("slow", 3000))}
		h.Publish("a", want)
		got := make([]byte, 4+len(want.Body))
		for i := range 6 { // a minute for the whole, but never ten seconds for nothing
			part := len(got) / 6
			if _, err := io.ReadFull(conn, got[i*part:][:part]); err != nil {
				t.Fatal(err)
			}
			time.Sleep(9 * time.Second)
		}
		if _, err := io.ReadFull(conn, got[len(got)/6*6:]); err != nil {
			t.Fatal(err)
		}
		if string(got[4:]) != string(want.Body) {
			t.Error("the frame arrived damaged")
		}
	})
}

func TestDrain_SaysByeAndClosesOneAfterAnother(t *testing.T) {
	t.Parallel()
	const n, spread = 10, 16 * time.Second
	const lead = spread / leadShare
	bubble(t, Options{}, func(t *testing.T, h *clocked) {
		type seen struct {
			told, after, changed, closed time.Duration
			code                         websocket.StatusCode
		}
		seens := make(chan seen, n)
		start := time.Now()
		for range n {
			v := h.watch(t, "?topic=a")
			go func() {
				var s seen
				for {
					body, err := v.readWithin(time.Hour)
					if err != nil {
						s.code, s.closed = websocket.CloseStatus(err), time.Since(start)
						seens <- s
						return
					}
					switch m := parse(t, body); m.Type {
					case "bye":
						s.told, s.after = time.Since(start), time.Duration(m.RetryAfterMs)*time.Millisecond
					case "state":
						s.changed = time.Since(start)
					}
				}
			}()
		}
		synctest.Wait()
		done := make(chan struct{})
		go func() {
			h.Drain(context.Background(), spread)
			close(done)
		}()
		time.Sleep(lead + drainStep)
		synctest.Wait()
		if got := h.metric(t, "junban_hub_drain_remaining"); got != n-1 {
			t.Errorf("%v connections remain after the first", got)
		}
		resp, err := h.client.Get("http://hub/")
		if err != nil || resp.StatusCode != http.StatusServiceUnavailable {
			t.Fatalf("a new watcher got %v, %v", resp, err)
		}
		resp.Body.Close()
		change := time.Since(start)
		h.Publish("a", frame("e", 1, "")) // the first has left, the second has received bye
		<-done
		for i := range n {
			s := <-seens // in the order of the closes
			told := (spread - lead) * time.Duration(i) / n
			if late := s.told - told; late < 0 || late > 2*drainStep {
				t.Errorf("%d was told after %v, want %v", i, s.told, told)
			}
			if late := s.closed - told - lead; late < 0 || late > 2*drainStep || s.code != websocket.StatusServiceRestart {
				t.Errorf("%d was closed after %v with %v, want %v", i, s.closed, s.code, told+lead)
			}
			if i > 0 && s.changed != change {
				t.Errorf("%d was told of the change after %v, want %v", i, s.changed, change)
			}
			if late := s.told + s.after - told - lead; late.Abs() > 2*time.Millisecond {
				t.Errorf("%d was told to be back after %v, want %v", i, s.told+s.after, told+lead)
			}
		}
		if got := h.metric(t, "junban_hub_closed_total", "drained", webSocket); got != n {
			t.Errorf("%v connections closed as drained", got)
		}
	})
}

func TestDrain_ClosesTheRestWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	bubble(t, Options{WriteTimeout: time.Hour}, func(t *testing.T, h *clocked) {
		for range 5 {
			h.listen(t, "?topic=a") // reads nothing, answers nothing
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		start := time.Now()
		h.Drain(ctx, time.Minute)
		if d := time.Since(start); d != 3*time.Second {
			t.Errorf("drained in %v", d)
		}
		if got := h.metric(t, "junban_hub_closed_total", "drained", webSocket); got != 5 {
			t.Errorf("%v connections closed as drained", got)
		}
	})
}

// A peer that reads one byte a second is served late. Other peers are not delayed.
func TestWrite_OneByteASecond(t *testing.T) {
	t.Parallel()
	bubble(t, Options{WriteTimeout: 2 * time.Second}, func(t *testing.T, h *clocked) {
		conn, r := h.listen(t, "?topic=a")
		if r.Buffered() > 0 {
			t.Fatal("something came ahead of the first state")
		}
		quick := h.watch(t, "?topic=a").record()
		slow := make(chan []byte, 1)
		const states = 200
		go func() {
			var got []byte
			for one := make([]byte, 1); ; time.Sleep(time.Second) {
				if _, err := conn.Read(one); err != nil {
					t.Errorf("after %d bytes: %v", len(got), err)
				}
				if got = append(got, one...); strings.HasSuffix(string(got), string(version(states).Body)) {
					slow <- got
					return
				}
			}
		}()
		for n := range uint64(states) {
			begin := time.Now()
			h.Publish("a", version(n+1))
			if s := <-quick; s.body != string(version(n+1).Body) || time.Now() != begin {
				t.Fatalf("the other got %s after %v", s.body, time.Since(begin))
			}
			time.Sleep(time.Second)
		}
		got := <-slow
		peer := &raw{t: t, r: bufio.NewReader(strings.NewReader(string(got)))}
		var versions []uint64
		for {
			_, payload, err := peer.frame()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			versions = append(versions, parse(t, string(payload)).Version)
		}
		if !slices.IsSorted(versions) || len(versions) > 10 || versions[0] != 1 {
			t.Errorf("the slow peer was sent the versions %v", versions)
		}
	})
}

func TestClose_WaitsForTheAnswerToAGoodbyeAndNotForEver(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(t *testing.T, h *clocked) {
		conn, _ := h.listen(t, "?topic=a")
		if _, err := conn.Write(masked(opText, "hello")); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		io.Copy(io.Discard, conn) // the goodbye is read and not answered
		if d := time.Since(start); d != 5*time.Second {
			t.Errorf("closed after %v", d)
		}
	})
}

func TestServeEvents_WriteTimeoutClosesWhoTakesNothing(t *testing.T) {
	t.Parallel()
	bubble(t, Options{WriteTimeout: 10 * time.Second}, func(t *testing.T, h *clocked) {
		listen(t, h.client, "http://hub/?topic=a") // reads the beginning only
		synctest.Wait()
		h.Publish("a", Frame{Version: 1, Body: []byte(strings.Repeat("x", 1<<20))})
		time.Sleep(9 * time.Second)
		synctest.Wait()
		if got := h.metric(t, "junban_hub_connections", events); got != 1 {
			t.Errorf("%v streams before the timeout", got)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := h.metric(t, "junban_hub_closed_total", closedStalled, events); got != 1 {
			t.Errorf("%v streams closed as stalled", got)
		}
	})
}
