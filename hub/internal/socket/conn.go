package socket

import (
	"net"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// Owner is the connection's owner. Its methods must not wait.
type Owner interface {
	// Park starts a goroutine that calls [Conn.Flush]: the socket is full. The
	// connection is locked.
	Park()
	// Skip counts a control frame that is dropped: the socket is full. The
	// connection is locked.
	Skip()
	// WriteTimeout is how long a socket may take no byte.
	WriteTimeout() time.Duration
	// Second is a clock that counts seconds.
	Second() uint32
}

// Conn is one WebSocket, from its handshake to its close. Methods that need the
// lock have a comment that names it.
type Conn struct {
	net.Conn
	owner Owner
	lib   *websocket.Conn
	reader

	// Unanswered counts the pings since the client last sent something. The owner
	// adds, and the reader sets it to zero.
	Unanswered atomic.Int32
	writer     // last: near what the owner keeps for its deliveries
}

// library is a Conn as the WebSocket library uses it, to read and to write control
// frames.
type library Conn

// The reasons for a close that a Conn gives itself.
const (
	Left     = "left"     // the client closed it, or the network lost it
	Stalled  = "stalled"  // took no byte for Owner.WriteTimeout
	Data     = "data"     // sent a message
	TooBig   = "toobig"   // sent a message beyond the limit
	Inbound  = "inbound"  // sent more than maxInbound
	Protocol = "protocol" // sent what is not WebSocket
)
