package feed

import (
	"context"
	"errors"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// late is how long the message of an act may be on its way, after a check has found the
// act in Redis.
const late = 50 * time.Millisecond

// following is one [Feed.Follow].
type following struct {
	queue.Watcher
	f  *Feed
	me *follower

	last     *queue.Snapshot // emitted last; nil before the first
	stale    bool            // last is marked as stale
	reason   string          // of the snapshot that is to be read; "": none is
	vouched  time.Time       // the newest moment at which last was proved true
	seen     time.Time       // the newest moment at which a read or check found it true
	unproved bool            // no write has proved what seen is of
	check    *checked        // not judged yet
	checkBy  time.Time       // until when messages of what it found may come
	ran      time.Time       // when timed acts were last run
	ranOf    time.Time       // the moment that they were of
}

// Follow emits the clinic's snapshots until ctx ends; then it returns nil. It returns
// [clinic.ErrNoClinic] when the clinic is not there, or no longer. [Feed.Run] must run
// meanwhile.
func (f *Feed) Follow(ctx context.Context, c clinic.ID, w queue.Watcher) error {
	me := newFollower(c)
	defer f.join(me)()
	g := following{Watcher: w, f: f, me: me, reason: "first", vouched: time.Now()}
	for {
		err := g.step(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, clinic.ErrNoClinic):
			return err
		case err != nil:
			f.log.Warn("following a clinic", "clinic", string(c), "error", err)
		}
		timer := time.NewTimer(g.wait(err))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-me.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// step handles what has come since the step before.
func (g *following) step(ctx context.Context) error {
	deltas, order, check := g.me.take()
	if order != "" {
		g.reason = order
	}
	next, again := g.last, false
	if g.reason == "" {
		next, again = g.apply(next, deltas)
	}
	if check != nil {
		g.check, g.checkBy = check, time.Now().Add(late)
	}
	var failed error
	if g.check != nil && next != nil {
		failed = g.judge(next)
	}
	if g.reason != "" {
		snap, err := g.read(ctx)
		if err == nil {
			next, g.stale = snap, false // it has all that was received before the read
		} else {
			failed = err
		}
	}
	if next == nil || g.stale {
		return failed
	}
	next, err := g.named(ctx, next)
	if err != nil {
		failed = err
	}
	if next != g.last || again {
		g.last = next
		g.me.show(next)
		g.Emit(next)
	}
	g.expire(ctx)
	if g.unproved {
		if err := g.prove(ctx); err != nil {
			failed = err
		}
	}
	return failed
}

// apply applies deltas to a snapshot, up to the first that makes a read necessary. Again
// is true if one was of a day to come.
func (g *following) apply(s *queue.Snapshot, deltas []queue.Delta) (next *queue.Snapshot, again bool) {
	for _, d := range deltas {
		var fit queue.Fit
		s, fit = s.Apply(d)
		g.f.deltas.WithLabelValues(string(fit)).Inc()
		switch fit {
		case queue.FitNext, queue.FitOld, queue.FitTold:
		case queue.FitOtherDay:
			again = again || d.Day > s.Day
		default:
			g.reason = string(fit)
			return s, again
		}
	}
	return s, again
}

// judge compares what a check found with the state that the messages have made by now.
// A state that has all that the check found was true when the check began.
func (g *following) judge(now *queue.Snapshot) error {
	c := g.check
	switch of := c.of; {
	case c.Err != nil:
		g.check = nil
		return c.Err
	case g.stale:
		g.reason = "retry"
	case now.Epoch != of.Epoch || now.Day != of.Day || now.Rev != of.Rev: // it was read again since
	case c.Other || c.Epoch != of.Epoch || c.Version < of.Version || c.Version == of.Version && c.Mark != of.Mark:
		g.reason = "tick"
	case c.Version <= now.Version:
		g.seen, g.unproved = c.begun, true
	case time.Now().Before(g.checkBy):
		return nil // the messages may be on their way
	default:
		g.reason = "tick"
	}
	g.check = nil
	return nil
}

// read reads a snapshot. After a stale state it first asks for a proof: a Redis that was
// cut off may answer again and still be cut off.
func (g *following) read(ctx context.Context) (*queue.Snapshot, error) {
	if g.stale {
		if _, err := g.f.confirm(ctx, g.me.clinic, g.limit()); err != nil {
			return nil, err
		}
	}
	begun := time.Now()
	snap, err := g.f.look(ctx, g.me.clinic, g.last, g.limit())
	if err != nil {
		return nil, err
	}
	g.f.reads.WithLabelValues(g.reason).Inc()
	g.reason, g.check = "", nil
	g.seen, g.unproved = begun, true
	return snap, nil
}

// named adds the patients that a snapshot lacks, if they are needed.
func (g *following) named(ctx context.Context, s *queue.Snapshot) (*queue.Snapshot, error) {
	if len(s.Unread()) == 0 || g.Names == nil || !g.Names() {
		return s, nil
	}
	ctx, cancel := context.WithTimeout(ctx, g.limit())
	defer cancel()
	read, err := g.f.line.Patients(ctx, s.Clinic.ID, s.Day, s.Unread())
	if err != nil {
		g.reason = "patients"
		return s, err
	}
	return s.WithPatients(read), nil
}

// prove asks for a proof that what was seen came from the master.
func (g *following) prove(ctx context.Context) error {
	proved, err := g.f.confirm(ctx, g.me.clinic, g.limit())
	if err != nil {
		return err
	}
	g.unproved = false
	if proved.After(g.seen) {
		proved = g.seen
	}
	if proved.After(g.vouched) {
		g.vouched = proved
	}
	return nil
}

// expire does what the time brings: messages go, windows open and close. It tries again
// every [tick].
func (g *following) expire(ctx context.Context) {
	at := g.last.ChangesAt()
	if at.IsZero() || g.f.line.Now().Before(at) || g.ranOf.Equal(at) && time.Since(g.ran) < tick {
		return
	}
	g.ran, g.ranOf = time.Now(), at
	limited, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	if err := g.f.line.Expire(limited, g.me.clinic, at); err != nil && ctx.Err() == nil {
		g.f.log.Warn("running timed acts", "clinic", string(g.me.clinic), "error", err)
	}
}

// limit bounds a call of Redis: the promise to viewers does not wait for it.
func (g *following) limit() time.Duration {
	if left := time.Until(g.vouched.Add(queue.StaleAfter)); !g.stale && left < readTimeout {
		return max(left, retryAfter/4)
	}
	return readTimeout
}

// wait returns when the next step is due without a message. It calls Stale when it is
// time for that.
func (g *following) wait(failed error) time.Duration {
	wait := tick
	if failed != nil || g.reason != "" {
		wait = retryAfter
	}
	if g.check != nil {
		wait = min(wait, max(0, time.Until(g.checkBy)))
	}
	if g.last != nil && !g.last.ChangesAt().IsZero() {
		if left := g.last.ChangesAt().Sub(g.f.line.Now()); left > 0 {
			wait = min(wait, left+time.Millisecond)
		}
	}
	if g.stale {
		return wait
	}
	left := time.Until(g.vouched.Add(queue.StaleAfter))
	if left > 0 {
		return min(wait, left)
	}
	g.stale = true
	if g.reason == "" {
		g.reason = "retry"
	}
	g.Stale(g.vouched)
	return retryAfter
}

// confirm returns when the clinic's Redis last proved to be the master. What is
// read is no newer than that: one that was cut off still answers reads.
func (f *Feed) confirm(ctx context.Context, c clinic.ID, limit time.Duration) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return f.line.Confirm(ctx, c)
}

// look reads the newest snapshot. It does what became due since last, and gives the day
// another epoch if Redis has lost acts that last has.
func (f *Feed) look(ctx context.Context, c clinic.ID, last *queue.Snapshot, limit time.Duration) (*queue.Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	snap, err := f.line.Snapshot(ctx, c)
	if err == nil && last != nil && last.AgedBy(snap) {
		if err := f.line.Expire(ctx, c, last.ChangesAt()); err != nil {
			return nil, err
		}
		snap, err = f.line.Snapshot(ctx, c)
	}
	if err != nil || last == nil {
		return snap, err
	}
	lost, err := f.hasLost(ctx, last, snap)
	if err != nil || !lost {
		return snap, err
	}
	f.log.Warn("redis has lost acts that screens have shown", "clinic", string(c), "shown", last.Version, "there", snap.Version)
	f.resyncs.WithLabelValues("lost").Inc()
	if last.Epoch != snap.Epoch {
		return snap, nil
	}
	if err := f.line.RenewEpoch(ctx, c, snap.Epoch); err != nil {
		return nil, err
	}
	return f.line.Snapshot(ctx, c)
}
