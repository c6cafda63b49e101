package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"junban/account"
	"junban/api/limit"
	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// cheapPasswords makes the world's passwords cost nothing, so that a test can try
// many.
func (w *world) cheapPasswords() {
	w.api.passwords.Match = func(phc, password string) (bool, error) { return phc == "hash of "+password, nil }
	w.api.passwords.Make = func(password string) (string, error) { return "hash of " + password, nil }
	w.setPassword(testUser, testPassword)
}

func (w *world) setPassword(user, password string) {
	w.t.Helper()
	if err := w.users.PutUser(w.t.Context(), w.clinic.ID, user, account.RoleAdmin, "hash of "+password, clinic.Actor{}); err != nil {
		w.t.Fatal(err)
	}
}

// tries is a login from an address, on a device with that cookie.
func (w *world) tries(address, device, user, password string) ask {
	a := ask{method: "POST", path: "/v1/login", header: http.Header{}, body: wire.LoginRequest{Clinic: w.number(), User: user, Password: password}}
	if address != "" {
		a.header = fromAddress(address)
	}
	if device != "" {
		a.header.Set("Cookie", deviceCookie+"="+device)
	}
	return a
}

// logsIn logs in and returns the device cookie.
func (w *world) logsIn(a ask) (device string) {
	w.t.Helper()
	res := w.do(a)
	if res.status != 200 {
		w.t.Fatalf("login: %d %s", res.status, res.body)
	}
	for _, line := range res.header["Set-Cookie"] {
		if c, err := http.ParseSetCookie(line); err == nil && c.Name == deviceCookie {
			return c.Value
		}
	}
	w.t.Fatal("the device gets no cookie")
	return ""
}

// fails tries wrong passwords until one is refused, at most n times, and returns
// how many were looked at.
func (w *world) fails(n int, address, device, user string) (looked int) {
	w.t.Helper()
	for range n {
		res := w.do(w.tries(address, device, user, "wrong"))
		switch {
		case res.status == 401:
			looked++
		case res.status == 429 && strings.Contains(string(res.body), "login_locked") && res.header.Get("Retry-After") != "":
			return looked
		default:
			w.t.Fatalf("a wrong login from %s: %d %s", address, res.status, res.body)
		}
	}
	return looked
}

// TestLogin_StrangersLockNobodyOut plays wrong logins from the waiting room, from
// elsewhere and from many networks. The desk's own device can log in meanwhile.
func TestLogin_StrangersLockNobodyOut(t *testing.T) {
	t.Parallel()
	const desk, elsewhere = "192.0.2.1", "198.51.100.1"
	for name, attack := range map[string]func(t *testing.T, w *world){
		"from the waiting room": func(t *testing.T, w *world) {
			for i := range 30 { // one user after the other, all behind the desk's own address
				w.fails(5, desk, "", fmt.Sprintf("user %d", i%3))
			}
			if n := w.fails(100, desk, "", testUser); n > limit.UserLogins.IPv4.Burst {
				t.Errorf("%d wrong passwords are looked at", n)
			}
			w.refused(429, "login_locked", w.tries(desk, "", testUser, testPassword)) // a new device there waits
		},
		"from twenty addresses": func(t *testing.T, w *world) {
			for i := range 20 {
				if n := w.fails(100, fmt.Sprintf("203.0.113.%d", i), "", testUser); n != limit.UserLogins.IPv4.Burst {
					t.Errorf("address %d tries %d times", i, n)
				}
			}
		},
		"from a /48": func(t *testing.T, w *world) {
			looked := 0
			for i := range 200 {
				looked += w.fails(5, fmt.Sprintf("2001:db8:0:%x::1", i<<8), "", testUser)
			}
			if looked != limit.UserLogins.Net48.Burst {
				t.Errorf("a /48 tries %d times", looked)
			}
			for i := range 200 {
				looked += w.fails(5, fmt.Sprintf("2001:db8:0:%x::2", i<<8), "", fmt.Sprintf("user %d", i))
			}
			if looked != limit.ClinicLogins.Net48.Burst {
				t.Errorf("a /48 tries %d times at a clinic", looked)
			}
		},
		"through a proxy that nobody named": func(t *testing.T, w *world) {
			if n := w.fails(200, "", "", testUser); n != 200 {
				t.Errorf("everybody shares %d wrong logins", n)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, behindProxy)
			w.cheapPasswords()
			known := w.logsIn(w.tries(desk, "", testUser, testPassword))
			attack(t, w)
			known = w.logsIn(w.tries(desk, known, testUser, testPassword))
			w.logsIn(w.tries(elsewhere, known, testUser, testPassword)) // the device was carried away
			w.logsIn(w.tries(elsewhere, "", testUser, testPassword))    // a new one
		})
	}
}

