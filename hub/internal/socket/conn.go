package socket

import (
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// Owner is the connection's owner. Its methods must not wait. The connection is locked
// when they are called.
type Owner interface {
	// Park starts a goroutine that calls [Conn.Flush]: the socket is full.
	Park()
	// Skip counts a control frame that is dropped: the socket is full.
	Skip()
	// Over starts a goroutine that forgets the connection: it is closed. It is called
	// once, and not before [Conn.Listen].
	Over()
	// WriteTimeout is how long a socket may take no byte.
	WriteTimeout() time.Duration
	// Second is a clock that counts seconds.
	Second() uint32
}

// Conn is one WebSocket, from its handshake to its close. Methods that need the
// lock have a comment that names it. Every watcher has one, so it is kept small: what
// only some need at times is in pending and in unread.
type Conn struct {
	wire net.Conn // what the network carries; sealed with TLS
	sealer
	owner   Owner
	waiting *pending // nil: nothing waits to be written
	unread  []byte   // was read, and is the library's, or the beginning of a pong
	closing *time.Timer
	reason  string // of the close, the first that was given
	poller  *Poller

	// Unanswered counts the pings since the client last sent something. The owner
	// adds, and the reader sets it to zero.
	Unanswered atomic.Int32
	since      uint32 // the second from which received counts
	received   uint32 // bytes; after the close frame, all of them
	place      place  // in the poller

	mu        sync.Mutex // guards all of the connection
	fd        int32      // for attempts; -1: there are none
	busy      bool       // Flush writes
	listening bool       // Listen was called
	library   bool       // the library reads: the client has sent something other than pongs
	closed    bool       // a close frame was written or queued, or the socket is closed
	ended     bool       // TLS has sealed its last record
	dead      bool       // the socket is closed
}

// The reasons for a close that a Conn gives itself.
const (
	Left     = "left"     // the client closed it, or the network lost it
	Stalled  = "stalled"  // took no byte for Owner.WriteTimeout
	Data     = "data"     // sent a message
	TooBig   = "toobig"   // sent a message beyond the limit
	Inbound  = "inbound"  // sent more than maxInbound
	Protocol = "protocol" // sent what is not WebSocket
)

// Lock locks the connection.
func (c *Conn) Lock() { c.mu.Lock() }

// Unlock unlocks the connection.
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
	return c.reason
}

// Goodbye sends a close frame, once. The client has closeWait to answer and to close.
func (c *Conn) Goodbye(code websocket.StatusCode, text, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.goodbye(code, text, reason)
}

// goodbye is Goodbye. The connection is locked.
func (c *Conn) goodbye(code websocket.StatusCode, text, reason string) {
	c.setReason(reason)
	if !c.closed {
		c.sendClose(closeFrame(code, text))
	}
}

// sendClose sends the last frame. A socket that is closed with bytes unread is reset,
// which would lose the frame. So the client closes first. The connection is locked.
func (c *Conn) sendClose(frame []byte) {
	c.closing = time.AfterFunc(closeWait, func() { c.Kill(Left) })
	c.received = 0
	c.Queue(frame)
	c.closed = true
	c.finish()
}

// Kill closes the socket at once.
func (c *Conn) Kill(reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Shut(reason)
}

// Shut closes the socket. Every read and write that waits returns. The connection is
// locked.
func (c *Conn) Shut(reason string) {
	c.setReason(reason)
	c.closed = true
	if c.dead {
		return
	}
	c.dead = true
	c.poller.remove(c.place)
	_ = below(c.wire).Close() // a TLS goodbye could wait
	if c.closing != nil {
		c.closing.Stop()
	}
	c.unread, c.waiting = nil, nil
	if c.listening {
		c.owner.Over()
	}
}

func (c *Conn) setReason(reason string) {
	if c.reason == "" {
		c.reason = reason
	}
}
