package api

import (
	"bytes"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"junban/api/route"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

func TestIssue_AnswersTicketTokenAndCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.issue("1", wire.IssueRequest{})
	res := w.do(ask{method: "POST", path: "/v1/services/" + w.ref("1") + "/tickets", key: freshKey(),
		body: wire.IssueRequest{PartySize: 2, Patient: wire.Patient{Name: "山田", Phone: "０９０-1234-5678"}}})
	second := w.issue("1", wire.IssueRequest{})
	if first.Ticket.Number != 1 || second.Ticket.Number != 3 {
		t.Errorf("numbers %d and %d, want 1 and 3", first.Ticket.Number, second.Ticket.Number)
	}
	if first.Ticket.PartySize != 1 || first.Ticket.State != "waiting" || first.Ticket.ServiceName != "内科" {
		t.Errorf("ticket %+v", first.Ticket)
	}
	if len(first.Token) < 22 || len(first.CancelCode) != 6 || !first.Ticket.Cancellable {
		t.Errorf("token %q, code %q, cancellable %v", first.Token, first.CancelCode, first.Ticket.Cancellable)
	}
	if second.Ticket.Ahead == nil || *second.Ticket.Ahead != 2 || second.Ticket.Unit != "組" {
		t.Errorf("ahead of the third: %+v", second.Ticket)
	}
	if res.status != 201 || !strings.HasPrefix(res.header.Get("Location"), "/v1/tickets/"+w.ref("1")+"-") {
		t.Errorf("status %d, location %q", res.status, res.header.Get("Location"))
	}
	if bytes.Contains(res.body, []byte("山田")) || strings.Contains(w.log.String(), "山田") || strings.Contains(w.log.String(), "1234-5678") {
		t.Error("patient data in the answer or the log")
	}
	if id := first.Ticket.ID; strings.Contains(w.log.String(), id[10:]) {
		t.Error("the ticket's id is in the log")
	}
}

func TestIssue_WithoutWebCancelHasNoCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := w.issue("2", wire.IssueRequest{PartySize: 3})
	if got.CancelCode != "" || got.Ticket.Cancellable {
		t.Errorf("code %q, cancellable %v", got.CancelCode, got.Ticket.Cancellable)
	}
	if got.Ticket.Ahead == nil || *got.Ticket.Ahead != 0 {
		t.Errorf("nobody is ahead, yet %v", got.Ticket.Ahead)
	}
	if next := w.issue("2", wire.IssueRequest{}); next.Ticket.Ahead != nil || next.Ticket.Todo != wire.TodoWait {
		t.Errorf("people ahead are not known here: %+v", next.Ticket)
	}
}

func TestIssue_SameKeyGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := ask{method: "POST", path: "/v1/services/" + w.ref("1") + "/tickets", key: freshKey(), body: wire.IssueRequest{PartySize: 2}}
	first := w.do(a)
	w.issue("1", wire.IssueRequest{})
	again := w.do(a)
	if first.status != 201 || again.status != 201 || !bytes.Equal(first.body, again.body) {
		t.Errorf("first %d %s\nagain %d %s", first.status, first.body, again.status, again.body)
	}
	if first.header.Get("Idempotent-Replayed") != "" || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("replayed: %q, then %q", first.header.Get("Idempotent-Replayed"), again.header.Get("Idempotent-Replayed"))
	}
	a.body = wire.IssueRequest{PartySize: 3}
	w.refused(409, "idempotency_conflict", a)
}

func TestIssue_KeysOfWebAndDeskDoNotCollide(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie := w.login()
	web := get[wire.Issued](w, 201, ask{method: "POST", path: "/v1/services/" + w.ref("1") + "/tickets", key: someKey, body: wire.IssueRequest{}})
	desk := get[wire.Issued](w, 201, ask{method: "POST", path: "/v1/services/" + w.ref("1") + "/walkins", key: someKey, cookie: cookie, body: wire.IssueRequest{}})
	if web.Ticket.ID == desk.Ticket.ID {
		t.Error("a walk-in got a patient's ticket")
	}
}

