package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"junban/api/limit"
	"junban/api/route"
	"junban/api/screen"
	"junban/api/wire"
	"junban/device"
	"junban/queue"
	"junban/queue/clinic"
)

// watchedLine records what is looked up about which clinic.
type watchedLine struct {
	Line
	mu      sync.Mutex
	lookups []string // guarded by mu
}

func (l *watchedLine) saw(what string, c clinic.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lookups = append(l.lookups, what+" "+string(c))
}

// take returns what was looked up since the last call, with the clinic's number left out.
func (l *watchedLine) take(number string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.lookups
	l.lookups = nil
	for i := range all {
		all[i] = strings.ReplaceAll(all[i], number, "N")
	}
	return all
}

func (l *watchedLine) Clinic(ctx context.Context, c clinic.ID) (clinic.Clinic, error) {
	l.saw("clinic", c)
	return l.Line.Clinic(ctx, c)
}

func (l *watchedLine) Snapshot(ctx context.Context, c clinic.ID) (*queue.Snapshot, error) {
	l.saw("snapshot", c)
	return l.Line.Snapshot(ctx, c)
}

func (l *watchedLine) Offers(ctx context.Context, ref clinic.Ref) ([]queue.Offer, error) {
	l.saw("offers", ref.Clinic)
	return l.Line.Offers(ctx, ref)
}

func (l *watchedLine) Issue(ctx context.Context, ref clinic.Ref, q queue.Request, a queue.Act) (queue.Issued, error) {
	l.saw("issue", ref.Clinic)
	return l.Line.Issue(ctx, ref, q, a)
}

func (l *watchedLine) Ticket(ctx context.Context, id queue.TicketID) (queue.Ticket, error) {
	l.saw("ticket", id.Ref().Clinic)
	return l.Line.Ticket(ctx, id)
}

// watchedDevices notes each screen that is looked up with the line's.
type watchedDevices struct {
	screen.Devices
	line *watchedLine
}

func (d watchedDevices) Screen(ctx context.Context, c clinic.ID, hash string) (device.Screen, error) {
	d.line.saw("screen", c)
	return d.Devices.Screen(ctx, c, hash)
}

func (l *watchedLine) TakeTokens(ctx context.Context, c queue.Charge) (queue.Shortage, error) {
	l.saw("take", clinic.ID(c.Tag))
	return l.Line.TakeTokens(ctx, c)
}

// exhaust uses up the tokens of a client for numbers that are not in the directory.
func (w *world) exhaust(address string) {
	w.t.Helper()
	for i := range limit.ClinicNumbers.Net48.Burst + 1 {
		if w.do(ask{method: "GET", path: fmt.Sprintf("/v1/clinics/%d", 6000+i), header: fromAddress(address)}).status == 429 {
			return
		}
	}
	w.t.Fatalf("%s may ask for any number", address)
}

// opening is what a proxy reports of a client that begins a WebSocket. It has no
// key, so the handshake fails once everything else was checked.
func opening(address string) http.Header {
	h := fromAddress(address)
	h.Set("Connection", "Upgrade")
	h.Set("Upgrade", "websocket")
	return h
}

