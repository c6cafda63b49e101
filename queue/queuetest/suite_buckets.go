package queuetest

import (
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// charge is a charge on buckets that gain one token an hour, so no token comes back
// during a test.
func (b *bench) charge(act string, bursts map[string]int, order ...string) queue.Charge {
	c := queue.Charge{Tag: string(b.clinic.ID), Act: act}
	for _, name := range order {
		c.Buckets = append(c.Buckets, queue.Bucket{Name: "test:" + name, Every: time.Hour, Burst: bursts[name]})
	}
	return c
}

// short checks which bucket refuses, and that its token is due within n periods
// and more than n-1.
func (b *bench) short(got queue.Shortage, err error, bucket int, n time.Duration) {
	b.Helper()
	b.ok(err)
	if got.Bucket != bucket || got.Wait > n*time.Hour || got.Wait <= (n-1)*time.Hour+50*time.Minute {
		b.Fatalf("short of bucket %d for %s, want bucket %d for %d h", got.Bucket, got.Wait, bucket, n)
	}
}

func (b *bench) granted(got queue.Shortage, err error) {
	b.Helper()
	b.ok(err)
	if got.Wait != 0 {
		b.Fatalf("refused by bucket %d for %s", got.Bucket, got.Wait)
	}
}

func testLimits(b *bench) {
	ctx, bursts := b.Context(), map[string]int{"small": 2, "wide": 3, "other": 1}
	both, wide := b.charge("", bursts, "wide", "small"), b.charge("", bursts, "wide")
	take := func(c queue.Charge) (queue.Shortage, error) { b.Helper(); return b.TakeTokens(ctx, c) }
	look := func(c queue.Charge) (queue.Shortage, error) { b.Helper(); return b.LookForTokens(ctx, c) }
	granted := func(c queue.Charge, do func(queue.Charge) (queue.Shortage, error)) {
		b.Helper()
		b.granted(do(c))
	}
	short := func(c queue.Charge, do func(queue.Charge) (queue.Shortage, error), bucket int) {
		b.Helper()
		got, err := do(c)
		b.short(got, err, bucket, 1)
	}
	for range 5 {
		granted(both, look) // takes nothing
	}
	granted(both, take)
	granted(both, take)
	short(both, take, 1)
	short(both, look, 1)
	for range 5 {
		short(both, take, 1) // takes nothing of the other one, and does not prolong the wait
	}
	granted(wide, take)
	short(wide, take, 0)

	// A token that is put back can be taken again, once.
	b.ok(b.GiveTokens(ctx, both))
	granted(both, take)
	short(both, take, 0)

	// A full bucket takes no token back.
	other := b.charge("", bursts, "other")
	b.ok(b.GiveTokens(ctx, other))
	b.ok(b.GiveTokens(ctx, other))
	granted(other, take)
	short(other, take, 0)
	b.ok(b.GiveTokens(ctx, other))
	b.ok(b.GiveTokens(ctx, other))
	granted(other, take)
	short(other, take, 0)

	// Another tag is another bucket.
	other.Tag = "another"
	granted(other, take)
}

func testLimitOfRepeat(b *bench) {
	ctx, a := b.Context(), queue.Act{Key: "web limited", By: clinic.Actor{Kind: "web"}}
	c := b.charge(a.Key, map[string]int{"one": 1}, "one")
	b.granted(b.TakeTokens(ctx, c))
	got, err := b.TakeTokens(ctx, c)
	b.short(got, err, 0, 1)
	_, err = b.Issue(ctx, b.ref, queue.Request{Channel: "web", Party: 1}, a)
	b.ok(err)
	got, err = b.TakeTokens(ctx, c)
	b.ok(err)
	b.equal("a repeat", got, queue.Shortage{Repeat: true})
	c.Act = "web another"
	got, err = b.TakeTokens(ctx, c)
	b.short(got, err, 0, 1)
}