// TestOwnerActs_KeysAreOfTheirTicket sends the same key for two tickets, as two
// strangers may, and repeats each act.
func TestOwnerActs_KeysAreOfTheirTicket(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		one, two := w.issue("1", wire.IssueRequest{}), w.issue("1", wire.IssueRequest{})
		for range 2 {
			for _, i := range []wire.Issued{one, two} {
				path := "/v1/tickets/" + i.Ticket.ID
				got := get[wire.TicketAnswer](w, 200, ask{method: "POST", path: path + "/arrive", key: someKey, token: i.Token, body: wire.ArriveRequest{Presence: "here"}})
				if got.Ticket.ID != i.Ticket.ID {
					t.Errorf("the act on %s was done on %s", i.Ticket.ID, got.Ticket.ID)
				}
				w.refused(400, "idempotency_key_malformed", ask{method: "POST", path: path + "/arrive", key: someKey[1:], token: i.Token, body: wire.ArriveRequest{Presence: "here"}})
				w.refused(400, "idempotency_key_malformed", ask{method: "POST", path: path + "/cancel", key: someKey[1:], token: i.Token, body: wire.CancelRequest{CancelCode: i.CancelCode}})
			}
		}
	})
}

func TestIssue_BadInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/v1/services/" + w.ref("1") + "/tickets"
	long := strings.Repeat("あ", 61)
	for name, tt := range map[string]struct {
		status int
		code   string
		a      ask
	}{
		"no key":               {400, "idempotency_key_required", ask{body: "{}"}},
		"key too long":         {400, "idempotency_key_malformed", ask{body: "{}", key: strings.Repeat("k", 201)}},
		"key with a space":     {400, "idempotency_key_malformed", ask{body: "{}", key: "a b" + someKey}},
		"key too short":        {400, "idempotency_key_malformed", ask{body: "{}", key: someKey[:15]}},
		"no body":              {400, "malformed_body", ask{key: someKey}},
		"not JSON":             {400, "malformed_body", ask{key: someKey, body: "{"}},
		"a list":               {400, "malformed_body", ask{key: someKey, body: "[]"}},
		"null":                 {400, "malformed_body", ask{key: someKey, body: "null"}},
		"wrong type":           {400, "malformed_body", ask{key: someKey, body: `{"partySize":"two"}`}},
		"trailing data":        {400, "malformed_body", ask{key: someKey, body: `{} {}`}},
		"too large":            {413, "body_too_large", ask{key: someKey, body: `{"x":"` + strings.Repeat("a", route.MaxBody) + `"}`}},
		"long name":            {400, "field_invalid", ask{key: someKey, body: wire.IssueRequest{Patient: wire.Patient{Name: long}}}},
		"control in name":      {400, "field_invalid", ask{key: someKey, body: `{"patient":{"name":"a\u0007b"}}`}},
		"direction in name":    {400, "field_invalid", ask{key: someKey, body: wire.IssueRequest{Patient: wire.Patient{Name: "山田\u202e54321"}}}},
		"direction in card":    {400, "field_invalid", ask{key: someKey, body: wire.IssueRequest{Patient: wire.Patient{CardNumber: "1\u20662"}}}},
		"two lines in name":    {400, "field_invalid", ask{key: someKey, body: wire.IssueRequest{Patient: wire.Patient{Name: "山田\u2028太郎"}}}},
		"a note in phone":      {400, "field_invalid", ask{key: someKey, body: wire.IssueRequest{Patient: wire.Patient{Phone: "090-1234-5678（母）"}}}},
		"letters in phone":     {400, "field_invalid", ask{key: someKey, body: wire.IssueRequest{Patient: wire.Patient{Phone: "090-abcd"}}}},
		"long phone":           {400, "field_invalid", ask{key: someKey, body: wire.IssueRequest{Patient: wire.Patient{Phone: strings.Repeat("9", 21)}}}},
		"very long phone":      {400, "field_invalid", ask{key: someKey, body: wire.IssueRequest{Patient: wire.Patient{Phone: strings.Repeat("-", 100)}}}},
		"only a plus":          {400, "field_invalid", ask{key: someKey, body: wire.IssueRequest{Patient: wire.Patient{Phone: "+"}}}},
		"long card":            {400, "field_invalid", ask{key: someKey, body: wire.IssueRequest{Patient: wire.Patient{CardNumber: strings.Repeat("9", 21)}}}},
		"negative party":       {422, "party_size", ask{key: someKey, body: wire.IssueRequest{PartySize: -1}}},
		"party too large":      {422, "party_size", ask{key: someKey, body: wire.IssueRequest{PartySize: 6}}},
		"unknown service":      {404, "service_unknown", ask{path: "/v1/services/" + w.ref("9") + "/tickets", key: someKey, body: "{}"}},
		"unknown clinic":       {404, "service_unknown", ask{path: "/v1/services/0000-1/tickets", key: someKey, body: "{}"}},
		"malformed service":    {404, "service_unknown", ask{path: "/v1/services/x/tickets", key: someKey, body: "{}"}},
		"another site's page":  {403, "foreign_origin", ask{key: someKey, body: "{}", header: map[string][]string{"Origin": {"https://evil.example"}}}},
		"another site's fetch": {403, "foreign_origin", ask{key: someKey, body: "{}", header: map[string][]string{"Sec-Fetch-Site": {"cross-site"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := *w
			w.t = t
			tt.a.method = "POST"
			if tt.a.path == "" {
				tt.a.path = path
			}
			res := w.refused(tt.status, tt.code, tt.a)
			if name == "wrong type" && !bytes.Contains(res.body, []byte("partySize")) {
				t.Errorf("the problem does not name the field: %s", res.body)
			}
		})
	}
	if n := w.board("1").Waiting.Tickets; n != 0 {
		t.Errorf("%d tickets were issued all the same", n)
	}
}

func TestIssue_ClosedAndPaused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie := w.login()
	for state, code := range map[string]string{"closed": "reception_closed", "paused": "reception_paused"} {
		get[wire.ReceptionRequest](w, 200, ask{method: "PUT", path: "/v1/services/" + w.ref("1") + "/reception", cookie: cookie, body: wire.ReceptionRequest{Reception: state}})
		w.refused(409, code, ask{method: "POST", path: "/v1/services/" + w.ref("1") + "/tickets", key: freshKey(), body: "{}"})
		get[wire.Issued](w, 201, ask{method: "POST", path: "/v1/services/" + w.ref("1") + "/walkins", cookie: cookie, body: wire.IssueRequest{}})
	}
}

