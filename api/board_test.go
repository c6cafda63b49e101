package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

func TestBoard_ETagIsOfWhatItSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/v1/services/" + w.ref("1") + "/board"
	first := w.do(ask{method: "GET", path: path})
	tag := first.header.Get("ETag")
	if first.status != 200 || tag == "" || first.header.Get("Access-Control-Allow-Origin") != "*" || first.header.Get("Cache-Control") != "no-cache" {
		t.Fatalf("%d %v", first.status, first.header)
	}
	again := w.do(ask{method: "GET", path: path, header: http.Header{"If-None-Match": {`"x", ` + tag}}})
	if again.status != 304 || len(again.body) != 0 || again.header.Get("ETag") != tag {
		t.Errorf("unchanged: %d %v", again.status, again.header)
	}
	w.issue("2", wire.IssueRequest{}) // another service's change does not count here
	if got := w.do(ask{method: "GET", path: path, header: http.Header{"If-None-Match": {tag}}}); got.status != 304 {
		t.Errorf("another service changed: %d", got.status)
	}
	w.issue("1", wire.IssueRequest{})
	if got := w.do(ask{method: "GET", path: path, header: http.Header{"If-None-Match": {tag}}}); got.status != 200 || got.header.Get("ETag") == tag {
		t.Errorf("changed: %d %v", got.status, got.header)
	}
	if head := w.do(ask{method: "HEAD", path: path}); head.status != 200 || len(head.body) != 0 {
		t.Errorf("HEAD: %d", head.status)
	}
	pre := w.do(ask{method: "OPTIONS", path: path, header: http.Header{"Origin": {"https://partner.example"}, "Access-Control-Request-Method": {"GET"}}})
	if pre.status != 204 || pre.header.Get("Access-Control-Allow-Origin") != "*" || pre.header.Get("Access-Control-Allow-Headers") != "If-None-Match" {
		t.Errorf("preflight: %d %v", pre.status, pre.header)
	}
	for _, ref := range []string{"x", w.ref("9"), "0000-1"} {
		w.refused(404, "service_unknown", ask{method: "GET", path: "/v1/services/" + ref + "/board"})
	}
}

func TestBoard_InTheClinicsZoneWithMilliseconds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue("1", wire.IssueRequest{})
	w.callNext(w.login(), "1", "1")
	f := get[struct {
		Type, Topic, Epoch, At string
		Version                uint64
		Board                  struct {
			Mode    string
			Calling []struct{ At string }
			Line    []int
			Absent  []int
		}
	}](w, 200, ask{method: "GET", path: "/v1/services/" + w.ref("1") + "/board"})
	if f.Type != "board" || f.Topic != "service:"+w.ref("1") || f.Epoch == "" || f.Version == 0 || f.Board.Mode != "order" {
		t.Errorf("frame %+v", f)
	}
	for _, at := range []string{f.At, f.Board.Calling[0].At} {
		if !strings.HasSuffix(at, "+09:00") || len(at) != len("2026-11-21T10:23:45.678+09:00") {
			t.Errorf("time %q", at)
		}
	}
	if f.Board.Line == nil || f.Board.Absent == nil {
		t.Error("an empty list is not said")
	}
}

// secretive is a clinic of which service 1 hides everything that can be hidden.
func (w *world) secretive() clinic.Clinic {
	w.t.Helper()
	c := w.clinic
	c.Services = slices.Clone(c.Services)
	c.Services[0].Hide = slices.Clone(clinic.Hideable)
	c.Services[0].Note = "ひみつの目安"
	c.Services[0].Capacity = clinic.Capacity{Web: new(9), Few: 8}
	if err := w.put.PutClinic(w.t.Context(), c, queue.Act{}); err != nil {
		w.t.Fatal(err)
	}
	return c
}

