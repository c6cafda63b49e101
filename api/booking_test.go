package api

import (
	"net/http"
	"testing"

	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/queue/queuetest"
)

// TestBooking_GivesNumbersForDaysToCome books tomorrow from the web, cancels it
// as its owner, and shows the desk what is left.
func TestBooking_GivesNumbersForDaysToCome(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		days := func() []wire.Day {
			return get[wire.Days](w, 200, ask{method: "GET", path: "/v1/services/" + w.ref("1") + "/days"}).Days
		}
		if got := days(); len(got) != 0 {
			t.Errorf("without bookings: %+v", got)
		}
		w.record(func(c *clinic.Clinic) {
			frame := func(id string, from, to hours.Clock) hours.Frame {
				return hours.Frame{Session: id, Consult: hours.Span{From: from, To: to}}
			}
			c.Zone = queuetest.Noon() // the web is served
			c.Calendar = &hours.Calendar{Weekly: map[string][]hours.Frame{}}
			for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
				c.Calendar.Weekly[d] = []hours.Frame{frame("morning", "09:00", "12:00"), frame("afternoon", "15:00", "18:00")}
			}
			c.Services[0].Booking = clinic.Booking{Days: 2, Numbers: clinic.NumbersOpening}
			c.Services[0].Capacity = clinic.Capacity{Web: new(2), First: new(0), Few: 1}
		})
		offered := days()
		if len(offered) != 2 || offered[0].Numbers != "opening" || len(offered[0].Sessions) != 2 {
			t.Fatalf("offered %+v", offered)
		}
		if s := offered[0].Sessions[1]; s.Session != "afternoon" || s.Availability != "many" || s.FirstVisit != "none" || s.To.Sub(s.From.Time).Hours() != 3 {
			t.Errorf("session %+v", s)
		}
		day := offered[0].Day
		booked := w.issue("1", wire.IssueRequest{Day: day, Session: "afternoon", Patient: wire.Patient{Name: "花子"}})
		if booked.Ticket.State != "booked" || booked.Ticket.Number != 0 || booked.Ticket.Todo != wire.TodoLater || booked.Ticket.Day != day ||
			booked.Ticket.Session != "afternoon" || !booked.Ticket.Cancellable {
			t.Errorf("booked %+v", booked.Ticket)
		}
		if got := days()[0].Sessions[1].Availability; got != "few" {
			t.Errorf("one left: %q", got)
		}
		if got := w.board("1"); len(got.Line) != 0 {
			t.Errorf("today's line: %+v", got)
		}

		cookie := w.login()
		bookings := func() []wire.StaffTicket {
			return get[wire.Bookings](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number() + "/bookings", cookie: cookie}).Tickets
		}
		if got := bookings(); len(got) != 1 || got[0].Name != "花子" || got[0].ID != booked.Ticket.ID {
			t.Errorf("bookings %+v", got)
		}
		w.refused(http.StatusConflict, "day_ahead", ask{method: "POST", path: "/v1/tickets/" + booked.Ticket.ID + "/hold", cookie: cookie})
		w.refused(http.StatusConflict, "not_offered", w.web("1", wire.IssueRequest{Day: "2099-01-01"}))
		w.refused(http.StatusBadRequest, "field_invalid", w.web("1", wire.IssueRequest{Day: "tomorrow"}))
		w.refused(http.StatusUnauthorized, "session_required", ask{method: "GET", path: "/v1/clinics/" + w.number() + "/bookings"})
		mine := ask{method: "GET", path: "/v1/tickets/" + booked.Ticket.ID, token: booked.Token}
		if got := get[wire.TicketAnswer](w, 200, mine).Ticket; got.State != "booked" || !got.Cancellable {
			t.Errorf("read again %+v", got)
		}
		watched := w.socket([]string{"ticket:" + booked.Ticket.ID}, booked.Token)
		watched.next(func(f wire.Frame) bool { return f.Ticket != nil && f.Ticket.State == "booked" })
		gone := get[wire.TicketAnswer](w, 200, ask{
			method: "POST", path: mine.path + "/cancel", token: booked.Token, body: wire.CancelRequest{CancelCode: booked.CancelCode},
		}).Ticket
		if gone.State != "cancelled" {
			t.Errorf("cancelled %+v", gone)
		}
		if got := bookings(); len(got) != 0 {
			t.Errorf("bookings after the cancel %+v", got)
		}
		watched.next(func(f wire.Frame) bool { return f.Ticket != nil && f.Ticket.State == "cancelled" })
		w.act(cookie, booked.Ticket.ID, "undo")
		watched.next(func(f wire.Frame) bool { return f.Ticket != nil && f.Ticket.State == "booked" })
	})
}
