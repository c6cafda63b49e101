package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"junban/api/limit"
	"junban/api/screen"
	"junban/api/wire"
	"junban/device"
	"junban/queue/clinic"
	"junban/static"
)

func (w *world) screens(cookie string) []wire.Screen {
	w.t.Helper()
	return get[wire.Screens](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number() + "/screens", cookie: cookie}).Screens
}

func withToken(a ask, token string) ask {
	a.token = token
	return a
}

func TestScreens_ArePairedByACodeAndShutOut(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		admin := w.login()
		path := "/v1/clinics/" + w.number() + "/screens"
		p := get[wire.Pairing](w, 201, ask{method: "POST", path: "/v1/pairings"})
		if len(p.Code) != 6 || len(p.Token) != 43 || !strings.HasSuffix(p.Link, "/staff#screen="+p.Code) || p.Size == 0 || p.Path == "" {
			t.Fatalf("pairing %+v", p)
		}
		looks := withToken(ask{method: "GET", path: "/v1/pairings/" + p.Code}, p.Token)
		if s := get[wire.PairingState](w, 200, looks); s.Clinic != "" {
			t.Errorf("a new screen is of clinic %q", s.Clinic)
		}
		w.refused(404, "pairing_unknown", withToken(looks, "another token"))
		own := withToken(ask{method: "GET", path: "/v1/clinics/" + w.number() + "/screen"}, p.Token)
		w.refused(404, "screen_unknown", own)

		sets := wire.ScreenSettings{Name: "待合室", Services: []string{w.ref("1")}, Sound: true, Repeat: 2, Also: "en"}
		lets := ask{method: "POST", path: path, cookie: admin, body: wire.NewScreen{Code: p.Code[:3] + " " + p.Code[3:], ScreenSettings: sets}}
		in := get[wire.Screen](w, 201, lets)
		if again := get[wire.Screen](w, 201, lets); again.ID != in.ID || len(w.screens(admin)) != 1 {
			t.Errorf("the same code again is %+v", again)
		}
		if s := get[wire.PairingState](w, 200, looks); s.Clinic != w.number() {
			t.Errorf("the screen is of clinic %q", s.Clinic)
		}
		if is := get[wire.OwnScreen](w, 200, own); is.ClinicName != w.clinic.Name || is.Name != "待合室" || !slices.Equal(is.Services, sets.Services) || !is.Sound || is.Repeat != 2 || is.Also != "en" {
			t.Errorf("the screen is told %+v", is)
		}
		if all := w.screens(admin); all[0].Seen == nil || all[0].ID != in.ID {
			t.Errorf("listed %+v", all)
		}
		sets.Name, sets.Services, sets.Sound = "入口", []string{}, false
		get[wire.Screen](w, 200, ask{method: "PUT", path: path + "/" + in.ID, cookie: admin, body: sets})
		if is := get[wire.OwnScreen](w, 200, own); is.Name != "入口" || len(is.Services) != 0 || is.Sound {
			t.Errorf("after a change it is told %+v", is)
		}
		out := ask{method: "DELETE", path: path + "/" + in.ID, cookie: admin}
		if res := w.do(out); res.status != 204 {
			t.Fatalf("shut out: %d %s", res.status, res.body)
		}
		w.refused(404, "screen_unknown", out)
		w.refused(404, "screen_unknown", own)
		changes := get[wire.Changes](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number() + "/changes?n=3", cookie: admin}).Changes
		for i, c := range changes {
			if c.By != testUser || (c.After["screen"] == nil) != (i == 0) {
				t.Errorf("change %d by %q: %v → %v", i, c.By, c.Before, c.After)
			}
		}
	})
}

func TestScreens_AreForAdminsAndTheirOwnClinic(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.login()
	desk := w.as("花子", w.adds(admin, "花子", "desk"))
	path := "/v1/clinics/" + w.number() + "/screens"
	good := wire.ScreenSettings{Name: "x", Services: []string{}, Repeat: 1}
	for _, a := range []ask{
		{method: "GET", path: path},
		{method: "POST", path: path, body: wire.NewScreen{Code: "123456", ScreenSettings: good}},
		{method: "PUT", path: path + "/0123456789abcdef", body: good},
		{method: "DELETE", path: path + "/0123456789abcdef"},
	} {
		w.refused(401, "session_required", a)
		a.cookie = desk
		w.refused(403, "admin_required", a)
		a.path = strings.Replace(a.path, w.number(), "9998", 1)
		w.refused(403, "other_clinic", a)
	}
	for field, bad := range map[string]wire.ScreenSettings{
		"name": {Repeat: 1}, "services": {Name: "x", Repeat: 1, Services: []string{"9998-1"}}, "repeat": {Name: "x"}, "also": {Name: "x", Repeat: 1, Also: "xx"},
	} {
		res := w.refused(400, "field_invalid", ask{method: "POST", path: path, cookie: admin, body: wire.NewScreen{Code: "123456", ScreenSettings: bad}})
		if !strings.Contains(string(res.body), `"pointer":"/`+field) {
			t.Errorf("a bad %s: %s", field, res.body)
		}
	}
}

