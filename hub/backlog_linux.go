package hub

import (
	"net"
	"syscall"
)

// tcpNotsentLowat is TCP_NOTSENT_LOWAT, which package syscall does not name.
const tcpNotsentLowat = 25

// backlog is how much may wait in the kernel to be sent, in bytes.
const backlog = 4 << 10

// boundBacklog makes the socket take no more while that much waits: frames in
// the kernel grow old, and nothing can replace them. What is under way does not
// count, so a long frame is not slowed down; with a send buffer of 16 KiB in its
// place, one of 256 KiB took 45 ms on the loopback interface instead of 2.
func boundBacklog(nc net.Conn) {
	tcp, ok := below(nc).(*net.TCPConn)
	if !ok {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return // the socket is gone, as the first read or write will show
	}
	_ = raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpNotsentLowat, backlog)
	})
}
