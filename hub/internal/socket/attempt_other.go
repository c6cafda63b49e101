//go:build !unix

package socket

import "net"

// attempt is not available on this system: every write goes through Flush.
type attempt struct{}

func (*attempt) init(net.Conn) {}

func (*attempt) possible() bool { return false }

func (*attempt) write([]byte) (int, error) { return 0, nil }
