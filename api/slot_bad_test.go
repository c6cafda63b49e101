package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"junban/api/limit"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

// TestSlots_BadRequestsAreRefused asks for what cannot be booked.
func TestSlots_BadRequestsAreRefused(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.slotMode(func(s *clinic.Service) {
			s.Booking.OpensAt, s.MaxParty, s.Slot.Per, s.Limits.MaxLive = "23:50", 5, "person", 2
			s.Slot.First = new(0)
		})
		cookie := w.login()
		days := w.days("")
		tomorrow, newest := days[1].Day, days[3].Day
		request := func(change func(*wire.IssueRequest)) ask {
			q := wire.IssueRequest{PartySize: 1, Day: tomorrow, Slot: "10:00", Patient: person(1)}
			change(&q)
			return w.web("1", q)
		}
		for _, tt := range []struct {
			name, code string
			status     int
			change     func(*wire.IssueRequest)
		}{
			{"no slot", "slot_unknown", 422, func(q *wire.IssueRequest) { q.Slot = "" }},
			{"unknown slot", "slot_unknown", 422, func(q *wire.IssueRequest) { q.Slot = "10:10" }},
			{"no clock", "slot_unknown", 422, func(q *wire.IssueRequest) { q.Slot = "ten" }},
			{"long slot", "field_invalid", 400, func(q *wire.IssueRequest) { q.Slot = strings.Repeat("1", 21) }},
			{"past slot", "slot_over", 409, func(q *wire.IssueRequest) { q.Day, q.Slot = "", "09:00" }},
			{"past day", "day_over", 410, func(q *wire.IssueRequest) { q.Day = "2020-01-01" }},
			{"not open yet", "not_open_yet", 409, func(q *wire.IssueRequest) { q.Day = newest }},
			{"beyond the horizon", "not_offered", 409, func(q *wire.IssueRequest) { q.Day = string(clinic.Day(newest).Add(1)) }},
			{"no day", "field_invalid", 400, func(q *wire.IssueRequest) { q.Day = "tomorrow" }},
			{"party over the rest", "slot_full", 409, func(q *wire.IssueRequest) { q.PartySize = 3 }},
			{"party over the most", "party_size", 422, func(q *wire.IssueRequest) { q.PartySize = 6 }},
			{"no first visits", "first_quota_full", 409, func(q *wire.IssueRequest) { q.FirstVisit = true }},
			{"nobody", "field_invalid", 400, func(q *wire.IssueRequest) { q.Patient = wire.Patient{} }},
		} {
			if p := w.notBooked(tt.status, tt.code, request(tt.change)); p.Code == "not_open_yet" && (p.OpensAt == nil || p.OpensAt.Format("15:04") != "23:50") {
				t.Errorf("%s: %+v", tt.name, p)
			}
		}
		if res := w.do(request(func(q *wire.IssueRequest) { q.Day = newest })); res.header.Get("Retry-After") == "" {
			t.Error("no Retry-After until the day opens")
		}
		for _, slot := range []string{"10:00", "11:00"} {
			get[wire.Issued](w, 201, request(func(q *wire.IssueRequest) {
				if q.Slot = slot; slot == "11:00" {
					q.Day = days[2].Day
				}
			}))
		}
		w.refused(409, "already_received", request(func(q *wire.IssueRequest) { q.Slot = "12:00" }))
		w.refused(409, "person_limit", request(func(q *wire.IssueRequest) { q.Day, q.Slot = "", "17:00" }))

		w.reception(cookie, "closed")
		w.refused(409, "reception_closed", request(func(q *wire.IssueRequest) { q.Patient, q.Day, q.Slot = person(2), "", "17:00" }))
		get[wire.Issued](w, 201, request(func(q *wire.IssueRequest) { q.Patient = person(2); q.Slot = "16:00" })) // the desk closes today alone

		// The lead passes while the form is open; the timetable changes under it.
		w.record(func(c *clinic.Clinic) { c.Services[0].Slot.Lead = 24 * 60 * 2 })
		if p := w.notBooked(409, "slot_over", request(func(q *wire.IssueRequest) { q.Patient = person(3) })); p.Offers == nil {
			t.Log("no slots are left to offer") // the newest day is not open yet
		}
		w.record(func(c *clinic.Clinic) { c.Services[0].Slot.Lead, c.Services[0].Slot.Minutes = 0, 20 })
		if p := w.notBooked(422, "slot_unknown", request(func(q *wire.IssueRequest) { q.Slot, q.Patient = "10:30", person(3) })); len(p.Offers) != queue.NearestOffers {
			t.Errorf("offers %+v", p.Offers)
		}
	})
}

