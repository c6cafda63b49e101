package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"junban/api/office"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/queuetest"
)

func TestDesk_PlaysAMorning(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		a, b, c := w.issue("1", wire.IssueRequest{}), w.issue("1", wire.IssueRequest{}), w.issue("1", wire.IssueRequest{})
		called := w.callNext(cookie, "1", "1")
		if called.Number != 1 || called.State != "called" || called.Room != "1" || called.RoomName != "第1診察室" || called.Todo != wire.TodoEnter || called.CalledAt == nil {
			t.Errorf("called %+v", called)
		}
		if got := w.act(cookie, a.Ticket.ID, "recall"); got.Attempt != 2 {
			t.Errorf("recalled %+v", got)
		}
		if got := w.act(cookie, a.Ticket.ID, "absent"); got.State != "absent" || got.Todo != wire.TodoDesk || got.Room != "" {
			t.Errorf("absent %+v", got)
		}
		if got := w.board("1"); len(got.Absent) != 1 || got.Absent[0] != 1 {
			t.Errorf("absent on the board: %v", got.Absent)
		}
		if got := w.act(cookie, a.Ticket.ID, "return"); got.State != "waiting" || !got.Returned {
			t.Errorf("returned %+v", got)
		}
		named := get[wire.TicketAnswer](w, 200, ask{method: "POST", path: "/v1/services/" + w.ref("1") + "/call", key: freshKey(), cookie: cookie, body: wire.CallRequest{Room: "2", Ticket: c.Ticket.ID}}).Ticket
		if named.Number != 3 || named.Room != "2" {
			t.Errorf("called by name %+v", named)
		}
		if got := w.act(cookie, c.Ticket.ID, "enter"); got.State != "in_service" || got.Todo != wire.TodoStay || got.Room != "2" {
			t.Errorf("entered %+v", got)
		}
		if got := w.act(cookie, c.Ticket.ID, "finish"); got.State != "done" || got.Todo != wire.TodoNone {
			t.Errorf("finished %+v", got)
		}
		if got := w.act(cookie, c.Ticket.ID, "undo"); got.State != "in_service" {
			t.Errorf("taken back %+v", got)
		}
		if got := w.act(cookie, b.Ticket.ID, "hold"); got.State != "held" {
			t.Errorf("held %+v", got)
		}
		if got := w.act(cookie, b.Ticket.ID, "resume"); got.State != "waiting" {
			t.Errorf("resumed %+v", got)
		}
		if got := w.act(cookie, b.Ticket.ID, "cancel"); got.State != "cancelled" {
			t.Errorf("cancelled %+v", got)
		}
		board := w.board("1")
		if board.Waiting.Tickets != 1 || len(board.Calling) != 1 || board.Calling[0].Number != 3 || len(board.Line) != 1 || board.Line[0] != 1 {
			t.Errorf("board %+v", board)
		}
	})
}

func TestCall_SameKeyCallsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie := w.login()
	w.issue("1", wire.IssueRequest{})
	w.issue("1", wire.IssueRequest{})
	a := ask{method: "POST", path: "/v1/services/" + w.ref("1") + "/call", key: "once", cookie: cookie, body: wire.CallRequest{Room: "1"}}
	if first, again := w.do(a), w.do(a); string(first.body) != string(again.body) || first.status != 200 {
		t.Errorf("first %s, again %s", first.body, again.body)
	}
	a.body = wire.CallRequest{Room: "2"}
	w.refused(409, "idempotency_conflict", a)
}

func TestCall_IsTheOnlyThingAskedOfTheLine(t *testing.T) {
	t.Parallel()
	line := &counted{calls: make(chan string, 100)}
	w := newWorld(t, func(c *Config) { line.Line = c.Line; c.Line = line })
	cookie := w.login()
	for range 3 {
		w.issue("1", wire.IssueRequest{})
	}
	w.callNext(cookie, "1", "1")
	for len(line.calls) > 0 {
		<-line.calls
	}
	w.callNext(cookie, "1", "1")
	if len(line.calls) > 0 {
		t.Errorf("a click made a further call: %s", <-line.calls)
	}
}

