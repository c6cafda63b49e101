package hub

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"junban/hub/internal/socket"
)

// eventChunk is how much of an event is written under one deadline, in bytes.
const eventChunk = 4 << 10

// connKey is the context key of the connection that a request came on.
type connKey struct{}

// ConnContext is for [http.Server.ConnContext]. With it, [Hub.ServeEvents] bounds the
// bytes in the kernel for a slow reader. It also bounds how long bytes may stay
// unacknowledged, as for a WebSocket. Without it, streams work, but the kernel
// holds old frames for a slow reader.
func ConnContext(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// ServeEvents answers the request with a stream of server-sent events of the topics. It
// returns when the client has left or the hub closes. Topics and origin have been
// judged by the caller. It works on HTTP/1.1 and HTTP/2, on any ResponseWriter that can
// be flushed and given deadlines.
//
// An error means that nothing has been answered yet; it wraps [ErrDraining],
// [ErrFull], [ErrTooManyWatchers] or [http.ErrNotSupported].
func (h *Hub) ServeEvents(w http.ResponseWriter, r *http.Request, topics []Topic, o WatchOptions) error {
	rc := http.NewResponseController(w)
	// The server's own timeouts are for requests, not for streams.
	if err := errors.Join(rc.SetReadDeadline(time.Time{}), rc.SetWriteDeadline(time.Time{})); err != nil {
		return fmt.Errorf("begin a stream of events: %w", err)
	}
	counted, err := h.admit(o.Priority, o.Limits)
	if err != nil {
		return err
	}
	defer h.discharge(counted)
	c := &sseConn{watcher: watcher{hub: h}, w: w, rc: rc, ready: make(chan struct{}, 1)}
	if nc, ok := r.Context().Value(connKey{}).(net.Conn); ok {
		socket.BoundBacklog(nc)
		socket.BoundSilence(nc, 2*h.o.WriteTimeout) // a write that waits fails first
	}
	if err := h.join(c, topics, o.Pulse); err != nil {
		return h.m.refuse(err)
	}
	h.m.connections.WithLabelValues(events).Inc()
	defer h.m.connections.WithLabelValues(events).Dec()

	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no")
	forget := o.whenDone(func() { c.end(closedRevoked) })
	c.serve(r.Context())
	forget()

	h.leave(c)
	h.m.closed.WithLabelValues(events, c.finish()).Inc()
	return nil
}

// sseConn is a stream of events. The handler's goroutine writes; all others
// leave it a mark and wake it.
type sseConn struct {
	watcher
	w     http.ResponseWriter
	rc    *http.ResponseController
	ready chan struct{} // something is left for the handler

	mu          sync.Mutex
	pulse       *message // the newest that waits
	last        *message // the bye that waits
	closeReason string   // not empty: the handler is to return
	dead        bool     // killed: the write deadline has passed and stays
	done        bool     // the handler has returned: rc must not be used
}

func (c *sseConn) wake(*sub, *tally) { c.call() }

// call has the handler look what there is to write.
func (c *sseConn) call() {
	select {
	case c.ready <- struct{}{}:
	default: // it is about to look anyway
	}
}

func (c *sseConn) heartbeat(b *heartbeat, on due) {
	if !on.pulse {
		return
	}
	c.mu.Lock()
	if c.pulse != nil {
		c.hub.m.busy.Inc()
	}
	c.pulse = b.pulse
	c.mu.Unlock()
	c.call()
}

func (c *sseConn) bye(m *message) {
	c.mu.Lock()
	c.last = m
	c.mu.Unlock()
	c.call()
}

func (c *sseConn) end(reason string) {
	c.mu.Lock()
	c.setCloseReason(reason)
	c.mu.Unlock()
	c.call()
}

func (c *sseConn) kill(reason string) {
	c.mu.Lock()
	c.setCloseReason(reason)
	c.dead = true
	if !c.done {
		_ = c.rc.SetWriteDeadline(time.Unix(1, 0)) // fails the write that waits
	}
	c.mu.Unlock()
	c.call()
}

// setCloseReason keeps the first reason. c.mu is held.
func (c *sseConn) setCloseReason(reason string) {
	if c.closeReason == "" {
		c.closeReason = reason
	}
}

// finish returns why the stream ended. No goroutine uses the response from then on.
func (c *sseConn) finish() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done = true
	return c.closeReason
}

// serve writes until the client leaves or the hub has had enough.
func (c *sseConn) serve(ctx context.Context) {
	err := c.write([]byte("retry: 3000\n\n"))
	for err == nil {
		var over bool
		if over, err = c.flush(); over {
			return
		}
		if err != nil {
			break
		}
		select {
		case <-c.ready:
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.end(closedStalled)
	} else {
		c.end(closedLeft)
	}
}

// flush writes all that waits, and reports whether the stream is over.
func (c *sseConn) flush() (over bool, err error) {
	if c.revoked() {
		return true, nil // not even what is ready
	}
	c.mu.Lock()
	pulse, last, reason := c.pulse, c.last, c.closeReason
	c.pulse, c.last = nil, nil
	c.mu.Unlock()
	held := reason == closedDrained // a leaving watcher gets the newest state first
	t := tally{m: c.hub.m, frames: c.hub.m.eventFrames}
	for i := range c.subs {
		for m := c.subs[i].next(held, &t); m != nil; m = c.subs[i].next(held, &t) {
			if err := c.write(m.events()); err != nil {
				return false, err
			}
			t.settle()
		}
	}
	for _, m := range []*message{pulse, last} {
		if m == nil {
			continue
		}
		if err := c.write(m.events()); err != nil {
			return false, err
		}
	}
	return reason != "", nil
}

func (c *sseConn) revoked() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closeReason == closedRevoked
}

// write writes and flushes b. Each chunk has its own write timeout, so a long message
// to a slow reader continues while bytes are accepted. The deadline is lifted again: on
// HTTP/2 it would end the stream even while nothing is written.
func (c *sseConn) write(b []byte) error {
	for len(b) > 0 {
		if err := c.deadline(time.Now().Add(c.hub.o.WriteTimeout)); err != nil {
			return err
		}
		n, err := c.w.Write(b[:min(len(b), eventChunk)])
		if err != nil {
			return err
		}
		if err := c.rc.Flush(); err != nil {
			return err
		}
		b = b[n:]
	}
	return c.deadline(time.Time{})
}

// deadline sets the deadline of writes, unless kill has.
func (c *sseConn) deadline(at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead {
		return nil
	}
	return c.rc.SetWriteDeadline(at)
}
