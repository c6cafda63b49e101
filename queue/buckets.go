package queue

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"junban/queue/clinic"
)

// Bucket is one token bucket of a limit, by the generic cell rate algorithm (GCRA,
// ITU-T I.371). It holds Burst tokens and gains one each Every. What is kept of it is
// one moment, at which it is full again; a full bucket is not kept.
type Bucket struct {
	Name  string        // of letters and digits; without an address that can be read
	Every time.Duration // at least a microsecond
	Burst int           // at least 1
}

// Take takes a token at now, and returns the moment at which the bucket is full again.
// The bucket would be full at full without that. If there is no token, it returns how
// long until there is one. Moments are microseconds of Unix time.
func (b Bucket) Take(full, now int64) (next int64, wait time.Duration) {
	every := b.Every.Microseconds()
	depth := every * int64(b.Burst)
	full = max(min(full, now+depth), now) // a clock that was set back locks nothing for longer
	if wait := full + every - depth - now; wait > 0 {
		return full, time.Duration(wait) * time.Microsecond
	}
	return full + every, 0
}

// Give returns the moment at which the bucket is full again once a token was put
// back. It is not after now when the bucket is full.
func (b Bucket) Give(full int64) (next int64) { return full - b.Every.Microseconds() }

// Charge is what one request takes from the buckets of a limit.
type Charge struct {
	// Tag is the hash tag of the buckets' keys: the number of the affected clinic, or
	// another text. Requests on one bucket have one tag.
	Tag     string
	Buckets []Bucket
	// Act is the request's idempotency key, if any, as in [Act].Key. When the act of
	// the clinic Tag was done before, its repeat takes nothing and is not refused.
	Act string
}

// Shortage is what became of a charge, and the bucket that refused it.
type Shortage struct {
	Bucket int           // index in Charge.Buckets of the one with the longest wait
	Wait   time.Duration // until every bucket has a token, 0: nothing was refused
	Repeat bool          // nothing was taken, because Charge.Act was done before
}

// TakeTokens takes a token from each bucket, or from none. All happens in Redis
// at once, so the limit holds for all nodes together.
func (s *Store) TakeTokens(ctx context.Context, c Charge) (Shortage, error) {
	return s.charge(ctx, "take", c)
}

// LookForTokens is TakeTokens that takes nothing.
func (s *Store) LookForTokens(ctx context.Context, c Charge) (Shortage, error) {
	return s.charge(ctx, "look", c)
}

// GiveTokens puts back a token into each bucket that is not full. It never
// creates a key.
func (s *Store) GiveTokens(ctx context.Context, c Charge) error {
	c.Act = ""
	_, err := s.charge(ctx, "give", c)
	return err
}

// charge runs lua/limit.lua, one round trip. The charge has digits of its own: the
// client library and [Store.send] repeat a script, and a repetition takes nothing.
func (s *Store) charge(ctx context.Context, do string, c Charge) (Shortage, error) {
	keys, argv := make([]string, 0, len(c.Buckets)+1), make([]any, 3, len(c.Buckets)+3)
	argv[0], argv[1], argv[2] = do, "", strconv.FormatUint(uint64(rand.Uint32()), 10)
	for _, b := range c.Buckets {
		keys = append(keys, keyLimit(c.Tag, b.Name))
		argv = append(argv, fmt.Sprintf("%d %d", b.Every.Microseconds(), b.Burst))
	}
	if c.Act != "" {
		keys, argv[1] = append(keys, keyAct(clinic.ID(c.Tag), c.Act)), "act"
	}
	reply, err := s.run(ctx, "limit", keys, argv)
	if err != nil {
		return Shortage{}, err
	}
	if len(reply) < 3 {
		return Shortage{Repeat: reply[0] == "repeat"}, nil
	}
	i, _ := reply[1].(int64)
	wait, _ := reply[2].(int64)
	if i < 1 || int(i) > len(c.Buckets) {
		return Shortage{}, fmt.Errorf("script limit: unknown bucket %d", i)
	}
	return Shortage{Bucket: int(i) - 1, Wait: time.Duration(wait) * time.Microsecond}, nil
}
