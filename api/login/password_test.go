package login

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

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
	if ok, err := p.Check(t.Context(), stranger, "", secretWord); ok || err != nil {
		t.Errorf("nobody's password matches: %v %v", ok, err)
	}
	for range atOnce {
		if _, err := p.enter(stranger); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Check(ctx, stranger, "", "x"); !problem.Unreachable(err) {
		t.Errorf("while others are checked: %v", err)
	}
}

// TestPasswords_StrangersWaitInALaneOfTheirOwn fills the lane of strangers.
func TestPasswords_StrangersWaitInALaneOfTheirOwn(t *testing.T) {
	t.Parallel()
	p, started, proceed := NewPasswords(), make(chan string, 1000), make(chan struct{})
	p.Match = func(_, password string) (bool, error) {
		started <- password
		<-proceed
		return false, nil
	}
	entered := func() int {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.running + len(p.waiters[KnownDevice]) + len(p.waiters[stranger])
	}
	var done sync.WaitGroup
	begin := func(l QueueClass, what string) {
		before := entered()
		done.Go(func() {
			if _, err := p.Check(context.Background(), l, "hash", what); err != nil {
				t.Error(err)
			}
		})
		for entered() == before {
			time.Sleep(time.Millisecond)
		}
	}
	for range atOnce + waiting[stranger] {
		begin(stranger, "stranger")
	}
	var full problem.Problem
	if _, err := p.Check(t.Context(), stranger, "hash", "one too many"); !errors.As(err, &full) || full.Code != "login_busy" {
		t.Errorf("beyond the lane: %v", err)
	}
	for range 3 {
		begin(KnownDevice, "known")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Check(gone, KnownDevice, "hash", "gone"); err == nil {
		t.Error("one that left is served")
	}
	for i := range atOnce + waiting[stranger] + 3 {
		what := <-started
		if known := i >= atOnce && i < atOnce+3; known != (what == "known") {
			t.Errorf("turn %d is of a %s", i, what)
		}
		if i >= atOnce-1 {
			proceed <- struct{}{}
		}
	}
	close(proceed)
	done.Wait()
	if n := entered(); n != 0 {
		t.Errorf("%d places are left over", n)
	}
}

// secretWord is a password with letters of more than a byte.
const secretWord = "ひみつのことば"
