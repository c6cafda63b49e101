package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync/atomic"
	"testing"

	"junban/api/limit"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

// lookup is a request for a ticket of the world's clinic.
func (w *world) lookup(q wire.LookupRequest) ask {
	if q.Service == "" {
		q.Service = w.ref("1")
	}
	return ask{method: "POST", path: "/v1/lookup", body: q}
}

// TestLookup_NeedsAProof asks by everything that names a ticket, with and without
// what proves that it is the client's. All misses are answered alike.
func TestLookup_NeedsAProof(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.issue("1", wire.IssueRequest{Patient: wire.Patient{Name: "山田", Phone: "090-1234-5678"}})
		mine := w.issue("1", wire.IssueRequest{Patient: wire.Patient{Name: "鈴木", Phone: "080-1111-2222"}})
		none := w.issue("1", wire.IssueRequest{}) // gave no phone number
		w.issue("2", wire.IssueRequest{Patient: wire.Patient{Name: "鈴木", Phone: "080-1111-2222"}})
		gone := w.issue("1", wire.IssueRequest{Patient: wire.Patient{Phone: "080-1111-3333"}})
		get[wire.TicketAnswer](w, 200, ask{method: "POST", path: "/v1/tickets/" + gone.Ticket.ID + "/cancel", token: gone.Token, body: wire.CancelRequest{CancelCode: gone.CancelCode}})
		found := fmt.Sprintf(`{"tickets":[{"day":%q,"number":2,"state":"waiting","ahead":1,"unit":"組","todo":"come","advice":"come"}]}`, mine.Ticket.Day)
		nothing := `{"tickets":[]}`
		spaced := mine.CancelCode[:3] + " " + mine.CancelCode[3:]
		for _, tt := range []struct {
			q    wire.LookupRequest
			want string
		}{
			{wire.LookupRequest{Number: 2, PhoneEnd: "2222"}, found},
			{wire.LookupRequest{Number: 2, PhoneEnd: "２２ ２２"}, found},
			{wire.LookupRequest{Number: 2, CancelCode: mine.CancelCode}, found},
			{wire.LookupRequest{Number: 2, CancelCode: spaced}, found},
			{wire.LookupRequest{Phone: "０８０　１１１１　２２２２", CancelCode: mine.CancelCode}, found},
			{wire.LookupRequest{Number: 1, PhoneEnd: "2222"}, nothing},                         // another's number
			{wire.LookupRequest{Number: 2, PhoneEnd: "5678"}, nothing},                         // another's phone
			{wire.LookupRequest{Number: 2, CancelCode: none.CancelCode}, nothing},              // another's code
			{wire.LookupRequest{Number: none.Ticket.Number, PhoneEnd: "0000"}, nothing},        // no phone was given
			{wire.LookupRequest{Number: 99, PhoneEnd: "2222"}, nothing},                        // no such number
			{wire.LookupRequest{Phone: "080-1111-2222", CancelCode: none.CancelCode}, nothing}, // a phone without its code
			{wire.LookupRequest{Phone: "080-1111-9999", CancelCode: mine.CancelCode}, nothing}, // a code without its phone
			{wire.LookupRequest{Service: w.ref("2"), Number: 2, PhoneEnd: "2222"}, nothing},    // another service's number
		} {
			asked := w.lookup(tt.q)
			asked.loose = tt.q.PhoneEnd == "２２ ２２"
			res := w.do(asked)
			handle := regexp.MustCompile(`,"cancellable":true,"handle":"[\w-]{60,}"`) // a new one each time
			if got := handle.ReplaceAll(bytes.TrimSpace(res.body), nil); res.status != 200 || string(got) != tt.want {
				t.Errorf("%+v finds %d %s, want %s", tt.q, res.status, got, tt.want)
			}
		}
		if got := get[wire.LookupAnswer](w, 200, w.lookup(wire.LookupRequest{Number: gone.Ticket.Number, PhoneEnd: "3333"})).Tickets; len(got) != 1 || got[0].State != "cancelled" {
			t.Errorf("a cancelled ticket: %+v", got)
		}
		for _, tt := range []struct {
			status int
			code   string
			body   any
		}{
			{400, "field_invalid", wire.LookupRequest{Service: w.ref("1")}},
			{400, "field_invalid", wire.LookupRequest{Service: w.ref("1"), Number: 2}}, // no proof
			{400, "field_invalid", wire.LookupRequest{Service: w.ref("1"), Phone: "080-1111-2222"}},
			{400, "field_invalid", wire.LookupRequest{Service: w.ref("1"), Phone: "080-1111-2222", PhoneEnd: "2222"}},
			{400, "field_invalid", wire.LookupRequest{Service: w.ref("1"), Number: 2, PhoneEnd: "2222", CancelCode: mine.CancelCode}},
			{400, "field_invalid", wire.LookupRequest{Service: w.ref("1"), Number: 2, PhoneEnd: "222"}},
			{400, "field_invalid", wire.LookupRequest{Service: w.ref("1"), Number: 2, PhoneEnd: "22a2"}},
			{400, "field_invalid", wire.LookupRequest{Service: w.ref("1"), Number: -1, PhoneEnd: "2222"}},
			{400, "field_invalid", wire.LookupRequest{Service: w.ref("1"), Number: 1, Phone: "1", CancelCode: "1"}},
			{400, "field_invalid", wire.LookupRequest{Service: w.ref("1"), Phone: "call me", CancelCode: "1"}},
			{404, "service_unknown", wire.LookupRequest{Service: w.ref("9"), Number: 1, PhoneEnd: "2222"}},
			{404, "service_unknown", wire.LookupRequest{Service: "0000-1", Number: 1, PhoneEnd: "2222"}},
			{404, "service_unknown", wire.LookupRequest{Service: "?", Number: 1, PhoneEnd: "2222"}},
			{400, "malformed_body", "7"},
		} {
			w.refused(tt.status, tt.code, ask{method: "POST", path: "/v1/lookup", body: tt.body})
		}
	})
}

