package hub

import (
	"context"
	"slices"
	"time"
)

// WatchOptions are the options of one watcher. The zero value works.
type WatchOptions struct {
	// Pulse is the interval of the pulses, in whole seconds from 1 s to 60 s;
	// 0: [Options.Pulse].
	Pulse time.Duration
	// Subprotocol is accepted if the client of a WebSocket offers it.
	Subprotocol string
	// Priority is what part of the hub's connections the watcher may use.
	Priority Priority
	// Limits count the watcher while it is connected. It
	// is refused with [ErrTooManyWatchers] if one of them is reached.
	Limits []Limit
	// Until ends the watch when it is done: the permission has ended. A WebSocket is
	// closed with code 1008. Nil: nothing ends it.
	Until context.Context
}

// conn is one connection. Its methods never wait for the network.
type conn interface {
	base() *watcher
	wake(s *sub, t *tally)          // s may have something new; t counts what is sent
	heartbeat(b *heartbeat, on due) // the wheel has come to it
	bye(m *message)                 // send this to it
	end(why string)                 // close it politely: the hub drains
	kill(why string)                // close it at once
}

// watcher is what the transports have in common.
type watcher struct {
	one     [1]sub // the memory of subs, if it is one: near what is written with it
	hub     *Hub
	subs    []sub    // fixed
	counted []*group // under its limits
	wheel   place
}

func (w *watcher) base() *watcher { return w }

// whenDone runs end when o.Until is done, unless the returned function is
// called first.
func (o WatchOptions) whenDone(end func()) (forget func() bool) {
	if o.Until == nil {
		return func() bool { return true }
	}
	return context.AfterFunc(o.Until, end)
}

// join makes the admitted connection c a watcher of the topics and gives it
// what they have. It refuses once the hub drains.
func (h *Hub) join(c conn, topics []Topic, pulse time.Duration) error {
	// The subscriptions are complete before the connection is visible. A writer may ask
	// any of them for its next frame.
	w := c.base()
	w.subs = w.one[:0]
	if len(topics) > 1 {
		w.subs = make([]sub, 0, len(topics))
	}
	for i, name := range topics {
		if slices.Contains(topics[:i], name) {
			continue
		}
		w.subs = append(w.subs, sub{topic: h.acquire(name), conn: c})
		w.subs[len(w.subs)-1].reset()
	}

	h.mu.Lock()
	draining := h.draining
	if !draining {
		h.wheel.add(c, h.interval(pulse))
	}
	h.mu.Unlock()
	if draining {
		for i := range w.subs {
			h.release(w.subs[i].topic)
		}
		return ErrDraining
	}

	for i := range w.subs {
		w.subs[i].topic.attach(&w.subs[i])
	}
	t := tally{m: h.m, frames: h.m.socketFrames}
	for i := range w.subs {
		c.wake(&w.subs[i], &t)
	}
	t.settle()
	return nil
}

// leave undoes join.
func (h *Hub) leave(c conn) {
	w := c.base()
	h.wheel.remove(c)
	for i := range w.subs {
		w.subs[i].topic.detach(&w.subs[i])
		h.release(w.subs[i].topic)
	}
}

// interval returns a wish for pulses in ticks of the wheel.
func (h *Hub) interval(pulse time.Duration) uint32 {
	if pulse <= 0 {
		pulse = h.o.Pulse
	}
	return uint32(min(max(pulse, tick), 60*time.Second) / tick)
}