// asked counts the screens that are looked up.
type asked struct {
	screen.Devices
	n atomic.Int64
}

func (a *asked) Screen(ctx context.Context, c clinic.ID, tokenHash string) (device.Screen, error) {
	a.n.Add(1)
	return a.Devices.Screen(ctx, c, tokenHash)
}

// TestScreens_ATokenThatIsNotOursCostsNothing asks for a screen with made-up tokens.
func TestScreens_ATokenThatIsNotOursCostsNothing(t *testing.T) {
	t.Parallel()
	var looks asked
	w := newWorld(t, func(c *Config) {
		looks.Devices = c.Devices
		c.Devices = &looks
	})
	own := ask{method: "GET", path: "/v1/clinics/" + w.number() + "/screen"}
	for _, token := range []string{"", "x", strings.Repeat("a", 43)} {
		w.refused(404, "screen_unknown", withToken(own, token))
	}
	if n := looks.n.Load(); n != 0 {
		t.Errorf("%d made-up tokens are looked up", n)
	}
	w.refused(404, "screen_unknown", withToken(own, get[wire.Pairing](w, 201, ask{method: "POST", path: "/v1/pairings"}).Token))
	if n := looks.n.Load(); n != 1 {
		t.Errorf("a token of ours is looked up %d times", n)
	}
}

func TestScreens_CodesCannotBeGuessedAt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.login()
	p := get[wire.Pairing](w, 201, ask{method: "POST", path: "/v1/pairings"})
	guess := func(code string) ask {
		return ask{
			method: "POST", path: "/v1/clinics/" + w.number() + "/screens", cookie: admin,
			body: wire.NewScreen{Code: code, ScreenSettings: wire.ScreenSettings{Name: "x", Services: []string{}, Repeat: 1}},
		}
	}
	wrong := "000000"
	if p.Code == wrong {
		wrong = "000001"
	}
	for range limit.ScreenClaims.Whole.Burst {
		w.refused(404, "pairing_unknown", guess(wrong))
	}
	w.refused(429, "too_many_requests", guess(wrong))
	w.refused(429, "too_many_requests", guess(p.Code))
	for _, nonsense := range []string{"12345", "1234567", "12345x"} {
		w.refused(404, "pairing_unknown", guess(nonsense))
	}
}

func TestVersion_IsWhatThePagesAreBuiltFrom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := get[wire.Version](w, 200, ask{method: "GET", path: "/v1/version"})
	for _, path := range []string{"/display", "/display/" + w.number()} {
		res := w.do(ask{method: "GET", path: path})
		if len(v.Pages) != 16 || res.status != 200 || !strings.Contains(string(res.body), `build="`+v.Pages+`"`) {
			t.Errorf("%s is %d and not of version %q", path, res.status, v.Pages)
		}
	}
}

// TestDisplay_HasTheClinicsLanguage asks with a browser that prefers another one.
func TestDisplay_HasTheClinicsLanguage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		admin := w.login()
		shows := func(query, lang string) {
			t.Helper()
			res := w.do(ask{method: "GET", path: "/display/" + w.number() + query, header: http.Header{"Accept-Language": {"ko"}}})
			if res.status != 200 || !strings.Contains(string(res.body), `<html lang="`+lang+`"`) {
				t.Errorf("the display with %q is %d and not in %s: %.200s", query, res.status, lang, res.body)
			}
		}
		shows("", "ja")
		a := ask{method: "GET", path: "/v1/clinics/" + w.number() + "/settings", cookie: admin}
		set := get[wire.ClinicSettings](w, 200, a)
		a.method = "PUT"
		set.Language = "fr"
		a.body = set
		if res := w.refused(400, "field_invalid", a); !strings.Contains(string(res.body), "language: ") {
			t.Errorf("a language without pages is refused with %s", res.body)
		}
		for _, l := range static.Languages() {
			set.Language = l.Code
			a.body = set
			set = get[wire.ClinicSettings](w, 200, a)
			shows("", l.Code)
		}
		shows("?lang=en", "en")
		if len(clinic.Languages) != len(static.Languages()) {
			t.Errorf("a clinic chooses among %v, the pages have %v", clinic.Languages, static.Languages())
		}
	})
}
