package socket

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/coder/websocket"
)

// A client may send maxInbound bytes within inboundSeconds.
const (
	maxInbound     = 32 << 10
	inboundSeconds = 60
)

// closeWait is how long a client has to answer a close frame.
const closeWait = 5 * time.Second

var errInbound = errors.New("the client sends too much")

// reader is the read side of a Conn. It belongs to the goroutine that reads.
type reader struct {
	early            []byte // was read ahead of the library
	pongs            [2 * pongSize]byte
	lost             bool   // the network gave an error
	overInboundLimit bool   // the client has sent more than maxInbound
	since            uint32 // the second from which received counts
	received         uint32 // bytes
}

// The answer to a ping of ours: this head, and a mask with nothing to mask.
const (
	pongHead = "\x8a\x80"
	pongSize = len(pongHead) + 4
)

// Listen reads until the connection is over, and frees what it holds.
func (c *Conn) Listen() {
	c.idle()
	c.listen()
	c.Kill(Left)
	_ = c.lib.CloseNow() // the socket is closed already; this frees the library's part
}

// idle reads until the client sends something other than pongs. A viewer usually sends
// only pongs. Blocked here, a goroutine needs half the stack of the library's reader.
func (c *Conn) idle() {
	for len(c.early) == 0 && !c.overInboundLimit {
		n, err := c.receive(c.pongs[:])
		c.count(n)
		if !onlyPongs(c.pongs[:n]) {
			c.early = bytes.Clone(c.pongs[:n])
		}
		if err != nil {
			return // the library's reader meets it again
		}
	}
}

// receive reads. TLS may have something to answer to what it has read.
func (c *Conn) receive(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.answer()
	return n, err
}

func onlyPongs(b []byte) bool {
	for ; len(b) >= pongSize; b = b[pongSize:] {
		if string(b[:len(pongHead)]) != pongHead {
			return false
		}
	}
	return len(b) == 0
}

// count counts n received bytes. Anything received is a sign of life, up to the limit.
func (c *Conn) count(n int) {
	if n == 0 {
		return
	}
	c.Unanswered.Store(0)
	if now := c.owner.Second(); now-c.since >= inboundSeconds {
		c.since, c.received = now, 0
	}
	if c.received += uint32(n); c.received > maxInbound {
		c.overInboundLimit = true
	}
}

// listen returns when nothing more can be sent or received. A viewer has nothing to
// send, so the end of the first Read ends the connection.
func (c *Conn) listen() {
	_, _, err := c.lib.Read(context.Background())
	switch {
	case c.lost:
		return
	case c.overInboundLimit:
		c.Goodbye(websocket.StatusPolicyViolation, "this socket only listens", Inbound)
	case err == nil:
		c.Goodbye(websocket.StatusPolicyViolation, "this socket only listens", Data)
	case websocket.CloseStatus(err) != -1:
		c.Goodbye(websocket.StatusNormalClosure, "", Left) // the library has answered already
	case errors.Is(err, websocket.ErrMessageTooBig):
		c.Goodbye(websocket.StatusMessageTooBig, "", TooBig) // and here
	default:
		c.Goodbye(websocket.StatusProtocolError, "", Protocol) // and here, for some errors
	}
	// The close frame may still wait for its turn. A socket that is closed with bytes
	// unread is reset, which would lose the frame. So the client closes first.
	_ = c.SetReadDeadline(time.Now().Add(closeWait))
	_, _ = io.CopyN(io.Discard, c.Conn, 1<<20)
}

// Read reads for the library.
func (l *library) Read(p []byte) (int, error) {
	c := (*Conn)(l)
	if len(c.early) > 0 {
		n := copy(p, c.early)
		if c.early = c.early[n:]; len(c.early) == 0 {
			c.early = nil
		}
		return n, nil
	}
	if c.overInboundLimit {
		return 0, errInbound
	}
	n, err := c.receive(p)
	c.count(n)
	if err != nil {
		c.lost = true
	}
	return n, err
}
