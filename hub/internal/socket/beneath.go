package socket

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"
)

// recordSize is how much of a frame is sealed at once, in bytes: the most that a TLS
// record holds. A parked connection keeps at most one such piece sealed.
const recordSize = 16 << 10

// Beneath is a connection that TLS runs on. It passes everything through until a [Conn]
// takes over. From then on TLS writes into memory, which the Conn writes to the socket
// by attempts. So neither a write nor TLS itself waits, and no sealed record is lost.
type Beneath struct {
	net.Conn

	mu     sync.Mutex // guards what follows; nothing waits while it is held
	taken  bool       // by a Conn
	fd     int32      // for reads that do not wait; -1: they wait
	sealed *[]byte    // from sealedBytes; nil: nothing
}

// sealedBytes holds the memory of sealed bytes between two writes.
var sealedBytes = sync.Pool{New: func() any { return new([]byte) }}

// NetConn returns the connection that TLS runs on.
func (b *Beneath) NetConn() net.Conn { return b.Conn }

// maxSealed limits the sealed bytes that wait, in bytes. A client that asks for new keys
// and does not read causes more and more of them.
const maxSealed = 2 * recordSize

// Write takes sealed bytes from TLS. Once a Conn has taken over, it fails only at
// maxSealed, and closes the connection.
func (b *Beneath) Write(p []byte) (int, error) {
	b.mu.Lock()
	if !b.taken {
		b.mu.Unlock()
		return b.Conn.Write(p)
	}
	defer b.mu.Unlock()
	if b.sealed == nil {
		b.sealed = sealedBytes.Get().(*[]byte)
	}
	if len(*b.sealed)+len(p) > maxSealed {
		_ = b.Conn.Close()
		return 0, errors.New("the client takes no answers of TLS")
	}
	*b.sealed = append(*b.sealed, p...)
	return len(p), nil
}

// SetWriteDeadline is for TLS before a Conn takes over. Afterwards TLS would end writes
// that are not its own.
func (b *Beneath) SetWriteDeadline(t time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.taken {
		return nil
	}
	return b.Conn.SetWriteDeadline(t)
}

// take makes the sealed bytes those of a Conn.
func (b *Beneath) take() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken = true
	b.fd = -1
}

// stopWaiting makes reads return errNothing instead of waiting.
func (b *Beneath) stopWaiting(fd int32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fd = fd
}

// Read reads for TLS.
func (b *Beneath) Read(p []byte) (int, error) {
	b.mu.Lock()
	attempts, fd := b.taken && b.fd >= 0, b.fd
	b.mu.Unlock()
	if attempts {
		return attemptRead(int(fd), p)
	}
	return b.Conn.Read(p)
}

// next returns the bytes that were sealed since the last call. They are given back with
// recycle.
func (b *Beneath) next() *[]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.sealed
	b.sealed = nil
	return p
}

// waits reports whether next would return something.
func (b *Beneath) waits() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sealed != nil
}

// recycle gives the memory back that next has returned.
func recycle(p *[]byte) {
	*p = (*p)[:0]
	sealedBytes.Put(p)
}

// sealer encrypts what a Conn writes. The zero value leaves it as it is.
type sealer struct {
	tls     *tls.Conn
	beneath *Beneath
}

// newSealer returns the sealer of a connection, and what its output is written to.
func newSealer(nc net.Conn) (sealer, net.Conn) {
	t, ok := nc.(*tls.Conn)
	if !ok {
		return sealer{}, nc
	}
	b, ok := t.NetConn().(*Beneath)
	if !ok {
		return sealer{}, nc // its writes may wait
	}
	b.take()
	return sealer{t, b}, b.Conn
}

// seals reports whether anything is encrypted.
func (s sealer) seals() bool { return s.beneath != nil }
