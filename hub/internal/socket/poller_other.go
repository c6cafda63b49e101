//go:build !linux

package socket

// Poller is not available on this system: each connection has a goroutine that reads.
type Poller struct{}

// place is where a connection is in a poller.
type place struct{}

func (*Poller) add(*Conn) bool { return false }

func (*Poller) remove(place) {}

func (*Poller) release(*Conn) {}

// Close does nothing.
func (*Poller) Close() {}
