package api

import (
	"slices"
	"strings"
	"testing"

	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// desks is an act of the desk on a ticket.
func desks(cookie, id, act string, body any) ask {
	return ask{method: "POST", path: "/v1/tickets/" + id + "/" + act, cookie: cookie, body: body}
}

// telephone books for a patient on the telephone.
func (w *world) telephone(cookie, service string, q wire.IssueRequest) ask {
	return ask{method: "POST", path: "/v1/services/" + w.ref(service) + "/bookings", key: freshKey(), cookie: cookie, body: q}
}

// TestDesk_BooksForPatients books by telephone and at the desk, over the bounds too.
func TestDesk_BooksForPatients(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.slotMode(nil)
		cookie := w.login()
		far := w.days("")[2].Day
		q := wire.IssueRequest{PartySize: 1, Day: far, Slot: "10:00", Patient: person(1)}
		slots := func(query string) wire.DeskDays {
			return get[wire.DeskDays](w, 200, ask{method: "GET", path: "/v1/services/" + w.ref("1") + "/slots" + query, cookie: cookie})
		}
		of := func() wire.DeskSlot { return slots("?from=" + far + "&to=" + far).Days[0].Slots[2] }
		if got := of(); got.Slot != "10:00" || got.Desk.Used != 0 || *got.Desk.Limit != 1 || got.Availability != "many" {
			t.Errorf("before %+v", got)
		}
		booked := get[wire.Issued](w, 201, w.telephone(cookie, "1", q))
		if got := booked.Ticket; got.State != "booked" || got.Day != far || got.Number != 0 || booked.CancelCode == "" {
			t.Errorf("booked %+v", got)
		}
		if got := of(); got.Desk.Used != 1 {
			t.Errorf("after %+v", got)
		}
		q.Patient = person(2)
		w.refused(409, "slot_full", w.telephone(cookie, "1", q))
		q.Override = true
		if got := get[wire.Issued](w, 201, w.telephone(cookie, "1", q)); !got.Over {
			t.Errorf("over the bounds %+v", got)
		}
		q.Day = string(clinic.Day(far).Add(30)) // the desk has no horizon
		q.Patient = person(3)
		get[wire.Issued](w, 201, w.telephone(cookie, "1", q))
		if got := slots("?from=" + q.Day + "&to=" + q.Day).Days[0]; got.State != "closed" || got.Slots[2].Desk.Used != 1 || got.Slots[2].Availability != "closed" {
			t.Errorf("a day beyond those of the web %+v", got)
		}
		if got := w.days("?from=" + q.Day + "&to=" + q.Day); len(got[0].Sessions) != 0 {
			t.Errorf("the web sees %+v", got)
		}
		if all := slots("").Days; len(all) != 4 || all[0].State != "open" || len(all[3].Slots) != 18 {
			t.Errorf("%d days", len(all))
		}
		w.refused(400, "field_invalid", ask{method: "GET", path: "/v1/services/" + w.ref("1") + "/slots?to=x", cookie: cookie})
		w.refused(409, "not_offered", w.telephone(cookie, "2", wire.IssueRequest{PartySize: 1})) // order mode: today's numbers are given at the desk

		// A patient who is here waits at once, in the first slot with a free seat.
		walk := get[wire.Issued](w, 201, w.walkIn(cookie, "1", wire.IssueRequest{PartySize: 1})).Ticket
		if walk.State != "waiting" || walk.Number == 0 || walk.Slot == "" || walk.Presence != "here" {
			t.Errorf("walked in %+v", walk)
		}
		if got := get[wire.Issued](w, 201, w.walkIn(cookie, "1", wire.IssueRequest{PartySize: 1, Slot: "17:00"})).Ticket; got.Slot != "17:00" || got.State != "waiting" {
			t.Errorf("walked in for a slot %+v", got)
		}
		w.refused(409, "slot_full", w.walkIn(cookie, "1", wire.IssueRequest{PartySize: 1, Slot: "17:00"}))
		w.refused(409, "slot_over", w.walkIn(cookie, "1", wire.IssueRequest{PartySize: 1, Slot: "09:00"}))
	})
}

