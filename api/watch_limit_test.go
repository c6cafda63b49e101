package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"junban/api/wire"
)

// handshake asks from an address for a WebSocket on a connection that cannot become
// one. That is found after the handshake was counted.
func (w *world) handshake(address string) (status int, code, retryAfter string) {
	w.t.Helper()
	r := httptest.NewRequest("GET", watchPath([]string{"clinic:" + w.number()}), nil)
	r.RemoteAddr = address + ":1234"
	r.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}}
	res := httptest.NewRecorder()
	w.api.ServeHTTP(res, r)
	var p wire.Problem
	if err := json.Unmarshal(res.Body.Bytes(), &p); err != nil {
		w.t.Fatalf("no problem but %d %s", res.Code, res.Body)
	}
	return res.Code, p.Code, res.Header().Get("Retry-After")
}

// beginsOfAddress is how many watches an IPv4 address may begin in a second.
const beginsOfAddress = 250

func TestWatch_AddressThatComesTooOftenIsHeldBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	served := 0
	for start := time.Now(); ; served++ {
		status, code, after := w.handshake("192.0.2.1")
		if code == "too_many_handshakes" && status == 429 && after != "" {
			break
		}
		if code != "upgrade_required" || time.Since(start) > time.Minute {
			t.Fatalf("answer %d is %d %s", served, status, code)
		}
	}
	if served < 2*beginsOfAddress {
		t.Errorf("held back after %d", served)
	}
	if _, code, _ := w.handshake("192.0.2.2"); code != "upgrade_required" {
		t.Errorf("a neighbour gets %s", code)
	}
	for range 4 * beginsOfAddress {
		if _, code, _ := w.handshake("127.0.0.1"); code != "upgrade_required" {
			t.Fatalf("this machine gets %s", code)
		}
	}
}

// TestWatch_RefusedTogetherComeBackApart has more handshakes at once than the
// node takes.
func TestWatch_RefusedTogetherComeBackApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.Hub.Handshakes = 1 })
	told := map[string]int{}
	for range 100 {
		status, code, after := w.handshake("127.0.0.1")
		switch {
		case code == "upgrade_required": // one a second
		case status != 503 || code != "node_busy" || after == "":
			t.Fatalf("refused with %d %s, Retry-After %q", status, code, after)
		default:
			told[after]++
		}
	}
	if len(told) < 3 {
		t.Errorf("Retry-After values: %v", told)
	}
}
