package account_test

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

	"junban/account"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// sent notes the commands that a client sends, those of a pipeline as one.
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
	return func(ctx context.Context, cmds []redis.Cmder) error {
		var names []string
		for _, cmd := range cmds {
			names = append(names, cmd.Name())
		}
		s.mu.Lock()
		s.commands = append(s.commands, strings.Join(names, " "))
		s.mu.Unlock()
		return next(ctx, cmds)
	}
}

// on returns accounts on a Redis, and the clinics that they belong to.
func on(t *testing.T, rdb redis.UniversalClient) (*account.Store, *queue.Store) {
	t.Helper()
	clinics, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return account.NewStore(rdb, clinics), clinics
}

func TestAccounts_FromBeforeThereWereRolesAreAdmins(t *testing.T) {
	t.Parallel()
	rdb := queuetest.Redis(t)
	s, clinics := on(t, rdb)
	c := queuetest.NewClinic(t, clinics)
	key := "junban:{" + string(c.ID) + "}:users"
	if err := rdb.HSet(t.Context(), key, "ann", "$argon2id$old").Err(); err != nil {
		t.Fatal(err)
	}
	u, err := s.User(t.Context(), c.ID, "ann")
	if err != nil || u.Role != account.RoleAdmin || u.PasswordHash != "$argon2id$old" || !u.Since.IsZero() {
		t.Fatalf("user %+v: %v", u, err)
	}
	if err := s.SetRole(t.Context(), c.ID, "ann", account.RoleDesk, clinic.Actor{}); !errors.Is(err, account.ErrLastAdmin) {
		t.Errorf("the only account, an old one, is made a desk's: %v", err)
	}
	if err := s.PutLogin(t.Context(), c.ID, account.Login{TokenHash: "h", User: "ann"}, time.Hour); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Login(t.Context(), c.ID, "h"); err != nil { // its user is known from now on
		t.Fatal(err)
	}
	var log sent
	rdb.AddHook(&log)
	user, role, err := s.Login(t.Context(), c.ID, "h")
	if err != nil || user != "ann" || role != account.RoleAdmin {
		t.Errorf("login of %q, %q: %v", user, role, err)
	}
	if !slices.Equal(log.commands, []string{"hget hget"}) {
		t.Errorf("a login is looked up by %v", log.commands)
	}
}

func TestLogins_ThatAreOverAreSweptAndSeenIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	rdb, setRedis := queuetest.Memory(t)
	began := time.Now()
	now := began
	clinics, err := queue.NewStore(rdb, queue.Options{Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	s := account.NewStore(rdb, clinics)
	set := func(to time.Time) {
		now = to
		setRedis(to)
	}
	set(began)
	c := queuetest.NewClinic(t, clinics)
	if err := s.PutUser(t.Context(), c.ID, "ann", "", "hash", clinic.Actor{}); err != nil {
		t.Fatal(err)
	}
	open := func(token string, life time.Duration) {
		t.Helper()
		if err := s.PutLogin(t.Context(), c.ID, account.Login{TokenHash: token, User: "ann", Device: "火狐/\"Windows\""}, life); err != nil {
			t.Fatal(err)
		}
	}
	open("long", time.Hour)
	seenAfter := func(d time.Duration) time.Duration {
		t.Helper()
		set(began.Add(d))
		if _, _, err := s.Login(t.Context(), c.ID, "long"); err != nil {
			t.Fatal(err)
		}
		all, err := s.Logins(t.Context(), c.ID)
		if err != nil || len(all) != 1 || all[0].Device != "火狐/\"Windows\"" {
			t.Fatalf("logins %+v: %v", all, err)
		}
		return all[0].Seen.Sub(began).Round(10 * time.Second)
	}
	for at, want := range []time.Duration{0, 0, 2 * time.Minute, 2 * time.Minute} {
		if got := seenAfter([]time.Duration{0, 30 * time.Second, 2 * time.Minute, 170 * time.Second}[at]); got != want {
			t.Errorf("seen after %v, want %v", got, want)
		}
	}
	set(began.Add(2 * time.Hour))
	if _, _, err := s.Login(t.Context(), c.ID, "long"); !errors.Is(err, account.ErrNoLogin) {
		t.Errorf("a login outlives its end: %v", err)
	}
	set(began)
	open("short", time.Millisecond)
	set(began.Add(2 * time.Millisecond))
	open("next", time.Hour)
	kept, err := rdb.HKeys(t.Context(), "junban:{"+string(c.ID)+"}:sessions").Result()
	slices.Sort(kept)
	if got := strings.Join(kept, " "); err != nil || got != "next" {
		t.Errorf("kept are %q: %v", got, err)
	}
}

func TestAccounts_TwoAdminsWhoDemoteEachOtherLeaveOne(t *testing.T) {
	t.Parallel()
	s, clinics := on(t, queuetest.Redis(t))
	c := queuetest.NewClinic(t, clinics)
	for range 20 {
		for _, name := range []string{"ann", "ben"} {
			if err := s.PutUser(t.Context(), c.ID, name, account.RoleAdmin, "hash", clinic.Actor{}); err != nil {
				t.Fatal(err)
			}
		}
		errs := make(chan error, 2)
		for _, name := range []string{"ann", "ben"} {
			go func() { errs <- s.SetRole(t.Context(), c.ID, name, account.RoleDesk, clinic.Actor{}) }()
		}
		one, two := <-errs, <-errs
		if (one == nil) == (two == nil) || !errors.Is(errors.Join(one, two), account.ErrLastAdmin) {
			t.Fatalf("demoted: %v and %v", one, two)
		}
	}
}
