package main

import (
	"container/list"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// prefixShares are the shares of all client connections that one network prefix
// may have, and of the TLS handshakes in a second. The IPv4 share allows for carrier-grade NAT. Shorter IPv6 prefixes
// get more, because more customers share them.
var prefixShares = []struct {
	v6      bool
	bits    int
	divisor int
}{
	{false, 32, 2},
	{true, 64, 8}, {true, 56, 4}, {true, 48, 2},
}

// maxPerPrefix limits the connections of one prefix on a node with many
// descriptors, before the divisor applies.
const maxPerPrefix = 16384

// conns limits the connections of listeners: per network prefix, and in total
// below the limit of open files. At the limit, it closes
// the connection that has been idle longest and accepts the new one. It never
// closes a connection with a request in progress. Trusted proxies and the
// loopback interface have no prefix limit, and their connections are closed
// last.
//
// It follows the connections of net/http through [http.Server.ConnState].
// Hijacked WebSockets leave net/http; the hub reports their number. It is safe
// for concurrent use.
type conns struct {
	limit   int        // of all connections, WebSockets included
	sockets func() int // number of WebSockets; nil means none
	trusted []netip.Prefix

	closed  prometheus.Counter     // idle connections closed for new ones
	refused *prometheus.CounterVec // by reason

	mu     sync.Mutex
	open   map[net.Conn]*openConn
	groups map[netip.Prefix]int
	idle   list.List // idle *openConn, longest idle first
}

type openConn struct {
	conn    net.Conn
	shares  []share       // limits that apply; none for a trusted peer
	element *list.Element // in idle; nil while a request is in progress
}

// share is a prefix and its limit of connections.
type share struct {
	prefix netip.Prefix
	limit  int
}

func newConns(limit int, trusted []netip.Prefix) *conns {
	return &conns{
		limit: limit, trusted: trusted,
		closed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "junban_connections_displaced_total",
			Help: "Idle connections closed to accept a new one.",
		}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "junban_connections_refused_total",
			Help: "New connections refused, by limit.",
		}, []string{"reason"}),
		open:   map[net.Conn]*openConn{},
		groups: map[netip.Prefix]int{},
	}
}

// Collect implements [prometheus.Collector].
func (c *conns) Collect(to chan<- prometheus.Metric) {
	c.closed.Collect(to)
	c.refused.Collect(to)
}

// Describe implements [prometheus.Collector].
func (c *conns) Describe(to chan<- *prometheus.Desc) {
	c.closed.Describe(to)
	c.refused.Describe(to)
}

// limitedListener is a listener whose connections are counted.
type limitedListener struct {
	net.Listener
	*conns
}

// of returns l with its connections limited. All such listeners share the limits.
func (c *conns) of(l net.Listener) net.Listener { return limitedListener{l, c} }

// Accept returns the next connection within the limits.
func (c limitedListener) Accept() (net.Conn, error) {
	for {
		nc, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		displaced, reason := c.admit(nc)
		for _, old := range displaced {
			c.closed.Inc()
			_ = old.Close()
		}
		if reason == "" {
			return nc, nil
		}
		c.refused.WithLabelValues(reason).Inc()
		_ = nc.Close()
	}
}

// admit registers a new connection. It returns the idle connections to close
// for it, or the reason to refuse it.
func (c *conns) admit(nc net.Conn) (displaced []net.Conn, reason string) {
	shares := c.sharesOf(nc)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range shares {
		if c.groups[s.prefix] < s.limit {
			continue
		}
		old := c.longestIdle(func(o *openConn) bool { return slices.Contains(o.shares, s) })
		if old == nil {
			return displaced, "prefix"
		}
		displaced = append(displaced, old.conn)
		c.remove(old)
	}
	if c.total() >= c.limit {
		old := c.longestIdle(func(o *openConn) bool { return len(o.shares) > 0 })
		if old == nil {
			old = c.longestIdle(func(*openConn) bool { return true })
		}
		if old == nil {
			return displaced, "full"
		}
		displaced = append(displaced, old.conn)
		c.remove(old)
	}
	o := &openConn{conn: nc, shares: shares}
	for _, s := range shares {
		c.groups[s.prefix]++
	}
	c.open[nc] = o
	o.element = c.idle.PushBack(o)
	return displaced, ""
}

func (c *conns) total() int {
	n := len(c.open)
	if c.sockets != nil {
		n += c.sockets()
	}
	return n
}

// longestIdle returns the connection of those that match that has been idle
// longest, or nil. c.mu is held.
func (c *conns) longestIdle(match func(*openConn) bool) *openConn {
	for e := c.idle.Front(); e != nil; e = e.Next() {
		if o := e.Value.(*openConn); match(o) {
			return o
		}
	}
	return nil
}

// remove deletes a connection. c.mu is held.
func (c *conns) remove(o *openConn) {
	delete(c.open, o.conn)
	for _, s := range o.shares {
		if c.groups[s.prefix]--; c.groups[s.prefix] == 0 {
			delete(c.groups, s.prefix)
		}
	}
	c.setIdle(o, false)
}

// setIdle records whether the connection is idle. c.mu is held.
func (c *conns) setIdle(o *openConn, idle bool) {
	if o.element != nil {
		c.idle.Remove(o.element)
		o.element = nil
	}
	if idle {
		o.element = c.idle.PushBack(o)
	}
}

// state implements [http.Server.ConnState].
func (c *conns) state(nc net.Conn, s http.ConnState) {
	if t, ok := nc.(interface{ NetConn() net.Conn }); ok {
		nc = t.NetConn()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	o := c.open[nc]
	if o == nil {
		return // closed for a new connection
	}
	switch s {
	case http.StateActive:
		c.setIdle(o, false)
	case http.StateIdle:
		c.setIdle(o, true)
	case http.StateHijacked, http.StateClosed:
		c.remove(o)
	}
}

// sharesOf returns the limits that apply to a connection; none for trusted
// proxies and the loopback interface.
func (c *conns) sharesOf(nc net.Conn) []share {
	return c.divide(nc, min(c.limit, maxPerPrefix))
}

// divide returns the part of whole that each prefix of a connection may have; none for
// trusted proxies and the loopback interface.
func (c *conns) divide(nc net.Conn, whole int) []share {
	at, err := netip.ParseAddrPort(nc.RemoteAddr().String())
	if err != nil {
		return nil
	}
	addr := at.Addr().Unmap().WithZone("")
	if addr.IsLoopback() {
		return nil
	}
	for _, p := range c.trusted {
		if p.Contains(addr) {
			return nil
		}
	}
	var shares []share
	for _, s := range prefixShares {
		if s.v6 == addr.Is6() {
			p, _ := addr.Prefix(s.bits) // the bits fit the family
			shares = append(shares, share{p, max(whole/s.divisor, 1)})
		}
	}
	return shares
}
