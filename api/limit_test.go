package api

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"junban/api/problem"
	"junban/api/wire"
	"junban/hub"
	"junban/queue"
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
	for n := range limitWebTickets.net64.burst {
		if n > 0 {
			first = take(fmt.Sprintf("2001:db8::%x", n+1))
		}
		get[wire.Issued](w, 201, first)
	}
	if res := w.refused(429, "too_many_requests", take("2001:db8::2")); res.header.Get("Retry-After") != "480" {
		t.Errorf("Retry-After %q", res.header.Get("Retry-After"))
	}
	get[wire.Issued](w, 201, first) // a repeat of what was given
	for n := limitWebTickets.net64.burst; n < limitWebTickets.net56.burst; n++ {
		get[wire.Issued](w, 201, take(fmt.Sprintf("2001:db8:0:%x::1", 1+n%8)))
	}
	w.refused(429, "too_many_requests", take("2001:db8:0:ff::1"))
	for n := limitWebTickets.net56.burst; n < limitWebTickets.net48.burst; n++ {
		get[wire.Issued](w, 201, take(fmt.Sprintf("2001:db8:0:1%02x::1", n%2)))
	}
	w.refused(429, "too_many_requests", take("2001:db8:0:ffff::1"))
	get[wire.Issued](w, 201, take("2001:db8:1::1"))

	code := func(address string) ask {
		return ask{method: "POST", path: "/v1/pairings", header: fromAddress(address)}
	}
	for range limitScreenCodes.ipv4.burst {
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

// TestLimits_TheTableHoldsItsPromises checks the sizes that review rows S4 and S6
// ask for, and that metrics and Redis can tell the limits apart.
func TestLimits_TheTableHoldsItsPromises(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, l := range limits {
		sizes := []rate{l.ipv4, l.net64, l.net56, l.net48, l.whole}
		if names[l.name] || l.name == "" || l.counts == "" || problem.Table[l.code].Status != 429 {
			t.Errorf("limit %q counts %q and refuses with %q", l.name, l.counts, l.code)
		}
		names[l.name] = true
		for _, size := range sizes {
			if (size.burst > 0) != (size.every >= time.Millisecond) {
				t.Errorf("limit %s has a bucket of %+v", l.name, size)
			}
		}
		if byPrefix := l.ipv4.burst > 0; byPrefix == (l.whole.burst > 0) && l.cluster && !l.perClinic {
			t.Errorf("the buckets of limit %s are on several nodes of a Redis Cluster", l.name)
		} else if byPrefix && (l.net64.burst > l.net56.burst || l.net56.burst > l.net48.burst || l.net64.burst == 0) {
			t.Errorf("limit %s allows a wider prefix less: %+v", l.name, sizes)
		}
	}
	inADay := func(r rate, days int) int { return r.burst + int(time.Duration(days)*24*time.Hour/r.every) }
	for _, of := range []func(*limit) rate{func(l *limit) rate { return l.net64 }, func(l *limit) rate { return l.net56 }, func(l *limit) rate { return l.net48 }} {
		if n := inADay(of(limitWebTickets), 1) + inADay(of(limitWebBookings), clinic.BookingDays); n > queue.DefaultBounds.WebLine*2/100 {
			t.Errorf("one prefix can take %d of the %d numbers of a day", n, queue.DefaultBounds.WebLine)
		}
	}
	if n := inADay(limitWebTickets.ipv4, 1) + inADay(limitWebBookings.ipv4, clinic.BookingDays); n > queue.DefaultBounds.WebLine*11/100 {
		t.Errorf("one IPv4 address can take %d of the %d tickets of a day", n, queue.DefaultBounds.WebLine)
	}
	if limitWebTickets.ipv4.burst < 200 || limitWebBookings.ipv4.burst < 200 || limitWebRequests.ipv4.burst < 2200 {
		t.Error("the patients behind one address of a carrier are refused")
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
			for w.api.checkLimit(flood, limitWebRequests, "") == nil {
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
	for range limitWebBookings.net64.burst {
		get[wire.Issued](w, 201, book(days[0]))
	}
	w.refused(429, "too_many_requests", book(days[0]))
	get[wire.Issued](w, 201, book(days[1]))
}

// TestLimits_ThisMachineIsNotCounted asks through a proxy that was not named.
func TestLimits_ThisMachineIsNotCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range limitScreenCodes.ipv4.burst + 1 {
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
		for range 2 * limitWebTickets.net64.burst {
			w.refused(422, "party_size", take(9))
		}
		for range limitWebTickets.net64.burst - 1 {
			get[wire.Issued](w, 201, take(1))
			other := given
			other.body = wire.IssueRequest{PartySize: 2}
			w.refused(409, "idempotency_conflict", other)
		}
		w.refused(429, "too_many_requests", take(1))
	})
}

// TestBuckets_NewcomersAreServedWhenTheMemoryIsFull sends from more prefixes than
// the memory has room for.
func TestBuckets_NewcomersAreServedWhenTheMemoryIsFull(t *testing.T) {
	t.Parallel()
	bs, now := newBuckets(bucketSets), time.Now()
	bucket := func(name string) []queue.Bucket { return []queue.Bucket{{Name: name, Every: time.Second, Burst: 10}} }
	for range 10 {
		bs.charge(takeTokens, bucket("abuser"), now)
	}
	for i := range 1<<18 + 1<<16 {
		if short := bs.charge(takeTokens, bucket(strconv.Itoa(i)), now); short.Wait != 0 {
			t.Fatalf("newcomer %d is refused for %s", i, short.Wait)
		}
	}
	if short := bs.charge(takeTokens, bucket("abuser"), now); short.Wait != time.Second {
		t.Errorf("the abuser waits %s", short.Wait)
	}
	if short := bs.charge(takeTokens, bucket("abuser"), now.Add(time.Second)); short.Wait != 0 {
		t.Errorf("a second later the abuser waits %s", short.Wait)
	}
	if n := len(bs.sets) * slotsPerSet; n > 1<<18 {
		t.Errorf("%d buckets are kept", n)
	}
}

// TestBuckets_CountAsTheScriptDoes plays the same charges on the memory of a node
// and on the line.
func TestBuckets_CountAsTheScriptDoes(t *testing.T) {
	t.Parallel()
	model, bs, now := queuetest.NewModel(), newBuckets(bucketSets), time.UnixMicro(1_800_000_000_000_000)
	model.Now = func() time.Time { return now }
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		now = now.Add(time.Duration(random.IntN(3000)) * time.Millisecond)
		var c queue.Charge
		for _, b := range []queue.Bucket{{Name: "a", Every: time.Second, Burst: 3}, {Name: "b", Every: 7 * time.Second, Burst: 9}, {Name: "c", Every: 2 * time.Second, Burst: 1}} {
			if random.IntN(2) == 0 {
				c.Buckets = append(c.Buckets, b)
			}
		}
		do, want := limitAct(random.IntN(3)), queue.Shortage{}
		switch do {
		case takeTokens:
			want, _ = model.TakeTokens(t.Context(), c)
		case lookForTokens:
			want, _ = model.LookForTokens(t.Context(), c)
		default:
			_ = model.GiveTokens(t.Context(), c)
		}
		if got := bs.charge(do, c.Buckets, now); got != want {
			t.Fatalf("charge %d of %v: %+v, the line %+v", do, c.Buckets, got, want)
		}
	}
}

