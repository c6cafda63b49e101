package api

import (
	"net/http"
	"net/netip"
	"strconv"
	"testing"

	"junban/api/wire"
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
