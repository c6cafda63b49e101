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

// prefixShares are the parts of all client connections that one network prefix
// may hold. IPv4 sizes assume carrier NAT. The sizes of IPv6 prefixes grow with the
// number of customers behind them.
var prefixShares = []struct {
	v6   bool
	bits int
	part int // the divisor
}{
	{false, 32, 2},
	{true, 64, 8}, {true, 56, 4}, {true, 48, 2},
}

// prefixMost bounds the connections of one prefix on a node with many
// descriptors, before the divisor is applied.
const prefixMost = 16384

// conns bounds the connections of the public listener (S14): of each network
// prefix, and all together below the limit of open files. A newcomer is not
// refused because idle connections fill the table: the one that has waited
// longest for a request is closed. Connections that answer a request are never
// closed. Connections of trusted proxies and of this machine have no prefix
// limit, and are closed last.
//
// It sees net/http's connections through [http.Server.ConnState]. A WebSocket
// leaves net/http, so the hub reports their number. Safe for concurrent use.
type conns struct {
	net.Listener
	most    int        // of all, WebSockets included
	sockets func() int // WebSockets; nil: none
	trusted []netip.Prefix

	closed  prometheus.Counter     // idle connections closed for newcomers
	refused *prometheus.CounterVec // by reason

	mu      sync.Mutex
	open    map[net.Conn]*openConn
	groups  map[netip.Prefix]int
	waiting list.List // of *openConn without a request, the longest waiting first
}

type openConn struct {
	conn   net.Conn
	shares []share       // counted under; none for a trusted peer
	place  *list.Element // in waiting; nil while a request is served
}

// share is a prefix, and how many connections it may hold.
type share struct {
	prefix netip.Prefix
	most   int
}

func newConns(l net.Listener, most int, trusted []netip.Prefix) *conns {
	return &conns{
		Listener: l, most: most, trusted: trusted,
		closed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "junban_connections_displaced_total",
			Help: "Connections without a request that were closed to serve a newcomer.",
		}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "junban_connections_refused_total",
			Help: "Connections closed at once, by the limit that was reached.",
		}, []string{"reason"}),
		open:   map[net.Conn]*openConn{},
		groups: map[netip.Prefix]int{},
	}
}

// Collect and Describe make conns a [prometheus.Collector].
func (c *conns) Collect(to chan<- prometheus.Metric) {
	c.closed.Collect(to)
	c.refused.Collect(to)
}

// Describe describes the metrics.
func (c *conns) Describe(to chan<- *prometheus.Desc) {
	c.closed.Describe(to)
	c.refused.Describe(to)
}

// Accept returns the next connection that is within the limits.
func (c *conns) Accept() (net.Conn, error) {
	for {
		nc, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		displaced, reason := c.admit(nc)
		for _, old := range displaced {
			c.closed.Inc()
			_ = old.Close() // its server notices
		}
		if reason == "" {
			return nc, nil
		}
		c.refused.WithLabelValues(reason).Inc()
		_ = nc.Close()
	}
}

// admit counts a new connection. It returns the connections that have to be
// closed for it, or the reason why it has to be closed itself.
func (c *conns) admit(nc net.Conn) (displaced []net.Conn, reason string) {
	shares := c.countedUnder(nc)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range shares {
		if c.groups[s.prefix] < s.most {
			continue
		}
		old := c.longestWaiting(func(o *openConn) bool { return slices.Contains(o.shares, s) })
		if old == nil {
			return displaced, "prefix"
		}
		displaced = append(displaced, old.conn)
		c.remove(old)
	}
	if c.total() >= c.most {
		old := c.longestWaiting(func(o *openConn) bool { return len(o.shares) > 0 })
		if old == nil {
			old = c.longestWaiting(func(*openConn) bool { return true })
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
	o.place = c.waiting.PushBack(o)
	return displaced, ""
}

func (c *conns) total() int {
	n := len(c.open)
	if c.sockets != nil {
		n += c.sockets()
	}
	return n
}

// longestWaiting returns the connection that has waited longest for a request,
// of those that fit; nil if there is none. c.mu is held.
func (c *conns) longestWaiting(fits func(*openConn) bool) *openConn {
	for e := c.waiting.Front(); e != nil; e = e.Next() {
		if o := e.Value.(*openConn); fits(o) {
			return o
		}
	}
	return nil
}

// remove forgets a connection. c.mu is held.
func (c *conns) remove(o *openConn) {
	delete(c.open, o.conn)
	for _, s := range o.shares {
		if c.groups[s.prefix]--; c.groups[s.prefix] == 0 {
			delete(c.groups, s.prefix)
		}
	}
	c.rest(o, false)
}

// rest notes whether the connection waits for a request. c.mu is held.
func (c *conns) rest(o *openConn, waits bool) {
	if o.place != nil {
		c.waiting.Remove(o.place)
		o.place = nil
	}
	if waits {
		o.place = c.waiting.PushBack(o)
	}
}

// state is for [http.Server.ConnState].
func (c *conns) state(nc net.Conn, s http.ConnState) {
	if t, ok := nc.(interface{ NetConn() net.Conn }); ok {
		nc = t.NetConn()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	o := c.open[nc]
	if o == nil {
		return // closed for a newcomer
	}
	switch s {
	case http.StateActive:
		c.rest(o, false)
	case http.StateIdle:
		c.rest(o, true)
	case http.StateHijacked, http.StateClosed:
		c.remove(o)
	}
}

// countedUnder returns the prefixes that a connection is counted under; none for
// this machine and the trusted proxies.
func (c *conns) countedUnder(nc net.Conn) []share {
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
			shares = append(shares, share{p, max(min(c.most, prefixMost)/s.part, 1)})
		}
	}
	return shares
}
