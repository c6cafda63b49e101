package api

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"junban/api/wire"
	"junban/queue/clinic"
)

// slotMode puts the clinic's first service into slot mode. It is noon there. Its day has
// slots of half an hour from 09:00 to 18:00, with two seats for the web and one for the
// desk. Three days to come can be booked.
func (w *world) slotMode(change func(*clinic.Service)) {
	w.t.Helper()
	w.sessions(9, 18, 0, 0)
	w.record(func(c *clinic.Clinic) {
		s := &c.Services[0]
		s.FillSlotDefaults()
		s.Slot.Web, s.Slot.Desk, s.Slot.Lead, s.Slot.ArriveFrom = new(2), new(1), 0, 720
		s.Booking.Days, s.WebCancel, s.Capacity.Few = 3, true, 1
		if change != nil {
			change(s)
		}
	})
}

// person is the nth patient.
func person(n int) wire.Patient {
	return wire.Patient{Name: fmt.Sprintf("患者 %d", n), Phone: fmt.Sprintf("0900000%04d", n)}
}

// slot is a request for a slot of today from the web, by the nth patient.
func (w *world) slot(n int, slot string) ask {
	return w.web("1", wire.IssueRequest{PartySize: 1, Slot: slot, Patient: person(n)})
}

// book books a slot of today from the web.
func (w *world) book(n int, slot string) wire.Issued {
	w.t.Helper()
	return get[wire.Issued](w, 201, w.slot(n, slot))
}

// days are those that the web books.
func (w *world) days(query string) []wire.Day {
	w.t.Helper()
	return get[wire.Days](w, 200, ask{method: "GET", path: "/v1/services/" + w.ref("1") + "/days" + query}).Days
}

// mine reads a ticket as its owner.
func (w *world) mine(i wire.Issued) wire.TicketAnswer {
	w.t.Helper()
	return get[wire.TicketAnswer](w, 200, ask{method: "GET", path: "/v1/tickets/" + i.Ticket.ID, token: i.Token})
}

// owners is an act of a ticket's owner.
func owners(i wire.Issued, act string, body any) ask {
	return ask{method: "POST", path: "/v1/tickets/" + i.Ticket.ID + "/" + act, token: i.Token, body: body}
}

// slotOf returns a slot of a day.
func slotOf(t *testing.T, d wire.Day, slot string) wire.DaySlot {
	t.Helper()
	for _, session := range d.Sessions {
		for _, s := range session.Slots {
			if s.Slot == slot {
				return s
			}
		}
	}
	t.Fatalf("%s has no slot %s", d.Day, slot)
	return wire.DaySlot{}
}

// TestSlots_FromBookingToCall follows a patient, and the board beside.
func TestSlots_FromBookingToCall(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.slotMode(nil)
		cookie := w.login()
		days := w.days("")
		if len(days) != 4 || days[0].State != "open" || days[0].Numbers != "arrival" || len(days[0].Sessions[0].Slots) != 18 {
			t.Fatalf("days %+v", days)
		}
		if got := slotOf(t, days[0], "09:00"); got.Availability != "closed" || got.To != "09:30" {
			t.Errorf("a slot of the morning %+v", got)
		}
		if got := slotOf(t, days[0], "17:30").Availability; got != "many" {
			t.Errorf("two seats: %q", got)
		}
		if b := w.board("1"); b.Mode != "slot" || b.Slots == nil || b.Slots.Serving != "" || b.Slots.Booked != nil || len(b.Slots.Today) != 18 || b.Availability != "many" {
			t.Errorf("before the first call %+v", b.Slots)
		}

		late := w.book(1, "17:30")
		soon := w.book(2, "17:00")
		got := late.Ticket
		if got.State != "booked" || got.Number != 0 || got.Slot != "17:30" || got.SlotEnd != "18:00" || got.Day != days[0].Day || got.Todo != wire.TodoLater ||
			!got.Cancellable || got.CancelUntil == nil || !got.CancelUntil.Equal(got.SlotFrom.Time) || got.SlotTo.Sub(got.SlotFrom.Time) != 30*time.Minute ||
			got.StartsAt == nil || !got.StartsAt.Equal(got.SlotFrom.Time) || late.CancelCode == "" || late.Token == "" {
			t.Errorf("booked %+v", got)
		}
		here := wire.ArriveRequest{Presence: "here"}
		for range 2 { // twice is once
			if got := get[wire.TicketAnswer](w, 200, owners(late, "arrive", here)).Ticket; got.State != "waiting" || got.Number != 1 || got.Presence != "here" || got.ArrivedAt == nil {
				t.Errorf("arrived %+v", got)
			}
		}
		if got := w.actWith(cookie, soon.Ticket.ID, "arrive", here); got.State != "waiting" || got.Number != 2 {
			t.Errorf("arrived at the desk %+v", got)
		}
		if got := w.mine(late).Ticket; got.Ahead == nil || *got.Ahead != 1 || got.Advice != "here" {
			t.Errorf("behind the earlier slot %+v", got)
		}

		w.refused(409, "slot_later", ask{
			method: "POST", path: "/v1/services/" + w.ref("1") + "/call", key: freshKey(), cookie: cookie, body: wire.CallRequest{Room: "1"},
		})
		call := ask{method: "POST", path: "/v1/services/" + w.ref("1") + "/call", key: freshKey(), cookie: cookie, body: wire.CallRequest{Room: "1", Ticket: soon.Ticket.ID}}
		get[wire.TicketAnswer](w, 200, call)
		if s := w.board("1").Slots; s.Serving != "17:00" || *s.Booked != 1 || *s.Called != 1 {
			t.Errorf("called %+v", s)
		}
		staff := w.staff(cookie).Services[0]
		if len(staff.Slots) != 18 || staff.Slots[17].Waiting != 1 || staff.Slots[17].Booked != 1 || staff.Slots[17].Web.Used != 1 || *staff.Slots[17].Web.Limit != 2 || staff.Slots[16].Called != 1 {
			t.Errorf("the desk's slots %+v", staff.Slots)
		}
		w.act(cookie, soon.Ticket.ID, "undo")
		if s := w.board("1").Slots; s.Serving != "" || s.Booked != nil {
			t.Errorf("after undo %+v", s)
		}
	})
}

