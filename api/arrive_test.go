package api

import (
	"testing"

	"junban/api/limit"
	"junban/api/wire"
)

func TestArrive_ByOwnerWithTheToken(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		mine, other := w.issue("1", wire.IssueRequest{}), w.issue("1", wire.IssueRequest{})
		path := "/v1/tickets/" + mine.Ticket.ID + "/arrive"
		here := wire.ArriveRequest{Presence: "here"}
		if mine.Ticket.Presence != "" || mine.Ticket.Absence == nil || mine.Ticket.Absence.Rule != "back_n" || mine.Ticket.Absence.Back != 3 {
			t.Errorf("issued %+v", mine.Ticket)
		}
		w.refused(401, "token_required", ask{method: "POST", path: path, body: here})
		w.refused(403, "token_wrong", ask{method: "POST", path: path, body: here, token: other.Token})
		w.refused(400, "field_invalid", ask{method: "POST", path: path, body: "{}", token: mine.Token}) // the desk alone
		w.refused(400, "malformed_body", ask{method: "POST", path: path, token: mine.Token})
		for _, presence := range []string{"here", "out"} {
			got := get[wire.TicketAnswer](w, 200, ask{method: "POST", path: path, token: mine.Token, body: wire.ArriveRequest{Presence: presence}}).Ticket
			if got.Presence != presence || got.State != "waiting" {
				t.Errorf("says %s: %+v", presence, got)
			}
		}
		if got := w.actWith(cookie, mine.Ticket.ID, "arrive", "{}"); got.Presence != "" {
			t.Errorf("the desk takes it back: %+v", got)
		}
		for _, act := range []string{"return", "no_show", "move", "transfer", "exam"} {
			w.refused(401, "session_required", ask{method: "POST", path: "/v1/tickets/" + mine.Ticket.ID + "/" + act, token: mine.Token, body: "{}"})
		}
	})
}

func TestArrive_WhoWasAbsentWaitsAgainWhenTheDeskSaysSo(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		mine := w.issue("1", wire.IssueRequest{})
		w.callNext(cookie, "1", "1")
		if got := w.act(cookie, mine.Ticket.ID, "absent"); got.State != "absent" || got.Todo != wire.TodoDesk || got.Absence == nil {
			t.Errorf("absent %+v", got)
		}
		got := get[wire.TicketAnswer](w, 200, ask{
			method: "POST", path: "/v1/tickets/" + mine.Ticket.ID + "/arrive", token: mine.Token, body: wire.ArriveRequest{Presence: "here"},
		}).Ticket
		if got.State != "absent" || got.Presence != "here" {
			t.Errorf("arrived %+v", got)
		}
		if seen := w.staff(cookie).Services[0].Tickets[0]; seen.Presence != "here" || seen.State != "absent" {
			t.Errorf("the desk sees %+v", seen)
		}
		if got := w.act(cookie, mine.Ticket.ID, "return"); got.State != "waiting" || got.Presence != "here" {
			t.Errorf("returned %+v", got)
		}
		if got := w.act(cookie, mine.Ticket.ID, "no_show"); got.State != "no_show" || got.Todo != wire.TodoNone {
			t.Errorf("did not come %+v", got)
		}
	})
}

// TestArrive_IsLimitedByTicket sends from many addresses, as a phone on the move does.
func TestArrive_IsLimitedByTicket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, other := w.issue("1", wire.IssueRequest{}), w.issue("1", wire.IssueRequest{})
	here := func(i wire.Issued) ask {
		return ask{method: "POST", path: "/v1/tickets/" + i.Ticket.ID + "/arrive", token: i.Token, body: wire.ArriveRequest{Presence: "here"}}
	}
	for range limit.Arrivals.Whole.Burst {
		get[wire.TicketAnswer](w, 200, here(mine))
	}
	w.refused(429, "too_many_requests", here(mine))
	get[wire.TicketAnswer](w, 200, here(other))
}
