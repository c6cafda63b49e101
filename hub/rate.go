package hub

import (
	"sync"
	"time"
)

const (
	// The burst as a part of a second's handshakes: of all, and of one key.
	nodeBurst = time.Second
	keyBurst  = 2 * time.Second
	// keysMost bounds the keys that are remembered; beyond it, the oldest are
	// forgotten. No newcomer is refused for the number of others.
	keysMost = 1 << 17
)

// Rates hold back handshakes that come too fast. A bucket is stored as the time at
// which it is full again. A full bucket is dropped. Safe for concurrent use.
type Rates struct {
	PerSecond int // of all; not positive: no limit

	mu     sync.Mutex
	full   [priorities]time.Time
	recent map[string]time.Time // the buckets used since turned, by Limit.Key
	before map[string]time.Time // and those used last before it
	turned time.Time
}

// Take takes a token of each bucket, or returns the limit that has none. A refusal for
// a key takes none of those of all. The error is [ErrBusy], or wraps [ErrHandshakeRate].
func (r *Rates) Take(p Priority, limits ...Limit) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if now.Sub(r.turned) > keyBurst || len(r.recent) >= keysMost { // buckets last used before turned are full again
		r.recent, r.before, r.turned = map[string]time.Time{}, r.recent, now
	}
	next, ok := spend(r.full[p], now, r.PerSecond, nodeBurst)
	if !ok {
		return ErrBusy
	}
	for _, l := range limits {
		if l.Rate <= 0 {
			continue
		}
		full, known := r.recent[l.Key]
		if !known {
			full = r.before[l.Key]
		}
		full, ok := spend(full, now, l.Rate, keyBurst)
		if !ok {
			return &limitError{ErrHandshakeRate, l.Key}
		}
		r.recent[l.Key] = full
	}
	r.full[p] = next
	return nil
}

// spend takes a token of a bucket that will be full at that moment, and reports
// whether it had one.
func spend(full, now time.Time, perSecond int, burst time.Duration) (time.Time, bool) {
	if perSecond <= 0 {
		return full, true
	}
	if full.Before(now) {
		full = now
	}
	full = full.Add(time.Second / time.Duration(perSecond))
	return full, full.Sub(now) <= burst
}
