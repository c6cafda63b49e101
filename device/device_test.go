package device_test

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/device"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// bench is a device store with a clinic, in one test.
type bench struct {
	queuetest.Expect
	*device.Store
	clinics *queue.Store
	clinic  clinic.ID
}

// TestStore_OnRedisAndInMemory holds both stores to the same behaviour.
func TestStore_OnRedisAndInMemory(t *testing.T) {
	t.Parallel()
	queuetest.OnBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		clinics, err := queue.NewStore(rdb, queue.Options{})
		if err != nil {
			t.Fatal(err)
		}
		testScreens(&bench{queuetest.Expect{T: t}, device.NewStore(rdb, clinics), clinics, queuetest.NewClinic(t, clinics).ID})
	})
}

// testScreens is how a screen of the waiting room comes in, and how it goes.
func testScreens(b *bench) {
	ctx, c := b.Context(), b.clinic
	code, by := rand.Text(), clinic.Actor{Kind: "staff", Name: "ann"}
	waits := device.Pairing{TokenHash: "hash", Device: "Chrome/Linux", Address: "192.0.2.*"}

	// A code is one screen's while it lasts, and one clinic's once it is claimed.
	b.OK(b.PutPairing(ctx, code, waits, time.Hour))
	b.Refused(b.PutPairing(ctx, code, device.Pairing{TokenHash: "other"}, time.Hour), device.ErrPairingTaken)
	over := rand.Text()
	b.OK(b.PutPairing(ctx, over, waits, time.Millisecond))
	for range 2 {
		p, err := b.ClaimPairing(ctx, c, code)
		b.OK(err)
		waits.Clinic = c
		b.Equal("claimed", p, waits)
	}
	p, err := b.Pairing(ctx, code)
	b.OK(err)
	b.Equal("what waits", p, waits)
	_, err = b.ClaimPairing(ctx, queuetest.NewClinic(b, b.clinics).ID, code)
	b.Refused(err, device.ErrNoPairing)
	time.Sleep(2 * time.Millisecond)
	for _, gone := range []string{over, "nobody's"} {
		_, err = b.ClaimPairing(ctx, c, gone)
		b.Refused(err, device.ErrNoPairing)
		_, err = b.Pairing(ctx, gone)
		b.Refused(err, device.ErrNoPairing)
	}

	// It is paired, changed, seen, and removed. The clinic's changes list all of these
	// but "seen".
	s := device.Screen{TokenHash: "hash", Name: "待合室", Services: []string{"1"}, Sound: true, Repeat: 2, Also: "en", Device: "Chrome/Linux", Address: "192.0.2.*"}
	_, err = b.Screen(ctx, c, "hash")
	b.Refused(err, device.ErrNoScreen)
	b.Refused(b.DropScreen(ctx, c, "hash", by), device.ErrNoScreen)
	b.Refused(b.PutScreen(ctx, "0000", s, by), clinic.ErrNoClinic)
	b.OK(b.PutScreen(ctx, c, s, by))
	seen, err := b.Screen(ctx, c, "hash")
	b.OK(err)
	if seen.Seen.IsZero() || seen.Since.IsZero() {
		b.Fatalf("screen %+v", seen)
	}
	s.Since, s.Seen = seen.Since, seen.Seen
	b.Equal("let in", seen, s)
	s.Name, s.Services, s.Sound, s.Repeat, s.Also = "入口", nil, false, 1, ""
	b.OK(b.PutScreen(ctx, c, s, by))
	b.OK(b.PutScreen(ctx, c, s, by)) // nothing changes: no entry is written
	again, err := b.Screen(ctx, c, "hash")
	b.OK(err)
	b.Equal("set otherwise", again, s)
	all, err := b.Screens(ctx, c)
	b.OK(err)
	b.Equal("listed", all, []device.Screen{s})
	b.OK(b.DropScreen(ctx, c, "hash", by))
	_, err = b.Screen(ctx, c, "hash")
	b.Refused(err, device.ErrNoScreen)
	changes, err := b.clinics.Changes(ctx, c, 4)
	b.OK(err)
	var told []string
	for _, ch := range changes {
		told = append(told, fmt.Sprint(ch.By.Name, " ", len(ch.Before["screen"]) > 0, " ", len(ch.After["screen"]) > 0))
	}
	b.Equal("changes told", told[:3], []string{"ann true false", "ann true true", "ann false true"})
	b.Equal("the record's own before them", changes[3].Before["screen"] == nil && changes[3].After["screen"] == nil, true)

	for i := range 50 {
		b.OK(b.PutScreen(ctx, c, device.Screen{TokenHash: fmt.Sprint(i), Name: "x", Repeat: 1}, by))
	}
	b.Refused(b.PutScreen(ctx, c, device.Screen{TokenHash: "one more"}, by), device.ErrScreensFull)
	b.OK(b.PutScreen(ctx, c, device.Screen{TokenHash: "7", Name: "y", Repeat: 1}, by))
}
