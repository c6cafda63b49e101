package socket

import (
	"encoding/binary"
	"net"
	"time"
)

// A client may send maxInbound bytes within inboundSeconds.
const (
	maxInbound     = 32 << 10
	inboundSeconds = 60
)

const (
	// closeWait is how long a client has to answer a close frame.
	closeWait = 5 * time.Second
	// maxAfterClose is how much a client may send meanwhile, in bytes.
	maxAfterClose = 1 << 20
	// maxMessage is the size of a message that is answered with 1008 rather than
	// 1009, in bytes.
	maxMessage = 1 << 10
)

// readBuffer is the size of the memory for what is read, in bytes: more than a client
// has to send at once.
const readBuffer = 2 << 10

// Listen begins to read, until the connection is over. p reads if it can; else a
// goroutine does.
func (c *Conn) Listen(p *Poller) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listening = true
	if c.dead {
		c.owner.Over()
		return
	}
	early := c.partial
	c.partial = nil
	c.count(len(early))
	c.receive(early)
	if c.dead || c.fd >= 0 && p.add(c) {
		return
	}
	go c.read()
}

// read reads until the connection is over. It is for systems without a poller, and for
// connections without a descriptor.
func (c *Conn) read() {
	buf := make([]byte, readBuffer/8)
	for over := false; !over; {
		c.mu.Lock()
		source := c.source()
		c.mu.Unlock()
		n, err := source.Read(buf)
		c.mu.Lock()
		c.receiveFrom(source, buf[:n], err)
		c.answer()
		over = c.dead
		c.mu.Unlock()
	}
}

// readReady reads what there is, for the poller. buf is the poller's. last means that
// the end of the stream may follow.
func (c *Conn) readReady(buf []byte, last bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readAll(buf, last)
}

// readAll is readReady. The connection is locked.
func (c *Conn) readAll(buf []byte, last bool) {
	for !c.dead {
		source := c.source()
		var n int
		var err error
		if source == c.tls {
			n, err = c.tls.Read(buf)
		} else {
			n, err = attemptRead(int(c.fd), buf)
		}
		if err == errNothing {
			c.receiveFrom(source, nil, nil)
			break
		}
		c.receiveFrom(source, buf[:n], err)
		if n < len(buf) && !last && source != c.tls {
			break // the poller reports what comes later
		}
	}
	c.answer()
}

// source returns what is read next: TLS, or what the network carries. After the close
// frame, nothing needs to be understood. The connection is locked.
func (c *Conn) source() net.Conn {
	if c.seals() && !c.closed {
		return c.tls
	}
	return c.wire
}

// receiveFrom handles what was read from a source, and the error. The connection is
// locked.
func (c *Conn) receiveFrom(source net.Conn, b []byte, err error) {
	if source == c.tls {
		c.count(c.beneath.used())
	} else {
		c.count(len(b))
	}
	c.receive(b)
	if err != nil {
		c.answer() // TLS has a last word
		c.Shut(Left)
	}
}

// count counts bytes that the network has carried. With TLS, these are more than a frame
// has, and also new keys, which cost much. The connection is locked.
func (c *Conn) count(n int) {
	if n == 0 || c.dead {
		return
	}
	c.Unanswered.Store(0) // anything is a sign of life
	if now := c.owner.Second(); !c.closed && now-c.since >= inboundSeconds {
		c.since, c.received = now, 0
	}
	c.received += uint32(n)
	switch {
	case c.closed && c.received > maxAfterClose:
		c.Shut(Left)
	case !c.closed && c.received > maxInbound:
		c.goodbye(PolicyViolation, "this socket only listens", Inbound)
	}
}

// receive handles what was read. The connection is locked.
func (c *Conn) receive(b []byte) {
	if c.closed || len(b) == 0 {
		return
	}
	if len(c.partial) > 0 {
		b = append(c.partial, b...)
		c.partial = nil
	}
	for !c.closed {
		f, rest, ok, err := cutFrame(b)
		switch {
		case err != nil:
			c.goodbye(ProtocolError, "", Protocol)
		case ok:
			c.handle(f)
			b = rest
		default:
			if len(b) > 0 {
				c.partial = append([]byte(nil), b...)
			}
			return
		}
	}
}

// handle handles one frame. A viewer has nothing to say, so any data ends the
// connection. The connection is locked.
func (c *Conn) handle(f inbound) {
	switch f.opcode {
	case opContinuation:
		c.goodbye(ProtocolError, "", Protocol) // of nothing
	case opText, opBinary:
		if f.size > maxMessage {
			c.goodbye(MessageTooBig, "", TooBig)
			return
		}
		c.goodbye(PolicyViolation, "this socket only listens", Data)
	case opPing:
		c.pong(f)
	case opClose:
		c.leave(f)
	}
}

// pong answers a ping, unless the answers that wait take too much memory already.
func (c *Conn) pong(f inbound) {
	if c.busy && c.waiting != nil && len(c.waiting.queue)+2+len(f.payload) > maxQueue {
		c.owner.Skip()
		return
	}
	c.Queue(controlFrame(opPong, f.unmasked()))
}

// leave answers a close frame with its code.
func (c *Conn) leave(f inbound) {
	payload := f.unmasked()
	switch {
	case len(payload) == 0:
		c.setReason(Left)
		c.sendClose(controlFrame(opClose, nil))
	case len(payload) == 1, !Code(binary.BigEndian.Uint16(payload)).sendable():
		c.goodbye(ProtocolError, "", Protocol)
	default:
		c.goodbye(Code(binary.BigEndian.Uint16(payload)), "", Left)
	}
}
