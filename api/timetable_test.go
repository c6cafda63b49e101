package api

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"junban/api/route"
	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/queue/queuetest"
)

func TestTimetable_IsSetSeenAndRemoved(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		w.record(func(c *clinic.Clinic) { c.Zone = queuetest.Noon() })
		path := "/v1/clinics/" + w.number() + "/timetable"
		was := get[wire.Timetable](w, 200, ask{method: "GET", path: path, cookie: cookie})
		if was.Rev == "" || string(was.Calendar) != "null" {
			t.Fatalf("timetable %+v", was)
		}
		day := `[{"session":"afternoon","consult":{"from":"15:00","to":"18:00"},"webOpen":-60,"webClose":-30}]`
		week := `{"cutover":"05:00","weekly":{"mon":` + day + `,"tue":` + day + `,"wed":` + day + `,"thu":` + day + `,"fri":` + day + `,"sat":` + day + `,"sun":` + day + `}}`
		put := func(rev, calendar string) ask {
			return ask{method: "PUT", path: path, cookie: cookie, body: wire.Timetable{Rev: rev, Calendar: json.RawMessage(calendar)}}
		}
		now := get[wire.Timetable](w, 200, put(was.Rev, week))
		var a, b any
		if json.Unmarshal(now.Calendar, &a) != nil || json.Unmarshal([]byte(week), &b) != nil || now.Rev == was.Rev {
			t.Fatalf("set %+v", now)
		}
		if got, want := string(mustJSON(t, a)), string(mustJSON(t, b)); got != want {
			t.Errorf("set %s, want %s", got, want)
		}
		if b := w.board("1"); b.Reception != "before" || b.OpensAt == nil || b.OpensAt.Format("15:04") != "14:00" {
			t.Errorf("board %+v", b)
		}
		w.refused(409, "settings_changed", put(was.Rev, "null"))
		wrong := `{"weekly":{"mon":[{"session":"noon","consult":{"from":"12:00","to":"9:00"}}]},"exceptions":[{"date":"tomorrow"}]}`
		res := w.refused(400, "field_invalid", put(now.Rev, wrong))
		for _, field := range []string{"calendar.weekly.mon[0].session: ", `"/calendar/weekly/mon/0/session"`, "calendar.weekly.mon[0].consult.to: ", "calendar.exceptions[0].date: "} {
			if !strings.Contains(string(res.body), field) {
				t.Errorf("%s is not named: %s", field, res.body)
			}
		}
		get[wire.Timetable](w, 200, put(now.Rev, "null"))
		if b := w.board("1"); b.Reception != "open" || b.Session != "" {
			t.Errorf("without a timetable: %+v", b)
		}
		changes := get[wire.Changes](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number() + "/changes", cookie: cookie}).Changes
		if len(changes) < 2 || changes[0].By != testUser || len(changes[0].Before["calendar"]) == 0 || len(changes[0].After["calendar"]) != 0 {
			t.Errorf("changes %+v", changes)
		}
	})
}

// week is a week with one session on every day.
func week(cutover, from, to string) string {
	day := `[{"session":"afternoon","consult":{"from":"` + from + `","to":"` + to + `"},"webOpen":-60,"webClose":-30}]`
	return `{"cutover":"` + cutover + `","weekly":{"mon":` + day + `,"tue":` + day + `,"wed":` + day + `,"thu":` + day + `,"fri":` + day + `,"sat":` + day + `,"sun":` + day + `}}`
}

func TestTimetable_AServiceHasItsOwnAndFollowsAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		w.record(func(c *clinic.Clinic) { c.Zone = queuetest.Noon() })
		clinic, own := "/v1/clinics/"+w.number()+"/timetable", "/v1/services/"+w.ref("2")+"/timetable"
		read := func(path string) wire.Timetable {
			t.Helper()
			return get[wire.Timetable](w, 200, ask{method: "GET", path: path, cookie: cookie})
		}
		put := func(path, rev, calendar string) ask {
			return ask{method: "PUT", path: path, cookie: cookie, body: wire.Timetable{Rev: rev, Calendar: json.RawMessage(calendar)}}
		}
		was := read(own)
		if was.Rev == "" || string(was.Calendar) != "null" || read(clinic).Own != nil {
			t.Fatalf("at first %+v", was)
		}
		now := get[wire.Timetable](w, 200, put(clinic, was.Rev, week("05:00", "15:00", "18:00")))
		now = get[wire.Timetable](w, 200, put(own, now.Rev, week("03:00", "16:00", "28:30"))) // of the day that the clinic's cutover begins
		if !strings.Contains(string(now.Calendar), `"cutover":"05:00"`) {
			t.Errorf("another cutover than the clinic's: %s", now.Calendar)
		}
		for service, opens := range map[string]string{"1": "14:00", "2": "15:00"} {
			if b := w.board(service); b.OpensAt == nil || b.OpensAt.Format("15:04") != opens {
				t.Errorf("service %s opens at %v, want %s", service, b.OpensAt, opens)
			}
		}
		if got := read(clinic); !slices.Equal(got.Own, []string{w.ref("2")}) || got.Rev != now.Rev {
			t.Errorf("the clinic's %+v", got)
		}

		// What does not fit the clinic's day any more is named there.
		res := w.refused(400, "field_invalid", put(clinic, now.Rev, week("04:00", "15:00", "18:00")))
		if !strings.Contains(string(res.body), `{"pointer":"/calendar/cutover","code":"own_timetable","params":{"service":"`) {
			t.Errorf("refused with %s", res.body)
		}
		w.refused(409, "settings_changed", put(own, was.Rev, "null"))
		res = w.refused(400, "field_invalid", put(own, now.Rev, `{"weekly":{"mon":[{"session":"morning"}]}}`))
		if !strings.Contains(string(res.body), `{"pointer":"/calendar/weekly/mon/0/consult/from","code":"missing"}`) {
			t.Errorf("refused with %s", res.body)
		}

		if now = get[wire.Timetable](w, 200, put(own, now.Rev, "null")); string(now.Calendar) != "null" || read(clinic).Own != nil {
			t.Errorf("taken away %+v", now)
		}
		if b := w.board("2"); b.OpensAt == nil || b.OpensAt.Format("15:04") != "14:00" {
			t.Errorf("it does not follow the clinic: %+v", b)
		}
		changes := get[wire.Changes](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number() + "/changes", cookie: cookie}).Changes
		if changes[0].By != testUser || changes[0].Rev != now.Rev || len(changes[0].Before["services.2.calendar"]) == 0 {
			t.Errorf("changes %+v", changes[0])
		}
	})
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// FuzzTimetable reads any bytes as a calendar: what is taken is said again as
// what it was.
func FuzzTimetable(f *testing.F) {
	for _, seed := range []string{
		"null", "{}", `{"weekly":{"mon":[{"session":"morning","consult":{"from":"09:00","to":"12:00"},"webOpen":-60}]}}`,
		`{"exceptions":[{"date":"2026-12-30","closed":true,"reason":"休診"}],"cutover":"05:00"}`, `{"open":{"sun":{"from":"06:00","to":"28:00"}}}`, `[1]`, `{"x":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var c, again *hours.Calendar
		if route.Parse(text, &c, true) != nil || c != nil && len(c.Validate()) > 0 {
			return
		}
		said := mustJSON(t, c)
		if err := route.Parse(said, &again, true); err != nil {
			t.Fatalf("%s is not taken again: %v", said, err)
		}
		if got := mustJSON(t, again); string(got) != string(said) {
			t.Errorf("%s is said again as %s", said, got)
		}
	})
}
