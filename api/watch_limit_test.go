package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"junban/api/problem"
	"junban/api/watch"
	"junban/api/wire"
	"junban/hub"
)

// TestWatch_IsCountedByAddressAndClinic asks what a watch is counted under: the
// hub refuses the one too many.
func TestWatch_IsCountedByAddressAndClinic(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := httptest.NewRequest("GET", watchPath([]string{"service:" + w.ref("1"), "clinic:" + w.number()}), nil)
	topics, err := watch.ParseTopics([]string{"service:" + w.ref("1"), "clinic:" + w.number()})
	if err != nil {
		t.Fatal(err)
	}
	r.RemoteAddr = "[2001:db8::1]:1234"
	want := []hub.Limit{
		{Key: "address 2001:db8::/64", Max: 900}, {Key: "address 2001:db8::/64", Rate: 50},
		{Key: "address 2001:db8::/56", Max: 2250}, {Key: "address 2001:db8::/56", Rate: 125},
		{Key: "address 2001:db8::/48", Max: 4500}, {Key: "address 2001:db8::/48", Rate: 250},
	}
	if diff := cmp.Diff(want, w.api.watch.LimitsOfAddress(r, hub.Ordinary)); diff != "" {
		t.Errorf("limits of an address (-want +got):\n%s", diff)
	}
	r.RemoteAddr = "192.0.2.1:1234"
	want = []hub.Limit{{Key: "address 192.0.2.1", Max: 5000}, {Key: "reserve address 192.0.2.1", Rate: 250}}
	if diff := cmp.Diff(want, w.api.watch.LimitsOfAddress(r, hub.Privileged)); diff != "" {
		t.Errorf("limits of a desk's address (-want +got):\n%s", diff)
	}
	r.RemoteAddr = "127.0.0.1:1234"
	if limits := w.api.watch.LimitsOfAddress(r, hub.Ordinary); limits != nil {
		t.Errorf("limits of this machine: %v", limits)
	}
	if diff := cmp.Diff([]hub.Limit{{Key: "clinic " + w.number(), Max: 45_000}}, w.api.watch.LimitsOfClinics(topics, watch.Claims{})); diff != "" {
		t.Errorf("limits of a clinic (-want +got):\n%s", diff)
	}
	p, after := problem.Of(&hub.LimitError{Err: hub.ErrTooManyWatchers, Key: "address"})
	if p.Status != 429 || p.Code != "too_many_watchers" || after == 0 {
		t.Errorf("a crowded hub is answered with %+v after %s", p, after)
	}
}

// handshake asks from an address for a WebSocket on a connection that cannot become
// one, which is found after the handshake was counted.
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
	if served < 2*watch.BeginsOfAddress {
		t.Errorf("held back after %d", served)
	}
	if _, code, _ := w.handshake("192.0.2.2"); code != "upgrade_required" {
		t.Errorf("a neighbour gets %s", code)
	}
	for range 4 * watch.BeginsOfAddress {
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