// TestSlots_HiddenFiguresAreAbsent hides the slots, then only their availability.
func TestSlots_HiddenFiguresAreAbsent(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.slotMode(func(s *clinic.Service) { s.Hide = []string{"slots"} })
		if b := w.board("1"); b.Slots != nil {
			t.Errorf("hidden %+v", b.Slots)
		}
		w.record(func(c *clinic.Clinic) { c.Services[0].Hide = []string{"availability"} })
		for _, s := range w.board("1").Slots.Today {
			if s.Availability != "" || s.FirstVisit != "" {
				t.Errorf("hidden %+v", s)
			}
		}
		for _, d := range w.days("?from=" + w.days("")[0].Day) {
			for _, session := range d.Sessions {
				if session.Availability != "" || len(session.Slots) != 18 || session.Slots[3].Availability != "" {
					t.Errorf("hidden %+v", session)
				}
			}
		}
		for n := range 2 {
			w.book(n, "17:00")
		}
		for _, o := range w.notBooked(409, "slot_full", w.slot(3, "17:00")).Offers {
			if o.Availability != "" {
				t.Errorf("hidden %+v", o)
			}
		}
	})
}

// notBooked checks that the answer is that problem, and returns it.
func (w *world) notBooked(status int, code string, a ask) wire.Problem {
	w.t.Helper()
	w.refused(status, code, a)
	return get[wire.Problem](w, status, a)
}

func TestDays_HaveARangeAndAnETag(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.slotMode(func(s *clinic.Service) { s.Booking.OpensAt = "23:50" })
		path := "/v1/services/" + w.ref("1") + "/days"
		all := w.days("")
		newest := all[3]
		if newest.State != "before" || newest.OpensAt == nil || newest.OpensAt.Format("15:04") != "23:50" || slotOf(t, newest, "09:00").Availability != "before" {
			t.Errorf("the newest day %+v", newest)
		}
		tomorrow := clinic.Day(all[1].Day)
		if got := w.days("?from=" + string(tomorrow) + "&to=" + string(tomorrow.Add(40))); len(got) != 41 || got[0].State != "open" || got[2].State != "before" || got[3].State != "closed" || len(got[3].Sessions) != 0 {
			t.Errorf("a range %+v", got)
		}
		if got := w.days("?from=2020-01-01&to=2020-01-01"); len(got) != 1 || got[0].State != "closed" {
			t.Errorf("the past %+v", got)
		}
		for _, query := range []string{"?from=x", "?to=2026-02-30", "?from=2026-12-02&to=2026-12-01", "?from=2026-01-01&to=2027-01-01", "?from=0001-01-01"} {
			w.refused(400, "field_invalid", ask{method: "GET", path: path + query})
		}
		res := w.do(ask{method: "GET", path: path})
		known := ask{method: "GET", path: path, header: http.Header{"If-None-Match": {res.header.Get("ETag")}}}
		if again := w.do(known); again.status != 304 || len(again.body) > 0 {
			t.Errorf("not changed: %d %s", again.status, again.body)
		}
		w.book(1, "17:00")
		if again := w.do(known); again.status != 200 || again.header.Get("ETag") == res.header.Get("ETag") {
			t.Errorf("changed: %d", again.status)
		}
		// A service in order mode has days without slots.
		if got := get[wire.Days](w, 200, ask{method: "GET", path: "/v1/services/" + w.ref("2") + "/days?to=" + string(tomorrow)}).Days; len(got) != 2 || got[1].Numbers != "now" {
			t.Errorf("order mode %+v", got)
		}
	})
}

