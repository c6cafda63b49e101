package api

import (
	"context"
	"fmt"
	"hash/maphash"
	"math"
	"net/http"
	"strings"
	"sync"
	"time"

	"junban/api/problem"
	"junban/queue"
	"junban/queue/clinic"
)

// checkLimit takes a token of a limit for the client of a request: one from the
// bucket of each of its network prefixes, and one from the bucket of the whole;
// or it takes none and returns a refusal with the time to wait. clinic is the
// clinic that is harmed, where the limit is counted per clinic. subject is what
// is harmed more exactly, such as a ticket or a user; it may be empty.
//
// Requests of this machine itself are not counted by prefix: they come through a
// proxy that was not named, and every client has its address.
func (s *Server) checkLimit(r *http.Request, l *limit, clinic clinic.ID, subject ...string) error {
	_, err := s.chargeLimit(r, l, takeTokens, "", clinic, subject)
	return err
}

// checkLimitOnce is checkLimit for an act of the line with an idempotency key:
// the repeat of an act that was done takes nothing and is not refused. taken
// reports whether tokens were taken, so that only those are given back.
func (s *Server) checkLimitOnce(r *http.Request, l *limit, a queue.Act, clinic clinic.ID, subject ...string) (taken bool, err error) {
	return s.chargeLimit(r, l, takeTokens, a.Key, clinic, subject)
}

// peekLimit returns what checkLimit would, and takes nothing.
func (s *Server) peekLimit(r *http.Request, l *limit, clinic clinic.ID, subject ...string) error {
	_, err := s.chargeLimit(r, l, lookForTokens, "", clinic, subject)
	return err
}

// refundLimit gives the tokens back that checkLimit took for the same arguments.
func (s *Server) refundLimit(r *http.Request, l *limit, clinic clinic.ID, subject ...string) error {
	_, err := s.chargeLimit(r, l, giveTokens, "", clinic, subject)
	return err
}

type limitAct int

const (
	takeTokens limitAct = iota
	lookForTokens
	giveTokens
)

// bucketOf is a bucket that a request is counted in.
type bucketOf struct {
	kind   string // of the prefix, for metrics: "ipv4", "ipv6/64", …, "unreadable", or "whole"
	prefix string // "" for the whole
	rate
}

// buckets returns the buckets of a limit that the client is counted in.
func (l *limit) buckets(c client) (all []bucketOf) {
	if l.whole.burst > 0 {
		all = append(all, bucketOf{"whole", "", l.whole})
	}
	for _, p := range c.prefixes() {
		size := l.ipv4
		switch p.kind {
		case "ipv6/64":
			size = l.net64
		case "ipv6/56":
			size = l.net56
		case "ipv6/48":
			size = l.net48
		}
		if size.burst > 0 {
			all = append(all, bucketOf{p.kind, p.text, size})
		}
	}
	return all
}

func (s *Server) chargeLimit(r *http.Request, l *limit, do limitAct, act string, clinic clinic.ID, subject []string) (done bool, err error) {
	from := s.client(r)
	all := l.buckets(from)
	if len(all) == 0 {
		return false, nil
	}
	if !l.perClinic {
		clinic = ""
	}
	of := append([]string{l.name, string(clinic)}, subject...)
	charge := queue.Charge{Tag: string(clinic), Act: act}
	for _, b := range all {
		name := l.name + ":" + b.kind
		if l.cluster && (b.prefix != "" || len(subject) > 0) { // what is in Redis shows no address and no name
			name += ":" + short(s.keys.mac("limit", append(of, b.prefix)...))
		} else if !l.cluster {
			name = strings.Join(append(of, b.prefix), "\x00")
		}
		charge.Buckets = append(charge.Buckets, queue.Bucket{Name: name, Every: b.every, Burst: b.burst})
	}
	if l.cluster && clinic == "" {
		// All buckets of one charge are on one node of a Redis Cluster: those of
		// the whole, or those of a client's widest prefix.
		charge.Tag = "limit:" + l.name
		if widest := all[len(all)-1]; l.whole.burst == 0 {
			charge.Tag = "limit:" + short(s.keys.mac("limit", l.name, widest.prefix))
		}
	}
	short, err := s.chargeIn(r.Context(), l, do, charge)
	if err != nil || short.Wait == 0 {
		return err == nil && !short.Repeat, err
	}
	if do == takeTokens {
		s.metrics.limits.WithLabelValues(l.name, all[short.Bucket].kind).Inc()
	}
	return false, problem.Problem{
		Code:   l.code,
		Detail: fmt.Sprintf("too many requests; try again in %d s, or call the clinic", int(math.Ceil(short.Wait.Seconds()))),
		After:  short.Wait,
	}
}

func (s *Server) chargeIn(ctx context.Context, l *limit, do limitAct, c queue.Charge) (queue.Shortage, error) {
	switch {
	case !l.cluster:
		return s.buckets.charge(do, c.Buckets, time.Now()), nil
	case do == giveTokens:
		return queue.Shortage{}, s.tokens.GiveTokens(ctx, c)
	case do == lookForTokens:
		return s.tokens.LookForTokens(ctx, c)
	default:
		return s.tokens.TakeTokens(ctx, c)
	}
}

// buckets are the token buckets of this node, in memory of a fixed size (row S7).
// A bucket has one of few slots; when all of these are taken, a new bucket gets
// the slot of the one that is full soonest. So a newcomer is never refused
// because of others, and what is forgotten first is what would be soonest anyway.
// Safe for concurrent use.
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
func (bs *buckets) charge(do limitAct, all []queue.Bucket, at time.Time) (short queue.Shortage) {
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
