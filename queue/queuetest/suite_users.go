package queuetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"junban/queue"
)

// testUsers is what admins do to the accounts of their clinic.
func testUsers(b *bench) {
	ctx, c := b.Context(), b.clinic.ID
	b.ok(b.PutUser(ctx, c, "ann", "", "hash", queue.Actor{}))
	b.ok(b.AddUser(ctx, c, "ben", queue.RoleDesk, "hash of ben", queue.Actor{}))
	b.refused(b.AddUser(ctx, c, "ben", queue.RoleAdmin, "other", queue.Actor{}), queue.ErrUserExists)
	b.refused(b.AddUser(ctx, "0000", "ben", queue.RoleDesk, "x", queue.Actor{}), queue.ErrNoClinic)

	// The last admin stays one, whatever is tried.
	b.refused(b.RemoveUser(ctx, c, "ann", queue.Actor{}), queue.ErrLastAdmin)
	b.refused(b.SetRole(ctx, c, "ann", queue.RoleDesk, queue.Actor{}), queue.ErrLastAdmin)
	b.refused(b.PutUser(ctx, c, "ann", queue.RoleDesk, "hash", queue.Actor{}), queue.ErrLastAdmin)
	b.refused(b.SetRole(ctx, c, "nobody", queue.RoleDesk, queue.Actor{}), queue.ErrNoUser)
	b.ok(b.SetRole(ctx, c, "ben", queue.RoleAdmin, queue.Actor{}))
	b.ok(b.SetRole(ctx, c, "ann", queue.RoleDesk, queue.Actor{}))
	b.ok(b.PutUser(ctx, c, "ann", "", "hash", queue.Actor{})) // keeps the role
	if u, err := b.User(ctx, c, "ann"); err != nil || u.Role != queue.RoleDesk || u.PasswordHash != "hash" {
		b.Fatalf("ann is %+v: %v", u, err)
	}
	b.refused(b.RemoveUser(ctx, c, "ben", queue.Actor{}), queue.ErrLastAdmin)

	// Each stands in the clinic's changes, without its password; what was refused or changed nothing does not.
	boss := queue.Actor{Kind: "staff", Name: "ben"}
	b.ok(b.SetPassword(ctx, c, "ann", "secret hash", "", boss))
	b.ok(b.RemoveUser(ctx, c, "ann", boss))
	changes, err := b.Changes(ctx, c, 6)
	b.ok(err)
	var told []string
	for _, change := range changes {
		before, _ := json.Marshal(change.Before)
		after, _ := json.Marshal(change.After)
		if change.OfUsers() {
			told = append(told, fmt.Sprintf("%s %s %s", change.By.Name, before, after))
		}
	}
	b.equal("changes", strings.Join(told, "\n"), strings.Join([]string{
		`ben {"users.ann":{"role":"desk"}} {}`,
		`ben {"users.ann":{"role":"desk"}} {"users.ann":{"role":"desk","password":"changed"}}`,
		` {"users.ann":{"role":"admin"}} {"users.ann":{"role":"desk"}}`,
		` {"users.ben":{"role":"desk"}} {"users.ben":{"role":"admin"}}`,
		` {} {"users.ben":{"role":"desk"}}`,
		` {} {"users.ann":{"role":"admin"}}`,
	}, "\n"))

	for i := range 99 {
		b.ok(b.AddUser(ctx, c, fmt.Sprint("user ", i), queue.RoleDesk, "x", queue.Actor{}))
	}
	b.refused(b.AddUser(ctx, c, "one more", queue.RoleDesk, "x", queue.Actor{}), queue.ErrUsersFull)
}

// testSessions is what a clinic's sessions say of themselves, and what ends them.
func testSessions(b *bench) {
	ctx, c := b.Context(), b.clinic.ID
	b.ok(b.PutUser(ctx, c, "ann", "", "hash", queue.Actor{}))
	b.ok(b.PutUser(ctx, c, "ben", queue.RoleDesk, "hash of ben", queue.Actor{}))
	open := func(token, user string, life time.Duration) {
		b.Helper()
		b.ok(b.PutSession(ctx, c, queue.DeskSession{TokenHash: token, User: user, Device: "Firefox Windows", Address: "192.0.2.*"}, life))
	}
	listed := func(want ...string) []queue.DeskSession {
		b.Helper()
		all, err := b.Sessions(ctx, c)
		b.ok(err)
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
	role := func(token string) queue.Role {
		b.Helper()
		_, role, err := b.Session(ctx, c, token)
		b.ok(err)
		return role
	}
	listed()
	open("over", "ann", -time.Millisecond)
	if _, _, err := b.Session(ctx, c, "over"); err == nil {
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
	b.equal("role", role("b1"), queue.RoleDesk)
	b.ok(b.SetRole(ctx, c, "ben", queue.RoleAdmin, queue.Actor{}))
	b.equal("role at once", role("b1"), queue.RoleAdmin)

	// A new password ends the other sessions, and no session of somebody else.
	b.refused(b.SetPassword(ctx, c, "nobody", "x", "", queue.Actor{}), queue.ErrNoUser)
	b.ok(b.SetPassword(ctx, c, "ben", "new hash", "b2", queue.Actor{}))
	listed("a", "b2")
	b.equal("the kept one", role("b2"), queue.RoleAdmin)
	b.ok(b.SetPassword(ctx, c, "ben", "newest hash", "a", queue.Actor{})) // not ben's: it is left as it was
	listed("a")
	b.equal("ann's", role("a"), queue.RoleAdmin)
	b.ok(b.RemoveUser(ctx, c, "ben", queue.Actor{}))

	for i := range 20 {
		open(fmt.Sprint("tab ", i), "ann", time.Hour)
	}
	if all, err := b.Sessions(ctx, c); err != nil || len(all) != 20 {
		b.Fatalf("%d sessions of one user: %v", len(all), err)
	}
	b.equal("the newest", role("tab 19"), queue.RoleAdmin)
}
