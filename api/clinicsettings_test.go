package api

import (
	"slices"
	"strings"
	"testing"

	"junban/api/wire"
)

func TestClinicSettings_AreChangedSeenAndAudited(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		path := "/v1/clinics/" + w.number() + "/settings"
		was := get[wire.ClinicSettings](w, 200, ask{method: "GET", path: path, cookie: cookie})
		if was.Rev == "" || was.Name != w.clinic.Name || len(was.Rooms) != len(w.clinic.Rooms) || was.Rooms[0].Services[0] != w.ref("1") {
			t.Fatalf("settings %+v", was)
		}
		mine := was
		mine.Name, mine.Address, mine.Phone, mine.Hours, mine.Lookup, mine.Listed = " もみじ医院 ", "東京都", "03-1111-2222", "月〜金\n9時から", "code", !was.Listed
		mine.Language = "vi"
		mine.Retention = wire.Retention{Patients: 7, Days: 90}
		mine.Rooms = append(slices.Clone(was.Rooms), wire.RoomSettings{ID: "処", Name: "処置室", Services: []string{w.ref("2"), w.ref("2")}})
		now := get[wire.ClinicSettings](w, 200, ask{method: "PUT", path: path, cookie: cookie, body: mine})
		last := now.Rooms[len(now.Rooms)-1]
		if now.Rev == was.Rev || now.Name != "もみじ医院" || now.Hours != mine.Hours || now.Listed != mine.Listed || was.Lookup != "" || now.Lookup != "code" || was.Language != "" || now.Language != "vi" || now.Retention != mine.Retention ||
			last.Name != "処置室" || !slices.Equal(last.Services, []string{w.ref("2")}) {
			t.Errorf("set %+v", now)
		}
		if p := get[wire.Clinic](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number()}); p.Name != "もみじ医院" || p.Phone != "03-1111-2222" {
			t.Errorf("the public reads %+v", p)
		}
		w.issue("2", wire.IssueRequest{})
		got := w.callNext(cookie, "2", "処")
		if got.Room != "処" {
			t.Errorf("called %+v", got)
		}
		w.act(cookie, got.ID, "finish")
		w.refused(409, "settings_changed", ask{method: "PUT", path: path, cookie: cookie, body: was})
		changes := get[wire.Changes](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number() + "/changes", cookie: cookie}).Changes
		if changes[0].By != testUser || changes[0].Rev != now.Rev || string(changes[0].After["name"]) != `"もみじ医院"` || len(changes[0].Before["rooms"]) == 0 {
			t.Errorf("changes %+v", changes[0])
		}
	})
}

func TestClinicSettings_ARoomGoesOnlyWhenNobodyIsInIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		path := "/v1/clinics/" + w.number() + "/settings"
		s := get[wire.ClinicSettings](w, 200, ask{method: "GET", path: path, cookie: cookie})
		w.issue("1", wire.IssueRequest{})
		inside := w.callNext(cookie, "1", "1")
		s.Rooms = slices.DeleteFunc(s.Rooms, func(r wire.RoomSettings) bool { return r.ID == "1" })
		res := w.refused(409, "room_not_empty", ask{method: "PUT", path: path, cookie: cookie, body: s})
		if room, _ := w.clinic.Room("1"); !strings.Contains(string(res.body), room.Name+": number 1 is in it") {
			t.Errorf("refused with %s", res.body)
		}
		w.act(cookie, inside.ID, "finish")
		if now := get[wire.ClinicSettings](w, 200, ask{method: "PUT", path: path, cookie: cookie, body: s}); len(now.Rooms) != len(s.Rooms) {
			t.Errorf("rooms %+v", now.Rooms)
		}
		w.issue("1", wire.IssueRequest{})
		w.refused(404, "room_unknown", ask{
			method: "POST", path: "/v1/services/" + w.ref("1") + "/call", key: freshKey(), cookie: cookie, body: wire.CallRequest{Room: "1"},
		})
	})
}

func TestClinicSettings_RetryWithTheSameKeyIsNoConflict(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t)
	a := ask{method: "GET", path: "/v1/clinics/" + w.number() + "/settings", cookie: w.login()}
	s := get[wire.ClinicSettings](w, 200, a)
	s.Rooms = s.Rooms[1:]
	a.method, a.key, a.body = "PUT", "once", s
	first, again := get[wire.ClinicSettings](w, 200, a), get[wire.ClinicSettings](w, 200, a)
	if first.Rev != again.Rev || len(again.Rooms) != len(s.Rooms) {
		t.Errorf("first %+v, again %+v", first, again)
	}
}

func TestClinicSettings_EachFieldThatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie := w.login()
	path := "/v1/clinics/" + w.number() + "/settings"
	s := get[wire.ClinicSettings](w, 200, ask{method: "GET", path: path, cookie: cookie})
	refused := func(change func(*wire.ClinicSettings), want string) {
		t.Helper()
		wrong := s
		wrong.Rooms = slices.Clone(s.Rooms)
		change(&wrong)
		if res := w.refused(400, "field_invalid", ask{method: "PUT", path: path, cookie: cookie, body: wrong}); !strings.Contains(string(res.body), want) {
			t.Errorf("want %s named: %s", want, res.body)
		}
	}
	refused(func(c *wire.ClinicSettings) { c.Rev = "" }, "rev: is missing")
	refused(func(c *wire.ClinicSettings) { c.Name = " " }, "name: is missing")
	refused(func(c *wire.ClinicSettings) { c.Retention.Patients = -1 }, "retention.patients: -1 is not between 0 and 3650")
	refused(func(c *wire.ClinicSettings) { c.Rooms = nil }, "rooms: has 0 entries, 1 to 50 are allowed")
	refused(func(c *wire.ClinicSettings) { c.Rooms[1].Services = nil }, "rooms[1].services: is empty")
	refused(func(c *wire.ClinicSettings) { c.Rooms = nil }, `{"pointer":"/rooms","code":"too_few","params":{"count":0,"least":1,"most":50}}`)
	refused(func(c *wire.ClinicSettings) { c.Origins = []string{"https://a.jp", "https://a.jp", "nowhere"} }, `{"pointer":"/origins/2","code":"not_origin",`)
	refused(func(c *wire.ClinicSettings) { c.Rooms[0].Services = []string{"0000-1"} }, "rooms[0].services[0]: the clinic has no service")
	refused(func(c *wire.ClinicSettings) { c.Rooms[0].Services = []string{w.ref("99")} }, "rooms[0].services[0]: the clinic has no service")
	if got := get[wire.ClinicSettings](w, 200, ask{method: "GET", path: path, cookie: cookie}); got.Rev != s.Rev {
		t.Error("something was changed")
	}
	for _, method := range []string{"GET", "PUT"} {
		w.refused(401, "session_required", ask{method: method, path: path, body: s})
		w.refused(403, "other_clinic", ask{method: method, path: "/v1/clinics/9998/settings", cookie: cookie, body: s})
	}
}