func TestDesk_BadInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie, ended := w.login(), w.login()
	if res := w.do(ask{method: "POST", path: "/v1/logout", cookie: ended}); res.status != http.StatusNoContent {
		t.Fatalf("logout answers %d", res.status)
	}
	done := w.issue("1", wire.IssueRequest{})
	w.act(cookie, done.Ticket.ID, "cancel")
	svc := "/v1/services/" + w.ref("1")
	mine := "/v1/tickets/" + done.Ticket.ID
	rooms := "/v1/clinics/" + w.number() + "/rooms"
	yesterday := time.Now().Add(-48 * time.Hour).Format("060102")
	past := time.Now().Add(-time.Minute)
	far := time.Now().Add(400 * 24 * time.Hour)
	soon := time.Now().Add(time.Hour)
	for name, tt := range map[string]struct {
		status int
		code   string
		a      ask
	}{
		"call without key":         {400, "idempotency_key_required", ask{method: "POST", path: svc + "/call", body: wire.CallRequest{Room: "1"}}},
		"call without room":        {400, "field_invalid", ask{method: "POST", path: svc + "/call", key: "a", body: "{}"}},
		"call to unknown room":     {404, "room_unknown", ask{method: "POST", path: svc + "/call", key: "b", body: wire.CallRequest{Room: "9"}}},
		"call to another's room":   {404, "room_unknown", ask{method: "POST", path: svc + "/call", key: "b2", body: wire.CallRequest{Room: "3"}}},
		"call of nobody":           {409, "line_empty", ask{method: "POST", path: svc + "/call", key: "c", body: wire.CallRequest{Room: "1"}}},
		"call of malformed ticket": {404, "ticket_unknown", ask{method: "POST", path: svc + "/call", key: "d", body: wire.CallRequest{Room: "1", Ticket: "x"}}},
		"call of another service's": {404, "ticket_unknown", ask{method: "POST", path: "/v1/services/" + w.ref("2") + "/call", key: "e",
			body: wire.CallRequest{Room: "1", Ticket: done.Ticket.ID}}},
		"call at unknown service":    {404, "service_unknown", ask{method: "POST", path: "/v1/services/" + w.ref("9") + "/call", key: "f", body: wire.CallRequest{Room: "1"}}},
		"call at malformed one":      {404, "service_unknown", ask{method: "POST", path: "/v1/services/x/call", key: "g", body: wire.CallRequest{Room: "1"}}},
		"act that does not exist":    {404, "not_found", ask{method: "POST", path: mine + "/dance"}},
		"call as an act":             {404, "not_found", ask{method: "POST", path: mine + "/call"}},
		"act on an ended ticket":     {409, "state_forbids", ask{method: "POST", path: mine + "/enter"}},
		"malformed ticket":           {404, "ticket_unknown", ask{method: "POST", path: "/v1/tickets/x/enter"}},
		"unknown ticket":             {410, "day_over", ask{method: "POST", path: "/v1/tickets/" + w.ref("1") + "-" + yesterday + "-abcdefghijkl/enter"}},
		"bad key on an act":          {400, "idempotency_key_malformed", ask{method: "POST", path: mine + "/undo", key: strings.Repeat("k", 201)}},
		"unknown reception":          {400, "field_invalid", ask{method: "PUT", path: svc + "/reception", body: wire.ReceptionRequest{Reception: "ajar"}}},
		"reception without a body":   {400, "malformed_body", ask{method: "PUT", path: svc + "/reception"}},
		"direction in a message":     {400, "field_invalid", ask{method: "PUT", path: svc + "/message", body: wire.MessageRequest{Text: "a\u202eb"}}},
		"direction in a reason":      {400, "field_invalid", ask{method: "PUT", path: svc + "/reception", body: wire.ReceptionRequest{Reception: "paused", Reason: "a\u2067b"}}},
		"long message":               {400, "field_invalid", ask{method: "PUT", path: svc + "/message", body: wire.MessageRequest{Text: strings.Repeat("あ", 501)}}},
		"message until the past":     {400, "field_invalid", ask{method: "PUT", path: svc + "/message", body: wire.MessageRequest{Text: "a", Until: &past}}},
		"message until far away":     {400, "field_invalid", ask{method: "PUT", path: svc + "/message", body: wire.MessageRequest{Text: "a", Until: &far}}},
		"message until nonsense":     {400, "malformed_body", ask{method: "PUT", path: svc + "/message", body: `{"text":"a","until":"tomorrow"}`}},
		"message at unknown one":     {404, "service_unknown", ask{method: "PUT", path: "/v1/services/" + w.ref("9") + "/message", body: wire.MessageRequest{Text: "a", Until: &soon}}},
		"reception at unknown one":   {404, "service_unknown", ask{method: "PUT", path: "/v1/services/" + w.ref("9") + "/reception", body: wire.ReceptionRequest{Reception: "open"}}},
		"move without a body":        {400, "malformed_body", ask{method: "POST", path: mine + "/move"}},
		"move before the first":      {400, "field_invalid", ask{method: "POST", path: mine + "/move", body: wire.MoveRequest{Ahead: -1, Reason: "desk"}}},
		"move without a reason":      {400, "reason_unknown", ask{method: "POST", path: mine + "/move", body: wire.MoveRequest{}}},
		"move of an ended ticket":    {409, "state_forbids", ask{method: "POST", path: mine + "/move", body: wire.MoveRequest{Reason: "desk"}}},
		"transfer to nowhere":        {404, "service_unknown", ask{method: "POST", path: mine + "/transfer", body: "{}"}},
		"transfer to another clinic": {404, "service_unknown", ask{method: "POST", path: mine + "/transfer", body: wire.TransferRequest{Service: "0000-1"}}},
		"transfer to no service":     {404, "service_unknown", ask{method: "POST", path: mine + "/transfer", body: wire.TransferRequest{Service: w.ref("9")}}},
		"unknown presence":           {400, "field_invalid", ask{method: "POST", path: mine + "/arrive", body: wire.ArriveRequest{Presence: "gone"}}},
		"arrival of the ended":       {409, "state_forbids", ask{method: "POST", path: mine + "/arrive", body: wire.ArriveRequest{Presence: "here"}}},
		"arrival at a malformed one": {404, "ticket_unknown", ask{method: "POST", path: "/v1/tickets/x/arrive", body: wire.ArriveRequest{Presence: "here"}}},
		"walk-in before the first":   {400, "field_invalid", ask{method: "POST", path: svc + "/walkins", body: `{"ahead":-1,"reason":"urgent"}`}},
		"walk-in without a reason":   {400, "reason_unknown", ask{method: "POST", path: svc + "/walkins", body: `{"ahead":0}`}},
		"walk-in below one":          {400, "field_invalid", ask{method: "POST", path: svc + "/walkins", body: `{"number":-1}`}},
		"walk-in of no kept number":  {409, "number_unavailable", ask{method: "POST", path: svc + "/walkins", body: `{"number":7}`}},
		"unknown duty":               {400, "field_invalid", ask{method: "PUT", path: rooms + "/1/duty", body: wire.DutyRequest{Duty: "asleep"}}},
		"break until the past":       {400, "field_invalid", ask{method: "PUT", path: rooms + "/1/duty", body: wire.DutyRequest{Duty: "break", Until: &past}}},
		"break in no room":           {404, "room_unknown", ask{method: "PUT", path: rooms + "/9/duty", body: wire.DutyRequest{Duty: "break"}}},
		"changes by no number":       {400, "field_invalid", ask{method: "GET", path: "/v1/clinics/" + w.number() + "/changes?n=all"}},
		"too many changes":           {400, "field_invalid", ask{method: "GET", path: "/v1/clinics/" + w.number() + "/changes?n=101"}},
		"settings of no service":     {404, "service_unknown", ask{method: "GET", path: "/v1/services/" + w.ref("9") + "/settings"}},
		"settings without rev":       {400, "field_invalid", ask{method: "PUT", path: svc + "/settings", body: "{}"}},
		"settings with a typo":       {400, "malformed_body", ask{method: "PUT", path: svc + "/settings", body: `{"rev":"x","comAt":3}`}},
		"settings and more":          {400, "malformed_body", ask{method: "PUT", path: svc + "/settings", body: `{"rev":"x"}{}`}},
		"settings that hide a lot":   {400, "field_invalid", ask{method: "PUT", path: svc + "/settings", body: wire.Settings{Rev: "x", Hide: make([]string, 9)}}},
		"timetable without rev":      {400, "field_invalid", ask{method: "PUT", path: "/v1/clinics/" + w.number() + "/timetable", body: `{"calendar":null}`}},
		"timetable without one":      {400, "field_invalid", ask{method: "PUT", path: "/v1/clinics/" + w.number() + "/timetable", body: `{"rev":"x"}`}},
		"timetable with a typo":      {400, "malformed_body", ask{method: "PUT", path: "/v1/clinics/" + w.number() + "/timetable", body: `{"rev":"x","calendar":{"week":{}}}`}},
		"timetable of a list":        {400, "malformed_body", ask{method: "PUT", path: "/v1/clinics/" + w.number() + "/timetable", body: `{"rev":"x","calendar":[]}`}},
		"timetable of a book":        {413, "body_too_large", ask{method: "PUT", path: "/v1/clinics/" + w.number() + "/timetable", body: `{"rev":"` + strings.Repeat("x", office.MaxTimetable) + `"}`}},
		"settings of a foreign page": {403, "foreign_origin", ask{method: "GET", path: svc + "/settings",
			header: map[string][]string{"Origin": {"https://evil.example"}}}},
		"duty by a foreign page": {403, "foreign_origin", ask{method: "PUT", path: rooms + "/1/duty", body: wire.DutyRequest{Duty: "off"},
			header: map[string][]string{"Origin": {"https://evil.example"}}}},
		"no session for settings": {401, "session_required", ask{method: "GET", path: svc + "/settings", cookie: "none"}},
		"no session for changes":  {401, "session_required", ask{method: "GET", path: "/v1/clinics/" + w.number() + "/changes", cookie: "none"}},
		"no session":              {401, "session_required", ask{method: "POST", path: svc + "/call", key: "h", cookie: "none", body: wire.CallRequest{Room: "1"}}},
		"forged session":          {401, "session_required", ask{method: "POST", path: svc + "/call", key: "h", cookie: cookie + "A", body: "{}"}},
		"ended session":           {401, "session_required", ask{method: "POST", path: svc + "/call", key: "h", cookie: ended, body: "{}"}},
		"another site's page": {403, "foreign_origin", ask{method: "POST", path: svc + "/call", key: "i", body: wire.CallRequest{Room: "1"},
			header: map[string][]string{"Origin": {"https://evil.example"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := *w
			w.t = t
			if tt.a.cookie == "" {
				tt.a.cookie = cookie
			}
			w.refused(tt.status, tt.code, tt.a)
		})
	}
}

func TestDesk_UndoRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie := w.login()
	a := w.issue("1", wire.IssueRequest{})
	w.issue("1", wire.IssueRequest{})
	w.refused(409, "nothing_to_undo", ask{method: "POST", path: "/v1/tickets/" + a.Ticket.ID + "/undo", cookie: cookie})
	w.callNext(cookie, "1", "1")
	w.act(cookie, a.Ticket.ID, "finish")
	w.callNext(cookie, "1", "1")
	w.refused(409, "room_busy", ask{method: "POST", path: "/v1/tickets/" + a.Ticket.ID + "/undo", cookie: cookie})
}

func TestDesk_OfAnotherClinicLearnsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie := w.login()
	other := queuetest.NewClinic(t, w.put)
	acts := readSpec(t).Paths.Value("/v1/tickets/{ticket}/{act}").Post.Parameters.GetByInAndName("path", "act").Schema.Value.Enum
	theirs := get[wire.Issued](w, 201, ask{method: "POST", path: "/v1/services/" + string(other.ID) + "-1/tickets", key: someKey, body: wire.IssueRequest{}}).Ticket.ID
	invented := queue.TicketID(string(other.ID) + "-1-200101-abcdefghijkl")
	for _, clinic := range []string{string(other.ID), "0000"} { // one is there, one is not
		svc := "/v1/services/" + clinic + "-1"
		for _, a := range []ask{
			{method: "POST", path: svc + "/call", key: "k", body: wire.CallRequest{Room: "1"}},
			{method: "POST", path: svc + "/call", body: "no key, no body"},
			{method: "POST", path: svc + "/walkins", body: "{}"},
			{method: "PUT", path: svc + "/reception", body: wire.ReceptionRequest{Reception: "closed"}},
			{method: "PUT", path: svc + "/message", body: wire.MessageRequest{Text: "x"}},
			{method: "GET", path: svc + "/settings"},
			{method: "PUT", path: svc + "/settings", body: wire.Settings{Rev: "x"}},
			{method: "PUT", path: "/v1/clinics/" + clinic + "/rooms/1/duty", body: wire.DutyRequest{Duty: "off"}},
			{method: "GET", path: "/v1/clinics/" + clinic + "/timetable"},
			{method: "PUT", path: "/v1/clinics/" + clinic + "/timetable", body: `{"rev":"x","calendar":null}`},
			{method: "GET", path: "/v1/clinics/" + clinic + "/changes"},
			{method: "GET", path: "/v1/watch?topic=staff:" + clinic, header: http.Header{"Accept": {"text/event-stream"}}},
		} {
			a.cookie = cookie
			w.refused(403, "other_clinic", a)
		}
	}
	for _, id := range []string{theirs, string(invented)} {
		w.refused(403, "other_clinic", ask{method: "GET", path: "/v1/tickets/" + id, cookie: cookie})
		for _, kind := range acts {
			w.refused(403, "other_clinic", ask{method: "POST", path: "/v1/tickets/" + id + "/" + kind.(string), cookie: cookie})
		}
	}
}

