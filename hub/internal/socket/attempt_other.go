//go:build !unix

package socket

import (
	"errors"
	"net"
)

// Attempts are not available on this system: every write goes through Flush, and every
// connection has a goroutine that reads.

func descriptor(net.Conn) int { return -1 }

var errNothing = errors.New("nothing to read")

func attemptWrite(int, []byte) (int, error) { return 0, nil }

func attemptRead(int, []byte) (int, error) { return 0, errNothing }
