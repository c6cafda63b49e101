package limit

import (
	"hash/maphash"
	"sync"
	"time"

	"junban/queue"
)

// buckets are the token buckets of this node, in memory of a fixed size. A
// bucket has one of few slots. When all are taken, a new bucket replaces the one that
// is full soonest. So a newcomer is never refused because of others, and what is
// forgotten first is what would be soonest anyway. Safe for concurrent use.
type buckets struct {
	seed maphash.Seed

	mu   sync.Mutex
	sets []slots // guarded by mu
}

const (
	bucketSets  = 1 << 15 // 4 MiB in all
	slotsPerSet = 8
)

type slots [slotsPerSet]struct {
	key  uint64 // hash of the bucket's name
	full int64  // microsecond of Unix time at which it is full again
}

// newBuckets makes the memory for sets times slotsPerSet buckets of 16 bytes.
func newBuckets(sets int) *buckets {
	return &buckets{seed: maphash.MakeSeed(), sets: make([]slots, sets)}
}

// charge does what [queue.Store.TakeTokens] and its like do.
func (bs *buckets) charge(do Act, all []queue.Bucket, at time.Time) (short queue.Shortage) {
	now := at.UnixMicro()
	bs.mu.Lock()
	defer bs.mu.Unlock()
	next := make([]int64, len(all))
	for i, b := range all {
		full := bs.full(b.Name)
		if do == giveTokens {
			next[i] = b.Give(full)
			continue
		}
		var wait time.Duration
		if next[i], wait = b.Take(full, now); wait > short.Wait {
			short = queue.Shortage{Bucket: i, Wait: wait}
		}
	}
	if do == lookForTokens || short.Wait > 0 {
		return short
	}
	for i, b := range all {
		bs.set(b.Name, next[i], now)
	}
	return short
}

// find returns the slots of a bucket's name, and its hash. bs.mu is held.
func (bs *buckets) find(name string) (*slots, uint64) {
	h := maphash.String(bs.seed, name)
	return &bs.sets[h%uint64(len(bs.sets))], h
}

// full returns when a bucket is full again, 0 when it is not kept.
func (bs *buckets) full(name string) int64 {
	set, h := bs.find(name)
	for _, slot := range set {
		if slot.key == h {
			return slot.full
		}
	}
	return 0
}

// set keeps when a bucket is full again.
func (bs *buckets) set(name string, full, now int64) {
	set, h := bs.find(name)
	place := -1
	for i, slot := range set {
		if slot.key == h {
			place = i
			break
		}
		if place < 0 || slot.full < set[place].full {
			place = i
		}
	}
	if set[place].key != h && full <= now {
		return // a full bucket is not kept
	}
	set[place].key, set[place].full = h, full
}