func TestHidden_FiguresLeaveOnNoTransport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie := w.login()
	w.secretive()
	for range 3 {
		w.issue("1", wire.IssueRequest{})
	}
	absent := w.callNext(cookie, "1", "1")
	w.act(cookie, absent.ID, "absent")
	w.callNext(cookie, "1", "1")
	mine := w.issue("1", wire.IssueRequest{})
	get[wire.MessageRequest](w, 200, ask{method: "PUT", path: "/v1/services/" + w.ref("1") + "/message", cookie: cookie, body: wire.MessageRequest{Text: "ひみつ"}})
	topics := []string{"service:" + w.ref("1"), "clinic:" + w.number(), "ticket:" + mine.Ticket.ID}

	said := map[string]string{
		"board":     string(w.do(ask{method: "GET", path: "/v1/services/" + w.ref("1") + "/board"}).body),
		"clinic":    string(w.do(ask{method: "GET", path: "/v1/clinics/" + w.number()}).body),
		"ticket":    string(w.do(ask{method: "GET", path: "/v1/tickets/" + mine.Ticket.ID, token: mine.Token}).body),
		"directory": string(w.do(ask{method: "GET", path: "/v1/clinics"}).body),
		"lookup":    string(w.do(ask{method: "POST", path: "/v1/lookup", body: wire.LookupRequest{Service: w.ref("1"), Number: mine.Ticket.Number}}).body),
		"page":      string(w.do(ask{method: "GET", path: "/s/" + w.ref("1")}).body),
		"screen":    string(w.do(ask{method: "GET", path: "/display/" + w.number()}).body),
	}
	for transport, v := range map[string]*viewer{"socket": w.socket(topics, mine.Token), "events": w.events(topics, mine.Token)} {
		for told := map[string]bool{}; len(told) < len(topics); {
			var kind string
			text := v.raw(func(f wire.Frame) bool { kind = f.Type; return f.Topic != "" })
			told[kind] = true
			said[transport+" "+kind] = text
		}
	}
	for where, text := range said {
		if strings.Contains(text, "ひみつ") {
			t.Errorf("%s says the hidden message", where)
		}
		// The other service of the clinic shows all of it.
		first, _, _ := strings.Cut(text, w.ref("2"))
		for _, key := range append(slices.Clone(clinic.Hideable), "unit", "waitNote", "seats", "patient") {
			if strings.Contains(first, `"`+key+`":`) && key != "message" {
				t.Errorf("%s says %s: %s", where, key, first)
			}
		}
	}

	desk := w.socket([]string{"staff:" + w.number()}, "", cookie)
	f := desk.next(func(f wire.Frame) bool { return f.Type == wire.TypeStaff })
	svc := f.Staff.Services[0]
	if svc.Board.Waiting == nil || svc.Board.Waiting.Tickets != 2 || svc.Board.Message == nil || svc.Standing != "ひみつ" || !slices.Equal(svc.Hidden, clinic.Hideable) {
		t.Errorf("the desk sees %+v", svc)
	}
}

func TestTicket_TodoIsSaidWhenAheadIsHidden(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.secretive()
	var last wire.Issued
	for i := range 6 {
		last = w.issue("1", wire.IssueRequest{})
		got := get[wire.TicketAnswer](w, 200, ask{method: "GET", path: "/v1/tickets/" + last.Ticket.ID, token: last.Token}).Ticket
		want := wire.TodoWait
		if i <= w.clinic.Services[0].ComeAt {
			want = wire.TodoCome
		}
		if got.Todo != want || got.Ahead != nil || got.Unit != "" {
			t.Errorf("with %d ahead: %+v", i, got)
		}
	}
}

func TestTicket_AheadIsInTheClinicsUnit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for service, want := range map[string]struct {
		ahead int
		unit  string
		todo  string
	}{"1": {2, "組", wire.TodoCome}, "2": {5, "人", wire.TodoWait}} {
		w.issue(service, wire.IssueRequest{PartySize: 3})
		w.issue(service, wire.IssueRequest{PartySize: 2})
		mine := w.issue(service, wire.IssueRequest{})
		got := get[wire.TicketAnswer](w, 200, ask{method: "GET", path: "/v1/tickets/" + mine.Ticket.ID, token: mine.Token}).Ticket
		if got.Ahead == nil || *got.Ahead != want.ahead || got.Unit != want.unit || got.Todo != want.todo {
			t.Errorf("service %s: %+v, want %+v", service, got, want)
		}
	}
}

func TestBoard_RoomThatIsGoneKeepsItsNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie := w.login()
	one := w.issue("1", wire.IssueRequest{}).Ticket.ID
	w.callNext(cookie, "1", "2")
	c := w.clinic
	c.Rooms = c.Rooms[:1]
	if err := w.put.PutClinic(t.Context(), c, queue.Act{}); !errors.Is(err, queue.ErrRoomNotEmpty) {
		t.Errorf("with somebody in it: %v", err)
	}
	w.act(cookie, one, "finish")
	if err := w.put.PutClinic(t.Context(), c, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	w.act(cookie, one, "undo") // and is in it again
	if got := w.board("1").Calling; len(got) != 1 || got[0].RoomName != "2" {
		t.Errorf("calling %+v", got)
	}
}

