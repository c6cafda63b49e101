package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/journal"
	"junban/queue/queuetest"
	"junban/static"
)

// acts reads a part of the day's acts.
func (w *world) acts(cookie, query string) wire.Acts {
	w.t.Helper()
	return get[wire.Acts](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number() + "/acts" + query, cookie: cookie})
}

func isTime(text string) bool {
	_, err := time.Parse(time.RFC3339, text)
	return err == nil
}

// TestActs_TellWhoDidWhat does a little of everything, as patients and as the desk.
func TestActs_TellWhoDidWhat(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t)
	cookie := w.login()
	mine := w.issue("1", wire.IssueRequest{Patient: wire.Patient{Name: "山田 太郎", Phone: "090-0000-0001", CardNumber: "10482"}})
	path := "/v1/tickets/" + mine.Ticket.ID
	w.do(ask{method: "POST", path: path + "/arrive", token: mine.Token, body: wire.ArriveRequest{Presence: "here"}})
	walked := get[wire.Issued](w, 201, w.walkIn(cookie, "1", wire.IssueRequest{Patient: wire.Patient{Name: "佐藤 花子"}})).Ticket
	w.actWith(cookie, walked.ID, "move", wire.MoveRequest{Ahead: 0, Reason: "urgent"})
	w.callNext(cookie, "1", "2")
	w.act(cookie, walked.ID, "exam")
	w.act(cookie, walked.ID, "resume")
	w.actWith(cookie, walked.ID, "transfer", wire.TransferRequest{Service: w.ref("2")})
	w.act(cookie, walked.ID, "undo")
	w.callNext(cookie, "1", "2")
	w.actWith(cookie, walked.ID, "finish", wire.FinishRequest{Inaccurate: true})
	w.do(ask{method: "POST", path: path + "/cancel", token: mine.Token, body: wire.CancelRequest{CancelCode: "no code"}})
	w.do(ask{method: "POST", path: path + "/cancel", token: mine.Token, body: wire.CancelRequest{CancelCode: mine.CancelCode}})
	w.do(ask{method: "PUT", path: "/v1/services/" + w.ref("1") + "/message", cookie: cookie, body: wire.MessageRequest{Text: "混んでいます"}})
	w.do(ask{
		method: "PUT", path: "/v1/clinics/" + w.number() + "/rooms/1/duty", cookie: cookie, body: wire.DutyRequest{Duty: "break"},
		header: http.Header{"User-Agent": {"Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"}},
	})

	answer := w.acts(cookie, "")
	if answer.Day != mine.Ticket.Day || answer.Before != "" {
		t.Errorf("of %q, before %q", answer.Day, answer.Before)
	}
	var got []string
	for _, a := range slices.Backward(answer.Acts) {
		if a.At.IsZero() || (a.Ticket == "") != (a.Number == 0) || (a.Until != nil) != (a.Act == "duty") {
			t.Errorf("act %+v", a)
		}
		a.Service, a.To = strings.TrimPrefix(a.Service, w.number()+"-"), strings.TrimPrefix(a.To, w.number()+"-")
		more := []string{a.State, a.Room, a.To, a.Reason, a.Presence, a.Undone, a.After, a.Device}
		if a.Inaccurate {
			more = append(more, "inaccurate")
		}
		more = slices.DeleteFunc(more, func(s string) bool { return s == "" })
		got = append(got, strings.TrimSpace(fmt.Sprint(a.Act, " ", a.Service, "/", a.Number, " ", a.Who, "/", a.By, " ", strings.Join(more, " "))))
	}
	staff := "desk/" + testUser
	want := []string{
		"record /0 system/",
		"issue 1/1 patient/ waiting",
		"arrive 1/1 patient/ here",
		"issue 1/2 " + staff + " waiting",
		"move 1/2 " + staff + " urgent",
		"call 1/2 " + staff + " called 2",
		"exam 1/2 " + staff + " held exam",
		"resume 1/2 " + staff + " waiting exam",
		"transfer 1/2 " + staff + " 2",
		"undo 1/2 " + staff + " 1 transfer",
		"call 1/2 " + staff + " called", // to the same room
		"finish 1/2 " + staff + " done inaccurate",
		"wrong_code 1/1 patient/",
		"cancel 1/1 patient/ cancelled",
		"standing 1/0 " + staff + " 混んでいます",
		"duty /0 " + staff + " 1 break iPad",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the acts (-want +got):\n%s", diff)
	}
	var sent struct{ Acts []map[string]any }
	if err := json.Unmarshal(w.do(ask{method: "GET", path: "/v1/clinics/" + w.number() + "/acts", cookie: cookie}).body, &sent); err != nil || len(sent.Acts) != len(want) {
		t.Fatalf("%d acts are sent: %v", len(sent.Acts), err)
	}
	// Ids of tickets and times may have any digits in them; they are the known ones.
	random := map[string]func(string) bool{
		"ticket": func(s string) bool { return s == mine.Ticket.ID || s == walked.ID },
		"at":     isTime, "until": isTime,
	}
	for _, act := range sent.Acts {
		for field, value := range act {
			text := fmt.Sprint(value)
			if known := random[field]; known != nil {
				if !known(text) {
					t.Errorf("an act has %s %q", field, text)
				}
				continue
			}
			for _, secret := range []string{"山田", "佐藤", "090-0000-0001", "09000000001", "10482", mine.CancelCode, mine.Token} {
				if strings.Contains(text, secret) {
					t.Errorf("the %s of an act has %q: %s", field, secret, text)
				}
			}
		}
	}

	own := w.acts(cookie, "?ticket="+mine.Ticket.ID).Acts
	if len(own) != 4 || slices.ContainsFunc(own, func(a wire.Act) bool { return a.Number != 1 }) {
		t.Errorf("of one ticket: %+v", own)
	}
}

