package queuetest

import (
	"crypto/rand"
	"fmt"
	"time"

	"junban/queue"
)

// testScreens is how a screen of the waiting room comes in, and how it goes.
func testScreens(b *bench) {
	ctx, c := b.Context(), b.clinic.ID
	code, by := rand.Text(), queue.Actor{Kind: "staff", Name: "ann"}
	waits := queue.Pairing{TokenHash: "hash", Device: "Chrome/Linux", Address: "192.0.2.*"}

	// A code is one screen's while it lasts, and one clinic's once it is claimed.
	b.ok(b.PutPairing(ctx, code, waits, time.Hour))
	b.refused(b.PutPairing(ctx, code, queue.Pairing{TokenHash: "other"}, time.Hour), queue.ErrPairingTaken)
	over := rand.Text()
	b.ok(b.PutPairing(ctx, over, waits, time.Millisecond))
	for range 2 {
		p, err := b.ClaimPairing(ctx, c, code)
		b.ok(err)
		waits.Clinic = c
		b.equal("claimed", p, waits)
	}
	p, err := b.Pairing(ctx, code)
	b.ok(err)
	b.equal("what waits", p, waits)
	_, err = b.ClaimPairing(ctx, NewClinic(b.T, b.Line).ID, code)
	b.refused(err, queue.ErrNoPairing)
	time.Sleep(2 * time.Millisecond)
	for _, gone := range []string{over, "nobody's"} {
		_, err = b.ClaimPairing(ctx, c, gone)
		b.refused(err, queue.ErrNoPairing)
		_, err = b.Pairing(ctx, gone)
		b.refused(err, queue.ErrNoPairing)
	}

	// It is let in, set otherwise, seen, and shut out; the changes tell of all but the seeing.
	s := queue.Screen{TokenHash: "hash", Name: "待合室", Services: []string{"1"}, Sound: true, Repeat: 2, Also: "en", Device: "Chrome/Linux", Address: "192.0.2.*"}
	_, err = b.Screen(ctx, c, "hash")
	b.refused(err, queue.ErrNoScreen)
	b.refused(b.DropScreen(ctx, c, "hash", by), queue.ErrNoScreen)
	b.refused(b.PutScreen(ctx, "0000", s, by), queue.ErrNoClinic)
	b.ok(b.PutScreen(ctx, c, s, by))
	seen, err := b.Screen(ctx, c, "hash")
	b.ok(err)
	if seen.Seen.IsZero() || seen.Since.IsZero() {
		b.Fatalf("screen %+v", seen)
	}
	s.Since, s.Seen = seen.Since, seen.Seen
	b.equal("let in", seen, s)
	s.Name, s.Services, s.Sound, s.Repeat, s.Also = "入口", nil, false, 1, ""
	b.ok(b.PutScreen(ctx, c, s, by))
	b.ok(b.PutScreen(ctx, c, s, by)) // nothing changes: nothing is told
	again, err := b.Screen(ctx, c, "hash")
	b.ok(err)
	b.equal("set otherwise", again, s)
	all, err := b.Screens(ctx, c)
	b.ok(err)
	b.equal("listed", all, []queue.Screen{s})
	b.ok(b.DropScreen(ctx, c, "hash", by))
	_, err = b.Screen(ctx, c, "hash")
	b.refused(err, queue.ErrNoScreen)
	changes, err := b.Changes(ctx, c, 4)
	b.ok(err)
	var told []string
	for _, ch := range changes {
		told = append(told, fmt.Sprint(ch.By.Name, " ", len(ch.Before["screen"]) > 0, " ", len(ch.After["screen"]) > 0))
	}
	b.equal("changes told", told[:3], []string{"ann true false", "ann true true", "ann false true"})
	b.equal("the record's own before them", changes[3].Before["screen"] == nil && changes[3].After["screen"] == nil, true)

	for i := range 50 {
		b.ok(b.PutScreen(ctx, c, queue.Screen{TokenHash: fmt.Sprint(i), Name: "x", Repeat: 1}, by))
	}
	b.refused(b.PutScreen(ctx, c, queue.Screen{TokenHash: "one more"}, by), queue.ErrScreensFull)
	b.ok(b.PutScreen(ctx, c, queue.Screen{TokenHash: "7", Name: "y", Repeat: 1}, by))
}
