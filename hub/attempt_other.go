//go:build !unix

package hub

import "net"

// attempt is not to be had on this system; every write goes through flush.
type attempt struct{}

func newAttempt(net.Conn) *attempt { return nil }

func (*attempt) write([]byte) (int, error) { return 0, nil }
