package queuetest

import (
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// Proxy stands between a client and the redis-server of the test and plays a
// bad network. It is safe for concurrent use.
type Proxy struct {
	Addr string // unix socket to dial

	server string
	listen net.Listener

	swallow atomic.Int32 // replies still to be swallowed, each with its connection
	stalled atomic.Bool

	mu    sync.Mutex
	conns map[net.Conn]bool // guarded by mu; both ends
	moved *sync.Cond        // signalled when stalled ends
}

// NewProxy starts a proxy to the test's redis-server, closed with the test.
func NewProxy(t testing.TB) *Proxy {
	t.Helper()
	Redis(t) // starts it
	p := &Proxy{Addr: filepath.Join(t.TempDir(), "p"), server: socket, conns: map[net.Conn]bool{}}
	p.moved = sync.NewCond(&p.mu)
	var err error
	if p.listen, err = net.Listen("unix", p.Addr); err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			client, err := p.listen.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("unix", p.server)
			if err != nil {
				client.Close()
				continue
			}
			p.mu.Lock()
			p.conns[client], p.conns[server] = true, true
			p.mu.Unlock()
			running.Go(func() { p.pump(client, server, false) })
			running.Go(func() { p.pump(server, client, true) })
		}
	})
	t.Cleanup(func() {
		p.listen.Close()
		p.Resume()
		p.Cut()
		running.Wait()
	})
	return p
}

// Cut closes every connection; new ones are taken.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close()
	}
}

// Stall keeps every byte back, both ways, until Resume: connections stay open
// and look healthy.
func (p *Proxy) Stall() { p.stalled.Store(true) }

// Resume lets the bytes go.
func (p *Proxy) Resume() {
	p.mu.Lock()
	p.stalled.Store(false)
	p.mu.Unlock()
	p.moved.Broadcast()
}

// Swallow lets the next n replies get lost after the server has done the work:
// the client sees its connection break.
func (p *Proxy) Swallow(n int) { p.swallow.Store(int32(n)) }

// pump copies one direction; replies are those that go to the client.
func (p *Proxy) pump(from, to net.Conn, replies bool) {
	defer func() {
		from.Close()
		to.Close()
		p.mu.Lock()
		delete(p.conns, from)
		delete(p.conns, to)
		p.mu.Unlock()
	}()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		p.mu.Lock()
		for p.stalled.Load() {
			p.moved.Wait()
		}
		p.mu.Unlock()
		if replies && p.swallow.Load() > 0 {
			p.swallow.Add(-1)
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}