// TestSlots_FormOfTheService asks for what the service wants, and drops what it does not.
func TestSlots_FormOfTheService(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.slotMode(func(s *clinic.Service) {
			s.Form.First = clinic.VisitForm{Kana: "required", Birth: "required", Sex: "optional", Mail: "optional", Symptoms: "optional", Consent: "required"}
		})
		cookie := w.login()
		profile := get[wire.Clinic](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number()}).Services[0]
		if profile.Form.First.Kana != "required" || profile.Form.Again.Kana != "off" || profile.Form.Again.Name != "required" || profile.Slots.Minutes != 30 || profile.Cancel == nil || profile.MaxLive != 3 || !profile.Identify {
			t.Errorf("profile %+v", profile)
		}
		ask1 := func(change func(*wire.Patient)) ask {
			p := person(1)
			p.Kana, p.Birth, p.Sex, p.Mail, p.Symptoms, p.Consent = "カンジャ", "1990-01-31", "female", "a@example.jp", "熱\nせき", true
			change(&p)
			return w.web("1", wire.IssueRequest{PartySize: 1, FirstVisit: true, Slot: "17:00", Patient: p})
		}
		missing := w.notBooked(400, "field_invalid", ask1(func(p *wire.Patient) { *p = wire.Patient{Phone: "0900000"} }))
		var pointers string
		for _, e := range missing.Errors {
			pointers += e.Pointer + " " + e.Code + ", "
		}
		if want := "/patient/name missing, /patient/kana missing, /patient/birth missing, /patient/consent missing, "; pointers != want {
			t.Errorf("missing %s, want %s", pointers, want)
		}
		for pointer, change := range map[string]func(*wire.Patient){
			"/patient/birth":    func(p *wire.Patient) { p.Birth = "1990-02-30" },
			"/patient/kana":     func(p *wire.Patient) { p.Kana = fmt.Sprintf("%061d", 1) },
			"/patient/sex":      func(p *wire.Patient) { p.Sex = "x" },
			"/patient/mail":     func(p *wire.Patient) { p.Mail = "a@b@example.jp" },
			"/patient/symptoms": func(p *wire.Patient) { p.Symptoms = fmt.Sprintf("%0501d", 1) },
		} {
			if p := w.notBooked(400, "field_invalid", ask1(change)); len(p.Errors) != 1 || p.Errors[0].Pointer != pointer {
				t.Errorf("%s: %+v", pointer, p.Errors)
			}
		}
		for _, birth := range []string{"1899-12-31", "2999-01-01"} {
			w.refused(400, "field_invalid", ask1(func(p *wire.Patient) { p.Birth = birth }))
		}
		for _, mail := range []string{"a", "a@b", "花子@example.jp", "A <a@example.jp>", "a@example.jp\r\nBcc: b@example.jp", fmt.Sprintf("%0250d@example.jp", 1)} {
			w.refused(400, "field_invalid", ask1(func(p *wire.Patient) { p.Mail = mail }))
		}
		get[wire.Issued](w, 201, ask1(func(*wire.Patient) {}))
		again := person(2)
		again.Kana, again.Mail, again.Memo = "カンジャ", "b@example.jp", "窓口のもの"
		get[wire.Issued](w, 201, w.web("1", wire.IssueRequest{PartySize: 1, Slot: "17:30", Patient: again}))
		tickets := w.staff(cookie).Services[0].Tickets
		if len(tickets) != 2 || tickets[0].Kana != "カンジャ" || tickets[0].Birth != "1990-01-31" || tickets[0].Sex != "female" || tickets[0].Mail != "a@example.jp" || tickets[0].Symptoms != "熱\nせき" || !tickets[0].Consent {
			t.Errorf("the desk sees %+v", tickets)
		}
		if len(tickets) == 2 && (tickets[1].Kana != "" || tickets[1].Mail != "" || tickets[1].Memo != "" || tickets[1].Name != "患者 2") {
			t.Errorf("what is not asked is kept: %+v", tickets[1])
		}
	})
}