func TestDirectory_ListedOnlyAndSearched(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hidden := queuetest.Clinic(9001)
	hidden.Listed, hidden.Name = false, "非公開医院"
	far := queuetest.Clinic(9002)
	far.Name, far.Address = "みなと医院", "大阪市 ＡＢＣビル"
	for _, c := range []clinic.Clinic{hidden, far} {
		if err := w.put.PutClinic(t.Context(), c, queue.Act{}); err != nil {
			t.Fatal(err)
		}
	}
	find := func(q string) (found []string) {
		t.Helper()
		for _, c := range get[wire.Directory](w, 200, ask{method: "GET", path: "/v1/clinics?q=" + q}).Clinics {
			found = append(found, c.Clinic)
		}
		return found
	}
	for q, want := range map[string][]string{
		"": {w.number(), "9002"}, "9002": {"9002"}, "abc": {"9002"}, "%E5%A4%A7%E9%98%AA+abc": {"9002"}, "9001": nil, "nowhere": nil,
	} {
		got, wanted := find(q), slices.Clone(want)
		slices.Sort(wanted)
		if !slices.Equal(got, wanted) {
			t.Errorf("q=%q finds %v, want %v", q, got, wanted)
		}
	}
	if c := get[wire.Clinic](w, 200, ask{method: "GET", path: "/v1/clinics/9001"}); c.Name != "非公開医院" || len(c.Services) != 2 || c.Boards != nil {
		t.Errorf("by its number: %+v", c)
	}
	w.refused(404, "clinic_unknown", ask{method: "GET", path: "/v1/clinics/0000"})
	w.refused(404, "clinic_unknown", ask{method: "GET", path: "/v1/clinics/abc"})
	w.refused(400, "query_too_long", ask{method: "GET", path: "/v1/clinics?q=" + strings.Repeat("a", 101)})
}

func TestProfile_SaysWhatTheServicesTell(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie := w.login()
	for _, s := range []string{"1", "2"} {
		get[wire.MessageRequest](w, 200, ask{method: "PUT", path: "/v1/services/" + w.ref(s) + "/message", cookie: cookie, body: wire.MessageRequest{Text: "休診です"}})
	}
	c := get[wire.Clinic](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number()})
	if c.Message != "休診です" || c.Address != "東京都" || c.Hours == "" || c.Services[0].MaxParty != 5 {
		t.Errorf("profile %+v", c)
	}
}

func TestStaffFrame_ActsAndOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie := w.login()
	w.issue("1", wire.IssueRequest{Patient: wire.Patient{Name: "山田", Phone: "090-1234-5678", CardNumber: "１２"}, FirstVisit: true})
	w.issue("1", wire.IssueRequest{})
	w.callNext(cookie, "1", "1")
	f := w.socket([]string{"staff:" + w.number()}, "", cookie).next(func(f wire.Frame) bool { return f.Type == wire.TypeStaff })
	text, err := json.Marshal(f.Staff.Services[0].Tickets)
	if err != nil {
		t.Fatal(err)
	}
	ts := f.Staff.Services[0].Tickets
	if len(ts) != 2 || ts[0].Number != 1 || ts[0].Name != "山田" || ts[0].Phone != "09012345678" || ts[0].CardNumber != "12" || !ts[0].FirstVisit || ts[0].Channel != "web" {
		t.Fatalf("tickets %s", text)
	}
	if want := []string{"recall", "enter", "finish", "absent", "exam", "transfer", "hold", "undo"}; !slices.Equal(ts[0].Acts, want) || ts[0].LastAct != "call" {
		t.Errorf("acts of the called: %v, last %q", ts[0].Acts, ts[0].LastAct)
	}
	if want := []string{"call", "transfer", "move", "hold", "cancel", "no_show", "edit"}; !slices.Equal(ts[1].Acts, want) {
		t.Errorf("acts of the waiting: %v", ts[1].Acts)
	}
	if len(f.Staff.Rooms) != 3 || !slices.Equal(f.Staff.Rooms[0].Services, []string{w.ref("1"), w.ref("2")}) {
		t.Errorf("rooms %+v", f.Staff.Rooms)
	}
}
