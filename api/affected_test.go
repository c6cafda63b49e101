package api

import (
	"testing"

	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// TestAffected_StaysUntilThePatientWasTold shortens a session. The desk and the
// ticket's owner see it, until the desk has informed the patient.
func TestAffected_StaysUntilThePatientWasTold(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		w.sessions(9, 18, 0, -30) // it is noon
		w.record(func(c *clinic.Clinic) { c.Services[0].Booking = clinic.Booking{Days: 1} })
		mine := w.issue("1", wire.IssueRequest{Patient: wire.Patient{Name: "花子", Phone: "09011112222"}})
		offers := get[wire.Days](w, 200, ask{method: "GET", path: "/v1/services/" + w.ref("1") + "/days"}).Days
		booked := w.issue("1", wire.IssueRequest{Day: offers[0].Day, Patient: wire.Patient{Phone: "09033334444"}})
		read := func(i wire.Issued) wire.Ticket {
			t.Helper()
			return get[wire.TicketAnswer](w, 200, ask{method: "GET", path: "/v1/tickets/" + i.Ticket.ID, token: i.Token}).Ticket
		}
		listed := func() (today, later []wire.StaffTicket) {
			t.Helper()
			for _, x := range w.staff(cookie).Services[0].Tickets {
				if x.Affected != "" {
					today = append(today, x)
				}
			}
			for _, x := range get[wire.Bookings](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number() + "/bookings", cookie: cookie}).Tickets {
				if x.Affected != "" {
					later = append(later, x)
				}
			}
			return today, later
		}
		if today, later := listed(); len(today)+len(later) > 0 {
			t.Fatalf("before any change %+v %+v", today, later)
		}
		rev := w.staff(cookie).Rev
		w.sessions(9, 12, 0, 0)
		today, later := listed()
		if len(today) != 1 || len(later) != 1 || today[0].Phone != "09011112222" || later[0].Phone != "09033334444" ||
			today[0].EndsAt == nil || today[0].EndsAt.Format("15:04") != "12:00" || later[0].EndsAt == nil {
			t.Fatalf("today %+v, later %+v", today, later)
		}
		if now := w.staff(cookie).Rev; now == rev {
			t.Error("the desk does not learn that the record has changed")
		}
		if got := read(mine); got.Advice != "short" || got.Todo != wire.TodoDesk {
			t.Errorf("its session is over: %q", got.Advice)
		}
		if got := read(booked); got.Advice != "later" {
			t.Errorf("a day to come: %q", got.Advice)
		}

		contacted := func(x wire.StaffTicket, affected string) ask {
			return ask{method: "POST", path: "/v1/tickets/" + x.ID + "/contacted", cookie: cookie, body: wire.ContactedRequest{Affected: affected, Rev: x.Rev}}
		}
		w.refused(400, "field_invalid", contacted(today[0], ""))
		w.refused(409, "ticket_changed", contacted(today[0], "another"))
		owner := contacted(today[0], today[0].Affected)
		owner.cookie, owner.token = "", mine.Token
		w.refused(401, "session_required", owner)
		get[wire.TicketAnswer](w, 200, contacted(today[0], today[0].Affected))
		get[wire.TicketAnswer](w, 200, contacted(later[0], later[0].Affected))
		if today, later := listed(); len(today)+len(later) > 0 {
			t.Errorf("after they were told %+v %+v", today, later)
		}
		if got := read(mine).Advice; got != "come" {
			t.Errorf("a patient who was told comes as agreed: %q", got)
		}
		w.act(cookie, mine.Ticket.ID, "undo")
		if today, _ := listed(); len(today) != 1 {
			t.Errorf("undone %+v", today)
		}
		w.record(func(c *clinic.Clinic) {
			closed := *c.Calendar // the former record keeps its own
			closed.Exceptions = []hours.Exception{{Date: booked.Ticket.Day, Closed: true, Reason: "臨時休診"}}
			c.Calendar = &closed
		})
		if _, later := listed(); len(later) != 1 || later[0].EndsAt != nil || later[0].Advice != "closed" {
			t.Errorf("closed since %+v", later)
		}
		w.sessions(9, 18, 0, -30)
		if today, later := listed(); len(today)+len(later) > 0 {
			t.Errorf("given back %+v %+v", today, later)
		}
	})
}
