package feed

import (
	"sync"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// mostDeltas is how many deltas wait for a follower at most. One that is so far behind
// reads a snapshot.
const mostDeltas = 100

// follower is the mailbox of one [Feed.Follow]. It is safe for concurrent use.
type follower struct {
	clinic clinic.ID
	wake   chan struct{} // one is enough

	mu      sync.Mutex
	deltas  []queue.Delta   // received and not applied yet, at most mostDeltas
	reason  string          // of the snapshot that is to be read; "": none is
	checked *checked        // the newest check; nil: none since the last look
	shown   *queue.Snapshot // what was emitted last; nil before the first
}

// checked is the outcome of a check of what a follower has emitted.
type checked struct {
	queue.Newest
	of    *queue.Snapshot // what was compared
	begun time.Time
}

func newFollower(c clinic.ID) *follower {
	return &follower{clinic: c, wake: make(chan struct{}, 1)}
}

func (me *follower) notify() {
	select {
	case me.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// deliver appends a delta.
func (me *follower) deliver(d queue.Delta) {
	me.mu.Lock()
	if len(me.deltas) == mostDeltas {
		me.deltas, me.reason = nil, "backlog"
	}
	me.deltas = append(me.deltas, d)
	me.mu.Unlock()
	me.notify()
}

// order makes the follower read a snapshot.
func (me *follower) order(reason string) {
	me.mu.Lock()
	me.reason = reason
	me.mu.Unlock()
	me.notify()
}

// report passes the outcome of a check.
func (me *follower) report(c checked) {
	me.mu.Lock()
	me.checked = &c
	me.mu.Unlock()
	me.notify()
}

// take empties the mailbox.
func (me *follower) take() (deltas []queue.Delta, reason string, c *checked) {
	me.mu.Lock()
	defer me.mu.Unlock()
	deltas, reason, c = me.deltas, me.reason, me.checked
	me.deltas, me.reason, me.checked = nil, "", nil
	return deltas, reason, c
}

// show notes what was emitted, so that it is checked.
func (me *follower) show(s *queue.Snapshot) {
	me.mu.Lock()
	me.shown = s
	me.mu.Unlock()
}

// toCheck returns what was emitted last.
func (me *follower) toCheck() *queue.Snapshot {
	me.mu.Lock()
	defer me.mu.Unlock()
	return me.shown
}
