package api

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"junban/account"
	"junban/api/limit"
	"junban/api/login"
	"junban/api/peer"
	"junban/api/secret"
	"junban/api/wire"
)

// adds has the world's admin add a user, whose password is returned.
func (w *world) adds(cookie, name, role string) string {
	w.t.Helper()
	a := ask{method: "POST", path: "/v1/clinics/" + w.number() + "/users", cookie: cookie, key: freshKey(), body: wire.NewUser{Name: name, Role: role}}
	added := get[wire.UserAdded](w, 201, a)
	if added.User.Name != name || added.User.Role != role || len(added.Password) != 19 {
		w.t.Fatalf("added %+v", added)
	}
	return added.Password
}

// as logs somebody in.
func (w *world) as(user, password string) string {
	w.t.Helper()
	res := w.do(ask{
		method: "POST", path: "/v1/login", body: wire.LoginRequest{Clinic: w.number(), User: user, Password: password},
		header: map[string][]string{"User-Agent": {"Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"}},
	})
	if res.status != 200 {
		w.t.Fatalf("%s logs in: %d %s", user, res.status, res.body)
	}
	value, _, _ := strings.Cut(strings.TrimPrefix(res.header.Get("Set-Cookie"), loginCookie+"="), ";")
	return value
}

func TestUsers_TheDeskHasTheLineAndNothingElse(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		admin := w.login()
		desk := w.as("花子", w.adds(admin, "花子", "desk"))
		if s := get[wire.Login](w, 200, ask{method: "GET", path: "/v1/session", cookie: desk}); s.Role != "desk" || s.User != "花子" {
			t.Errorf("who am I: %+v", s)
		}
		clinic, service := "/v1/clinics/"+w.number(), "/v1/services/"+w.ref("1")
		for _, a := range []ask{
			{method: "GET", path: clinic + "/settings"},
			{method: "PUT", path: clinic + "/settings", body: wire.ClinicSettings{}},
			{method: "GET", path: clinic + "/timetable"},
			{method: "PUT", path: clinic + "/timetable", body: wire.Timetable{}},
			{method: "GET", path: service + "/settings"},
			{method: "PUT", path: service + "/settings", body: wire.Settings{}},
			{method: "GET", path: service + "/timetable"},
			{method: "PUT", path: service + "/timetable", body: wire.Timetable{}},
			{method: "GET", path: clinic + "/users"},
			{method: "POST", path: clinic + "/users", key: "k", body: wire.NewUser{Name: "x", Role: "admin"}},
			{method: "DELETE", path: clinic + "/users/" + "x"},
			{method: "PUT", path: clinic + "/users/x/role", body: wire.RoleRequest{Role: "admin"}},
			{method: "PUT", path: clinic + "/users/x/password", key: "k", body: wire.PasswordRequest{}},
		} {
			a.cookie = ""
			w.refused(401, "session_required", a)
			a.cookie = desk
			w.refused(403, "admin_required", a)
			a.path = strings.Replace(strings.Replace(a.path, w.ref("1"), "9998-1", 1), w.number(), "9998", 1)
			w.refused(403, "other_clinic", a)
		}
		w.issue("1", wire.IssueRequest{})
		ticket := w.callNext(desk, "1", "1")
		w.act(desk, ticket.ID, "finish")
		w.reception(desk, "paused")
		get[wire.Changes](w, 200, ask{method: "GET", path: clinic + "/changes", cookie: desk})
	})
}