// away is a line whose state cannot be read while down.
type away struct {
	Line
	down *atomic.Bool
}

func (l away) Snapshot(ctx context.Context, c clinic.ID) (*queue.Snapshot, error) {
	if l.down.Load() {
		return nil, errors.New("LOADING Redis is loading the dataset in memory")
	}
	return l.Line.Snapshot(ctx, c)
}

// TestLookup_CostsNothingWhileRedisIsAway asks more often than a prefix may miss.
func TestLookup_CostsNothingWhileRedisIsAway(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	w := newWorld(t, behindProxy, func(c *Config) { c.Line = away{c.Line, &down} })
	mine := w.issue("1", wire.IssueRequest{Patient: wire.Patient{Phone: "080-1111-2222"}})
	q := w.lookup(wire.LookupRequest{Number: mine.Ticket.Number, PhoneEnd: "2222"})
	q.header = fromAddress("2001:db8::1")
	down.Store(true)
	for range limit.LookupPhones.Net64.Burst + 1 {
		w.refused(503, "unavailable", q)
	}
	down.Store(false)
	if got := get[wire.LookupAnswer](w, 200, q).Tickets; len(got) != 1 {
		t.Errorf("found %+v", got)
	}
}

// TestLookup_AsksForTheCodeWhereTheClinicWantsIt sets the clinic's rule.
func TestLookup_AsksForTheCodeWhereTheClinicWantsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine := w.issue("1", wire.IssueRequest{Patient: wire.Patient{Phone: "080-1111-2222"}})
	byPhone, byCode := w.lookup(wire.LookupRequest{Number: 1, PhoneEnd: "2222"}), w.lookup(wire.LookupRequest{Number: 1, CancelCode: mine.CancelCode})
	for _, tt := range []struct {
		listed       bool
		lookup, want string
	}{
		{true, "", clinic.LookupByPhone}, {true, clinic.LookupByCode, clinic.LookupByCode}, {true, clinic.LookupByPhone, clinic.LookupByPhone},
		{false, "", clinic.LookupByCode}, {false, clinic.LookupByPhone, clinic.LookupByPhone}, {false, clinic.LookupByCode, clinic.LookupByCode},
	} {
		w.record(func(c *clinic.Clinic) { c.Listed, c.Lookup = tt.listed, tt.lookup })
		if got := get[wire.Clinic](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number()}).Lookup; got != tt.want {
			t.Errorf("listed %v with %q: the profile has %q", tt.listed, tt.lookup, got)
		}
		if tt.want == clinic.LookupByPhone {
			get[wire.LookupAnswer](w, 200, byPhone)
		} else {
			w.refused(422, "lookup_code_required", byPhone)
		}
		if got := get[wire.LookupAnswer](w, 200, byCode).Tickets; len(got) != 1 {
			t.Errorf("listed %v with %q: by the code %+v", tt.listed, tt.lookup, got)
		}
	}
	c := w.clinic
	c.Lookup = "guess"
	if err := c.Validate(); err == nil {
		t.Error("an unknown rule is taken")
	}
}

