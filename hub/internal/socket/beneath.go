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
	held   func()     // of Hold; nil: nothing is held
	taken  bool       // by a Conn
	fd     int32      // for reads that do not wait; -1: they wait
	read   int        // bytes, since used
	full   bool       // maxSealed was reached
	sealed *[]byte    // from sealedBytes; nil: nothing
}

// sealedBytes holds the memory of sealed bytes between two writes.
var sealedBytes = sync.Pool{New: func() any { return new([]byte) }}

// NetConn returns the connection that TLS runs on.
func (b *Beneath) NetConn() net.Conn { return b.Conn }

// Hold keeps release, and calls it once before TLS next reads, writes or closes. So
// what TLS computes between a read and its answer can be limited. Only the
// handshake uses it: a Conn that has taken over calls nothing but Close.
func (b *Beneath) Hold(release func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held = release
}

// Holds reports whether Hold keeps something.
func (b *Beneath) Holds() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.held != nil
}

// release calls what Hold keeps.
func (b *Beneath) release() {
	b.mu.Lock()
	held := b.held
	b.held = nil
	b.mu.Unlock()
	if held != nil {
		held()
	}
}

// Close closes the connection.
func (b *Beneath) Close() error {
	b.release()
	return b.Conn.Close()
}

// maxSealed limits the sealed bytes that wait, in bytes. A client that asks for new keys
// and does not read causes more and more of them.
const maxSealed = 2 * recordSize

var errBeneath = errors.New("the client causes too many answers of TLS")

// Write takes sealed bytes from TLS. Once a Conn has taken over, it fails only at
// maxSealed. Reads then fail as well, because TLS reports such an error late.
func (b *Beneath) Write(p []byte) (int, error) {
	b.mu.Lock()
	if !b.taken {
		b.mu.Unlock()
		b.release()
		return b.Conn.Write(p)
	}
	defer b.mu.Unlock()
	if b.sealed == nil {
		b.sealed = sealedBytes.Get().(*[]byte)
	}
	if len(*b.sealed)+len(p) > maxSealed {
		b.full = true
		return 0, errBeneath
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

// readFrom makes reads return errNothing instead of waiting, or wait again if fd is -1.
func (b *Beneath) readFrom(fd int32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fd = fd
}

// used returns how many bytes TLS has read since the last call. Of those, TLS may keep
// records to itself, such as new keys.
func (b *Beneath) used() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := b.read
	b.read = 0
	return n
}

// Read reads for TLS.
func (b *Beneath) Read(p []byte) (n int, err error) {
	b.mu.Lock()
	taken, fd, full := b.taken, b.fd, b.full
	b.mu.Unlock()
	switch {
	case !taken:
		b.release()
		return b.Conn.Read(p)
	case full:
		return 0, errBeneath
	case fd >= 0:
		n, err = attemptRead(int(fd), p)
	default:
		n, err = b.Conn.Read(p)
	}
	b.mu.Lock()
	b.read += n
	b.mu.Unlock()
	return n, err
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