func TestDesk_MessageAndReception(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie := w.login()
	path := "/v1/services/" + w.ref("1")
	until := time.Now().Add(time.Hour).Truncate(time.Second)
	put := func(m wire.MessageRequest) wire.MessageRequest {
		t.Helper()
		return get[wire.MessageRequest](w, 200, ask{method: "PUT", path: path + "/message", cookie: cookie, body: m})
	}
	put(wire.MessageRequest{Text: "午後は休診です"})
	if got := w.board("1").Message; got == nil || got.Text != "午後は休診です" || got.Until != nil {
		t.Errorf("standing %+v", got)
	}
	if got := put(wire.MessageRequest{Text: "30分遅れ", Until: &until}); got.Until == nil || !got.Until.Equal(until) {
		t.Errorf("answer %+v", got)
	}
	if got := w.board("1").Message; got == nil || got.Text != "30分遅れ" || got.Until == nil || !got.Until.Equal(until) {
		t.Errorf("temporary %+v", got)
	}
	put(wire.MessageRequest{Until: &until})
	put(wire.MessageRequest{})
	if got := w.board("1").Message; got != nil {
		t.Errorf("removed, yet %+v", got)
	}
	for state, availability := range map[string]string{"paused": "stopped", "closed": "closed", "open": "many"} {
		get[wire.ReceptionRequest](w, 200, ask{method: "PUT", path: path + "/reception", cookie: cookie, body: wire.ReceptionRequest{Reception: state}})
		if got := w.board("1"); got.Reception != state || got.Availability != availability {
			t.Errorf("reception %s: %s %s", state, got.Reception, got.Availability)
		}
	}
}

