package feed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
)

// The feed's times. Together they keep the promise to viewers: a node marks a state as
// stale at most 5 s behind Redis.
const (
	// tick is how often a followed clinic's version is compared with Redis
	// although no poke came (anti-entropy).
	tick = 2 * time.Second
	// readTimeout bounds one read, so that a second one fits before [queue.StaleAfter].
	readTimeout = 1500 * time.Millisecond
	// retryAfter is the pause after a read that failed.
	retryAfter = 250 * time.Millisecond
)

// Options of a [Feed]; the zero value works.
type Options struct {
	Registerer prometheus.Registerer
	Log        *slog.Logger
}

// Source is the line that a feed reads: [queue.Store].
type Source interface {
	// Redis is the connection that the feed subscribes on.
	Redis() redis.UniversalClient
	// Now is the time of Redis.
	Now() time.Time
	// Snapshot reads a clinic's day.
	Snapshot(context.Context, clinic.ID) (*queue.Snapshot, error)
	// Unchanged reports whether a snapshot is still the newest state.
	Unchanged(context.Context, *queue.Snapshot) (bool, error)
	// Clinic returns a clinic's record.
	Clinic(context.Context, clinic.ID) (clinic.Clinic, error)
	// RenewEpoch gives a clinic's day another epoch, unless it has one already.
	RenewEpoch(ctx context.Context, c clinic.ID, lost string) error
	// Expire does what an instant that has come brings to a clinic, once.
	Expire(ctx context.Context, c clinic.ID, at time.Time) error
	// Confirm returns when the clinic's master last proved that it takes writes.
	Confirm(context.Context, clinic.ID) (time.Time, error)
	// LastConfirmed returns when any master last did.
	LastConfirmed() time.Time
}

// Feed sends every change of a clinic to its followers. Pokes are hints: each makes it
// read a snapshot, several become one read. A poke that got lost costs two seconds. It
// holds one subscription for all followers, and trusts it only while its own probes
// return.
type Feed struct {
	line    Source
	journal *journal.Reader
	log     *slog.Logger

	mu        sync.Mutex
	followers map[clinic.ID]map[*follower]bool // guarded by mu

	probe probe

	reads   *prometheus.CounterVec // by reason
	resyncs *prometheus.CounterVec // by reason
}

type follower struct {
	dirty chan string // holds the reason of the next read; one is enough
}

// New returns a feed of the line. [Feed.Run] must run for it to hear pokes.
func New(line Source, o Options) (*Feed, error) {
	f := &Feed{
		line: line, journal: journal.New(line), log: o.Log, followers: map[clinic.ID]map[*follower]bool{},
		reads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "junban_feed_reads_total",
			Help: "Snapshots read for followers, by the cause of the read.",
		}, []string{"reason"}),
		resyncs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "junban_feed_resyncs_total",
			Help: "Reads of all followed clinics after pokes may have been lost.",
		}, []string{"reason"}),
	}
	f.probe.init()
	if f.log == nil {
		f.log = slog.New(slog.DiscardHandler)
	}
	if o.Registerer != nil {
		for _, c := range []prometheus.Collector{f.reads, f.resyncs, f.probe.seconds, f.probe.newest} {
			if err := o.Registerer.Register(c); err != nil {
				return nil, fmt.Errorf("metrics of the feed: %w", err)
			}
		}
	}
	return f, nil
}

