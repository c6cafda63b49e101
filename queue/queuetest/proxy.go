package queuetest

import (
	"context"
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

	mu      sync.Mutex        // guards the rest
	conns   map[net.Conn]bool // both ends; true for the client's
	taken   int               // connections so far
	dead    int               // the first dead connections transfer nothing
	held    bool              // one of these has something to move
	stalled bool              // nothing moves at all
	closed  bool
	moved   *sync.Cond // signalled when one of these changes
}

// NewProxy starts a proxy to the test's redis-server, closed with the test.
func NewProxy(t testing.TB) *Proxy {
	t.Helper()
	Redis(t) // starts it
	return ProxyTo(t, socket, filepath.Join(t.TempDir(), "p"))
}

// ProxyTo starts a proxy at a unix socket to a server at another one.
func ProxyTo(t testing.TB, server, addr string) *Proxy {
	t.Helper()
	p := &Proxy{Addr: addr, server: server, conns: map[net.Conn]bool{}}
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
			p.conns[client], p.conns[server] = true, false
			p.taken++
			n := p.taken
			p.mu.Unlock()
			running.Go(func() { p.pump(n, client, server, false) })
			running.Go(func() { p.pump(n, server, client, true) })
		}
	})
	t.Cleanup(func() {
		p.listen.Close()
		p.set(func() { p.closed = true })
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
func (p *Proxy) Stall() { p.set(func() { p.stalled = true }) }

// Resume ends the stall.
func (p *Proxy) Resume() { p.set(func() { p.stalled = false }) }

// Deafen stalls the open connections until Release. New ones work.
func (p *Proxy) Deafen() { p.set(func() { p.dead, p.held = p.taken, false }) }

// Release resumes the connections that Deafen has stalled.
func (p *Proxy) Release() { p.set(func() { p.dead = 0 }) }

// Abandon waits until a connection that Deafen has stalled has something to move, or
// until the context ends. Then it closes the client's end of every connection. The
// client gets no reply, and its requests reach the server at Release. It reports
// whether there was something.
func (p *Proxy) Abandon(ctx context.Context) bool {
	defer context.AfterFunc(ctx, func() { p.set(func() {}) })()
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.held && ctx.Err() == nil {
		p.moved.Wait()
	}
	if !p.held {
		return false
	}
	for c, client := range p.conns {
		if client {
			c.Close()
		}
	}
	p.held = false
	return true
}

func (p *Proxy) set(change func()) {
	p.mu.Lock()
	change()
	p.mu.Unlock()
	p.moved.Broadcast()
}

// await returns once connection n may move.
func (p *Proxy) await(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n <= p.dead {
		p.held = true
		p.moved.Broadcast()
	}
	for (p.stalled || n <= p.dead) && !p.closed {
		p.moved.Wait()
	}
}

// Swallow drops the next n replies after the server has done the work. The client sees
// its connection break.
func (p *Proxy) Swallow(n int) { p.swallow.Store(int32(n)) }

// pump copies one direction of connection n; replies go to the client.
func (p *Proxy) pump(n int, from, to net.Conn, replies bool) {
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
		read, err := from.Read(buf)
		if err != nil {
			return
		}
		p.await(n)
		if replies && p.swallow.Load() > 0 {
			p.swallow.Add(-1)
			return
		}
		if _, err := to.Write(buf[:read]); err != nil {
			return
		}
	}
}
