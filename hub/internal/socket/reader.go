package socket

import (
	"bytes"
	"context"
	"errors"
	"net"
	"time"

	"github.com/coder/websocket"
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
	early := c.unread
	c.unread = nil
	c.count(len(early))
	c.receive(early)
	if c.dead || !c.library && c.fd >= 0 && p.add(c) {
		return
	}
	go c.read()
}

// read reads until the connection is over. It is for systems without a poller, for
// connections without a descriptor, and for those that the library reads.
func (c *Conn) read() {
	buf := make([]byte, readBuffer/8)
	for {
		c.mu.Lock()
		source, library, over := c.source(), c.library && !c.closed, c.dead
		c.mu.Unlock()
		if over {
			return
		}
		if library {
			c.readByLibrary()
			continue
		}
		n, err := source.Read(buf)
		c.mu.Lock()
		c.receiveFrom(source, buf[:n], err)
		c.answer()
		c.mu.Unlock()
	}
}

// readByLibrary lets the library read. It answers pings and close frames. A viewer has
// nothing to send, so the end of the first message ends the connection.
func (c *Conn) readByLibrary() {
	lib, err := c.newReader()
	if err != nil {
		c.Kill(Protocol) // its handshake is always in order
		return
	}
	_, _, err = lib.Read(context.Background())
	defer lib.CloseNow() // frees what it holds; the socket may still send the close frame
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err == nil:
		c.goodbye(websocket.StatusPolicyViolation, "this socket only listens", Data)
	case websocket.CloseStatus(err) != -1:
		c.goodbye(websocket.StatusNormalClosure, "", Left) // the library has answered already
	case errors.Is(err, websocket.ErrMessageTooBig):
		c.goodbye(websocket.StatusMessageTooBig, "", TooBig) // and here
	default:
		c.goodbye(websocket.StatusProtocolError, "", Protocol) // and here, for some errors
	}
}

// readReady reads what there is, for the poller. buf is the poller's. last means that
// the end of the stream may follow.
func (c *Conn) readReady(buf []byte, last bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.poller != nil { // else the library reads by now
		c.readAll(buf, last)
	}
}

// readAll is readReady. It leaves the poller when the library is to read. The connection
// is locked.
func (c *Conn) readAll(buf []byte, last bool) {
	for !c.dead && !c.library {
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
	if c.library && !c.dead {
		c.poller.release(c)
		go c.read()
	}
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
	c.receive(b)
	c.account(source, len(b), err)
}

// account counts n bytes that were read from a source, and handles the error. The
// connection is locked.
func (c *Conn) account(source net.Conn, n int, err error) {
	if source == c.tls {
		n = c.beneath.used()
	}
	c.count(n)
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
		c.goodbye(websocket.StatusPolicyViolation, "this socket only listens", Inbound)
	}
}

// receive handles what was read. A pong is a sign of life, and nothing more; a viewer
// usually sends only those. All else is for the library. The connection is locked.
func (c *Conn) receive(b []byte) {
	if c.closed || c.library || len(b) == 0 {
		return
	}
	rest, more := cutPongs(append(c.unread, b...))
	c.unread = nil
	if len(rest) > 0 {
		c.unread = bytes.Clone(rest)
		c.library = !more
	}
}