// TestActs_MayLeaveTheTicketsOut reads what the desk did beside them.
func TestActs_MayLeaveTheTicketsOut(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t)
	w.record(func(c *clinic.Clinic) { c.Zone = queuetest.Noon() }) // no duty ends with the day
	cookie := w.login()
	put := func(path string, body any) {
		t.Helper()
		if res := w.do(ask{method: "PUT", path: path, cookie: cookie, body: body}); res.status != 200 {
			t.Fatalf("%s: %d %s", path, res.status, res.body)
		}
	}
	service, room := "/v1/services/"+w.ref("1"), "/v1/clinics/"+w.number()+"/rooms/1/duty"
	until := time.Now().Add(20 * time.Minute).Truncate(time.Millisecond)
	put(service+"/reception", wire.ReceptionRequest{Reception: "paused"})
	get[wire.Issued](w, 201, w.walkIn(cookie, "1", wire.IssueRequest{})) // a ticket does not count
	put(service+"/message", wire.MessageRequest{Text: "午後は休診です"})
	put(service+"/message", wire.MessageRequest{Text: "30分遅れ", Until: &until})
	put(room, wire.DutyRequest{Duty: "break", Until: &until})
	put(room, wire.DutyRequest{Duty: "on"})

	want := []wire.Act{
		{Act: "duty", Room: "1", After: "on"},
		{Act: "duty", Room: "1", After: "break", Until: &wire.Time{Time: until}},
		{Act: "temporary", Service: w.ref("1"), After: "30分遅れ"},
		{Act: "standing", Service: w.ref("1"), After: "午後は休診です"},
		{Act: "reception", Service: w.ref("1"), After: "paused"},
	}
	for i := range want {
		want[i].Who, want[i].By = "desk", testUser
	}
	acts := func(query string) []wire.Act {
		return slices.DeleteFunc(w.acts(cookie, query).Acts, func(a wire.Act) bool { return a.Act == "record" }) // in one day or two, by the zone
	}
	got := acts("?tickets=false")
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(wire.Act{}, "At"), cmp.Comparer(func(a, b wire.Time) bool { return a.Equal(b.Time) })); diff != "" {
		t.Errorf("beside the tickets (-want +got):\n%s", diff)
	}
	if all := acts("?tickets=true"); len(all) != len(want)+1 {
		t.Errorf("with the tickets: %+v", all)
	}
}

// TestActs_ComeInParts reads more than one answer holds.
func TestActs_ComeInParts(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t)
	cookie := w.login()
	for range 120 {
		get[wire.Issued](w, 201, w.walkIn(cookie, "1", wire.IssueRequest{}))
	}
	var numbers, parts []int
	for before := ""; ; {
		part := w.acts(cookie, "?before="+before)
		parts = append(parts, len(part.Acts))
		for _, a := range part.Acts {
			numbers = append(numbers, a.Number)
		}
		if before = part.Before; before == "" {
			break
		}
	}
	if !slices.Equal(parts, []int{50, 50, 21}) {
		t.Errorf("parts of %v", parts)
	}
	for i, n := range numbers {
		if n != 120-i {
			t.Fatalf("act %d is about number %d", i, n)
		}
	}
}

