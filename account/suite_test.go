package account_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/account"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// bench is an account store with a clinic, in one test.
type bench struct {
	queuetest.Expect
	*account.Store
	clinics *queue.Store
	clinic  clinic.ID
}

// TestStore_OnRedisAndInMemory holds both stores to the same behaviour.
func TestStore_OnRedisAndInMemory(t *testing.T) {
	t.Parallel()
	queuetest.OnBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		for part, test := range map[string]func(*bench){"Users": testUsers, "Logins": testLogins, "Accounts": testAccounts} {
			t.Run(part, func(t *testing.T) {
				t.Parallel()
				s, clinics := on(t, rdb)
				test(&bench{queuetest.Expect{T: t}, s, clinics, queuetest.NewClinic(t, clinics).ID})
			})
		}
	})
}

// testUsers is what admins do to the accounts of their clinic.
func testUsers(b *bench) {
	ctx, c := b.Context(), b.clinic
	b.OK(b.PutUser(ctx, c, "ann", "", "hash", clinic.Actor{}))
	b.OK(b.AddUser(ctx, c, "ben", account.RoleDesk, "hash of ben", clinic.Actor{}))
	b.Refused(b.AddUser(ctx, c, "ben", account.RoleAdmin, "other", clinic.Actor{}), account.ErrUserExists)
	b.Refused(b.AddUser(ctx, "0000", "ben", account.RoleDesk, "x", clinic.Actor{}), clinic.ErrNoClinic)

	// The last admin stays one, whatever is tried.
	b.Refused(b.RemoveUser(ctx, c, "ann", clinic.Actor{}), account.ErrLastAdmin)
	b.Refused(b.SetRole(ctx, c, "ann", account.RoleDesk, clinic.Actor{}), account.ErrLastAdmin)
	b.Refused(b.PutUser(ctx, c, "ann", account.RoleDesk, "hash", clinic.Actor{}), account.ErrLastAdmin)
	b.Refused(b.SetRole(ctx, c, "nobody", account.RoleDesk, clinic.Actor{}), account.ErrNoUser)
	b.OK(b.SetRole(ctx, c, "ben", account.RoleAdmin, clinic.Actor{}))
	b.OK(b.SetRole(ctx, c, "ann", account.RoleDesk, clinic.Actor{}))
	b.OK(b.PutUser(ctx, c, "ann", "", "hash", clinic.Actor{})) // keeps the role
	if u, err := b.User(ctx, c, "ann"); err != nil || u.Role != account.RoleDesk || u.PasswordHash != "hash" {
		b.Fatalf("ann is %+v: %v", u, err)
	}
	b.Refused(b.RemoveUser(ctx, c, "ben", clinic.Actor{}), account.ErrLastAdmin)

	// Each stands in the clinic's changes, without its password; what was refused or changed nothing does not.
	boss := clinic.Actor{Kind: "staff", Name: "ben"}
	b.OK(b.SetPassword(ctx, c, "ann", "secret hash", "", boss))
	b.OK(b.RemoveUser(ctx, c, "ann", boss))
	changes, err := b.clinics.Changes(ctx, c, 6)
	b.OK(err)
	var told []string
	for _, change := range changes {
		before, _ := json.Marshal(change.Before)
		after, _ := json.Marshal(change.After)
		if change.OfUsers() {
			told = append(told, fmt.Sprintf("%s %s %s", change.By.Name, before, after))
		}
	}
	b.Equal("changes", strings.Join(told, "\n"), strings.Join([]string{
		`ben {"users.ann":{"role":"desk"}} {}`,
		`ben {"users.ann":{"role":"desk"}} {"users.ann":{"role":"desk","password":"changed"}}`,
		` {"users.ann":{"role":"admin"}} {"users.ann":{"role":"desk"}}`,
		` {"users.ben":{"role":"desk"}} {"users.ben":{"role":"admin"}}`,
		` {} {"users.ben":{"role":"desk"}}`,
		` {} {"users.ann":{"role":"admin"}}`,
	}, "\n"))

	for i := range 99 {
		b.OK(b.AddUser(ctx, c, fmt.Sprint("user ", i), account.RoleDesk, "x", clinic.Actor{}))
	}
	b.Refused(b.AddUser(ctx, c, "one more", account.RoleDesk, "x", clinic.Actor{}), account.ErrUsersFull)
}