// TestGuard_StandsBeforeEveryRouteThatNamesAClinic asks every route without a token and
// without a login. It asks about a clinic that is not listed, and about a number that
// no clinic has. Once the client's tokens are used up, the answers are the same, and so
// is the work. Before that, each of the two costs one token.
func TestGuard_StandsBeforeEveryRouteThatNamesAClinic(t *testing.T) {
	t.Parallel()
	line := &watchedLine{}
	w := newWorld(t, behindProxy, func(c *Config) {
		line.Line, c.Line = c.Line, line
		c.Devices = watchedDevices{c.Devices, line}
	})
	w.another("7005", func(c *clinic.Clinic) { c.Listed = false })
	w.another("7006", func(c *clinic.Clinic) { c.Listed = true })
	const ticket = "-1-261121-aaaaaaaaaaaa"
	// request builds a request of a route about a clinic; false when the route names none.
	param := regexp.MustCompile(`[:*]\w+`)
	requests := func(t route.Route, number string) []ask {
		path := param.ReplaceAllStringFunc(t.Pattern, func(name string) string {
			switch name {
			case ":clinic":
				return number
			case ":service":
				return number + "-1"
			case ":ticket":
				return number + ticket
			case ":act":
				return "cancel"
			}
			return "1"
		})
		a := ask{method: t.Method, path: path}
		switch t.Pattern {
		case "/v1/watch":
			a.path += "?topic="
			clinic, service, mine, staff := a, a, a, a
			clinic.path += "clinic:" + number
			service.path += "service:" + number + "-1"
			mine.path += "service:" + number + "-1&topic=ticket:" + number + ticket
			staff.path += "clinic:" + number + "&topic=staff:" + number
			return []ask{clinic, service, mine, staff}
		case "/find":
			service := a
			a.path, service.path = path+"?number="+number, path+"?number="+number+"-1"
			return []ask{a, service}
		case "/partner":
			a.path += "?service=" + number
		case "/v1/lookup":
			a.body = wire.LookupRequest{Service: number + "-1", Number: 1, PhoneEnd: "1234"}
		case "/v1/services/:service/tickets":
			a.body, a.key = wire.IssueRequest{}, freshKey()
		}
		if !strings.Contains(a.path, number) && a.body == nil {
			return nil
		}
		return []ask{a}
	}
	// shape removes what differs in the answers but was sent by the client.
	shape := func(res answer, number string) string {
		body := regexp.MustCompile(`"requestId":"[^"]*"`).ReplaceAllString(string(res.body), "")
		return fmt.Sprintf("%d %s %s", res.status, res.header.Get("X-Robots-Tag"), strings.ReplaceAll(body, number, "N"))
	}
	prefix := 0
	fresh := func() string { prefix++; return fmt.Sprintf("2001:db8:%x::1", prefix) }
	guarded, proven := 0, 0
	w.exhaust("2001:db8::1")
	for _, served := range w.api.table() {
		for i, hidden := range requests(served, "7005") {
			name, none, listed := served.Method+" "+hidden.path, requests(served, "6990")[i], requests(served, "7006")[i]
			line.take("")
			header := fromAddress
			if served.Kind == route.Stream {
				header = opening
			}
			hidden.header = header("2001:db8::1")
			there := shape(w.do(hidden), "7005")
			saw := line.take("7005")
			none.header = hidden.header
			if not := shape(w.do(none), "6990"); not != there {
				t.Errorf("%s is answered with\n%s\nand for a number that no clinic has with\n%s", name, there, not)
			}
			if not := line.take("6990"); !slices.Equal(not, saw) {
				t.Errorf("%s looks up %v, and for a number that no clinic has %v", name, saw, not)
			}
			if strings.HasPrefix(there, "429") {
				guarded++
				if len(saw) > 0 {
					t.Errorf("%s is refused, and looks up %v", name, saw)
				}
				listed.header = hidden.header
				if res := w.do(listed); res.status == 429 {
					t.Errorf("%s is refused", listed.path)
				}
				for _, a := range []ask{hidden, none} { // one token each, once
					address := fresh()
					a.header = header(address)
					for range 3 {
						if res := w.do(a); res.status == 429 {
							t.Errorf("%s is refused at once", a.path)
						}
					}
					left := 0
					for n := range limit.ClinicNumbers.Net64.Burst {
						if w.do(ask{method: "GET", path: fmt.Sprintf("/v1/clinics/%d", 6100+n), header: fromAddress(address)}).status == 404 {
							left++
						}
					}
					if left != limit.ClinicNumbers.Net64.Burst-1 {
						t.Errorf("%s three times leaves %d tokens", a.path, left)
					}
				}
				continue
			}
			proven++
			if !strings.HasPrefix(there, "401") && !(served.Pattern == "/v1/clinics/:clinic/screen" && strings.HasPrefix(there, "404")) {
				t.Errorf("%s is not guarded: %s", name, there)
			}
		}
	}
	if guarded < 15 || proven < 25 {
		t.Errorf("%d routes are guarded, %d need a proof: the table is longer", guarded, proven)
	}
	if res := w.do(ask{method: "GET", path: "/c/7005", header: fromAddress("2001:db9::1")}); res.status != 200 {
		t.Errorf("other clients get %d", res.status)
	}
}

