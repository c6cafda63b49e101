package api

import (
	"strings"
	"testing"

	"junban/api/view"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

// TestWaits_AreSaidToWhoWaitsAndHiddenWhereTheClinicHidesThem issues two
// tickets, and lets one be absent.
func TestWaits_AreSaidToWhoWaitsAndHiddenWhereTheClinicHidesThem(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		first := get[wire.Issued](w, 201, w.web("1", wire.IssueRequest{})).Ticket
		get[wire.Issued](w, 201, w.web("1", wire.IssueRequest{}))
		b := w.board("1")
		if b.WaitMinutes == nil || b.WaitMinutes.Low%5 != 0 || b.WaitMinutes.High%5 != 0 || b.WaitMinutes.High <= b.WaitMinutes.Low {
			t.Fatalf("the board says %+v", b.WaitMinutes)
		}
		for _, ticket := range w.staff(cookie).Services[0].Tickets {
			if ticket.WaitMinutes == nil {
				t.Errorf("number %d is told nothing", ticket.Number)
			}
		}
		id := queue.TicketID(first.ID)
		if _, err := w.line.Call(t.Context(), id, "1", queue.Act{}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.line.Do(t.Context(), id, queue.Miss, queue.Act{}); err != nil {
			t.Fatal(err)
		}
		w.api.clinics.Touch(w.clinic.ID)
		for _, ticket := range w.staff(cookie).Services[0].Tickets {
			if ticket.ID == first.ID && ticket.WaitMinutes != nil {
				t.Errorf("the absent is told %+v", ticket.WaitMinutes)
			}
		}
		w.record(func(c *clinic.Clinic) { c.Services[0].Hide = []string{"waitMinutes"} })
		w.api.clinics.Touch(w.clinic.ID)
		body := string(w.do(ask{method: "GET", path: "/v1/services/" + w.ref("1") + "/board"}).body)
		if strings.Contains(body, "waitMinutes") || strings.Contains(body, "overrunning") {
			t.Errorf("hidden, and said: %s", body)
		}
		snap, v, err := w.api.clinics.Snapshot(t.Context(), w.clinic.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, waiting := range snap.Lines[0].Waiting {
			for _, to := range []view.Audience{view.ToPublic, view.ToDesk} {
				if said, _ := v.FindTicket(snap, waiting.ID, to); said.WaitMinutes != nil {
					t.Errorf("hidden, and said to number %d", said.Number)
				}
			}
		}
	})
}