// TestDesk_RebooksAndTheOldLinkLeadsOn moves a booking within its day and to others.
func TestDesk_RebooksAndTheOldLinkLeadsOn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.slotMode(func(s *clinic.Service) { s.Slot.Web = new(1) })
		cookie := w.login()
		days := w.days("")
		mine := w.book(1, "17:00")
		w.book(2, "17:30")
		move := func(id string, q wire.RebookRequest) ask { return desks(cookie, id, "rebook", q) }
		w.refused(409, "slot_full", move(mine.Ticket.ID, wire.RebookRequest{Slot: "17:30"}))
		if got := w.mine(mine).Ticket; got.State != "booked" || got.Slot != "17:00" {
			t.Errorf("the old seat stays: %+v", got)
		}
		w.refused(422, "slot_unknown", move(mine.Ticket.ID, wire.RebookRequest{Slot: "17:10"}))
		w.refused(400, "field_invalid", move(mine.Ticket.ID, wire.RebookRequest{Slot: "17:30", Session: "afternoon"}))
		w.refused(400, "field_invalid", move(mine.Ticket.ID, wire.RebookRequest{Day: "soon"}))
		w.refused(409, "ticket_changed", move(mine.Ticket.ID, wire.RebookRequest{Slot: "16:30", Rev: "1-1"}))
		if got := get[wire.TicketAnswer](w, 200, move(mine.Ticket.ID, wire.RebookRequest{Slot: "16:30"})).Ticket; got.ID != mine.Ticket.ID || got.Slot != "16:30" || got.MovedFrom != "" {
			t.Errorf("within the day %+v", got)
		}
		second := get[wire.TicketAnswer](w, 200, move(mine.Ticket.ID, wire.RebookRequest{Day: days[1].Day, Slot: "10:00"})).Ticket
		if second.ID == mine.Ticket.ID || second.Day != days[1].Day || second.MovedFrom != mine.Ticket.ID || second.State != "booked" {
			t.Fatalf("on another day %+v", second)
		}
		third := get[wire.TicketAnswer](w, 200, move(second.ID, wire.RebookRequest{Day: days[2].Day, Slot: "11:00"})).Ticket
		w.refused(409, "state_forbids", move(mine.Ticket.ID, wire.RebookRequest{Slot: "16:00"}))

		old := w.mine(mine)
		if old.Ticket.State != "cancelled" || old.Ticket.Reason != "moved" || old.Ticket.MovedTo != second.ID || old.Moved == nil || old.Moved.ID != third.ID {
			t.Fatalf("the old link %+v %+v", old.Ticket, old.Moved)
		}
		now := wire.Issued{Ticket: third, Token: old.Moved.Token, CancelCode: mine.CancelCode}
		if got := w.mine(now); got.Ticket.Slot != "11:00" || got.Moved != nil {
			t.Errorf("the new ticket %+v", got)
		}
		if again := w.mine(mine); again.Moved.Token != now.Token {
			t.Error("another token each time")
		}
		w.refused(403, "token_wrong", ask{method: "GET", path: "/v1/tickets/" + third.ID, token: mine.Token})
		if desk := get[wire.TicketAnswer](w, 200, ask{method: "GET", path: "/v1/tickets/" + mine.Ticket.ID, cookie: cookie}); desk.Moved != nil {
			t.Error("the desk gets a token")
		}
		if got := get[wire.TicketAnswer](w, 200, owners(now, "cancel", wire.CancelRequest{CancelCode: mine.CancelCode})).Ticket; got.State != "cancelled" {
			t.Errorf("cancelled with the former code %+v", got)
		}
	})
}

