package main

import (
	"fmt"
	"sync/atomic"
	"time"
)

// Goal is the least version and number of connections that every watcher must
// reach. Every version of another epoch is sufficient.
type Goal struct {
	Epoch       string
	Version     uint64
	Connections int // opened by the watcher so far
}

// activeGoal is the goal that the watchers are to reach now. Each watcher writes
// its own entries; they are read after done.
type activeGoal struct {
	Goal
	pending   atomic.Int64
	done      chan struct{}
	reachedAt []int64         // Unix time in ns
	delays    []time.Duration // from the time in the watcher's last goodbye; 0 without a goodbye
}

// SetGoal replaces the goal. Boards received before do not count.
func (k *worker) SetGoal(g Goal, _ *None) error {
	k.setGoal(g)
	return k.firstError()
}

func (k *worker) setGoal(g Goal) {
	n := len(k.watchers)
	a := &activeGoal{Goal: g, done: make(chan struct{}), reachedAt: make([]int64, n), delays: make([]time.Duration, n)}
	a.pending.Store(int64(n))
	k.goal.Store(a)
}

// markReached notes that the watcher has reached the goal, if it has. The caller
// holds w.mu.
func (k *worker) markReached(w *watcher, at time.Time) {
	g := k.goal.Load()
	if w.reached == g || w.connections < g.Connections || (w.epoch == g.Epoch && w.version < g.Version) {
		return
	}
	w.reached = g
	g.reachedAt[w.id] = at.UnixNano()
	if !w.reconnectAt.IsZero() {
		g.delays[w.id] = at.Sub(w.reconnectAt)
	}
	if g.pending.Add(-1) == 0 {
		close(g.done)
	}
}

// Wait waits until every watcher has reached the goal. It replies with the Unix
// times in ns at which they did; the clock is common to all processes.
func (k *worker) Wait(timeout time.Duration, reachedAt *[]int64) error {
	g := k.goal.Load()
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	poll := time.NewTicker(100 * time.Millisecond)
	defer poll.Stop()
	for {
		select {
		case <-g.done:
			*reachedAt = g.reachedAt
			return k.firstError()
		case <-poll.C:
			if err := k.firstError(); err != nil {
				return err
			}
		case <-timer.C:
			return fmt.Errorf("%d of %d watchers have not reached the goal after %v", g.pending.Load(), len(k.watchers), timeout)
		case <-k.ctx.Done():
			return k.ctx.Err()
		}
	}
}

// ReconnectDelays replies with the delays after the goodbyes. It returns an
// error unless every watcher has reached the goal.
func (k *worker) ReconnectDelays(_ None, delays *[]time.Duration) error {
	g := k.goal.Load()
	select {
	case <-g.done:
		*delays = g.delays
		return k.firstError()
	default:
		return fmt.Errorf("%d of %d watchers have not reached the goal", g.pending.Load(), len(k.watchers))
	}
}
