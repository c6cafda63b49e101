package api

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"

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
	want := []hub.Limit{{Key: "address 2001:db8::/64", Max: watchersOfHome}, {Key: "clinic " + w.number(), Max: watchersOfClinic}}
	if diff := cmp.Diff(want, w.api.limits(r, topics)); diff != "" {
		t.Errorf("limits (-want +got):\n%s", diff)
	}
	r.RemoteAddr = "127.0.0.1:1234"
	if diff := cmp.Diff(want[1:], w.api.limits(r, topics)); diff != "" {
		t.Errorf("limits of this machine (-want +got):\n%s", diff)
	}
	p, after := problemOf(&hub.CrowdedError{Key: "address"})
	if p.Status != 429 || p.Code != "too_many_watchers" || after == 0 {
		t.Errorf("a crowded hub is answered with %+v after %s", p, after)
	}
}
