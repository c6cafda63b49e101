package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"junban/api/limit"
	"junban/api/wire"
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
// repeats what was given with another body. Neither takes a token, and neither puts one
// back that was not taken.
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