// TestDesk_EditsABooking changes a party and a patient.
func TestDesk_EditsABooking(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.slotMode(func(s *clinic.Service) {
			s.Slot.Per, s.MaxParty = "person", 3
			s.Kinds = []clinic.Kind{{ID: "a", Name: "注射"}}
		})
		cookie := w.login()
		mine := w.book(1, "17:00")
		edit := func(q wire.EditRequest) ask { return desks(cookie, mine.Ticket.ID, "edit", q) }
		w.refused(400, "field_invalid", edit(wire.EditRequest{}))
		w.refused(409, "slot_full", edit(wire.EditRequest{PartySize: new(3)}))
		w.refused(422, "party_size", edit(wire.EditRequest{PartySize: new(0)}))
		w.refused(422, "kind_unknown", edit(wire.EditRequest{Kind: new("x")}))
		w.refused(400, "field_invalid", edit(wire.EditRequest{Patient: &wire.Patient{Phone: "call me"}}))
		w.refused(409, "ticket_changed", edit(wire.EditRequest{PartySize: new(2), Rev: "1-1"}))
		w.refused(400, "field_invalid", edit(wire.EditRequest{Patient: &wire.Patient{Memo: strings.Repeat("長", 501)}}))
		patient := person(7)
		patient.Memo = "車椅子\n付き添いあり"
		get[wire.TicketAnswer](w, 200, edit(wire.EditRequest{PartySize: new(2), Kind: new("a"), FirstVisit: new(true), Patient: &patient}))
		got := w.staff(cookie).Services[0].Tickets[0]
		if got.PartySize != 2 || got.Kind != "注射" || !got.FirstVisit || got.Name != patient.Name || got.Phone != patient.Phone || got.Memo != patient.Memo || got.LastAct != "edit" {
			t.Errorf("edited %+v", got)
		}
		w.refused(409, "slot_full", w.slot(2, "17:00"))
		w.act(cookie, mine.Ticket.ID, "undo")
		get[wire.Issued](w, 201, w.slot(2, "17:00"))
		if _, logs := w.line.(*queue.Store); !logs {
			return // the line in plain Go keeps no log
		}
		acts := get[wire.Acts](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number() + "/acts?ticket=" + mine.Ticket.ID, cookie: cookie}).Acts
		if len(acts) != 3 || acts[1].Act != "edit" || acts[0].Undone != "" && acts[0].Undone != "edit" {
			t.Errorf("the log %+v", acts)
		}
	})
}

// TestDesk_ClosesADate lists whom to call, then cancels them.
func TestDesk_ClosesADate(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.slotMode(nil)
		cookie := w.login()
		day := w.days("")[1].Day
		request := func(n int) wire.IssueRequest {
			return wire.IssueRequest{PartySize: 1, Day: day, Slot: "10:00", Patient: person(n)}
		}
		mine := w.issue("1", request(1))
		path := "/v1/services/" + w.ref("1") + "/days/" + day
		list := func() wire.Affected {
			return get[wire.Affected](w, 200, ask{method: "GET", path: path + "/bookings", cookie: cookie})
		}
		first := list()
		if len(first.Tickets) != 1 || first.Tickets[0].Phone != person(1).Phone || first.Affected == "" {
			t.Fatalf("listed %+v", first)
		}
		if got := get[wire.Affected](w, 200, ask{method: "GET", path: path + "/bookings?session=morning", cookie: cookie}); len(got.Tickets) != 0 || got.Affected != "" {
			t.Errorf("another session %+v", got)
		}
		w.issue("1", request(2))
		shut := func(affected string) ask {
			return ask{method: "POST", path: path + "/close", key: freshKey(), cookie: cookie, body: wire.CloseDateRequest{Affected: affected}}
		}
		w.refused(409, "bookings_affected", shut(first.Affected)) // one more since
		w.refused(400, "field_invalid", shut(""))
		noKey := shut(first.Affected)
		noKey.key = ""
		w.refused(400, "idempotency_key_required", noKey)
		now := shut(list().Affected)
		for range 2 { // the same key again
			if got := get[wire.DateClosed](w, 200, now); got.Cancelled != 2 {
				t.Errorf("closed %+v", got)
			}
		}
		if got := w.mine(mine).Ticket; got.State != "cancelled" || got.Reason != "clinic" {
			t.Errorf("its owner reads %+v", got)
		}
		if got := list(); len(got.Tickets) != 0 {
			t.Errorf("left %+v", got)
		}
		for _, day := range []string{"2020-01-01", "soon"} {
			res := w.do(ask{method: "GET", path: "/v1/services/" + w.ref("1") + "/days/" + day + "/bookings", cookie: cookie})
			if res.status != 410 && res.status != 400 {
				t.Errorf("%s: %d", day, res.status)
			}
		}
	})
}