// TestActs_AreTheOwnDesksAlone asks for what is not there, or not one's own.
func TestActs_AreTheOwnDesksAlone(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t)
	cookie := w.login()
	mine := w.issue("1", wire.IssueRequest{}).Ticket
	other := queuetest.NewClinic(t, w.put)
	path := func(clinic clinic.ID, query string) string {
		return "/v1/clinics/" + string(clinic) + "/acts" + query
	}
	w.refused(401, "session_required", ask{method: "GET", path: path(w.clinic.ID, "")})
	w.refused(403, "other_clinic", ask{method: "GET", path: path(other.ID, ""), cookie: cookie})
	w.refused(403, "other_clinic", ask{method: "GET", path: path("9999", ""), cookie: cookie})
	theirs := strings.Replace(mine.ID, w.number(), string(other.ID), 1)
	for query, code := range map[string]string{
		"?before=0-0": "field_invalid", "?before=%2B": "field_invalid", "?before=1%20COUNT": "field_invalid", "?before=" + strings.Repeat("9", 30) + "-1": "field_invalid",
		"?day=today": "field_invalid", "?day=2026-02-30": "field_invalid", "?day=2020-01-01&ticket=" + mine.ID: "field_invalid",
		"?tickets=no": "field_invalid", "?tickets=false&ticket=" + mine.ID: "field_invalid",
	} {
		w.refused(400, code, ask{method: "GET", path: path(w.clinic.ID, query), cookie: cookie})
	}
	w.refused(404, "ticket_unknown", ask{method: "GET", path: path(w.clinic.ID, "?ticket="+theirs), cookie: cookie})
	w.refused(404, "ticket_unknown", ask{method: "GET", path: path(w.clinic.ID, "?ticket=12"), cookie: cookie})
	if got := w.acts(cookie, "?day=2020-01-01"); got.Day != "2020-01-01" || len(got.Acts) != 0 || got.Before != "" {
		t.Errorf("of a day that nobody opened: %+v", got)
	}
	if got := w.acts(cookie, "?day="+mine.Day+"&ticket="+mine.ID); len(got.Acts) != 1 {
		t.Errorf("of a ticket and its day: %+v", got)
	}
}

// TestActs_HaveTheirWords looks for every act that a script writes into the log. The
// contract names it, and the desk has a text in its languages.
func TestActs_HaveTheirWords(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../queue/lua/*.lua")
	if err != nil {
		t.Fatal(err)
	}
	prelude, err := filepath.Glob("../queue/lua/prelude/*.lua")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, prelude...)
	var (
		writes = regexp.MustCompile(`(?m)^[^-\n]*\b(append_entry|log|change|log_change)\(([^\n]*?)\)+$`)
		// Where the act stands among the arguments.
		place  = map[string]int{"append_entry": 0, "log": 0, "change": 2, "log_change": 2}
		chosen = regexp.MustCompile(`local kind = .* and '(\w+)' or '(\w+)'`)
		acts   = map[string]bool{}
	)
	for _, file := range files {
		script, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range writes.FindAllStringSubmatch(string(script), -1) {
			act := strings.TrimSpace(strings.Split(call[2], ",")[place[call[1]]])
			literal := strings.Trim(act, "'")
			switch {
			case literal != act:
				acts[literal] = true
			case act == "kind":
				either := chosen.FindStringSubmatch(string(script))
				if either == nil {
					t.Fatalf("%s does not say what its kind may be", file)
				}
				acts[either[1]], acts[either[2]] = true, true
			case act != "act": // passed on within the prelude
				t.Errorf("%s writes %q", file, call[0])
			}
		}
	}
	delete(acts, journal.ActMoment)
	written := enum(readSpec(t), "Act", "act")
	for _, act := range written {
		if !acts[act] {
			t.Errorf("no script writes %s", act)
		}
	}
	site, err := static.New()
	if err != nil {
		t.Fatal(err)
	}
	for act := range acts {
		if !slices.Contains(written, act) {
			t.Errorf("openapi.yaml has no %s", act)
		}
		for _, lang := range []string{static.Japanese, static.English} {
			if key := "entry." + act; site.Text(lang, key) == key {
				t.Errorf("%s is not said in %s", act, lang)
			}
		}
	}
}
