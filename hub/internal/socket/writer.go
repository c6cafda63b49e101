package socket

import (
	"bytes"
	"errors"
	"os"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
)

const (
	// chunk is how much of a frame is written under one deadline, in bytes.
	chunk = 4 << 10
	// maxQueue bounds the control frames that wait for a full socket, in bytes,
	// without close frames.
	maxQueue = 256
)

// writer is the write side of a Conn.
//
// A holder of mu that finds busy false may write, by attempts that do not wait. The
// rest that the socket does not take goes to tail, and busy is set. From then on only
// Flush writes, which may wait, and does so without mu. It sends every due frame before
// it clears busy, so a caller that finds busy set has nothing to do.
type writer struct {
	tail        []byte // the rest of a frame; shared, not to be changed
	queue       []byte // control frames that wait for the tail
	closeReason string // the first that was given

	// What a delivery needs is together.
	attempt attempt
	mu      sync.Mutex
	busy    bool
	closed  bool // a close frame was written or queued, or the socket is closed
	dead    bool // the socket is closed
}

// Lock locks the write side.
func (c *Conn) Lock() { c.mu.Lock() }

// Unlock unlocks the write side.
func (c *Conn) Unlock() { c.mu.Unlock() }

// Closed reports whether nothing more can be written. The connection is locked.
func (c *Conn) Closed() bool { return c.closed }

// Busy reports whether the socket is full, so that Flush writes. The connection is
// locked.
func (c *Conn) Busy() bool { return c.busy }

// CloseReason returns why the connection was closed.
func (c *Conn) CloseReason() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closeReason
}

// Goodbye sends a close frame, once. The client has closeWait to answer; the reader
// then ends the connection.
func (c *Conn) Goodbye(code websocket.StatusCode, text, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.setCloseReason(reason)
	if c.closed {
		return
	}
	_ = c.SetReadDeadline(time.Now().Add(closeWait))
	c.Queue(closeFrame(int(code), text))
	c.closed = true
	c.finish()
}

// Kill closes the socket at once.
func (c *Conn) Kill(reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Shut(reason)
}

// Write takes one control frame from the library. It never waits, so neither does
// the library's reader. Nothing follows a close frame.
func (l *library) Write(p []byte) (int, error) {
	c := (*Conn)(l)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
	case p[0] == opClose:
		if len(p) > 4 && !utf8.Valid(p[4:]) {
			p = append([]byte{opClose, 2}, p[2:4]...) // the library repeats any text of the client
		}
		c.Queue(bytes.Clone(p))
		c.closed = true
		c.finish()
	case c.busy && len(c.queue)+len(p) > maxQueue:
		c.owner.Skip()
	default:
		c.Queue(bytes.Clone(p))
	}
	return len(p), nil
}

// Close closes the socket for the library. If a close frame is being sent, Listen
// closes it shortly after.
func (l *library) Close() error {
	c := (*Conn)(l)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.Shut(Left)
	}
	return nil
}

// Queue writes a frame behind the one that is being written, ahead of others. The
// connection is locked.
func (c *Conn) Queue(frame []byte) {
	if c.busy {
		c.queue = append(c.queue, frame...)
		return
	}
	c.Send(frame)
}

// Send writes one frame, and does not change it. The connection is locked, and not
// busy.
func (c *Conn) Send(frame []byte) {
	if c.attempt.possible() {
		n, err := c.attempt.write(frame)
		if err != nil {
			c.Shut(Left)
			return
		}
		if frame = frame[n:]; len(frame) == 0 {
			return
		}
	}
	c.tail = frame
	c.busy = true
	c.owner.Park()
}

// finish ends the write side after the close frame, so that the client sees the end
// of the stream. For a busy connection Flush does it.
func (c *Conn) finish() {
	if !c.busy && !c.dead {
		c.closeWrite()
	}
}

func (c *Conn) closeWrite() {
	if w, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		_ = w.CloseWrite() // the reader notices what is wrong with the socket
	}
}

// Shut closes the socket. Every read and write that waits returns. The connection is
// locked.
func (c *Conn) Shut(reason string) {
	c.setCloseReason(reason)
	c.closed = true
	if !c.dead {
		c.dead = true
		_ = below(c.Conn).Close() // a TLS goodbye could wait
	}
}

func (c *Conn) setCloseReason(reason string) {
	if c.closeReason == "" {
		c.closeReason = reason
	}
}

// Flush writes what waits, until nothing does. next returns the next frame that is
// due, or nil, and written is called after each write. next is called with the
// connection locked, written without.
func (c *Conn) Flush(next func() []byte, written func()) {
	for {
		b, last := c.take(next)
		if last {
			c.closeWrite()
		}
		if b == nil {
			return
		}
		if err := c.push(b); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				c.Kill(Stalled)
			} else {
				c.Kill(Left)
			}
			return
		}
		written()
	}
}

// take returns what is to be written next. If there is nothing, it clears busy, and
// reports whether a close frame was the last.
func (c *Conn) take(next func() []byte) (b []byte, last bool) {
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
		if b = next(); b != nil {
			return b, false
		}
	}
	_ = c.SetWriteDeadline(time.Time{}) // an old deadline would fail the next attempt
	c.busy = false
	return nil, c.closed && !c.dead
}

// push writes b, as long as it takes, if only something moves.
func (c *Conn) push(b []byte) error {
	for len(b) > 0 {
		if err := c.SetWriteDeadline(time.Now().Add(c.owner.WriteTimeout())); err != nil {
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
