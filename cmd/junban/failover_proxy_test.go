//go:build unix

package main

import (
	"bytes"
	"net"
	"sync"
	"testing"
)

// redisProxy is a TCP proxy of a Redis server. It can stall the traffic of
// replicas, of Sentinels or of all other clients without closing connections.
type redisProxy struct {
	addr   string
	listen net.Listener
	target string

	mu     sync.Mutex // guards the rest
	moved  *sync.Cond
	held   map[string]bool // kinds of clients: "replica", "sentinel", "other"
	closed bool
	conns  []net.Conn
}

func newRedisProxy(t *testing.T, target string) *redisProxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &redisProxy{addr: l.Addr().String(), listen: l, target: target, held: map[string]bool{}}
	g.moved = sync.NewCond(&g.mu)
	var running sync.WaitGroup
	running.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", target)
			if err != nil {
				client.Close()
				continue
			}
			g.mu.Lock()
			g.conns = append(g.conns, client, server)
			g.mu.Unlock()
			kind := &kindOf{name: "other"}
			running.Go(func() { g.pump(client, server, kind, true) })
			running.Go(func() { g.pump(server, client, kind, false) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		g.mu.Lock()
		g.closed = true
		for _, c := range g.conns {
			c.Close()
		}
		g.mu.Unlock()
		g.moved.Broadcast()
		running.Wait()
	})
	return g
}

// kindOf is the kind of a client, detected from its commands.
type kindOf struct {
	mu   sync.Mutex
	name string
}

func (k *kindOf) learn(sent []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch lower := bytes.ToLower(sent); {
	case k.name != "other":
	case bytes.Contains(lower, []byte("psync")), bytes.Contains(lower, []byte("replconf")):
		k.name = "replica"
	case bytes.Contains(lower, []byte("sentinel-")):
		k.name = "sentinel"
	}
}

func (k *kindOf) is() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.name
}

func (g *redisProxy) pump(from, to net.Conn, kind *kindOf, requests bool) {
	defer from.Close()
	defer to.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		if requests {
			kind.learn(buf[:n])
		}
		g.mu.Lock()
		for g.held[kind.is()] && !g.closed {
			g.moved.Wait()
		}
		g.mu.Unlock()
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// hold stalls the traffic of the given kinds of clients only.
func (g *redisProxy) hold(kinds ...string) {
	g.mu.Lock()
	g.held = map[string]bool{}
	for _, k := range kinds {
		g.held[k] = true
	}
	g.mu.Unlock()
	g.moved.Broadcast()
}