// TestSlots_LastSeatIsGivenOnce sends two requests for it at once, and one of them twice.
func TestSlots_LastSeatIsGivenOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.slotMode(func(s *clinic.Service) { s.Slot.Web = new(1) })
		requests := []ask{w.slot(1, "17:00"), w.slot(2, "17:00")}
		requests = append(requests, requests...) // a double press has the same key
		answers := make([]answer, len(requests))
		var wg sync.WaitGroup
		for i, a := range requests {
			wg.Go(func() { answers[i] = w.do(a) })
		}
		wg.Wait()
		winner := slices.IndexFunc(answers, func(a answer) bool { return a.status == 201 })
		if winner < 0 {
			t.Fatalf("nobody got the seat: %s", answers[0].body)
		}
		for i, a := range answers {
			if same := i%2 == winner%2; same && a.status != 201 || !same && a.status != 409 {
				t.Errorf("request %d: %d %s", i, a.status, a.body)
			}
		}
		won := get[wire.Issued](w, 201, requests[winner])
		again := get[wire.Issued](w, 201, requests[winner])
		if won.Ticket.ID != again.Ticket.ID || won.Token != again.Token || won.CancelCode != again.CancelCode {
			t.Errorf("a repeat gets %+v, not %+v", again, won)
		}
		lost := w.notBooked(409, "slot_full", requests[1-winner%2])
		want := []string{"16:30", "17:30", "16:00", "15:30", "15:00"}
		var got []string
		for _, o := range lost.Offers {
			if got = append(got, o.Slot); o.Day != won.Ticket.Day || o.To <= o.Slot || o.Availability != "few" {
				t.Errorf("offer %+v", o)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("the nearest free slots are %v, want %v", got, want)
		}
		// An offer can be booked with the same data and a new key.
		q := requests[1-winner%2].body.(wire.IssueRequest)
		q.Slot = lost.Offers[0].Slot
		get[wire.Issued](w, 201, w.web("1", q))
	})
}

// TestSlots_AFullSlotSendsNobodyAwayForLong sends many requests for a full slot at once
// from one home. Each takes a token of its limit and gives it back, so that some find
// none. These may try again soon, and find a token then.
func TestSlots_AFullSlotSendsNobodyAwayForLong(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t, behindProxy)
	w.slotMode(func(s *clinic.Service) { s.Slot.Web = new(1) })
	w.book(1, "17:00")
	fromHome := func(n int) ask {
		a := w.slot(n, "17:00")
		a.header = fromAddress("2001:db8::1")
		return a
	}
	answers := make([]answer, 3*limit.WebTickets.Net64.Burst)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = w.do(fromHome(i + 2)) })
	}
	wg.Wait()
	for i, a := range answers {
		if after, err := strconv.Atoi(a.header.Get("Retry-After")); a.status != 409 && (a.status != 429 || err != nil || after > 10) {
			t.Errorf("request %d: %d %s, Retry-After %q", i, a.status, a.body, a.header.Get("Retry-After"))
		}
	}
	w.notBooked(409, "slot_full", fromHome(2))
}

