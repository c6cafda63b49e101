package hub

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// stream reads server-sent events.
type stream struct {
	*bufio.Scanner
	t    testing.TB
	resp *http.Response
}

func (h *house) events(t testing.TB, topics ...Topic) *stream {
	t.Helper()
	s := listen(t, h.srv.Client(), h.srv.URL+query(topics))
	for _, topic := range topics {
		wait(t, "to be watched: "+string(topic), func() bool { return h.Watched(topic) })
	}
	return s
}

func listen(t testing.TB, client *http.Client, address string) *stream {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	s := &stream{bufio.NewScanner(resp.Body), t, resp}
	s.Buffer(nil, 4<<20)
	s.sees("retry: 3000")
	return s
}

// next returns the next event that is not a pulse; none at the end.
func (s *stream) next() string {
	for {
		var lines []string
		for s.Scan() && s.Text() != "" {
			lines = append(lines, s.Text())
		}
		if event := strings.Join(lines, "\n"); !isPulse(strings.TrimPrefix(event, "data: ")) {
			return event
		}
	}
}

// sees fails unless the next event is the wanted one.
func (s *stream) sees(want string) {
	s.t.Helper()
	if got := s.next(); got != want {
		s.t.Fatalf("got %q, %v; want %q", got, s.Err(), want)
	}
}

func TestServeEvents_TellsStatesAndStaleness(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*httptest.Server){
		"http":   (*httptest.Server).Start,
		"tls":    (*httptest.Server).StartTLS,
		"http/2": func(s *httptest.Server) { s.EnableHTTP2 = true; s.StartTLS() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := startHouse(t, Options{}, start)
			s := h.events(t, "a", "b")
			if (s.resp.ProtoMajor == 2) != (name == "http/2") {
				t.Fatalf("speaking %s", s.resp.Proto)
			}
			for header, want := range map[string]string{
				"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no",
			} {
				if got := s.resp.Header.Get(header); got != want {
					t.Errorf("%s: %q", header, got)
				}
			}
			f := frame("e", 1, strings.Repeat("x", 100_000))
			h.Publish("a", f)
			s.sees("data: " + string(f.Body))
			h.Stale("b", time.Unix(0, 0).UTC())
			s.sees(`data: {"type":"stale","topic":"b","since":"1970-01-01T00:00:00.000Z"}`)
			h.events(t, "a").sees("data: " + string(f.Body))
			h.Publish("b", Frame{Version: 1, Body: []byte("{\n}")})
			s.sees("data: {\ndata: }")

			go h.Drain(t.Context(), 0)
			s.sees(`data: {"type":"bye","retryAfterMs":0}`)
			if event := s.next(); event != "" || s.Err() != nil {
				t.Errorf("after the goodbye: %q, %v", event, s.Err())
			}
		})
	}
}

func TestServe_OutlivesTheServersTimeouts(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(t *testing.T, h *clocked) {
		v, s := h.watch(t, "?topic=a"), listen(t, h.client, "http://hub/?topic=a")
		time.Sleep(3 * bubbleTimeout)
		synctest.Wait()
		f := frame("e", 1, "")
		h.Publish("a", f)
		v.sees(string(f.Body))
		s.sees("data: " + string(f.Body))
	})
}

func TestServeEvents_ClientThatLeavesIsForgotten(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{})
	h.events(t, "a").resp.Body.Close()
	wait(t, "the stream to end", func() bool {
		return h.metric(t, "junban_hub_closed_total", closedLeft, events) == 1 &&
			h.metric(t, "junban_hub_connections", events) == 0
	})
}

func TestServeEvents_StalledClientIsClosed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{WriteTimeout: 50 * time.Millisecond})
	conn, err := net.Dial("tcp", h.srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("GET /?topic=a HTTP/1.1\r\nHost: hub\r\nAccept: text/event-stream\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	wait(t, "to be watched", func() bool { return h.Watched("a") })
	h.Publish("a", Frame{Version: 1, Body: []byte(strings.Repeat("x", 32<<20))})
	wait(t, "the stalled stream to be closed", func() bool {
		return h.metric(t, "junban_hub_closed_total", closedStalled, events) == 1
	})
}

func TestServeEvents_NeedsAResponseThatCanStream(t *testing.T) {
	t.Parallel()
	h := New(Options{})
	defer h.Close()
	w := httptest.NewRecorder()
	if err := h.ServeEvents(w, httptest.NewRequest("GET", "/", nil), nil, WatchOptions{}); !errors.Is(err, http.ErrNotSupported) {
		t.Errorf("got %v", err)
	}
	if w.Body.Len() > 0 {
		t.Errorf("answered %q", w.Body)
	}
}

func TestServeEvents_Pulses(t *testing.T) {
	t.Parallel()
	bubble(t, Options{Pulse: 7 * time.Second}, func(t *testing.T, h *clocked) {
		s := listen(t, h.client, "http://hub/?topic=a")
		synctest.Wait()
		last := time.Now()
		for i := range 10 {
			s.Scan()
			now := time.Now()
			if want := `data: {"type":"pulse","at":"` + now.UTC().Format(timeLayout) + `"}`; s.Text() != want {
				t.Fatalf("got %s, want %s", s.Text(), want)
			}
			s.Scan()
			if d := now.Sub(last); d > 7*time.Second || i > 0 && d != 7*time.Second {
				t.Fatalf("pulse %d came after %v", i, d)
			}
			last = now
		}
	})
}
