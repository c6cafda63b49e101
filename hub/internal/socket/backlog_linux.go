package socket

import (
	"net"
	"syscall"
	"time"
)

// TCP_USER_TIMEOUT and TCP_NOTSENT_LOWAT, which package syscall does not name.
const (
	tcpUserTimeout  = 18
	tcpNotsentLowat = 25
)

// backlog is how much may wait in the kernel to be sent, in bytes.
const backlog = 4 << 10

// BoundBacklog limits the unsent bytes in the kernel. Frames there become old, and
// newer ones cannot replace them. Bytes in flight do not count, so a long frame is not
// slowed down. A send buffer of 16 KiB instead made a frame of 256 KiB take 45 ms on
// the loopback interface, not 2.
func BoundBacklog(nc net.Conn) {
	setTCP(nc, tcpNotsentLowat, backlog)
}

// BoundSilence makes the socket fail when bytes are unacknowledged, or the peer's
// window is closed, for longer than the limit. A stream of events has no pings: without
// the limit, a lost client is noticed after 15 minutes.
func BoundSilence(nc net.Conn, limit time.Duration) {
	setTCP(nc, tcpUserTimeout, int(limit.Milliseconds()))
}

// setTCP sets an option of the TCP socket beneath nc, if there is one. A kernel
// without the option serves all the same, with an older backlog.
func setTCP(nc net.Conn, option, value int) {
	tcp, ok := below(nc).(*net.TCPConn)
	if !ok {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return // the socket is gone, as the first read or write will show
	}
	_ = raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, option, value)
	})
}