// TestSlots_CancelHasADeadlineAndACode cancels as the owner, and by a lookup.
func TestSlots_CancelHasADeadlineAndACode(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		// From 12:00 to 14:00, the first is too late and the others are not.
		w.slotMode(func(s *clinic.Service) { s.Cancel = clinic.CancelRule{Anchor: clinic.CancelByStart, Minutes: 150} })
		late := w.book(1, "14:00")
		if got := late.Ticket; got.Cancellable || got.WhyNot != "cancel_too_late" || got.CancelUntil != nil {
			t.Errorf("too late %+v", got)
		}
		w.refused(409, "cancel_too_late", owners(late, "cancel", wire.CancelRequest{CancelCode: late.CancelCode}))
		for _, found := range w.find(1) {
			if found.Handle != "" || found.Cancellable || found.WhyNot != "cancel_too_late" {
				t.Errorf("found %+v", found)
			}
		}

		mine := w.book(2, "17:00")
		w.refused(403, "wrong_cancel_code", owners(mine, "cancel", wire.CancelRequest{CancelCode: wrong(mine)}))
		right := owners(mine, "cancel", wire.CancelRequest{CancelCode: mine.CancelCode})
		right.key = freshKey()
		for range 2 { // the same key again
			if got := get[wire.TicketAnswer](w, 200, right).Ticket; got.State != "cancelled" || got.Cancellable || got.WhyNot != "" {
				t.Errorf("cancelled %+v", got)
			}
		}
		right.key = freshKey()
		w.refused(409, "state_forbids", right)
		if got := w.find(2); len(got) != 0 {
			t.Errorf("a cancelled booking is found: %+v", got)
		}

		other := w.book(3, "17:30")
		handle := w.find(3)[0].Handle
		cancel := func(handle, code string) ask {
			return ask{method: "POST", path: "/v1/lookup/cancel", body: wire.LookupCancelRequest{Handle: handle, Code: code}}
		}
		w.refused(410, "lookup_expired", cancel(other.Ticket.ID, other.CancelCode)) // an id is no handle
		w.refused(410, "lookup_expired", cancel(other.Token, other.CancelCode))
		w.refused(410, "lookup_expired", cancel("x"+strings.ToLower(handle[1:])+"X", other.CancelCode))
		w.refused(400, "field_invalid", cancel("", other.CancelCode))
		w.refused(400, "field_invalid", cancel(handle, ""))
		w.refused(400, "field_invalid", cancel(strings.Repeat("x", 201), "1"))
		w.refused(403, "wrong_cancel_code", cancel(handle, wrong(other)))
		if got := get[wire.LookupCancelled](w, 200, cancel(handle, other.CancelCode[:3]+" "+other.CancelCode[3:])).Ticket; got.State != "cancelled" || got.Handle != "" {
			t.Errorf("cancelled %+v", got)
		}
		w.refused(409, "state_forbids", cancel(handle, other.CancelCode))

		locked := w.book(4, "16:30")
		handle = w.find(4)[0].Handle
		for range queue.WrongCodes {
			w.refused(403, "wrong_cancel_code", cancel(handle, wrong(locked)))
		}
		w.refused(429, "cancel_code_locked", cancel(handle, locked.CancelCode))
		w.refused(429, "cancel_code_locked", owners(locked, "cancel", wire.CancelRequest{CancelCode: locked.CancelCode}))
	})
}

// wrong is a cancel code that a ticket does not have.
func wrong(i wire.Issued) string {
	if i.CancelCode == "000000" {
		return "000001"
	}
	return "000000"
}

// find looks the nth patient up by the phone number alone.
func (w *world) find(n int) []wire.LookupTicket {
	w.t.Helper()
	return get[wire.LookupAnswer](w, 200, w.lookup(wire.LookupRequest{Phone: person(n).Phone})).Tickets
}

// TestLookup_FindsBookingsByPhone finds those of a family on all days, with the least
// that answers.
func TestLookup_FindsBookingsByPhone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.slotMode(nil)
		days := w.days("")
		parent, child := person(1), person(1)
		child.Name = "患者 小"
		w.issue("1", wire.IssueRequest{PartySize: 1, Slot: "17:00", Patient: parent})
		w.issue("1", wire.IssueRequest{PartySize: 1, Slot: "10:00", Day: days[2].Day, Patient: child})
		w.book(2, "17:00")
		found := w.find(1)
		if len(found) != 2 || found[0].Slot != "17:00" || found[1].Slot != "10:00" || found[1].Day != days[2].Day || found[0].Handle == found[1].Handle {
			t.Fatalf("found %+v", found)
		}
		body := string(w.do(w.lookup(wire.LookupRequest{Phone: "０９０ー０００ー０００１"})).body)
		for _, secret := range []string{"患者", "0900000", "-1-", "token", "card"} {
			if strings.Contains(body, secret) {
				t.Errorf("a lookup shows %s: %s", secret, body)
			}
		}
		if res := w.do(w.lookup(wire.LookupRequest{Phone: "0900009999"})); res.status != 200 || strings.TrimSpace(string(res.body)) != `{"tickets":[]}` {
			t.Errorf("a miss: %d %s", res.status, res.body)
		}
		w.refused(400, "field_invalid", w.lookup(wire.LookupRequest{Service: w.ref("2"), Phone: "0900000001"})) // order mode
		w.record(func(c *clinic.Clinic) { c.Lookup = clinic.LookupByCode })
		w.refused(422, "lookup_code_required", w.lookup(wire.LookupRequest{Phone: "0900000001"}))
	})
}

