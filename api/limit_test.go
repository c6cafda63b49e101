package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"junban/api/wire"
	"junban/hub"
)

// TestLimits_AHouseholdIsBoundedAndItsNeighboursAreNot asks from addresses that
// a trusted proxy names.
func TestLimits_AHouseholdIsBoundedAndItsNeighboursAreNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	from := func(address string) http.Header { return http.Header{"X-Forwarded-For": {address}} }
	n := 0
	take := func(address string) ask {
		n++
		return ask{method: "POST", path: "/v1/services/" + w.ref("1") + "/tickets", key: strconv.Itoa(n), body: wire.IssueRequest{}, header: from(address)}
	}
	for range webTickets {
		get[wire.Issued](w, 201, take("2001:db8::1"))
	}
	res := w.refused(429, "too_many_requests", take("2001:db8::2")) // the same /64
	if res.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	get[wire.Issued](w, 201, take("2001:db8:0:1::1"))

	where := func(address string) ask {
		return ask{method: "POST", path: "/v1/lookup", body: wire.LookupRequest{Service: w.ref("1"), Number: 1}, header: from(address)}
	}
	for range lookUps {
		get[wire.LookupAnswer](w, 200, where("192.0.2.1"))
	}
	w.refused(429, "too_many_requests", where("192.0.2.1"))
	get[wire.LookupAnswer](w, 200, where("192.0.2.2"))
	for range lookUps + 1 { // this machine: a proxy that nobody named
		get[wire.LookupAnswer](w, 200, where(""))
	}
}

// TestWatch_IsCountedByHouseholdAndClinic asks what a watch is counted under: the
// hub refuses the one too many.
func TestWatch_IsCountedByHouseholdAndClinic(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := httptest.NewRequest("GET", watchPath([]string{"service:" + w.ref("1"), "clinic:" + w.number()}), nil)
	topics, err := parseTopics([]string{"service:" + w.ref("1"), "clinic:" + w.number()})
	if err != nil {
		t.Fatal(err)
	}
	r.RemoteAddr = "[2001:db8::1]:1234"
	if diff := cmp.Diff([]hub.Limit{{Key: "address 2001:db8::/64", Max: 1000, Rate: watchesOfHome}}, w.api.limitsOfHome(r)); diff != "" {
		t.Errorf("limits of a household (-want +got):\n%s", diff)
	}
	r.RemoteAddr = "127.0.0.1:1234"
	if limits := w.api.limitsOfHome(r); limits != nil {
		t.Errorf("limits of this machine: %v", limits)
	}
	if diff := cmp.Diff([]hub.Limit{{Key: "clinic " + w.number(), Max: 50_000}}, w.api.limitsOfClinics(topics)); diff != "" {
		t.Errorf("limits of a clinic (-want +got):\n%s", diff)
	}
	p, after := problemOf(&hub.LimitError{Err: hub.ErrCrowded, Key: "address"})
	if p.Status != 429 || p.Code != "too_many_watchers" || after == 0 {
		t.Errorf("a crowded hub is answered with %+v after %s", p, after)
	}
}

// knock asks from an address to watch nothing, which is refused after the
// handshake was counted.
func (w *world) knock(address string) (status int, code, retryAfter string) {
	w.t.Helper()
	r := httptest.NewRequest("GET", "/v1/watch", nil)
	r.RemoteAddr = address + ":1234"
	res := httptest.NewRecorder()
	w.api.ServeHTTP(res, r)
	var p wire.Problem
	if err := json.Unmarshal(res.Body.Bytes(), &p); err != nil {
		w.t.Fatalf("no problem but %d %s", res.Code, res.Body)
	}
	return res.Code, p.Code, res.Header().Get("Retry-After")
}

func TestWatch_HouseholdThatComesTooOftenIsHeldBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	served := 0
	for start := time.Now(); ; served++ {
		status, code, after := w.knock("192.0.2.1")
		if code == "too_many_handshakes" && status == 429 && after != "" {
			break
		}
		if code != "topic_required" || time.Since(start) > time.Minute {
			t.Fatalf("answer %d is %d %s", served, status, code)
		}
	}
	if served < 2*watchesOfHome {
		t.Errorf("held back after %d", served)
	}
	if _, code, _ := w.knock("192.0.2.2"); code != "topic_required" {
		t.Errorf("a neighbour gets %s", code)
	}
	for range 4 * watchesOfHome {
		if _, code, _ := w.knock("127.0.0.1"); code != "topic_required" {
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
		status, code, after := w.knock("127.0.0.1")
		switch {
		case code == "topic_required": // one a second
		case status != 503 || code != "node_busy" || after == "":
			t.Fatalf("refused with %d %s, Retry-After %q", status, code, after)
		default:
			told[after]++
		}
	}
	if len(told) < 3 {
		t.Errorf("told to come back after so many seconds: %v", told)
	}
}
