package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"junban/api/limit"
	"junban/api/problem"
	"junban/api/watch"
	"junban/api/wire"
	"junban/hub"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/queue/queuetest"
)

// behindProxy makes a world whose requests come through a trusted proxy.
func behindProxy(c *Config) {
	c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
}

// fromAddress is what the proxy reports of a client.
func fromAddress(address string) http.Header { return http.Header{"X-Forwarded-For": {address}} }

// TestLimits_PrefixesAreBoundedAndOthersAreNot asks from addresses that a trusted
// proxy names.
func TestLimits_PrefixesAreBoundedAndOthersAreNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, behindProxy)
	take := func(address string) ask {
		a := w.web("1", wire.IssueRequest{})
		a.header = fromAddress(address)
		return a
	}
	first := take("2001:db8::1")
	for n := range limit.WebTickets.Net64.Burst {
		if n > 0 {
			first = take(fmt.Sprintf("2001:db8::%x", n+1))
		}
		get[wire.Issued](w, 201, first)
	}
	if res := w.refused(429, "too_many_requests", take("2001:db8::2")); res.header.Get("Retry-After") != "480" {
		t.Errorf("Retry-After %q", res.header.Get("Retry-After"))
	}
	get[wire.Issued](w, 201, first) // a repeat of what was given
	for n := limit.WebTickets.Net64.Burst; n < limit.WebTickets.Net56.Burst; n++ {
		get[wire.Issued](w, 201, take(fmt.Sprintf("2001:db8:0:%x::1", 1+n%8)))
	}
	w.refused(429, "too_many_requests", take("2001:db8:0:ff::1"))
	for n := limit.WebTickets.Net56.Burst; n < limit.WebTickets.Net48.Burst; n++ {
		get[wire.Issued](w, 201, take(fmt.Sprintf("2001:db8:0:1%02x::1", n%2)))
	}
	w.refused(429, "too_many_requests", take("2001:db8:0:ffff::1"))
	get[wire.Issued](w, 201, take("2001:db8:1::1"))

	code := func(address string) ask {
		return ask{method: "POST", path: "/v1/pairings", header: fromAddress(address)}
	}
	for range limit.ScreenCodes.IPv4.Burst {
		get[wire.Pairing](w, 201, code("192.0.2.1"))
	}
	w.refused(429, "too_many_requests", code("192.0.2.1"))
	get[wire.Pairing](w, 201, code("192.0.2.2"))

	ops := httptest.NewRecorder()
	w.api.Ops().ServeHTTP(ops, httptest.NewRequest("GET", "http://localhost/metrics", nil))
	for _, line := range []string{
		`junban_limit_refused_total{limit="web-tickets",prefix="ipv6/64"} 1`,
		`junban_limit_refused_total{limit="web-tickets",prefix="ipv6/56"} 1`,
		`junban_limit_refused_total{limit="web-tickets",prefix="ipv6/48"} 1`,
		`junban_limit_refused_total{limit="screen-codes",prefix="ipv4"} 1`,
	} {
		if !strings.Contains(ops.Body.String(), line+"\n") {
			t.Errorf("no %s in the metrics", line)
		}
	}
}

// TestLimits_ATicketsOwnerIsBounded sends cancels and arrivals with a ticket's token
// from a prefix that has used its requests up.
func TestLimits_ATicketsOwnerIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, behindProxy)
	w.record(func(c *clinic.Clinic) { c.Services[0].WebCancel = true })
	mine := w.issue("1", wire.IssueRequest{})
	act := func(address, act string, body any) ask {
		return ask{method: "POST", path: "/v1/tickets/" + mine.Ticket.ID + "/" + act, token: mine.Token, body: body, header: fromAddress(address)}
	}
	flood := httptest.NewRequest("GET", "/", nil)
	flood.RemoteAddr, flood.Header = "127.0.0.1:1", fromAddress("2001:db8::1")
	for name, body := range map[string]any{"cancel": wire.CancelRequest{CancelCode: "x"}, "arrive": wire.ArriveRequest{Presence: "here"}} {
		queuetest.Eventually(t, "an owner's "+name+" is refused", func() bool {
			for w.api.limits.Check(flood, limit.WebRequests, "") == nil {
			}
			res := w.do(act("2001:db8::1", name, body))
			return res.status == 429 && strings.Contains(string(res.body), `"too_many_requests"`)
		})
	}
	get[wire.TicketAnswer](w, 200, act("192.0.2.1", "arrive", wire.ArriveRequest{Presence: "here"}))
	get[wire.TicketAnswer](w, 200, act("192.0.2.1", "cancel", wire.CancelRequest{CancelCode: mine.CancelCode}))
}

// TestLimits_ADayToComeHasItsOwnTokens books from one prefix.
func TestLimits_ADayToComeHasItsOwnTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t, behindProxy)
	w.record(func(c *clinic.Clinic) {
		c.Zone = queuetest.Noon() // the web is served
		c.Calendar = &hours.Calendar{Weekly: map[string][]hours.Frame{}}
		for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
			c.Calendar.Weekly[d] = []hours.Frame{{Session: "morning", Consult: hours.Span{From: "09:00", To: "18:00"}}}
		}
		c.Services[0].Booking = clinic.Booking{Days: 2}
	})
	days := get[wire.Days](w, 200, ask{method: "GET", path: "/v1/services/" + w.ref("1") + "/days"}).Days
	book := func(day wire.Day) ask {
		a := w.web("1", wire.IssueRequest{Day: day.Day, Session: "morning"})
		a.header = fromAddress("2001:db8::1")
		return a
	}
	for range limit.WebBookings.Net64.Burst {
		get[wire.Issued](w, 201, book(days[0]))
	}
	w.refused(429, "too_many_requests", book(days[0]))
	get[wire.Issued](w, 201, book(days[1]))
}

// TestLimits_ThisMachineIsNotCounted asks through a proxy that was not named.
func TestLimits_ThisMachineIsNotCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range limit.ScreenCodes.IPv4.Burst + 1 {
		get[wire.Pairing](w, 201, ask{method: "POST", path: "/v1/pairings"})
	}
}

// TestLimits_RefusedNumbersAreNotCounted asks for numbers that are not given, and
// repeats what was given with another body: neither takes a token, and neither
// puts one back that was not taken.
func TestLimits_RefusedNumbersAreNotCounted(t *testing.T) {
	t.Parallel()
	onBothBehindProxy(t, func(t *testing.T, w *world) {
		take := func(party int) ask {
			a := w.web("1", wire.IssueRequest{PartySize: party})
			a.header = fromAddress("2001:db8::1")
			return a
		}
		given := take(1)
		get[wire.Issued](w, 201, given)
		for range 2 * limit.WebTickets.Net64.Burst {
			w.refused(422, "party_size", take(9))
		}
		for range limit.WebTickets.Net64.Burst - 1 {
			get[wire.Issued](w, 201, take(1))
			other := given
			other.body = wire.IssueRequest{PartySize: 2}
			w.refused(409, "idempotency_conflict", other)
		}
		w.refused(429, "too_many_requests", take(1))
	})
}

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