// TestWatch_IsCountedByAddressAndClinic asks what a watch is counted under: the
// hub refuses the one too many.
func TestWatch_IsCountedByAddressAndClinic(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := httptest.NewRequest("GET", watchPath([]string{"service:" + w.ref("1"), "clinic:" + w.number()}), nil)
	topics, err := parseTopics([]string{"service:" + w.ref("1"), "clinic:" + w.number()})
	if err != nil {
		t.Fatal(err)
	}
	r.RemoteAddr = "[2001:db8::1]:1234"
	want := []hub.Limit{
		{Key: "address 2001:db8::/64", Max: 900}, {Key: "address 2001:db8::/64", Rate: 50},
		{Key: "address 2001:db8::/56", Max: 2250}, {Key: "address 2001:db8::/56", Rate: 125},
		{Key: "address 2001:db8::/48", Max: 4500}, {Key: "address 2001:db8::/48", Rate: 250},
	}
	if diff := cmp.Diff(want, w.api.limitsOfAddress(r, hub.Ordinary)); diff != "" {
		t.Errorf("limits of an address (-want +got):\n%s", diff)
	}
	r.RemoteAddr = "192.0.2.1:1234"
	want = []hub.Limit{{Key: "address 192.0.2.1", Max: 5000}, {Key: "reserve address 192.0.2.1", Rate: 250}}
	if diff := cmp.Diff(want, w.api.limitsOfAddress(r, hub.Privileged)); diff != "" {
		t.Errorf("limits of a desk's address (-want +got):\n%s", diff)
	}
	r.RemoteAddr = "127.0.0.1:1234"
	if limits := w.api.limitsOfAddress(r, hub.Ordinary); limits != nil {
		t.Errorf("limits of this machine: %v", limits)
	}
	if diff := cmp.Diff([]hub.Limit{{Key: "clinic " + w.number(), Max: 45_000}}, w.api.limitsOfClinics(topics, claims{})); diff != "" {
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
		t.Errorf("told to come back after so many seconds: %v", told)
	}
}
