package limit

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/queuetest"
)

// TestBuckets_NewcomersAreServedWhenTheMemoryIsFull sends from more prefixes than
// the memory has room for.
func TestBuckets_NewcomersAreServedWhenTheMemoryIsFull(t *testing.T) {
	t.Parallel()
	bs, now := newBuckets(bucketSets), time.Now()
	bucket := func(name string) []queue.Bucket { return []queue.Bucket{{Name: name, Every: time.Second, Burst: 10}} }
	for range 10 {
		bs.charge(takeTokens, bucket("abuser"), now)
	}
	for i := range 1<<18 + 1<<16 {
		if short := bs.charge(takeTokens, bucket(strconv.Itoa(i)), now); short.Wait != 0 {
			t.Fatalf("newcomer %d is refused for %s", i, short.Wait)
		}
	}
	if short := bs.charge(takeTokens, bucket("abuser"), now); short.Wait != time.Second {
		t.Errorf("the abuser waits %s", short.Wait)
	}
	if short := bs.charge(takeTokens, bucket("abuser"), now.Add(time.Second)); short.Wait != 0 {
		t.Errorf("a second later the abuser waits %s", short.Wait)
	}
	if n := len(bs.sets) * slotsPerSet; n > 1<<18 {
		t.Errorf("%d buckets are kept", n)
	}
}

// TestBuckets_CountAsTheScriptDoes plays the same charges on the memory of a node
// and on the line.
func TestBuckets_CountAsTheScriptDoes(t *testing.T) {
	t.Parallel()
	model, bs, now := queuetest.NewModel(), newBuckets(bucketSets), time.UnixMicro(1_800_000_000_000_000)
	model.Now = func() time.Time { return now }
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		now = now.Add(time.Duration(random.IntN(3000)) * time.Millisecond)
		var c queue.Charge
		for _, b := range []queue.Bucket{{Name: "a", Every: time.Second, Burst: 3}, {Name: "b", Every: 7 * time.Second, Burst: 9}, {Name: "c", Every: 2 * time.Second, Burst: 1}} {
			if random.IntN(2) == 0 {
				c.Buckets = append(c.Buckets, b)
			}
		}
		do, want := Act(random.IntN(3)), queue.Shortage{}
		switch do {
		case takeTokens:
			want, _ = model.TakeTokens(t.Context(), c)
		case lookForTokens:
			want, _ = model.LookForTokens(t.Context(), c)
		default:
			_ = model.GiveTokens(t.Context(), c)
		}
		if got := bs.charge(do, c.Buckets, now); got != want {
			t.Fatalf("charge %d of %v: %+v, the line %+v", do, c.Buckets, got, want)
		}
	}
}