// TestLogin_KnownDeviceHasABudgetOfItsOwn tries wrong passwords on a device that
// has logged in before.
func TestLogin_KnownDeviceHasABudgetOfItsOwn(t *testing.T) {
	t.Parallel()
	onBothBehindProxy(t, func(t *testing.T, w *world) {
		const desk = "192.0.2.1"
		w.cheapPasswords()
		w.setPassword("花子", "はなこのことば")
		first := w.logsIn(w.tries(desk, "", testUser, testPassword))
		second := w.logsIn(w.tries(desk, "", testUser, testPassword))
		both := w.logsIn(w.tries(desk, first, "花子", "はなこのことば")) // two users share the device
		if n := w.fails(100, desk, both, testUser); n != limit.DeviceLogins.Whole.Burst {
			t.Errorf("%d wrong passwords are looked at on a known device", n)
		}
		w.refused(429, "login_locked", w.tries(desk, both, testUser, testPassword))
		w.logsIn(w.tries(desk, both, "花子", "はなこのことば"))
		w.logsIn(w.tries(desk, second, testUser, testPassword))
		w.logsIn(w.tries(desk, "", testUser, testPassword)) // strangers have lost nothing
	})
}

// TestLogin_DeviceCookieIsOfOneUserAndOnePassword offers cookies that prove
// nothing, from an address at which strangers are locked out.
func TestLogin_DeviceCookieIsOfOneUserAndOnePassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t, behindProxy)
	const desk, deviceUsers = "192.0.2.1", 8
	w.cheapPasswords()
	other := w.clinic
	w.clinic = queuetest.NewClinic(t, w.put)
	w.setPassword(testUser, testPassword)
	foreign := w.logsIn(w.tries("", "", testUser, testPassword)) // the same name at another clinic
	w.clinic = other
	w.setPassword("花子", testPassword)
	another := w.logsIn(w.tries("", "", "花子", testPassword))
	mine := w.logsIn(w.tries("", "", testUser, testPassword))
	id, mark, _ := strings.Cut(mine, ".")
	anotherID, _, _ := strings.Cut(another, ".")
	w.fails(100, desk, "", testUser)
	for what, cookie := range map[string]string{
		"none": "", "of another clinic": foreign, "of another user": another, "no cookie at all": "x", "no marks": id,
		"a mark of another device": anotherID + "." + mark,
		"changed":                  id + "." + strings.ToUpper(mark),
		"behind too many others":   id + strings.Repeat(".x", deviceUsers) + "." + mark,
	} {
		if res := w.do(w.tries(desk, cookie, testUser, testPassword)); res.status != 429 {
			t.Errorf("with a device cookie %s: %d", what, res.status)
		}
	}
	w.logsIn(w.tries(desk, mine, testUser, testPassword))
	full := mine
	for i := range 2 * deviceUsers {
		name := fmt.Sprintf("user %d", i)
		w.setPassword(name, testPassword)
		full = w.logsIn(w.tries("", full, name, testPassword))
	}
	if n := strings.Count(full, "."); n != deviceUsers || len(full) > 400 {
		t.Errorf("the cookie of many users has %d marks and %d bytes", n, len(full))
	}
	w.setPassword(testUser, "another password")
	w.refused(429, "login_locked", w.tries(desk, mine, testUser, "another password"))
}

// TestLogin_WindowThatEndsMeanwhileLocksNothing lets every bucket expire between the
// charge and the refund. The refund creates nothing, and every key that counts has an
// end.
func TestLogin_WindowThatEndsMeanwhileLocksNothing(t *testing.T) {
	t.Parallel()
	rdb := queuetest.Redis(t)
	w := onRedis(t, rdb, behindProxy)
	w.cheapPasswords()
	keys := func() []string {
		t.Helper()
		found, err := rdb.Keys(context.Background(), "junban:{"+w.number()+"}:limit:*").Result()
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	match := w.api.passwords.Match
	w.api.passwords.Match = func(phc, password string) (bool, error) {
		if all := keys(); len(all) > 0 && password == testPassword {
			if err := rdb.Del(context.Background(), all...).Err(); err != nil {
				t.Error(err)
			}
		}
		return match(phc, password)
	}
	const desk = "192.0.2.1"
	for range 50 {
		w.logsIn(w.tries(desk, "", testUser, testPassword))
		if left := keys(); len(left) != 0 {
			t.Fatalf("a refund left %v", left)
		}
	}
	if n := w.fails(100, desk, "", testUser); n != limit.UserLogins.IPv4.Burst {
		t.Errorf("%d wrong passwords are looked at", n)
	}
	for _, key := range keys() {
		if left, err := rdb.PTTL(context.Background(), key).Result(); err != nil || left <= 0 {
			t.Errorf("%s ends in %v, error %v", key, left, err)
		}
	}
}

// TestLogin_ManyAtOnceAreRefused sends more logins of strangers at once than are
// computed and wait.
func TestLogin_ManyAtOnceAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proceed := make(chan struct{})
	w.api.passwords.Match = func(string, string) (bool, error) {
		<-proceed
		return false, nil
	}
	const served, more = 2 + 16, 3
	answers := make(chan answer, served+more)
	for range served + more {
		go func() { answers <- w.do(w.tries("", "", testUser, testPassword)) }()
	}
	for i := range served + more {
		if i == more {
			close(proceed)
		}
		res := <-answers
		if i < more && (res.status != 503 || res.header.Get("Retry-After") == "") || i >= more && res.status != 401 {
			t.Errorf("answer %d: %d %s", i, res.status, res.body)
		}
	}
	if strings.Contains(w.log.String(), "level=ERROR") {
		t.Errorf("the log:\n%s", w.log)
	}
}
