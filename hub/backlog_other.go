//go:build !linux

package hub

import (
	"net"
	"time"
)

// backlog is the size of the send buffer, in bytes.
const backlog = 16 << 10

// boundBacklog bounds what waits in the kernel: frames there grow old, and
// nothing can replace them.
func boundBacklog(nc net.Conn) {
	if tcp, ok := below(nc).(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(backlog) // refused: served all the same, with an older backlog
	}
}

// boundSilence does nothing: this system has no portable option for it.
func boundSilence(net.Conn, time.Duration) {}
