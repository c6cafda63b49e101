package socket

import (
	"bytes"
	"errors"
	"os"
	"time"
)

const (
	// chunk is how much of a frame is written under one deadline, in bytes.
	chunk = 4 << 10
	// maxQueue bounds the control frames that wait for a full socket, in bytes,
	// without close frames.
	maxQueue = 256
)

// pending is what waits to be written.
//
// A holder of the lock that finds busy false may write, by attempts that do not wait.
// The rest that the socket does not take goes to tail, and busy is set. From then on
// only Flush writes, which may wait, and does so without the lock. It sends every due
// frame before it clears busy, so a caller that finds busy set has nothing to do.
//
// Over TLS, the tail is sealed, and the rest of a long frame is not yet.
type pending struct {
	tail     []byte // the rest of a frame; shared, not to be changed
	unsealed []byte // what follows the tail of the same frame; shared as well
	queue    []byte // control frames that wait for the tail
}

// Queue writes a frame behind the one that is being written, ahead of others. The
// connection is locked.
func (c *Conn) Queue(frame []byte) {
	if c.busy {
		if c.waiting != nil { // else the socket is closed
			c.waiting.queue = append(c.waiting.queue, frame...)
		}
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
	for !c.busy && !c.dead && len(frame) > 0 {
		frame = c.seal(frame)
		c.writeSealed()
	}
	if len(frame) > 0 && !c.dead {
		c.waiting.unsealed = frame
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
	if p == nil || c.dead { // the descriptor of a dead one may be another's
		return
	}
	c.park(bytes.Clone(c.attemptWrite(*p)))
	recycle(p)
}

// attemptWrite writes what the socket takes of b now, and returns the rest.
func (c *Conn) attemptWrite(b []byte) (rest []byte) {
	if c.fd < 0 {
		return b
	}
	n, err := attemptWrite(int(c.fd), b)
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
	c.waiting = &pending{tail: rest}
	c.busy = true
	c.owner.Park()
}

// answer writes what TLS has sealed by itself when it read, such as new keys. The
// connection is locked.
func (c *Conn) answer() {
	if c.seals() && !c.busy && !c.dead { // busy: Flush does
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
	if c.dead {
		return nil, false
	}
	w := c.waiting
	if b = w.tail; b != nil {
		w.tail = nil
		return b, false
	}
	b = w.unsealed
	w.unsealed = nil
	if b == nil {
		b = w.queue
		w.queue = nil
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
	_ = c.wire.SetWriteDeadline(time.Time{})
	c.busy, c.waiting = false, nil
	return nil, c.closed
}

// takeSealed returns b as TLS seals it, a piece at a time, or what it has sealed by
// itself.
func (c *Conn) takeSealed(b []byte) []byte {
	switch {
	case b != nil:
		if rest := c.seal(b); len(rest) > 0 {
			c.waiting.unsealed = rest
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