func TestTicket_ForOwnerAndOwnDeskOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, other := w.issue("1", wire.IssueRequest{}), w.issue("1", wire.IssueRequest{})
	path := "/v1/tickets/" + other.Ticket.ID
	got := get[wire.TicketAnswer](w, 200, ask{method: "GET", path: path, token: other.Token}).Ticket
	if got.Ahead == nil || *got.Ahead != 1 || got.Todo != wire.TodoCome {
		t.Errorf("owner sees %+v", got)
	}
	get[wire.TicketAnswer](w, 200, ask{method: "GET", path: path, cookie: w.login()})
	w.refused(401, "token_required", ask{method: "GET", path: path})
	w.refused(403, "token_wrong", ask{method: "GET", path: path, token: mine.Token})
	w.refused(401, "session_required", ask{method: "GET", path: path, cookie: "x"})
	w.refused(403, "foreign_origin", ask{method: "GET", path: path, cookie: w.login(), header: map[string][]string{"Origin": {"https://evil.example"}}})
	w.refused(404, "ticket_unknown", ask{method: "GET", path: "/v1/tickets/x", token: mine.Token})
	absent := queue.TicketID(w.ref("1") + "-200101-abcdefghijkl")
	w.refused(403, "token_wrong", ask{method: "GET", path: "/v1/tickets/" + string(absent), token: mine.Token})
	w.refused(404, "ticket_unknown", ask{method: "GET", path: "/v1/tickets/" + string(absent), token: plainToken(w.api.keys, absent)})
	gone := queue.TicketID("0000-1-200101-abcdefghijkl")
	w.refused(404, "ticket_unknown", ask{method: "GET", path: "/v1/tickets/" + string(gone), token: plainToken(w.api.keys, gone)})
}

