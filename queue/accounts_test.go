package queue_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/queuetest"
)

// sent notes the commands that a client sends.
type sent struct {
	mu       sync.Mutex
	commands []string
}

func (s *sent) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (s *sent) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		s.mu.Lock()
		s.commands = append(s.commands, cmd.Name())
		s.mu.Unlock()
		return next(ctx, cmd)
	}
}

func (s *sent) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func TestAccounts_FromBeforeThereWereRolesAreAdmins(t *testing.T) {
	t.Parallel()
	rdb := queuetest.Redis(t)
	s, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := queuetest.NewClinic(t, s)
	key := "junban:{" + string(c.ID) + "}:users"
	if err := rdb.HSet(t.Context(), key, "ann", "$argon2id$old").Err(); err != nil {
		t.Fatal(err)
	}
	u, err := s.User(t.Context(), c.ID, "ann")
	if err != nil || u.Role != queue.RoleAdmin || u.PasswordHash != "$argon2id$old" || !u.Since.IsZero() {
		t.Fatalf("user %+v: %v", u, err)
	}
	if err := s.SetRole(t.Context(), c.ID, "ann", queue.RoleDesk, queue.Actor{}); !errors.Is(err, queue.ErrLastAdmin) {
		t.Errorf("the only account, an old one, is made a desk's: %v", err)
	}
	if err := s.PutSession(t.Context(), c.ID, queue.DeskSession{TokenHash: "h", User: "ann"}, time.Hour); err != nil {
		t.Fatal(err)
	}
	var log sent
	rdb.AddHook(&log)
	user, role, err := s.Session(t.Context(), c.ID, "h")
	if err != nil || user != "ann" || role != queue.RoleAdmin {
		t.Errorf("session of %q, %q: %v", user, role, err)
	}
	if !slices.Equal(log.commands, []string{"evalsha"}) {
		t.Errorf("a session is looked up by %v", log.commands)
	}
}

func TestSessions_ThatAreOverAreSweptAndSeenIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	rdb, set := queuetest.Memory(t)
	s, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	set(began)
	c := queuetest.NewClinic(t, s)
	if err := s.PutUser(t.Context(), c.ID, "ann", "", "hash", queue.Actor{}); err != nil {
		t.Fatal(err)
	}
	open := func(token string, life time.Duration) {
		t.Helper()
		if err := s.PutSession(t.Context(), c.ID, queue.DeskSession{TokenHash: token, User: "ann", Device: "火狐/\"Windows\""}, life); err != nil {
			t.Fatal(err)
		}
	}
	open("long", time.Hour)
	seenAfter := func(d time.Duration) time.Duration {
		t.Helper()
		set(began.Add(d))
		if _, _, err := s.Session(t.Context(), c.ID, "long"); err != nil {
			t.Fatal(err)
		}
		all, err := s.Sessions(t.Context(), c.ID)
		if err != nil || len(all) != 1 || all[0].Device != "火狐/\"Windows\"" {
			t.Fatalf("sessions %+v: %v", all, err)
		}
		return all[0].Seen.Sub(began).Round(10 * time.Second)
	}
	for at, want := range []time.Duration{0, 0, 2 * time.Minute, 2 * time.Minute} {
		if got := seenAfter([]time.Duration{0, 30 * time.Second, 2 * time.Minute, 170 * time.Second}[at]); got != want {
			t.Errorf("seen after %v, want %v", got, want)
		}
	}
	set(began.Add(2 * time.Hour))
	if _, _, err := s.Session(t.Context(), c.ID, "long"); !errors.Is(err, queue.ErrNoSession) {
		t.Errorf("a session outlives its end: %v", err)
	}
	set(began)
	open("short", time.Millisecond)
	time.Sleep(2 * time.Millisecond)
	open("next", time.Hour)
	kept, err := rdb.HKeys(t.Context(), "junban:{"+string(c.ID)+"}:sessions").Result()
	slices.Sort(kept)
	if got := strings.Join(kept, " "); err != nil || got != "next" {
		t.Errorf("kept are %q: %v", got, err)
	}
}

func TestAccounts_TwoAdminsWhoDemoteEachOtherLeaveOne(t *testing.T) {
	t.Parallel()
	s := store(t)
	c := queuetest.NewClinic(t, s)
	for range 20 {
		for _, name := range []string{"ann", "ben"} {
			if err := s.PutUser(t.Context(), c.ID, name, queue.RoleAdmin, "hash", queue.Actor{}); err != nil {
				t.Fatal(err)
			}
		}
		errs := make(chan error, 2)
		for _, name := range []string{"ann", "ben"} {
			go func() { errs <- s.SetRole(t.Context(), c.ID, name, queue.RoleDesk, queue.Actor{}) }()
		}
		one, two := <-errs, <-errs
		if (one == nil) == (two == nil) || !errors.Is(errors.Join(one, two), queue.ErrLastAdmin) {
			t.Fatalf("demoted: %v and %v", one, two)
		}
	}
}
