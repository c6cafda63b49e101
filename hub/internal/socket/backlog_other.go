//go:build !linux

package socket

import (
	"net"
	"time"
)

// backlog is the size of the send buffer, in bytes.
const backlog = 16 << 10

// BoundBacklog bounds what waits in the kernel: frames there grow old, and
// nothing can replace them.
func BoundBacklog(nc net.Conn) {
	if tcp, ok := below(nc).(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(backlog) // refused: served all the same, with an older backlog
	}
}

// BoundSilence does nothing: this system has no portable option for it.
func BoundSilence(net.Conn, time.Duration) {}