// Two desks see number 1 in room 1 and press "next" at the same moment. One call is
// made, and the patient that it called stays.
func TestDesk_CallsNameTheTicketInTheRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie := w.login()
	for range 4 {
		w.issue("1", wire.IssueRequest{})
	}
	call := func(current, ticket string) ask {
		return ask{method: "POST", path: "/v1/services/" + w.ref("1") + "/call", key: freshKey(), cookie: cookie,
			body: wire.CallRequest{Room: "1", Current: current, Ticket: ticket}}
	}
	first := get[wire.TicketAnswer](w, 200, call("nobody", "")).Ticket
	w.refused(409, "room_changed", call("nobody", ""))
	second := get[wire.TicketAnswer](w, 200, call(first.ID, "")).Ticket
	w.refused(409, "room_changed", call(first.ID, ""))
	w.refused(400, "field_invalid", call("somebody", ""))
	seen := w.staff(cookie).Services[0].Tickets
	if seen[0].ID != second.ID || seen[0].State != "called" {
		t.Fatalf("in the room is %+v, called was %+v", seen[0], second)
	}
	w.refused(409, "room_changed", call("nobody", seen[1].ID))
	third := get[wire.TicketAnswer](w, 200, call(second.ID, seen[2].ID)).Ticket // number 4
	if third.Number != 4 {
		t.Fatalf("called was %+v", third)
	}

	rev := w.staff(cookie).Services[0].Tickets[0].Rev
	act := func(kind string, body any) ask {
		return ask{method: "POST", path: "/v1/tickets/" + third.ID + "/" + kind, cookie: cookie, body: body}
	}
	get[wire.TicketAnswer](w, 200, act("recall", wire.ActRequest{Rev: rev}))
	for kind, body := range map[string]any{
		"recall": wire.ActRequest{Rev: rev}, "absent": wire.ActRequest{Rev: rev}, "undo": wire.ActRequest{Rev: rev}, "hold": wire.ActRequest{Rev: rev},
		"finish": wire.FinishRequest{Rev: rev}, "transfer": wire.TransferRequest{Service: w.ref("2"), Rev: rev},
		"move": wire.MoveRequest{Reason: "desk", Rev: rev},
	} {
		w.refused(409, "ticket_changed", act(kind, body))
	}
	get[wire.TicketAnswer](w, 200, act("finish", wire.FinishRequest{Rev: w.staff(cookie).Services[0].Tickets[0].Rev}))
}