// TestDesk_AClosedDateTakesNoBookings closes a session and then the day, with bookings and
// without. Neither the web nor a move by the desk gets in, until it is opened again.
func TestDesk_AClosedDateTakesNoBookings(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.slotMode(nil)
		w.record(func(c *clinic.Clinic) {
			calendar := *c.Calendar
			calendar.Weekly = map[string][]hours.Frame{}
			for day, frames := range c.Calendar.Weekly {
				evening := hours.Frame{Session: hours.Evening, Consult: hours.Span{From: "18:30", To: "19:30"}}
				calendar.Weekly[day] = append(slices.Clone(frames), evening)
			}
			c.Calendar = &calendar
		})
		cookie := w.login()
		days := w.days("")
		day, other, first := days[1].Day, days[2].Day, days[1].Sessions[0].Session
		book := func(n int, day, slot string) ask {
			return w.web("1", wire.IssueRequest{PartySize: 1, Day: day, Slot: slot, Patient: person(n)})
		}
		path := "/v1/services/" + w.ref("1") + "/days/" + day
		list := func(session string) wire.DayBookings {
			return get[wire.DayBookings](w, 200, ask{method: "GET", path: path + "/bookings?session=" + session, cookie: cookie})
		}
		shut := func(session string) int {
			body := wire.CloseDateRequest{Session: session, Affected: list(session).Affected.Affected}
			return get[wire.DateClosed](w, 200, ask{method: "POST", path: path + "/close", key: freshKey(), cookie: cookie, body: body}).Cancelled
		}
		open := func(session string) wire.DayBookings {
			return get[wire.DayBookings](w, 200, ask{method: "POST", path: path + "/open", key: freshKey(), cookie: cookie, body: wire.OpenDateRequest{Session: session}})
		}
		sessions := func() (all []string) {
			for _, s := range w.days("")[1].Sessions {
				all = append(all, s.Session)
			}
			return all
		}
		kept := get[wire.Issued](w, 201, book(1, day, "18:30"))
		get[wire.Issued](w, 201, book(2, day, "10:00"))
		elsewhere := get[wire.Issued](w, 201, book(3, other, "10:00"))

		if n := shut(first); n != 1 || list(first).Closed != "session" || list("evening").Closed != "" || list("").Closed != "" {
			t.Errorf("closed a session: %d, %+v", n, list(first))
		}
		if got := sessions(); !slices.Equal(got, []string{"evening"}) {
			t.Errorf("left %q", got)
		}
		w.refused(422, "slot_unknown", book(4, day, "10:00"))
		move := desks(cookie, elsewhere.Ticket.ID, "rebook", wire.RebookRequest{Day: day, Slot: "10:00", Override: true})
		w.refused(422, "slot_unknown", move)
		get[wire.Issued](w, 201, book(5, day, "19:00"))
		if got := w.mine(kept).Ticket; got.State != "booked" {
			t.Errorf("of the other session %+v", got)
		}

		if n := shut(""); n != 2 || list("").Closed != "day" || list("evening").Closed != "day" || w.mine(kept).Ticket.Reason != "clinic" {
			t.Errorf("closed the day: %d, %+v", n, list(""))
		}
		if got := w.days("")[1]; len(got.Sessions) != 0 || got.State != "closed" {
			t.Errorf("a closed day %+v", got)
		}
		w.refused(409, "not_offered", book(4, day, "19:00"))
		w.refused(409, "not_offered", desks(cookie, elsewhere.Ticket.ID, "rebook", wire.RebookRequest{Day: day, Slot: "19:00"}))
		if got := w.mine(elsewhere).Ticket; got.State != "booked" || got.Day != other {
			t.Errorf("after a refused move %+v", got)
		}
		if n := shut(""); n != 0 {
			t.Errorf("again: %d", n)
		}

		if got := open(first); got.Closed != "day" { // the day is closed as a whole
			t.Errorf("opened a session of a closed day: %+v", got)
		}
		if got := open(""); got.Closed != "" || len(got.Tickets) != 0 {
			t.Errorf("opened %+v", got)
		}
		if got := sessions(); len(got) != 2 {
			t.Errorf("after it %q", got)
		}
		get[wire.Issued](w, 201, book(4, day, "10:00"))
		w.refused(401, "session_required", ask{method: "POST", path: path + "/open", key: freshKey(), body: "{}"})
	})
}