// TestLookup_ByPhoneIsLimitedByPrefix asks for one phone number from one network,
// then from another, which a stranger's requests do not lock out.
func TestLookup_ByPhoneIsLimitedByPrefix(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t, behindProxy)
	w.slotMode(nil)
	mine := w.book(1, "17:00")
	by := func(address string, a ask) ask {
		a.header = fromAddress(address)
		return a
	}
	phone := w.lookup(wire.LookupRequest{Phone: person(1).Phone})
	stranger, owner := "2001:db8:1::1", "2001:db8:2::1"
	for range limit.PhonesLookedUp.Net64.Burst {
		get[wire.LookupAnswer](w, 200, by(stranger, phone))
	}
	w.refused(429, "too_many_requests", by(stranger, phone))
	handle := get[wire.LookupAnswer](w, 200, by(owner, phone)).Tickets[0].Handle
	cancel := func(code string) ask {
		return ask{method: "POST", path: "/v1/lookup/cancel", body: wire.LookupCancelRequest{Handle: handle, Code: code}}
	}
	for range limit.FoundCodes.Net64.Burst {
		w.refused(403, "wrong_cancel_code", by(stranger, cancel(wrong(mine))))
	}
	w.refused(429, "too_many_requests", by(stranger, cancel(mine.CancelCode)))
	get[wire.LookupCancelled](w, 200, by(owner, cancel(mine.CancelCode)))
}

// TestReads_NeverChangeAVersion sends GET and HEAD to every route, as an owner, as the
// desk and as anybody.
func TestReads_NeverChangeAVersion(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.slotMode(nil)
		cookie := w.login()
		mine := w.book(1, "17:00")
		tomorrow := w.days("")[1].Day
		booked := w.issue("1", wire.IssueRequest{PartySize: 1, Slot: "10:00", Day: tomorrow, Patient: person(2)})
		version := func() uint64 {
			snap, err := w.line.Snapshot(t.Context(), w.clinic.ID)
			if err != nil {
				t.Fatal(err)
			}
			return snap.Version
		}
		before, asked := version(), 0
		for _, r := range w.api.table() {
			if r.Pattern == "/v1/watch" {
				continue // a stream
			}
			for _, i := range []wire.Issued{mine, booked} {
				path := strings.NewReplacer(
					":clinic", w.number(), ":service", w.ref("1"), ":ticket", i.Ticket.ID, ":act", "cancel", ":day", tomorrow,
					":mark", "aaaaaaaa", ":user", testUser, ":room", "1", ":session", strings.Repeat("0", 16), ":screen", strings.Repeat("0", 16),
					":code", "000000", "*", "",
				).Replace(r.Pattern)
				for _, method := range []string{http.MethodGet, http.MethodHead} {
					for _, a := range []ask{{}, {token: i.Token}, {cookie: cookie}} {
						a.method, a.path = method, path
						res, err := w.client.Do(w.request(a, nil))
						if err != nil {
							t.Fatal(err)
						}
						if res.Body.Close(); res.StatusCode >= 500 {
							t.Errorf("%s %s: %d", method, path, res.StatusCode)
						}
						asked++
					}
				}
			}
		}
		if after := version(); after != before || asked < 200 {
			t.Errorf("version %d after %d reads, %d before", after, asked, before)
		}
		if got := w.mine(booked).Ticket; got.State != "booked" {
			t.Errorf("the booking of tomorrow: %+v", got)
		}
	})
}
