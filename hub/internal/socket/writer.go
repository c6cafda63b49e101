package socket

import (
	"bytes"
	"errors"
	"net"
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
//
// Over TLS, the tail is sealed, and the rest of a long frame is not yet.
type writer struct {
	tail        []byte // the rest of a frame; shared, not to be changed
	unsealed    []byte // what follows the tail of the same frame; shared as well
	queue       []byte // control frames that wait for the tail
	closeReason string // the first that was given

	wire net.Conn // what the attempts and Flush write to
	sealer

	// What a delivery needs is together.
	attempt attempt
	mu      sync.Mutex
	busy    bool
	closed  bool // a close frame was written or queued, or the socket is closed
	ended   bool // TLS has sealed its last record
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
	if c.seals() {
		c.sendSealed(frame)
		return
	}
	c.park(c.attemptWrite(frame))
}

// sendSealed is Send over TLS. Records are never dropped, so a frame is sealed in pieces
// as long as the socket takes them.
func (c *Conn) sendSealed(frame []byte) {
	for c.tail == nil && !c.dead && len(frame) > 0 {
		frame = c.seal(frame)
		c.writeSealed()
	}
	if len(frame) > 0 {
		c.unsealed = frame
	}
}

// seal seals the next piece of b, and returns the rest. The connection is locked.
func (c *Conn) seal(b []byte) (rest []byte) {
	n := min(len(b), recordSize)
	if _, err := c.tls.Write(b[:n]); err != nil {
		c.Shut(Left) // TLS has failed on the read side
		return nil
	}
	return b[n:]
}

// writeSealed writes what TLS has sealed. The connection is locked, and not busy.
func (c *Conn) writeSealed() {
	p := c.beneath.next()
	if p == nil {
		return
	}
	c.park(bytes.Clone(c.attemptWrite(*p)))
	recycle(p)
}

// attemptWrite writes what the socket takes of b now, and returns the rest.
func (c *Conn) attemptWrite(b []byte) (rest []byte) {
	if !c.attempt.possible() {
		return b
	}
	n, err := c.attempt.write(b)
	if err != nil {
		c.Shut(Left)
		return nil
	}
	return b[n:]
}

// park leaves the rest of a write, if there is one, to Flush.
func (c *Conn) park(rest []byte) {
	if len(rest) == 0 {
		return
	}
	c.tail = rest
	c.busy = true
	c.owner.Park()
}

// answer writes what TLS has sealed by itself, such as new keys.
func (c *Conn) answer() {
	if !c.seals() || !c.beneath.waits() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.busy && !c.dead { // else Flush does
		c.writeSealed()
	}
}

// finish ends the write side after the close frame, so that the client sees the end
// of the stream. For a busy connection Flush does it.
func (c *Conn) finish() {
	if c.busy || c.dead {
		return
	}
	if c.sealEnd() {
		c.writeSealed()
	}
	if !c.busy && !c.dead {
		c.closeWrite()
	}
}

// sealEnd seals the end of the stream, once, and reports whether it has.
func (c *Conn) sealEnd() bool {
	if !c.seals() || c.ended {
		return false
	}
	c.ended = true
	return c.tls.CloseWrite() == nil
}

func (c *Conn) closeWrite() {
	if w, ok := c.wire.(interface{ CloseWrite() error }); ok {
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
	b = c.unsealed
	c.unsealed = nil
	if b == nil {
		b = c.queue
		c.queue = nil
	}
	if b == nil && !c.closed {
		b = next()
	}
	if c.seals() {
		b = c.takeSealed(b)
	}
	if b != nil {
		return b, false
	}
	_ = c.wire.SetWriteDeadline(time.Time{}) // an old deadline would fail the next attempt
	c.busy = false
	return nil, c.closed && !c.dead
}

// takeSealed returns b as TLS seals it, a piece at a time, or what it has sealed by
// itself.
func (c *Conn) takeSealed(b []byte) []byte {
	switch {
	case c.dead:
		return nil
	case b != nil:
		if rest := c.seal(b); len(rest) > 0 {
			c.unsealed = rest
		}
	case c.closed:
		c.sealEnd()
	}
	p := c.beneath.next()
	if p == nil {
		return nil
	}
	return *p // not recycled: it is written without the lock
}

// push writes b, as long as it takes, if only something moves.
func (c *Conn) push(b []byte) error {
	for len(b) > 0 {
		if err := c.wire.SetWriteDeadline(time.Now().Add(c.owner.WriteTimeout())); err != nil {
			return err
		}
		n, err := c.wire.Write(b[:min(len(b), chunk)])
		b = b[n:]
		if err != nil && (n == 0 || !errors.Is(err, os.ErrDeadlineExceeded)) {
			return err
		}
	}
	return nil
}