// TestGuard_OwnersAndTheDeskAreNotRefused has a ticket and a login of a clinic that is
// not listed. The tokens of its address are used up.
func TestGuard_OwnersAndTheDeskAreNotRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, behindProxy)
	w.record(func(c *clinic.Clinic) { c.Listed = false })
	mine, cookie := w.issue("1", wire.IssueRequest{}), w.login()
	w.exhaust("2001:db8::1")
	w.client.Transport = through{w.client.Transport, "2001:db8::1"}
	get[wire.TicketAnswer](w, 200, ask{method: "GET", path: "/v1/tickets/" + mine.Ticket.ID, token: mine.Token})
	w.refused(429, "too_many_requests", ask{method: "GET", path: "/v1/services/" + w.ref("1") + "/board"})
	events := http.Header{"Accept": {"text/event-stream"}}
	for topics, a := range map[string]ask{
		"ticket:" + mine.Ticket.ID: {token: mine.Token}, "staff:" + w.number(): {cookie: cookie},
	} {
		a.path, a.header = watchPath([]string{"service:" + w.ref("1"), topics}), events
		if status := w.opens(a); status != 200 {
			t.Errorf("watching %s: %d", topics, status)
		}
		a.path = watchPath([]string{"service:6990-1", topics})
		w.refused(429, "too_many_requests", a)
	}
}

// through sends requests as a proxy does for one client.
type through struct {
	http.RoundTripper
	address string
}

func (t through) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("X-Forwarded-For", t.address)
	return t.RoundTripper.RoundTrip(r)
}

// opens asks for a stream, reads none of it, and returns the status.
func (w *world) opens(a ask) int {
	w.t.Helper()
	res, err := w.client.Do(w.request(a, nil))
	if err != nil {
		w.t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

// TestGuard_AnAddressThatCannotBeReadIsCounted comes through a trusted proxy that
// hides its clients.
func TestGuard_AnAddressThatCannotBeReadIsCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, behindProxy)
	for i := range limit.ClinicNumbers.IPv4.Burst {
		w.refused(404, "clinic_unknown", ask{method: "GET", path: fmt.Sprintf("/v1/clinics/%d", 6000+i), header: fromAddress("unknown")})
	}
	res := w.do(ask{method: "GET", path: "/v1/clinics/6999", header: fromAddress("_hidden")})
	var p wire.Problem
	if err := json.Unmarshal(res.body, &p); err != nil || res.status != 429 {
		t.Errorf("%d %s", res.status, res.body)
	}
}

// TestGuard_WatchedClinicsAreBounded watches one clinic after another from a /64 until
// it is refused. Clinics that it watches stay free, and others are served.
func TestGuard_WatchedClinicsAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	watch := func(address string, number int) error {
		r := httptest.NewRequest(http.MethodGet, "/v1/watch", nil)
		r.RemoteAddr = "127.0.0.1:4000"
		r.Header.Set("X-Forwarded-For", address)
		return w.api.limits.CheckWatched(r, clinic.ID(fmt.Sprintf("%04d", number)))
	}
	served := 0
	for number := range 1000 {
		if watch(fmt.Sprintf("2001:db8::%x", number+1), number) != nil {
			break
		}
		served++
	}
	if most := limit.WatchedClinics.Net64.Burst; served < most || served > most+10 { // it gains tokens meanwhile
		t.Errorf("a /64 watched %d clinics, want %d", served, most)
	}
	if err := watch("2001:db8::1", 0); err != nil {
		t.Errorf("a clinic that it watches: %v", err)
	}
	if err := watch("2001:db8:1::1", 999); err != nil {
		t.Errorf("another network: %v", err)
	}
}

// TestGuard_AMalformedNumberLooksNothingUp names a clinic with more behind its
// number, from a page of another site. No record is read, and the answers are the same.
func TestGuard_AMalformedNumberLooksNothingUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.another("7007", func(c *clinic.Clinic) { c.Listed, c.Origins = false, []string{"https://partner.example"} })
	for _, number := range []string{"7007", "7008"} {
		for _, path := range []string{"/v1/clinics/" + number + "x", "/v1/services/" + number + "-zz/board"} {
			res := w.do(ask{method: "GET", path: path, header: http.Header{"Origin": {"https://other.example"}}})
			if res.status != http.StatusNotFound {
				t.Errorf("%s: %d %s", path, res.status, res.body)
			}
		}
	}
	if _, read := w.api.clinics.LastRecord("7007"); read {
		t.Error("the record was read")
	}
}