// Follow emits the clinic's snapshot now and after every change. It calls stale once
// when the state was last confirmed more than [queue.StaleAfter] ago. The next emit,
// perhaps of the same version, ends that. It calls both from one goroutine, never at
// once. It returns nil when ctx ends, and [clinic.ErrNoClinic] when the clinic is not
// there, or no longer.
func (f *Feed) Follow(ctx context.Context, c clinic.ID, emit func(*queue.Snapshot), stale func(since time.Time)) error {
	me := &follower{dirty: make(chan string, 1)}
	f.mu.Lock()
	if f.followers[c] == nil {
		f.followers[c] = map[*follower]bool{}
	}
	f.followers[c][me] = true
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		delete(f.followers[c], me)
		if len(f.followers[c]) == 0 {
			delete(f.followers, c)
		}
		f.mu.Unlock()
	}()

	var last *queue.Snapshot
	var shownStale bool   // the state last sent is marked stale
	vouched := time.Now() // the last moment at which the state shown was true
	reason := "first"
	for {
		limit := func() time.Duration { // the promise does not wait for a read
			if left := time.Until(vouched.Add(queue.StaleAfter)); !shownStale && left < readTimeout {
				return max(left, retryAfter/4)
			}
			return readTimeout
		}
		var err error
		if shownStale { // a Redis that was cut off may answer again and still be cut off
			_, err = f.confirm(ctx, c, limit())
		}
		started := time.Now()
		var snap *queue.Snapshot
		if err == nil {
			snap, err = f.look(ctx, c, last, reason, limit())
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, clinic.ErrNoClinic):
			return err
		case err == nil:
			if shownStale && snap == last { // the same state, confirmed again
				again := *last
				again.At = f.line.Now()
				snap = &again
			}
			if snap != last {
				last, shownStale = snap, false
				emit(snap)
			}
			f.expire(ctx, snap)
			var proved time.Time
			if proved, err = f.confirm(ctx, c, limit()); err == nil {
				vouched = started
				if proved.Before(started) {
					vouched = proved
				}
			}
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			f.log.Warn("reading a clinic", "clinic", string(c), "error", err)
		}

		wait := tick - rand.N(tick/8)
		if last != nil && !last.ChangesAt().IsZero() {
			if left := last.ChangesAt().Sub(f.line.Now()); left > 0 && left < wait {
				wait = left + time.Millisecond
			}
		}
		if err != nil {
			wait = retryAfter
		}
		if left := time.Until(vouched.Add(queue.StaleAfter)); !shownStale && left < wait {
			if left <= 0 {
				shownStale = true
				stale(vouched)
			} else {
				wait = left
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case reason = <-me.dirty:
			timer.Stop()
		case <-timer.C:
			reason = "tick"
		}
		if err != nil && reason == "tick" {
			reason = "retry"
		}
	}
}

// confirm returns when the clinic's Redis last proved to be the master. What is
// read is no newer than that: one that was cut off still answers reads.
func (f *Feed) confirm(ctx context.Context, c clinic.ID, limit time.Duration) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return f.line.Confirm(ctx, c)
}

// look returns the newest snapshot: last itself, if a tick finds that nothing
// has changed.
func (f *Feed) look(ctx context.Context, c clinic.ID, last *queue.Snapshot, reason string, limit time.Duration) (*queue.Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if last != nil && (reason == "tick" || reason == "retry") {
		if same, err := f.line.Unchanged(ctx, last); err != nil {
			return nil, err
		} else if same {
			return last, nil
		}
	}
	snap, err := f.line.Snapshot(ctx, c)
	if err == nil && last != nil && last.AgedBy(snap) {
		if err := f.line.Expire(ctx, c, last.ChangesAt()); err != nil {
			return nil, err
		}
		snap, err = f.line.Snapshot(ctx, c)
	}
	if err == nil && last != nil {
		var lost bool
		if lost, err = f.hasLost(ctx, last, snap); lost {
			f.log.Warn("redis has lost acts that screens have shown", "clinic", string(c), "shown", last.Version, "there", snap.Version)
			f.resyncs.WithLabelValues("lost").Inc()
			if last.Epoch == snap.Epoch {
				if err := f.line.RenewEpoch(ctx, c, snap.Epoch); err != nil {
					return nil, err
				}
				snap, err = f.line.Snapshot(ctx, c)
			}
		}
	}
	if err != nil {
		return nil, err
	}
	f.reads.WithLabelValues(reason).Inc()
	return snap, nil
}

// expire does what the time brings, where somebody watches: messages go, windows
// open and close.
func (f *Feed) expire(ctx context.Context, snap *queue.Snapshot) {
	if snap.ChangesAt().IsZero() || f.line.Now().Before(snap.ChangesAt()) {
		return
	}
	limited, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	if err := f.line.Expire(limited, snap.Clinic.ID, snap.ChangesAt()); err != nil && ctx.Err() == nil {
		f.log.Warn("running timed acts", "clinic", string(snap.Clinic.ID), "error", err)
	}
}

// poke makes the followers of one clinic read.
func (f *Feed) poke(payload string) {
	id, _, _ := strings.Cut(payload, " ")
	f.mu.Lock()
	defer f.mu.Unlock()
	for w := range f.followers[clinic.ID(id)] {
		w.wake("poke")
	}
}

// resync makes all followers read, because pokes may have been lost.
func (f *Feed) resync(reason string) {
	f.resyncs.WithLabelValues(reason).Inc()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, of := range f.followers {
		for w := range of {
			w.wake("resync")
		}
	}
}

func (w *follower) wake(reason string) {
	select {
	case w.dirty <- reason:
	default: // it will read anyway
	}
}
