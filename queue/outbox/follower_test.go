package outbox

import (
	"errors"
	"fmt"
	"testing"

	"junban/queue/queuetest"
)

func TestFollow_AFullClinicTakesOnlyThoseItHas(t *testing.T) {
	t.Parallel()
	line := queuetest.Store(t)
	s := New(line.Redis(), line, Options{Secret: []byte("secret")})
	c := queuetest.NewClinic(t, line)
	follow := func(n int, want error) {
		t.Helper()
		f := Follower{Channel: Mail, Address: Address{Mail: fmt.Sprint(n, "@junban.example")}, Language: "ja"}
		if err := s.follow(t.Context(), c.ID, f, 3); !errors.Is(err, want) {
			t.Errorf("follower %d: %v, want %v", n, err, want)
		}
	}
	for n := range 3 {
		follow(n, nil)
	}
	follow(3, ErrFollowersFull)
	follow(2, nil)
	if err := s.Unfollow(t.Context(), c.ID, s.Hash(Address{Mail: "0@junban.example"})); err != nil {
		t.Fatal(err)
	}
	if err := s.Unfollow(t.Context(), c.ID, "unknown"); err != nil {
		t.Fatal(err)
	}
	follow(3, nil)
	follow(0, ErrFollowersFull)
	if counts, err := s.CountFollowers(t.Context(), c.ID); err != nil || len(counts) != 1 || counts[Mail] != 3 {
		t.Errorf("followers: %v, error %v", counts, err)
	}
	if err := s.Follow(t.Context(), c.ID, Follower{Channel: Push, Address: Address{Mail: "a@junban.example"}}); !errors.Is(err, ErrWantAddress) {
		t.Errorf("a mail address of a push: %v", err)
	}
}
