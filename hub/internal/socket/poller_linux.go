package socket

import (
	"os"
	"sync"
	"syscall"
)

// Poller reads the connections of a hub when there is something to read, so that an
// idle one needs no goroutine. One goroutine does it, as a viewer sends hardly anything:
// reading costs less than to start a goroutine for it. The goroutine itself waits as
// every other, for the descriptor of its epoll.
//
// The zero value is ready. It starts with the first connection, and ends with Close.
type Poller struct {
	mu    sync.Mutex // guards what follows; taken after that of a Conn
	epoll *os.File   // nil: not started
	fd    int        // of epoll
	conns []slot
	free  []uint32 // indexes in conns
	over  chan struct{}
}

// place is where a connection is in a poller. The number makes it differ from earlier
// ones of the same index, for which events may still arrive.
type place struct {
	index  uint32
	number uint32
}

type slot struct {
	conn   *Conn // nil: free
	number uint32
}

// polled are the events of a connection: each arrival is reported once.
const polled = syscall.EPOLLIN | syscall.EPOLLRDHUP | 1<<31 // EPOLLET, which package syscall has as a negative number

// add reads the connection from now on. It reports whether the system can. The
// connection is locked.
func (p *Poller) add(c *Conn) bool {
	at, fd, ok := p.reserve(c)
	if !ok {
		return false
	}
	e := syscall.EpollEvent{Events: polled, Fd: int32(at.index), Pad: int32(at.number)}
	if err := syscall.EpollCtl(fd, syscall.EPOLL_CTL_ADD, int(c.fd), &e); err != nil {
		p.remove(at)
		return false
	}
	c.poller, c.place = p, at
	if c.seals() {
		c.beneath.readFrom(c.fd)
		c.readAll(make([]byte, readBuffer), true) // TLS may have read ahead
	}
	return true
}

// reserve finds a place for the connection, and starts the poller if it is the first.
func (p *Poller) reserve(c *Conn) (at place, fd int, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.epoll == nil {
		if err := p.start(); err != nil {
			return place{}, 0, false
		}
	}
	if n := len(p.free); n > 0 {
		at.index = p.free[n-1]
		p.free = p.free[:n-1]
	} else {
		at.index = uint32(len(p.conns))
		p.conns = append(p.conns, slot{})
	}
	s := &p.conns[at.index]
	s.conn = c
	at.number = s.number
	return at, p.fd, true
}

// remove frees the place. The kernel forgets the connection when it is closed. A nil
// poller has no places.
func (p *Poller) remove(at place) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &p.conns[at.index]
	s.conn = nil
	s.number++
	p.free = append(p.free, at.index)
}

// release reads the connection no longer. Its reads wait from now on. The connection is
// locked.
func (p *Poller) release(c *Conn) {
	p.mu.Lock()
	fd := p.fd
	p.mu.Unlock()
	_ = syscall.EpollCtl(fd, syscall.EPOLL_CTL_DEL, int(c.fd), nil) // else events of a free place arrive
	p.remove(c.place)
	c.poller = nil
	if c.seals() {
		c.beneath.readFrom(-1)
	}
}

// find returns the connection at a place, or nil if it is gone.
func (p *Poller) find(at place) *Conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.conns[at.index]; s.number == at.number {
		return s.conn
	}
	return nil
}

// start begins to wait. p.mu is held.
func (p *Poller) start() error {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return err
	}
	if err := syscall.SetNonblock(fd, true); err != nil { // else os.File would not wait for it
		_ = syscall.Close(fd)
		return err
	}
	p.epoll, p.fd, p.over = os.NewFile(uintptr(fd), "epoll"), fd, make(chan struct{})
	raw, err := p.epoll.SyscallConn()
	if err != nil {
		return err
	}
	go p.run(raw)
	return nil
}

// Close ends the poller. Its connections are closed already.
func (p *Poller) Close() {
	p.mu.Lock()
	epoll := p.epoll
	p.mu.Unlock()
	if epoll != nil {
		_ = epoll.Close()
		<-p.over
	}
}

func (p *Poller) run(raw syscall.RawConn) {
	defer close(p.over)
	events, buf := make([]syscall.EpollEvent, 128), make([]byte, readBuffer)
	_ = raw.Read(func(fd uintptr) bool { // ends when the file is closed
		p.readReady(int(fd), events, buf)
		return false
	})
}

// readReady reads all connections that are ready.
func (p *Poller) readReady(fd int, events []syscall.EpollEvent, buf []byte) {
	for {
		n, err := syscall.EpollWait(fd, events, 0)
		if err == syscall.EINTR {
			continue
		}
		if n <= 0 {
			return
		}
		for _, e := range events[:n] {
			if c := p.find(place{uint32(e.Fd), uint32(e.Pad)}); c != nil {
				c.readReady(buf, e.Events&^syscall.EPOLLIN != 0)
			}
		}
	}
}
