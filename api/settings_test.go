package api

import (
	"encoding/json"
	"strings"
	"testing"

	"junban/api/wire"
)

func TestSettings_AreChangedSeenAndAudited(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		path := "/v1/services/" + w.ref("1") + "/settings"
		was := get[wire.Settings](w, 200, ask{method: "GET", path: path, cookie: cookie})
		if was.Rev == "" || was.Name != "内科" || was.Unit != "組" || was.Hide == nil || was.Absence.Rule != "back_n" {
			t.Fatalf("settings %+v", was)
		}
		mine := was
		mine.ComeAt, mine.Name, mine.Hide = 7, " 内科・外科 ", []string{"line"}
		mine.Absence = wire.Absence{Rule: "tail", MaxCalls: 2}
		mine.Capacity.Web, mine.Numbers.Start, mine.ExamBack, mine.Note, mine.SkipAway, mine.CountAbsent = new(30), 11, 2, "目安です", true, true
		now := get[wire.Settings](w, 200, ask{method: "PUT", path: path, cookie: cookie, body: mine})
		if now.Rev == was.Rev || now.Name != "内科・外科" || *now.Capacity.Web != 30 || now.Numbers.Start != 11 || now.Absence != mine.Absence ||
			now.ComeAt != 7 || now.ExamBack != 2 || now.Note != "目安です" || !now.SkipAway || !now.CountAbsent || !now.WebCancel {
			t.Errorf("set %+v", now)
		}
		if b := w.board("1"); b.Name != "内科・外科" || b.Line != nil {
			t.Errorf("board %+v", b)
		}
		if got := w.issue("1", wire.IssueRequest{}).Ticket; got.Number != 11 || got.Absence.Rule != "tail" {
			t.Errorf("issued %+v", got)
		}

		// Somebody who has not seen that change writes over nothing.
		other := was
		other.ComeAt = 1
		w.refused(409, "settings_changed", ask{method: "PUT", path: path, cookie: cookie, body: other})
		w.refused(409, "settings_changed", ask{method: "PUT", path: "/v1/clinics/" + w.number() + "/timetable", cookie: cookie, body: wire.Timetable{Rev: was.Rev, Calendar: json.RawMessage("null")}})
		if got := get[wire.Settings](w, 200, ask{method: "GET", path: path, cookie: cookie}); got.ComeAt != 7 || got.Rev != now.Rev {
			t.Errorf("after a conflict %+v", got)
		}

		changes := get[wire.Changes](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number() + "/changes", cookie: cookie}).Changes
		// The clinic was made, its user added, and then the settings were changed.
		if len(changes) != 3 || changes[0].By != testUser || changes[0].At.IsZero() || string(changes[0].Before["services.1.comeAt"]) != "3" || string(changes[0].After["services.1.comeAt"]) != "7" {
			t.Fatalf("%d changes, %s", len(changes), changes)
		}
		if _, said := changes[0].After["services.1.unit"]; said || changes[1].By != "" || changes[2].By != "" {
			t.Errorf("more was changed, or by somebody else: %+v", changes)
		}
		if got := get[wire.Changes](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number() + "/changes?n=1", cookie: cookie}).Changes; len(got) != 1 {
			t.Errorf("%d changes, one was asked for", len(got))
		}
	})
}

func TestSettings_EachFieldThatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie := w.login()
	path := "/v1/services/" + w.ref("2") + "/settings"
	s := get[wire.Settings](w, 200, ask{method: "GET", path: path, cookie: cookie})
	s.Absence.Back, s.Unit, s.Hide = 30, "匹", []string{"everything"}
	res := w.refused(400, "field_invalid", ask{method: "PUT", path: path, cookie: cookie, body: s})
	var p wire.Problem
	if err := json.Unmarshal(res.body, &p); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(p.Detail, "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], "unit: ") || !strings.HasPrefix(lines[1], "absence.back: 30 ") || !strings.HasPrefix(lines[2], "hide[0]: ") {
		t.Errorf("detail %q", p.Detail)
	}
	if e := p.Errors; len(e) != 3 || e[0].Pointer != "/unit" || e[0].Code != "not_one_of" || e[1].Pointer != "/absence/back" || e[1].Params["most"] != 20.0 || e[2].Pointer != "/hide/0" {
		t.Errorf("errors %+v", e)
	}
	if got := get[wire.Settings](w, 200, ask{method: "GET", path: path, cookie: cookie}); got.Rev != s.Rev {
		t.Error("something was changed")
	}
}

func TestSettings_RetryWithTheSameKeyIsNoConflict(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t)
	cookie := w.login()
	a := ask{method: "GET", path: "/v1/services/" + w.ref("1") + "/settings", cookie: cookie}
	s := get[wire.Settings](w, 200, a)
	s.ComeAt = 9
	a.method, a.key, a.body = "PUT", "once", s
	first, again := get[wire.Settings](w, 200, a), get[wire.Settings](w, 200, a)
	if first.Rev != again.Rev || again.ComeAt != 9 {
		t.Errorf("first %+v, again %+v", first, again)
	}
}
