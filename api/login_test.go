package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"junban/api/login"
	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

func TestLogin_SessionAndLogout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.refused(401, "session_required", ask{method: "GET", path: "/v1/session"})
	res := w.do(ask{method: "POST", path: "/v1/login", body: wire.LoginRequest{Clinic: w.number(), User: testUser, Password: testPassword}})
	set, err := http.ParseSetCookie(res.header.Get("Set-Cookie"))
	if err != nil {
		t.Fatal(err)
	}
	if set.Name != "junban_session" || !set.HttpOnly || set.SameSite != http.SameSiteLaxMode || set.Path != "/" || set.MaxAge != 12*3600 || set.Secure {
		t.Errorf("cookie %+v", set)
	}
	clinic, token, _ := strings.Cut(set.Value, ".")
	if clinic != w.number() || len(token) != 43 {
		t.Errorf("cookie's value %q", set.Value)
	}
	who := get[struct {
		Clinic, User string
		ExpiresAt    time.Time
	}](w, 200, ask{method: "GET", path: "/v1/session", cookie: set.Value})
	if left := time.Until(who.ExpiresAt); who.User != testUser || who.Clinic != w.number() || left > 12*time.Hour || left < 12*time.Hour-time.Minute {
		t.Errorf("who am I: %+v", who)
	}
	w.refused(403, "foreign_origin", ask{method: "GET", path: "/v1/session", cookie: set.Value, header: map[string][]string{"Origin": {"https://evil.example"}}})
	for range 2 {
		out := w.do(ask{method: "POST", path: "/v1/logout", cookie: set.Value})
		if out.status != 204 || !strings.Contains(out.header.Get("Set-Cookie"), "Max-Age=0") {
			t.Errorf("logout: %d %v", out.status, out.header)
		}
	}
	w.refused(401, "session_required", ask{method: "GET", path: "/v1/session", cookie: set.Value})
	if log := w.log.String(); strings.Contains(log, token) || strings.Contains(log, testPassword) {
		t.Error("a secret is in the log")
	}
}

// TestLogin_CookiesAreOfThisHostOnly logs in over TLS.
func TestLogin_CookiesAreOfThisHostOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.Secure = true })
	res := w.do(ask{method: "POST", path: "/v1/login", body: wire.LoginRequest{Clinic: w.number(), User: testUser, Password: testPassword}})
	given := map[string]*http.Cookie{}
	for _, line := range res.header["Set-Cookie"] {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			t.Fatal(err)
		}
		given[c.Name] = c
		if !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.MaxAge > 400*24*3600 {
			t.Errorf("cookie %q", line)
		}
	}
	session, device := given["__Host-junban_session"], given["__Host-junban_device"]
	if len(given) != 2 || session == nil || device == nil {
		t.Fatalf("cookies %v", res.header["Set-Cookie"])
	}
	who := func(name string) ask {
		return ask{path: "/v1/session", header: http.Header{"Cookie": {name + "=" + session.Value}}}
	}
	get[wire.Login](w, 200, who("__Host-junban_session"))
	w.refused(401, "session_required", who("junban_session")) // another host of the domain may have set it
}

func TestLogin_WrongIsTheSameForEveryUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var bodies []string
	for _, q := range []wire.LoginRequest{
		{Clinic: w.number(), User: testUser, Password: "x"},
		{Clinic: w.number(), User: testUser},
		{Clinic: w.number(), User: "nobody", Password: testPassword},
		{Clinic: "0000", User: testUser, Password: testPassword},
		{Clinic: "x", User: testUser, Password: testPassword},
		{Clinic: w.number(), User: strings.Repeat("u", 65), Password: "x"},
	} {
		res := w.refused(401, "login_failed", ask{method: "POST", path: "/v1/login", body: q})
		body, _, _ := strings.Cut(string(res.body), `"requestId"`)
		bodies = append(bodies, body)
	}
	for _, b := range bodies {
		if b != bodies[0] {
			t.Errorf("%s differs from %s", b, bodies[0])
		}
	}
	w.refused(400, "field_invalid", ask{method: "POST", path: "/v1/login", body: wire.LoginRequest{Clinic: w.number(), User: testUser, Password: strings.Repeat("p", 201)}})
	w.refused(403, "foreign_origin", ask{method: "POST", path: "/v1/login", body: "{}", header: map[string][]string{"Origin": {"https://evil.example"}}})
}

// TestSession_IsOfItsClinicOnly puts another clinic's number before a token that
// was just used, so that it is remembered.
func TestSession_IsOfItsClinicOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := queuetest.NewClinic(t, w.put)
	hash, err := login.HashPassword(testPassword)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.users.PutUser(t.Context(), other.ID, testUser, "", hash, clinic.Actor{}); err != nil {
		t.Fatal(err)
	}
	cookie := w.login()
	if s := get[wire.Login](w, 200, ask{path: "/v1/session", cookie: cookie}); s.Clinic != w.number() {
		t.Fatalf("logged in at %s", s.Clinic)
	}
	w.socket([]string{"staff:" + w.number()}, "", cookie)
	_, token, _ := strings.Cut(cookie, ".")
	stolen := string(other.ID) + "." + token
	for _, a := range []ask{
		{path: "/v1/session"},
		{method: "POST", path: "/v1/services/" + string(other.ID) + "-1/call", key: "k", body: wire.CallRequest{Room: "1"}},
		{path: "/v1/watch?topic=staff:" + string(other.ID), header: http.Header{"Accept": {"text/event-stream"}}},
	} {
		a.cookie = stolen
		w.refused(401, "session_required", a)
	}
}
