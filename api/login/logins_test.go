package login

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"junban/api/problem"
	"junban/api/secret"
)

func TestLogin_CookieCannotBeStretched(t *testing.T) {
	t.Parallel()
	ends := time.Now().Add(time.Hour).Truncate(time.Second)
	k, other := secret.New([]byte("one secret of thirty-two bytes..")), secret.New([]byte("another one of thirty-two bytes."))
	token := newToken(k, "1234", ends)
	s, ok := parse(k, "1234."+token)
	if !ok || s.Clinic != "1234" || !s.expires.Equal(ends) {
		t.Errorf("%+v %v", s, ok)
	}
	for i := range token { // the end, and everything else, is signed
		changed := []byte(token)
		changed[i] = "AB"[map[bool]int{true: 1}[token[i] == 'A']]
		if _, ok := parse(k, "1234."+string(changed)); ok {
			t.Errorf("%s was read for %s", changed, token)
		}
	}
	if _, ok := parse(other, "1234."+token); ok {
		t.Error("the session of another secret was read")
	}
	for _, bad := range []string{"", "1234", "1234.", "12345." + token, "abcd." + token, "1235." + token, "1234." + token + "A", "1234." + token[:42] + "!"} {
		if _, ok := parse(k, bad); ok {
			t.Errorf("%q was read", bad)
		}
	}
}

// TestLogin_EndedCookieIsRefusedWithoutRedis looks up a login of which the cookie shows
// that it is over.
func TestLogin_EndedCookieIsRefusedWithoutRedis(t *testing.T) {
	t.Parallel()
	k := secret.New([]byte("one secret of thirty-two bytes.."))
	ls := &Logins{keys: k} // without accounts to ask
	var refused problem.Problem
	if _, err := ls.find(t.Context(), "1234."+newToken(k, "1234", time.Now().Add(-time.Second))); !errors.As(err, &refused) || refused.Code != "session_required" {
		t.Errorf("an ended login: %v", err)
	}
}

// TestDevice_MarkOfAUserEnds looks for marks of a device before and after their end.
func TestDevice_MarkOfAUserEnds(t *testing.T) {
	t.Parallel()
	k, end := secret.New([]byte("one secret of thirty-two bytes..")), time.Unix(1_800_000_000, 0)
	tag := passwordTag(k, "1234", "ann", "hash")
	d := knownDevice{id: "device", marks: []string{deviceMark(k, "device", "1234", "ann", tag, end)}}
	if got, known := d.knows(k, "1234", "ann", end.Add(-time.Second)); got != tag || !known {
		t.Errorf("before its end: %q %v", got, known)
	}
	if _, known := d.knows(k, "1234", "ann", end); known {
		t.Error("the mark holds at its end")
	}
}

func FuzzParse(f *testing.F) {
	k := secret.New([]byte("one secret of thirty-two bytes.."))
	f.Add("1234." + newToken(k, "1234", time.Unix(1, 0)))
	f.Add("1234.")
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := parse(k, s)
		if ok && (len(got.Hash) != 64 || !strings.HasPrefix(s, string(got.Clinic)+".")) {
			t.Errorf("%q is %+v", s, got)
		}
	})
}

// TestStreams_AnEndEndsNoNewerStream ends a login's streams while the same login has
// opened new ones.
func TestStreams_AnEndEndsNoNewerStream(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newStreams(nil) // it asks for no login within this test
		defer l.stop()
		of := Login{Hash: "h", expires: time.Now().Add(time.Hour)}
		first := l.of(of)
		l.end(of.Hash)
		second := l.of(of)
		synctest.Wait() // the goroutine of the first has ended
		if first.Err() == nil || second.Err() != nil {
			t.Errorf("the first has ended: %v; the second: %v", first.Err(), second.Err())
		}
		if l.of(of) != second {
			t.Error("the newer stream is forgotten")
		}
	})
}
