package hub

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestLimits_CountedWhileConnected(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{})
	try := func(query string) int {
		t.Helper()
		r, err := http.NewRequest("GET", h.srv.URL+"/?"+query, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "text/event-stream")
		resp, err := h.srv.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		return resp.StatusCode
	}
	// Each key takes two, of either transport.
	first := dial(t, h.srv.URL+"/?limit=ip&limit=clinic", nil)
	if code := try("limit=ip&limit=other"); code != http.StatusOK {
		t.Errorf("a second watcher got %d", code)
	}
	if code := try("limit=clinic&limit=ip"); code != http.StatusServiceUnavailable {
		t.Errorf("a third of an address got %d", code)
	}
	if code := try("limit=clinic"); code != http.StatusOK { // the refusal was not counted
		t.Errorf("a second of a clinic got %d", code)
	}
	if code := try(""); code != http.StatusOK {
		t.Errorf("a watcher without limits got %d", code)
	}
	first.conn.CloseNow()
	wait(t, "a free place", func() bool { return try("limit=clinic&limit=ip") == http.StatusOK })
	if got := h.metric(t, "junban_hub_refused_total", "too_many_watchers"); got < 1 {
		t.Errorf("%v refused", got)
	}
	h.Close()
	if len(h.groups) != 0 {
		t.Errorf("left over: %v", h.groups)
	}
}

func TestLimits_RefusalSaysWhichOne(t *testing.T) {
	t.Parallel()
	h := New(Options{})
	defer h.Close()
	counted, err := h.admit(Ordinary, []Limit{{Key: "ip", Max: 1}, {Key: "clinic"}, {Key: "clinic", Max: -1}})
	if err != nil || len(h.groups) != 1 {
		t.Fatalf("admitted with %v, counting %v", err, h.groups)
	}
	defer h.discharge(counted)
	err = h.ServeWebSocket(nil, nil, nil, WatchOptions{Limits: []Limit{{Key: "clinic", Max: 1}, {Key: "ip", Max: 1}}})
	full := new(limitError)
	if !errors.Is(err, ErrTooManyWatchers) || !errors.As(err, &full) || full.key != "ip" {
		t.Errorf("refused with %v", err)
	}
	if len(h.groups) != 1 {
		t.Errorf("counting %v after the refusal", h.groups)
	}
}

func TestLimits_FailedHandshakeIsNotCounted(t *testing.T) {
	t.Parallel()
	h := New(Options{})
	defer h.Close()
	o := WatchOptions{Limits: []Limit{{Key: "ip", Max: 1}}}
	for range 3 {
		err := h.ServeWebSocket(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), nil, o)
		if !errors.Is(err, ErrUpgrade) {
			t.Errorf("got %v", err)
		}
	}
	if len(h.groups) != 0 || h.conns != 0 {
		t.Errorf("counting %v and %d", h.groups, h.conns)
	}
}

func TestRefused_CountedByReason(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{MaxConns: 1})
	h.watch(t, "a")
	for reason, want := range map[string]error{"full": ErrFull, "draining": ErrDraining} {
		if reason == "draining" {
			h.Close()
		}
		if err := h.ServeWebSocket(nil, nil, nil, WatchOptions{}); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
		if got := h.metric(t, "junban_hub_refused_total", reason); got != 1 {
			t.Errorf("%v refused as %s", got, reason)
		}
		h = newHouse(t, Options{MaxConns: 1})
		h.watch(t, "a")
	}
}

// TestPriority_ReserveIsNotForOthers fills a hub with ordinary watchers.
func TestPriority_ReserveIsNotForOthers(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{MaxConns: 40, Handshakes: 100})
	for _, c := range []struct {
		p    Priority
		want int
	}{{Ordinary, 36}, {Preferred, 2}, {Privileged, 2}} {
		in := 0
		for ; ; in++ {
			counted, err := h.admit(c.p, nil)
			if errors.Is(err, ErrFull) {
				break
			}
			defer h.discharge(counted)
		}
		if in != c.want {
			t.Errorf("priority %d gets %d connections, want %d", c.p, in, c.want)
		}
		if err := h.AllowHandshake(c.p); !errors.Is(err, ErrFull) {
			t.Errorf("priority %d: a further handshake gets %v", c.p, err)
		}
	}
}

// TestPriority_HandshakesAreCountedApart has more ordinary handshakes than the hub
// takes, on a key that all share.
func TestPriority_HandshakesAreCountedApart(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{Handshakes: 1})
	var err error
	for err == nil {
		err = h.AllowHandshake(Ordinary)
	}
	for _, p := range []Priority{Preferred, Privileged} {
		if err := h.AllowHandshake(p); err != nil {
			t.Errorf("priority %d gets %v", p, err)
		}
	}
}