func TestUsers_AreAddedChangedAndRemoved(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		admin := w.login()
		path := "/v1/clinics/" + w.number() + "/users"
		add := ask{method: "POST", path: path, cookie: admin, key: "once", body: wire.NewUser{Name: " 花子 ", Role: "desk"}}
		first, again := get[wire.UserAdded](w, 201, add), get[wire.UserAdded](w, 201, add)
		if first.Password == "" || first.Password != again.Password || again.User.Name != "花子" || again.User.Since == nil {
			t.Fatalf("added %+v, then %+v", first, again)
		}
		add.key = "another"
		w.refused(409, "user_exists", add)
		own := wire.NewUser{Name: "次郎", Role: "admin", Password: "自分で決めた言葉"}
		if got := get[wire.UserAdded](w, 201, ask{method: "POST", path: path, cookie: admin, body: own}); got.Password != "" {
			t.Errorf("a password that was given is told: %+v", got)
		}
		w.as(own.Name, own.Password)
		users := get[wire.Users](w, 200, ask{method: "GET", path: path, cookie: admin}).Users
		names := func(u wire.User) string { return u.Name + " " + u.Role }
		var got []string
		for _, u := range users {
			got = append(got, names(u))
			if (u.LastLogin == nil) != (u.Name == "花子") {
				t.Errorf("last login of %+v", u)
			}
		}
		slices.Sort(got)
		want := []string{"次郎 admin", "花子 desk", testUser + " admin"}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("users %v, want %v", got, want)
		}

		// A role holds for the sessions that are open.
		desk := w.as("花子", first.Password)
		get[wire.RoleRequest](w, 200, ask{method: "PUT", path: path + "/花子/role", cookie: admin, body: wire.RoleRequest{Role: "admin"}})
		get[wire.Users](w, 200, ask{method: "GET", path: path, cookie: desk})
		get[wire.RoleRequest](w, 200, ask{method: "PUT", path: path + "/花子/role", cookie: admin, body: wire.RoleRequest{Role: "desk"}})
		w.refused(403, "admin_required", ask{method: "GET", path: path, cookie: desk})

		// A new password ends them.
		set := ask{method: "PUT", path: path + "/花子/password", cookie: admin, key: "set", body: wire.PasswordRequest{}}
		second := get[wire.PasswordSet](w, 200, set).Password
		if second == "" || second == first.Password || get[wire.PasswordSet](w, 200, set).Password != second {
			t.Errorf("the new password is %q after %q", second, first.Password)
		}
		w.refused(401, "session_required", ask{method: "GET", path: "/v1/session", cookie: desk})
		w.refused(401, "login_failed", ask{method: "POST", path: "/v1/login", body: wire.LoginRequest{Clinic: w.number(), User: "花子", Password: first.Password}})
		desk = w.as("花子", second)
		get[wire.PasswordSet](w, 200, set) // comes late, and ends nothing
		get[wire.Login](w, 200, ask{method: "GET", path: "/v1/session", cookie: desk})

		if res := w.do(ask{method: "DELETE", path: path + "/花子", cookie: admin}); res.status != 204 {
			t.Errorf("removed: %d %s", res.status, res.body)
		}
		w.refused(401, "session_required", ask{method: "GET", path: "/v1/session", cookie: desk})
		w.refused(404, "user_unknown", ask{method: "DELETE", path: path + "/花子", cookie: admin})
		w.refused(404, "user_unknown", ask{method: "PUT", path: path + "/花子/role", cookie: admin, body: wire.RoleRequest{Role: "desk"}})
		w.refused(404, "user_unknown", set)

		// Who did what is told to admins alone.
		told := func(cookie string) (users int) {
			for _, c := range get[wire.Changes](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number() + "/changes", cookie: cookie}).Changes {
				if c.Before["users.花子"] != nil || c.After["users.花子"] != nil {
					users++
					if c.By != testUser {
						t.Errorf("%+v was done by %q", c, c.By)
					}
				}
			}
			return users
		}
		get[wire.UserAdded](w, 201, ask{method: "POST", path: path, cookie: admin, body: wire.NewUser{Name: "三郎", Role: "desk", Password: "自分で決めた言葉"}})
		if got := told(admin); got != 5 {
			t.Errorf("the changes tell %d times of somebody who was added, changed thrice and removed", got)
		}
		if got := told(w.as("三郎", "自分で決めた言葉")); got != 0 {
			t.Errorf("the desk is told %d changes of users", got)
		}
	})
}

