package notify

import (
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// messages are what has come since the last step.
type messages struct {
	touched map[clinic.Day]bool // days whose logs have new entries
	others  bool                // another day than the snapshot's may have
	poked   bool                // the outbox has something new
	all     bool                // any day may have new wants
	asked   map[clinic.Day]bool // days that have new wants
	fresh   bool                // snap is new
	stale   bool                // there is no true snapshot
	snap    *queue.Snapshot
	due     time.Time // a job is due then; zero: nothing is known
}

// signal wakes the goroutine of the clinic.
func (o *owned) signal() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// touch has a day's log read.
func (o *owned) touch(d clinic.Day) {
	o.mu.Lock()
	if o.touched == nil {
		o.touched = map[clinic.Day]bool{}
	}
	o.touched[d] = true
	o.mu.Unlock()
	o.signal()
}

// poke has the outbox asked for what is due, and the wants of a day read; "": of none.
func (o *owned) poke(d clinic.Day) {
	o.mu.Lock()
	o.poked = true
	if d != "" {
		if o.asked == nil {
			o.asked = map[clinic.Day]bool{}
		}
		o.asked[d] = true
	}
	o.mu.Unlock()
	o.signal()
}

// pokeAll has everything read: messages may have been lost.
func (o *owned) pokeAll() {
	o.lost()
	o.signal()
}

// lost has the next step read everything, whenever that is.
func (o *owned) lost() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.poked, o.all, o.others = true, true, true
}

// dueAt notes that a job is due at a moment.
func (o *owned) dueAt(at time.Time) {
	o.mu.Lock()
	if o.messages.due.IsZero() || at.Before(o.messages.due) {
		o.messages.due = at
	}
	o.mu.Unlock()
	o.signal()
}

// emit takes a snapshot of the feed.
func (o *owned) emit(s *queue.Snapshot) {
	o.mu.Lock()
	o.others = o.others || o.messages.snap == s
	o.messages.snap, o.fresh, o.messages.stale = s, true, false
	o.mu.Unlock()
	o.signal()
}

// lose notes that the snapshot is no longer true.
func (o *owned) lose(time.Time) {
	o.mu.Lock()
	o.messages.stale = true
	o.mu.Unlock()
}

// messagesNow empties the mailbox.
func (o *owned) messagesNow() messages {
	o.mu.Lock()
	defer o.mu.Unlock()
	m := o.messages
	o.messages = messages{snap: m.snap, stale: m.stale}
	return m
}
