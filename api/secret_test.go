package api

import (
	"context"
	"strings"
	"testing"
	"time"

	"junban/api/problem"
	"junban/api/secret"
)

func TestPassword_HashesAndMatches(t *testing.T) {
	t.Parallel()
	hash, err := HashPassword(testPassword)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %q", hash)
	}
	for password, want := range map[string]bool{testPassword: true, "x": false, "": false} {
		if got, err := MatchPassword(hash, password); got != want || err != nil {
			t.Errorf("%q matches: %v %v", password, got, err)
		}
	}
	for _, bad := range []string{"", strings.Repeat("p", MaxPassword+1)} {
		if _, err := HashPassword(bad); err == nil {
			t.Errorf("a password of %d bytes was hashed", len(bad))
		}
	}
}

func TestPassword_CostlyOrBrokenHashIsNotComputed(t *testing.T) {
	t.Parallel()
	const tail = "$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdHNhbHRzYWx0"
	for _, hash := range []string{
		"x", "$argon2i$v=19$m=19456,t=2,p=1" + tail, "$argon2id$v=16$m=19456,t=2,p=1" + tail, "$argon2id$v=19$m=4000000,t=2,p=1" + tail,
		"$argon2id$v=19$m=19456,t=1000,p=1" + tail, "$argon2id$v=19$m=19456,t=2,p=0" + tail, "$argon2id$v=19$m=19456,t=0,p=1" + tail,
		"$argon2id$v=19$m=19456,t=2,p=1$$", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$!", "$argon2id$v=19$nonsense" + tail,
	} {
		if got, err := MatchPassword(hash, "x"); got || err == nil {
			t.Errorf("%q was computed", hash)
		}
	}
}

func TestPasswords_WaitOnlyAsLongAsTheRequest(t *testing.T) {
	t.Parallel()
	p := newPasswords()
	if ok, err := p.check(t.Context(), strangerLane, "", testPassword); ok || err != nil {
		t.Errorf("nobody's password matches: %v %v", ok, err)
	}
	for range atOnce {
		if _, err := p.enter(strangerLane); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.check(ctx, strangerLane, "", "x"); !problem.Unreachable(err) {
		t.Errorf("while others are checked: %v", err)
	}
}

func TestSession_CookieCannotBeStretched(t *testing.T) {
	t.Parallel()
	ends := time.Now().Add(time.Hour).Truncate(time.Second)
	k, other := secret.New([]byte("one secret of thirty-two bytes..")), secret.New([]byte("another one of thirty-two bytes."))
	token := sessionToken(k, "1234", ends)
	s, ok := parseSession(k, "1234."+token)
	if !ok || s.clinic != "1234" || !s.expires.Equal(ends) {
		t.Errorf("%+v %v", s, ok)
	}
	for i := range token { // the end, and everything else, is signed
		changed := []byte(token)
		changed[i] = "AB"[map[bool]int{true: 1}[token[i] == 'A']]
		if _, ok := parseSession(k, "1234."+string(changed)); ok {
			t.Errorf("%s was read for %s", changed, token)
		}
	}
	if _, ok := parseSession(other, "1234."+token); ok {
		t.Error("the session of another secret was read")
	}
	for _, bad := range []string{"", "1234", "1234.", "12345." + token, "abcd." + token, "1235." + token, "1234." + token + "A", "1234." + token[:42] + "!"} {
		if _, ok := parseSession(k, bad); ok {
			t.Errorf("%q was read", bad)
		}
	}
}

func FuzzParseSession(f *testing.F) {
	k := secret.New([]byte("one secret of thirty-two bytes.."))
	f.Add("1234." + sessionToken(k, "1234", time.Unix(1, 0)))
	f.Add("1234.")
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := parseSession(k, s)
		if ok && (len(got.hash) != 64 || !strings.HasPrefix(s, string(got.clinic)+".")) {
			t.Errorf("%q is %+v", s, got)
		}
	})
}
