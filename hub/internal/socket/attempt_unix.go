//go:build unix

package socket

import (
	"io"
	"net"
	"syscall"
)

// descriptor returns the file descriptor of nc for attempts, or -1. Only plain types
// have one: a type that embeds one may have its own Write. It may be used while nc is
// not closed, and not during a Write of nc that waits.
func descriptor(nc net.Conn) int {
	var sc syscall.Conn
	switch nc := nc.(type) {
	case *net.TCPConn:
		sc = nc
	case *net.UnixConn:
		sc = nc
	default:
		return -1
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return -1
	}
	fd := -1
	_ = raw.Control(func(n uintptr) { fd = int(n) }) // fails if nc is closed
	return fd
}

// attemptWrite writes what the socket takes of b now, which may be nothing.
func attemptWrite(fd int, b []byte) (int, error) {
	for {
		n, err := writeNow(fd, b)
		switch err {
		case nil:
			return n, nil
		case syscall.EINTR:
		case syscall.EAGAIN:
			return 0, nil
		default:
			return 0, err
		}
	}
}

// errNothing is the error of attemptRead when there is nothing to read. crypto/tls takes
// it for a pause.
const errNothing = syscall.EAGAIN

// attemptRead reads what there is now. The error is errNothing if there is nothing, and
// io.EOF at the end of the stream.
func attemptRead(fd int, b []byte) (int, error) {
	for {
		n, err := readNow(fd, b)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return 0, err
		case n == 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
}