func TestUsers_NobodyShutsThemselvesOut(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		admin := w.login()
		own := "/v1/clinics/" + w.number() + "/users/" + strings.ReplaceAll(testUser, " ", "%20")
		w.refused(409, "own_account", ask{method: "DELETE", path: own, cookie: admin})
		w.refused(409, "own_account", ask{method: "PUT", path: own + "/password", cookie: admin, key: "k", body: wire.PasswordRequest{}})
		w.refused(409, "last_admin", ask{method: "PUT", path: own + "/role", cookie: admin, body: wire.RoleRequest{Role: "desk"}})
		w.adds(admin, "二人目", "admin")
		get[wire.RoleRequest](w, 200, ask{method: "PUT", path: own + "/role", cookie: admin, body: wire.RoleRequest{Role: "desk"}})
		w.refused(403, "admin_required", ask{method: "GET", path: "/v1/clinics/" + w.number() + "/users", cookie: admin})
	})
}

func TestUsers_WhatIsWrongIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.login()
	path := "/v1/clinics/" + w.number() + "/users"
	for _, u := range []wire.NewUser{
		{Role: "desk"}, {Name: strings.Repeat("長", 41), Role: "desk"}, {Name: "a/b", Role: "desk"}, {Name: "..", Role: "desk"}, {Name: "a\nb", Role: "desk"},
		{Name: "x"}, {Name: "x", Role: "king"}, {Name: "x", Role: "desk", Password: "7 signs"}, {Name: "x", Role: "desk", Password: strings.Repeat("p", login.MaxPassword+1)},
	} {
		w.refused(400, "field_invalid", ask{method: "POST", path: path, cookie: admin, key: freshKey(), body: u})
	}
	w.refused(400, "idempotency_key_required", ask{method: "POST", path: path, cookie: admin, body: wire.NewUser{Name: "x", Role: "desk"}})
	w.refused(400, "field_invalid", ask{method: "PUT", path: path + "/x/role", cookie: admin, body: wire.RoleRequest{Role: "king"}})
	w.refused(403, "foreign_origin", ask{method: "DELETE", path: path + "/x", cookie: admin, header: map[string][]string{"Origin": {"https://evil.example"}}})
	longest := strings.Repeat("長", 40)
	w.as(longest, w.adds(admin, longest, "desk"))
}

func TestOwnPassword_NeedsTheOldOneAndEndsTheOtherSessions(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		admin := w.login()
		password := w.adds(admin, "花子", "desk")
		mine, other := w.as("花子", password), w.as("花子", password)
		change := func(old, next string) ask {
			return ask{method: "PUT", path: "/v1/password", cookie: mine, body: wire.OwnPasswordRequest{Old: old, New: next}}
		}
		w.refused(403, "password_wrong", change("x", "新しいひみつの言葉"))
		w.refused(400, "field_invalid", change(password, "short"))
		w.refused(400, "field_invalid", change(strings.Repeat("p", login.MaxPassword+1), "新しいひみつの言葉"))
		w.refused(401, "session_required", ask{method: "PUT", path: "/v1/password", body: wire.OwnPasswordRequest{}})
		res := w.do(change(password, "新しいひみつの言葉"))
		if res.status != 204 {
			t.Fatalf("changed: %d %s", res.status, res.body)
		}
		if !strings.Contains(strings.Join(res.header.Values("Set-Cookie"), "\n"), deviceCookie+"=") { // its mark was of the old password
			t.Error("the device is a stranger after the change")
		}
		get[wire.Login](w, 200, ask{method: "GET", path: "/v1/session", cookie: mine})
		w.refused(401, "session_required", ask{method: "GET", path: "/v1/session", cookie: other})
		get[wire.Login](w, 200, ask{method: "GET", path: "/v1/session", cookie: admin})
		w.as("花子", "新しいひみつの言葉")
		for range limit.OldPasswords.Whole.Burst - 1 { // one was wrong before
			w.refused(403, "password_wrong", change("x", "新しいひみつの言葉"))
		}
		w.refused(429, "login_locked", change("新しいひみつの言葉", "もっと新しい言葉です"))
	})
}

