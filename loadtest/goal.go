package main

import (
	"fmt"
	"sync/atomic"
	"time"
)

// Goal is what every watcher is to reach: a board of at least that version, or
// of another epoch, on at least its n-th connection.
type Goal struct {
	Epoch   string
	Version uint64
	Opens   int
}

// target is a goal that is being reached.
type target struct {
	Goal
	missing atomic.Int64
	done    chan struct{}
	at      []int64 // when each watcher reached it; written by each, read after done
	late    []int64 // and how long after the moment that its last goodbye named; 0: there was none
}

// Aim sets the goal. What was received before does not count.
func (c *crew) Aim(g Goal, _ *None) error {
	c.setTarget(g)
	return c.state()
}

func (c *crew) setTarget(g Goal) {
	t := &target{Goal: g, done: make(chan struct{}), at: make([]int64, len(c.watchers)), late: make([]int64, len(c.watchers))}
	t.missing.Store(int64(len(c.watchers)))
	c.target.Store(t)
}

// meet notes what the watcher has reached. w.mu is held.
func (c *crew) meet(w *watcher, at time.Time) {
	t := c.target.Load()
	if w.met == t || w.opens < t.Opens || (w.epoch == t.Epoch && w.version < t.Version) {
		return
	}
	w.met = t
	t.at[w.id] = at.UnixNano()
	if !w.due.IsZero() {
		t.late[w.id] = int64(at.Sub(w.due))
	}
	if t.missing.Add(-1) == 0 {
		close(t.done)
	}
}

// Wait returns when every watcher has reached the goal: when each did, in
// nanoseconds of the wall clock, which all processes of a machine share.
func (c *crew) Wait(atMost time.Duration, at *[]int64) error {
	t := c.target.Load()
	timeout := time.NewTimer(atMost)
	defer timeout.Stop()
	failing := time.NewTicker(100 * time.Millisecond)
	defer failing.Stop()
	for {
		select {
		case <-t.done:
			*at = t.at
			return c.state()
		case <-failing.C:
			if err := c.state(); err != nil {
				return err
			}
		case <-timeout.C:
			return fmt.Errorf("%d of %d watchers are not there after %v", t.missing.Load(), len(c.watchers), atMost)
		case <-c.ctx.Done():
			return c.ctx.Err()
		}
	}
}

// Late answers, once Wait has, how long after the moment that its last goodbye
// named each watcher reached the goal, in nanoseconds.
func (c *crew) Late(_ None, late *[]int64) error {
	t := c.target.Load()
	select {
	case <-t.done:
		*late = t.late
		return c.state()
	default:
		return fmt.Errorf("%d of %d watchers are not there", t.missing.Load(), len(c.watchers))
	}
}
