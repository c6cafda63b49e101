package login

import (
	"context"
	"strings"
	"testing"

	"junban/api/problem"
)

func TestPassword_HashesAndMatches(t *testing.T) {
	t.Parallel()
	hash, err := HashPassword(secretWord)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %q", hash)
	}
	for password, want := range map[string]bool{secretWord: true, "x": false, "": false} {
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
	p := NewPasswords()
	if ok, err := p.Check(t.Context(), Stranger, "", secretWord); ok || err != nil {
		t.Errorf("nobody's password matches: %v %v", ok, err)
	}
	for range AtOnce {
		if _, err := p.enter(Stranger); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Check(ctx, Stranger, "", "x"); !problem.Unreachable(err) {
		t.Errorf("while others are checked: %v", err)
	}
}

// secretWord is a password with letters of more than a byte.
const secretWord = "ひみつのことば"