func TestDeskSessions_AreListedAndEnded(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		admin := w.login()
		password := w.adds(admin, "花子", "desk")
		desk, other := w.as("花子", password), w.as("花子", password)
		path := "/v1/clinics/" + w.number() + "/sessions"
		list := func(cookie string) []wire.DeskLogin {
			t.Helper()
			return get[wire.DeskLogins](w, 200, ask{method: "GET", path: path, cookie: cookie}).Logins
		}
		all, own := list(admin), list(desk)
		if len(all) != 3 || len(own) != 2 {
			t.Fatalf("an admin sees %+v, the desk %+v", all, own)
		}
		find := func(cookie string) string { return secret.ID(secret.Hash(cookie)) }
		for _, s := range own {
			if s.User != "花子" || s.Browser != "Firefox" || s.System != "Windows" || s.Address != "127.0.0.*" || s.Own != (s.ID == find(desk)) ||
				s.Since.IsZero() || s.Seen.Before(s.Since.Time) {
				t.Errorf("session %+v", s)
			}
		}
		end := func(cookie, id string) ask { return ask{method: "DELETE", path: path + "/" + id, cookie: cookie} }
		w.refused(404, "session_unknown", end(desk, find(admin))) // not hers to see
		watch := w.socket([]string{"staff:" + w.number()}, "", other)
		watch.next(func(f wire.Frame) bool { return f.Staff != nil })
		for _, a := range []ask{end(desk, find(other)), end(admin, find(desk))} {
			if res := w.do(a); res.status != 204 {
				t.Errorf("ended: %d %s", res.status, res.body)
			}
			w.refused(404, "session_unknown", ask{method: "DELETE", path: a.path, cookie: admin})
		}
		for _, gone := range []string{desk, other} {
			w.refused(401, "session_required", ask{method: "GET", path: "/v1/session", cookie: gone})
		}
		for err := error(nil); err == nil; { // the frames of a session that has ended come to an end
			_, err = watch.read()
		}
		if left := list(admin); len(left) != 1 || !left[0].Own {
			t.Errorf("left are %+v", left)
		}
		w.refused(403, "other_clinic", ask{method: "GET", path: "/v1/clinics/9998/sessions", cookie: admin})
		w.refused(401, "session_required", ask{method: "GET", path: path})
	})
}

func TestDevice_IsWordsAndNoTextOfAStranger(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0":     "Edge/Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1": "Safari/iPhone",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36":               "Chrome/Android",
		"curl/8 <script>": "/", "": "/",
	} {
		if got := peer.Device(agent); got != want {
			t.Errorf("%q is %q, want %q", agent, got, want)
		}
	}
	for address, want := range map[string]string{
		"203.0.113.77": "203.0.113.*", "::ffff:203.0.113.77": "203.0.113.*", "2001:db8:12:34::1": "2001:db8:12:*", "fe80::1%eth0": "fe80:*", "::1": ":*",
	} {
		if got := peer.ShortAddress(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is %q, want %q", address, got, want)
		}
	}
	if got := peer.ShortAddress(netip.Addr{}); got != "" {
		t.Errorf("no address is %q", got)
	}
}

func TestUsers_NamesThatNoPathCanHoldAreNotMade(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"受付 1": true, "": false, " x": false, ".": false, "..": false, "a/b": false, "\xff": false, "a.b": true} {
		if got := account.ValidUserName(name); got != want {
			t.Errorf("%q may be a name: %v", name, got)
		}
	}
}
