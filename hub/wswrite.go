package hub

import (
	"bytes"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
)

const (
	// chunk is how much of a frame is written under one deadline, in bytes.
	chunk = 4 << 10
	// queueMax bounds the control frames that wait for a busy socket, in bytes,
	// not counting goodbyes.
	queueMax = 256
)

// writing is the write side of a wsConn.
//
// A holder of mu that finds busy false may write, by attempts that do not
// wait. What the socket does not take is left in tail, and busy is set: from
// then on only the goroutine flush writes, which may wait, and does so without
// mu. It looks at every topic before it clears busy, so a caller that finds busy
// set need do nothing.
type writing struct {
	tail  []byte // what the socket left of a frame; shared, not to be changed
	queue []byte // control frames that wait for the tail
	first int    // the sub that flush asks first, so that each has its turn
	why   string // the reason of the close, the first that was given

	// What a delivery needs lies together, and guards the above as well.
	attempt attempt
	mu      sync.Mutex
	busy    bool
	closed  bool         // a close frame was written or queued, or the socket is closed
	dead    bool         // the socket is closed
	pings   atomic.Int32 // sent since the last sign of life; without mu
}

// wake sends what is new of s.
func (c *wsConn) wake(s *sub, t *tally) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.busy && !c.closed {
		m := s.next(false, t)
		if m == nil {
			return
		}
		c.send(m.ws)
	}
}

// beat sends a pulse, a ping, or both; to a busy connection neither, for it has
// something better to read. Its flush knows by itself when it is dead.
func (c *wsConn) beat(b *beat, on due) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
	case c.busy:
		c.hub.m.busy.Inc()
	case !on.ping:
		c.send(b.pulse.ws)
	case c.pings.Add(1) > maxPings:
		c.shut(closedDead)
	case on.pulse:
		c.send(b.both)
	default:
		c.send(b.ping)
	}
}

// bye sends a message that is no state.
func (c *wsConn) bye(m *message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.control(m.ws)
	}
}

// end closes politely.
func (c *wsConn) end(why string) {
	t := tally{m: c.hub.m, frames: c.hub.m.socketFrames}
	c.mu.Lock()
	for i := 0; i < len(c.subs) && !c.closed; i++ {
		for m := c.subs[i].next(true, &t); m != nil; m = c.subs[i].next(true, &t) {
			c.control(m.ws) // who goes takes the newest along
		}
	}
	c.mu.Unlock()
	t.settle()
	c.close(websocket.StatusServiceRestart, "restarting", why)
}

// kill closes the socket.
func (c *wsConn) kill(why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shut(why)
}

// close says goodbye, once. The client has closeWait to answer; the
// reader then ends the connection.
func (c *wsConn) close(code websocket.StatusCode, text, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.blame(why)
	if c.closed {
		return
	}
	_ = c.SetReadDeadline(time.Now().Add(closeWait))
	c.control(closeFrame(int(code), text))
	c.closed = true
	c.finish()
}

// cause returns why the connection was closed.
func (c *wsConn) cause() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.why
}

// Write takes one control frame from the library. It never waits, so neither
// does the library's reader. Nothing follows a close frame.
func (c *wsConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
	case p[0] == opClose:
		if len(p) > 4 && !utf8.Valid(p[4:]) {
			p = append([]byte{opClose, 2}, p[2:4]...) // the library repeats whatever text the client gave
		}
		c.control(bytes.Clone(p))
		c.closed = true
		c.finish()
	case c.busy && len(c.queue)+len(p) > queueMax:
		c.hub.m.busy.Inc()
	default:
		c.control(bytes.Clone(p))
	}
	return len(p), nil
}

// The rest are called with mu held.

// control sends a frame behind what is being written now, ahead of states.
func (c *wsConn) control(frame []byte) {
	if c.busy {
		c.queue = append(c.queue, frame...)
		return
	}
	c.send(frame)
}

// send writes one frame; busy is false. b is not changed.
func (c *wsConn) send(b []byte) {
	if c.attempt.possible() {
		n, err := c.attempt.write(b)
		if err != nil {
			c.shut(closedLeft)
			return
		}
		if b = b[n:]; len(b) == 0 {
			return
		}
	}
	c.tail = b
	c.busy = true
	c.hub.m.parked.Inc()
	c.hub.wg.Add(1)
	go c.flush()
}

// finish ends the write side once the goodbye has left, so that the client sees
// the end of the stream. A busy connection gets there in flush.
func (c *wsConn) finish() {
	if !c.busy && !c.dead {
		c.closeWrite()
	}
}

func (c *wsConn) closeWrite() {
	if w, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		_ = w.CloseWrite() // the reader notices what is wrong with the socket
	}
}

// shut closes the socket; all who wait for it return.
func (c *wsConn) shut(why string) {
	c.blame(why)
	c.closed = true
	if !c.dead {
		c.dead = true
		_ = below(c.Conn).Close() // a TLS goodbye could wait
	}
}

func (c *wsConn) blame(why string) {
	if c.why == "" {
		c.why = why
	}
}

// flush writes what waits, until nothing does.
func (c *wsConn) flush() {
	defer c.hub.wg.Done()
	defer c.hub.m.parked.Dec()
	t := tally{m: c.hub.m, frames: c.hub.m.socketFrames}
	for {
		b, last := c.take(&t)
		if last {
			c.closeWrite()
		}
		if b == nil {
			return
		}
		if err := c.push(b); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				c.kill(closedStalled)
			} else {
				c.kill(closedLeft)
			}
			return
		}
		t.settle()
	}
}

// take returns what is to be written next. If there is nothing, it gives up the
// socket, and says whether a goodbye was the last.
func (c *wsConn) take(t *tally) (b []byte, last bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b = c.tail; b != nil {
		c.tail = nil
		return b, false
	}
	if b = c.queue; b != nil {
		c.queue = nil
		return b, false
	}
	if !c.closed {
		for range c.subs {
			s := &c.subs[c.first]
			c.first = (c.first + 1) % len(c.subs)
			if m := s.next(false, t); m != nil {
				return m.ws, false
			}
		}
	}
	_ = c.SetWriteDeadline(time.Time{}) // an old deadline would fail the next attempt
	c.busy = false
	return nil, c.closed && !c.dead
}

// push writes b, as long as it takes, if only something moves.
func (c *wsConn) push(b []byte) error {
	for len(b) > 0 {
		if err := c.SetWriteDeadline(time.Now().Add(c.hub.o.WriteTimeout)); err != nil {
			return err
		}
		n, err := c.Conn.Write(b[:min(len(b), chunk)])
		b = b[n:]
		if err != nil && (n == 0 || !errors.Is(err, os.ErrDeadlineExceeded)) {
			return err
		}
	}
	return nil
}