// TestArrive_ByTheEntranceCodeHasATime comes too early and too late.
func TestArrive_ByTheEntranceCodeHasATime(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.slotMode(func(s *clinic.Service) { s.Slot.ArriveFrom, s.Slot.Late, s.Slot.Grace = 30, "desk", 0 })
		cookie := w.login()
		here := wire.ArriveRequest{Presence: "here"}
		mine := w.book(1, "17:00")
		p := w.notBooked(409, "too_early", owners(mine, "arrive", here))
		if p.OpensAt == nil || p.OpensAt.Format("15:04") != "16:30" {
			t.Errorf("too early: %+v", p)
		}
		w.refused(409, "state_forbids", owners(mine, "arrive", wire.ArriveRequest{Presence: "out"}))
		late := get[wire.Issued](w, 201, w.telephone(cookie, "1", wire.IssueRequest{PartySize: 1, Slot: "10:00", Patient: person(2), Override: true}))
		w.refused(409, "too_late", owners(late, "arrive", here))
		if got := w.actWith(cookie, late.Ticket.ID, "arrive", here); got.State != "waiting" || !got.Late {
			t.Errorf("the desk decides: %+v", got)
		}
		if got := w.actWith(cookie, mine.Ticket.ID, "arrive", here); got.State != "waiting" || got.Late {
			t.Errorf("the desk knows no time: %+v", got)
		}
		tomorrow := w.issue("1", wire.IssueRequest{PartySize: 1, Day: w.days("")[1].Day, Slot: "10:00", Patient: person(3)})
		w.refused(409, "day_ahead", owners(tomorrow, "arrive", here))
		w.refused(409, "day_ahead", desks(cookie, tomorrow.Ticket.ID, "arrive", here))
	})
}

// TestSlots_AnotherTokenDoesNothing sends every act with another ticket's token, and those
// of the desk with the owner's.
func TestSlots_AnotherTokenDoesNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.slotMode(nil)
		mine, other := w.book(1, "17:00"), w.book(2, "17:00")
		stolen := wire.Issued{Ticket: mine.Ticket, Token: other.Token}
		w.refused(403, "token_wrong", ask{method: "GET", path: "/v1/tickets/" + mine.Ticket.ID, token: other.Token})
		for _, act := range enum(readSpec(t), "Act", "act") {
			for _, i := range []wire.Issued{stolen, mine} {
				a := owners(i, act, `{"cancelCode":"`+wrong(mine)+`","presence":"x","slot":"16:00","partySize":2}`)
				if res := w.do(a); res.status < 400 || res.status >= 500 {
					t.Errorf("%s: %d %s", act, res.status, res.body)
				}
			}
		}
		for _, path := range []string{"/slots", "/days/2099-01-01/bookings"} {
			w.refused(401, "session_required", ask{method: "GET", path: "/v1/services/" + w.ref("1") + path, token: mine.Token})
		}
		for _, path := range []string{"/bookings", "/days/2099-01-01/close"} {
			w.refused(401, "session_required", ask{method: "POST", path: "/v1/services/" + w.ref("1") + path, token: mine.Token, key: freshKey(), body: "{}"})
		}
		if got := w.mine(mine).Ticket; got.State != "booked" || got.Slot != "17:00" || got.PartySize != 1 {
			t.Errorf("after all that %+v", got)
		}
	})
}