// TestLookup_NothingCanBeTriedOut knows a person's phone number and tries all
// numbers; and a number, and tries all ends of phone numbers. Each is refused soon
// from any address, found or not, and others are not.
func TestLookup_NothingCanBeTriedOut(t *testing.T) {
	t.Parallel()
	onBothBehindProxy(t, func(t *testing.T, w *world) {
		tries := limit.LookupPhones.Whole.Burst + 5
		last := tries + 10 // the ticket that is looked for; nobody comes to it
		for i := range last {
			w.issue("1", wire.IssueRequest{Patient: wire.Patient{Phone: fmt.Sprintf("0900000%04d", 1000+i)}})
		}
		hosts := 0
		ask := func(q wire.LookupRequest) answer {
			a := w.lookup(q)
			hosts++
			a.header = fromAddress(fmt.Sprintf("2001:db8:%x::1", hosts)) // a new /48 each time
			return w.do(a)
		}
		for what, try := range map[string]func(int) wire.LookupRequest{
			"numbers of a phone": func(i int) wire.LookupRequest {
				return wire.LookupRequest{Number: 1 + i, PhoneEnd: fmt.Sprint(1000 + last - 1)}
			},
			"phones of a number": func(i int) wire.LookupRequest {
				return wire.LookupRequest{Number: last, PhoneEnd: fmt.Sprint(1000 + i)}
			},
		} {
			for i := range tries {
				res := ask(try(i))
				if i < limit.LookupPhones.Whole.Burst && (res.status != 200 || !bytes.Contains(res.body, []byte("[]"))) ||
					i >= limit.LookupPhones.Whole.Burst && res.status != 429 {
					t.Errorf("%s, try %d: %d %s", what, i, res.status, res.body)
				}
			}
		}
		for i := range 3 { // a lookup that finds something counts nothing
			for range limit.LookupPhones.Whole.Burst + 1 {
				if res := ask(wire.LookupRequest{Number: 12 + i, PhoneEnd: fmt.Sprint(1011 + i)}); res.status != 200 || !bytes.Contains(res.body, []byte("waiting")) {
					t.Fatalf("others: %d %s", res.status, res.body)
				}
			}
		}
		// One prefix is refused after a few misses, and may still take a number.
		miss := func(i int) wire.LookupRequest {
			return wire.LookupRequest{Number: 200 + i, PhoneEnd: fmt.Sprint(5000 + i)}
		}
		for i := range limit.Lookups.Net64.Burst + 1 {
			a := w.lookup(miss(i))
			a.header = fromAddress("2001:db8:ffff::1")
			if res := w.do(a); (res.status == 429) != (i == limit.Lookups.Net64.Burst) {
				t.Errorf("miss %d: %d %s", i, res.status, res.body)
			}
		}
		// A stranger who tries one number from one prefix is refused, and its owner is not.
		for i := range limit.LookupPhones.Net48.Burst + 1 {
			a := w.lookup(wire.LookupRequest{Number: 20, PhoneEnd: fmt.Sprint(5000 + i)})
			a.header = fromAddress(fmt.Sprintf("2001:db8:eeee:%x::1", 0x100*i)) // a new /56 each time
			if res := w.do(a); (res.status == 429) != (i == limit.LookupPhones.Net48.Burst) {
				t.Errorf("try %d of one /48: %d %s", i, res.status, res.body)
			}
		}
		if res := ask(wire.LookupRequest{Number: 20, PhoneEnd: "1019"}); !bytes.Contains(res.body, []byte("waiting")) {
			t.Errorf("the owner after a stranger's tries: %d %s", res.status, res.body)
		}
		a := w.web("1", wire.IssueRequest{})
		a.header = fromAddress("2001:db8:ffff::1")
		get[wire.Issued](w, 201, a)
	})
}