func TestCancel_ByOwnerWithCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine := w.issue("1", wire.IssueRequest{})
	path := "/v1/tickets/" + mine.Ticket.ID + "/cancel"
	wrong := mine.CancelCode + "0"
	w.refused(401, "token_required", ask{method: "POST", path: path, body: wire.CancelRequest{CancelCode: mine.CancelCode}})
	w.refused(403, "token_wrong", ask{method: "POST", path: path, token: "x", body: wire.CancelRequest{CancelCode: mine.CancelCode}})
	w.refused(400, "field_invalid", ask{method: "POST", path: path, token: mine.Token, body: "{}"})
	w.refused(403, "wrong_cancel_code", ask{method: "POST", path: path, token: mine.Token, body: wire.CancelRequest{CancelCode: wrong}})
	got := get[wire.TicketAnswer](w, 200, ask{method: "POST", path: path, token: mine.Token, key: someKey + "c", body: wire.CancelRequest{CancelCode: mine.CancelCode}}).Ticket
	if got.State != "cancelled" || got.Todo != wire.TodoNone || got.EndedAt == nil {
		t.Errorf("after the cancel %+v", got)
	}
	get[wire.TicketAnswer](w, 200, ask{method: "POST", path: path, token: mine.Token, key: someKey + "c", body: wire.CancelRequest{CancelCode: mine.CancelCode}})
	if n := w.board("1").Waiting.Tickets; n != 0 {
		t.Errorf("%d still wait", n)
	}

	locked := w.issue("1", wire.IssueRequest{})
	for range queue.WrongCodes {
		w.refused(403, "wrong_cancel_code", ask{method: "POST", path: "/v1/tickets/" + locked.Ticket.ID + "/cancel", token: locked.Token, body: wire.CancelRequest{CancelCode: wrong}})
	}
	w.refused(429, "cancel_code_locked", ask{method: "POST", path: "/v1/tickets/" + locked.Ticket.ID + "/cancel", token: locked.Token, body: wire.CancelRequest{CancelCode: locked.CancelCode}})
	desk := w.issue("2", wire.IssueRequest{})
	w.refused(409, "not_cancellable", ask{method: "POST", path: "/v1/tickets/" + desk.Ticket.ID + "/cancel", token: desk.Token, body: wire.CancelRequest{CancelCode: "1"}})
}

// TestTicket_OfADayThatIsOverIsNotLive reads tickets whose day ends while they wait or
// are called, before that day is closed and after it.
func TestTicket_OfADayThatIsOverIsNotLive(t *testing.T) {
	t.Parallel()
	model := queuetest.NewModel()
	var later atomic.Int64
	model.Now = func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	w := onModel(t, model, model, wellFeed{model})
	cookie := w.login()
	called, waiting := w.issue("1", wire.IssueRequest{}), w.issue("1", wire.IssueRequest{})
	w.callNext(cookie, "1", "1")
	v := w.socket([]string{"ticket:" + waiting.Ticket.ID}, waiting.Token)
	v.next(func(f wire.Frame) bool { return f.Ticket != nil && f.Ticket.State == "waiting" && f.Ticket.Cancellable })

	later.Store(int64(48 * time.Hour))
	if today := w.issue("1", wire.IssueRequest{}).Ticket.Day; today <= waiting.Ticket.Day {
		t.Fatalf("the day is %s after %s", today, waiting.Ticket.Day)
	}
	over := func(what string, got wire.Ticket, state, reason string) {
		t.Helper()
		if got.State != state || got.Reason != reason || got.Todo != wire.TodoNone || got.Advice != "cancelled" || got.Cancellable ||
			got.Ahead != nil || got.WaitMinutes != nil || got.Absence != nil || got.Notice != nil {
			t.Errorf("%s: %+v", what, got)
		}
	}
	read := func(i wire.Issued) wire.Ticket {
		t.Helper()
		return get[wire.TicketAnswer](w, 200, ask{method: "GET", path: "/v1/tickets/" + i.Ticket.ID, token: i.Token}).Ticket
	}
	over("watched", *v.next(func(f wire.Frame) bool { return f.Ticket != nil && f.Ticket.Todo == wire.TodoNone }).Ticket, "waiting", "")
	over("waiting", read(waiting), "waiting", "")
	over("called", read(called), "called", "")

	if err := model.CloseDay(t.Context(), w.clinic.ID, clinic.Day(waiting.Ticket.Day)); err != nil {
		t.Fatal(err)
	}
	over("closed", read(waiting), "no_show", queue.ReasonDayEnd)
	if got := read(called); got.State != "done" || got.Advice != "none" || got.Cancellable {
		t.Errorf("closed, and called until then: %+v", got)
	}
}