// testLogins is what a clinic's logins have, and what ends them.
func testLogins(b *bench) {
	ctx, c := b.Context(), b.clinic
	b.OK(b.PutUser(ctx, c, "ann", "", "hash", clinic.Actor{}))
	b.OK(b.PutUser(ctx, c, "ben", account.RoleDesk, "hash of ben", clinic.Actor{}))
	open := func(token, user string, life time.Duration) {
		b.Helper()
		b.OK(b.PutLogin(ctx, c, account.Login{TokenHash: token, User: user, Device: "Firefox Windows", Address: "192.0.2.*"}, life))
	}
	listed := func(want ...string) []account.Login {
		b.Helper()
		all, err := b.Logins(ctx, c)
		b.OK(err)
		got := map[string]bool{}
		for _, s := range all {
			got[s.TokenHash] = true
		}
		for _, w := range want {
			if !got[w] || len(got) != len(want) {
				b.Fatalf("sessions %+v, want %v", all, want)
			}
		}
		return all
	}
	role := func(token string) account.Role {
		b.Helper()
		_, role, err := b.Login(ctx, c, token)
		b.OK(err)
		return role
	}
	listed()
	open("over", "ann", -time.Millisecond)
	if _, _, err := b.Login(ctx, c, "over"); err == nil {
		b.Fatal("a session outlived its end")
	}
	open("a", "ann", time.Hour)
	open("b1", "ben", time.Hour)
	open("b2", "ben", time.Hour)
	for _, s := range listed("a", "b1", "b2") {
		if s.Device != "Firefox Windows" || s.Address != "192.0.2.*" || s.Since.IsZero() || s.Seen.Before(s.Since) {
			b.Fatalf("session %+v", s)
		}
	}
	b.Equal("role", role("b1"), account.RoleDesk)
	b.OK(b.SetRole(ctx, c, "ben", account.RoleAdmin, clinic.Actor{}))
	b.Equal("role at once", role("b1"), account.RoleAdmin)

	// A new password ends the other sessions, and no session of somebody else.
	b.Refused(b.SetPassword(ctx, c, "nobody", "x", "", clinic.Actor{}), account.ErrNoUser)
	b.OK(b.SetPassword(ctx, c, "ben", "new hash", "b2", clinic.Actor{}))
	listed("a", "b2")
	b.Equal("the kept one", role("b2"), account.RoleAdmin)
	b.OK(b.SetPassword(ctx, c, "ben", "newest hash", "a", clinic.Actor{})) // not ben's: it is left as it was
	listed("a")
	b.Equal("ann's", role("a"), account.RoleAdmin)
	b.OK(b.RemoveUser(ctx, c, "ben", clinic.Actor{}))

	for i := range 20 {
		open(fmt.Sprint("tab ", i), "ann", time.Hour)
	}
	if all, err := b.Logins(ctx, c); err != nil || len(all) != 20 {
		b.Fatalf("%d sessions of one user: %v", len(all), err)
	}
	b.Equal("the newest", role("tab 19"), account.RoleAdmin)
}

func testAccounts(b *bench) {
	ctx, c := b.Context(), b.clinic
	open := func(token, user string) error {
		return b.PutLogin(ctx, c, account.Login{TokenHash: token, User: user, Device: "Firefox Windows", Address: "192.0.2.*"}, time.Hour)
	}
	ended := func(token string) {
		b.Helper()
		_, _, err := b.Login(ctx, c, token)
		b.Refused(err, account.ErrNoLogin)
	}
	_, err := b.User(ctx, c, "desk")
	b.Refused(err, account.ErrNoUser)
	b.Refused(b.PutUser(ctx, "0000", "desk", "", "x", clinic.Actor{}), clinic.ErrNoClinic)
	b.OK(b.PutUser(ctx, c, "desk", account.RoleDesk, "hash", clinic.Actor{}))
	b.OK(b.PutUser(ctx, c, "admin", "", "hash2", clinic.Actor{}))
	users, err := b.Users(ctx, c)
	b.OK(err)
	if len(users) != 2 || users[0].Name != "admin" || users[0].Role != account.RoleAdmin || users[0].PasswordHash != "hash2" ||
		users[1].Name != "desk" || users[1].Role != account.RoleDesk || users[1].Since.IsZero() || !users[1].LastLogin.IsZero() {
		b.Fatalf("users %+v", users)
	}
	b.OK(open("token", "desk"))
	user, role, err := b.Login(ctx, c, "token")
	b.OK(err)
	b.Equal("user", user, "desk")
	b.Equal("role", role, account.RoleDesk)
	if u, err := b.User(ctx, c, "desk"); err != nil || u.LastLogin.IsZero() {
		b.Fatalf("user %+v after a login: %v", u, err)
	}
	_, _, err = b.Login(ctx, queuetest.NewClinic(b, b.clinics).ID, "token")
	b.Refused(err, account.ErrNoLogin)
	b.OK(b.RemoveUser(ctx, c, "desk", clinic.Actor{}))
	b.Refused(b.RemoveUser(ctx, c, "desk", clinic.Actor{}), account.ErrNoUser)
	ended("token")
	b.Refused(open("gone", "desk"), account.ErrNoUser)
	b.OK(b.PutUser(ctx, c, "desk", "", "hash", clinic.Actor{}))
	b.OK(open("again", "desk"))
	b.OK(b.PutUser(ctx, c, "desk", "", "another", clinic.Actor{}))
	ended("again")
	b.OK(open("second", "admin"))
	b.OK(b.DropLogin(ctx, c, "second"))
	ended("second")
}
