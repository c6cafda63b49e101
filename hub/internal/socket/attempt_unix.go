//go:build unix

package socket

import (
	"net"
	"syscall"
)

// attempt writes to a socket without waiting for it. It is not safe for concurrent
// use, nor during a Write that waits: that one holds the socket's write lock.
type attempt struct {
	raw syscall.RawConn
	do  func(fd uintptr) bool // once, bound one time: a closure per write would be an allocation
	out []byte
	n   int
	err error
}

// init enables write attempts if nc is a plain type. A type that embeds one may have
// its own Write.
func (a *attempt) init(nc net.Conn) {
	var sc syscall.Conn
	switch nc := nc.(type) {
	case *net.TCPConn:
		sc = nc
	case *net.UnixConn:
		sc = nc
	default:
		return
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return
	}
	a.raw = raw
	a.do = a.once
}

func (a *attempt) possible() bool { return a.raw != nil }

// write writes what the socket takes of b now, which may be nothing.
func (a *attempt) write(b []byte) (int, error) {
	a.out = b
	err := a.raw.Write(a.do)
	a.out = nil
	if err != nil {
		return 0, err
	}
	if a.err == syscall.EAGAIN {
		return 0, nil
	}
	return max(a.n, 0), a.err
}

func (a *attempt) once(fd uintptr) bool {
	for {
		a.n, a.err = writeNow(fd, a.out)
		if a.err != syscall.EINTR {
			return true
		}
	}
}
