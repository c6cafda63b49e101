package main

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"testing"
)

// connFrom is a connection from an address.
type connFrom struct {
	net.Conn
	from net.TCPAddr
}

func (c *connFrom) RemoteAddr() net.Addr { return &c.from }

func from(address string) *connFrom {
	return &connFrom{from: net.TCPAddr{IP: net.ParseIP(address), Port: 1234}}
}

// arrive admits n connections from an address and starts a request on each if
// busy. It returns the admitted connections, and the number of others closed
// for them.
func arrive(c *conns, n int, address string, busy bool) (in []*connFrom, displaced int) {
	for range n {
		nc := from(address)
		old, refused := c.admit(nc)
		displaced += len(old)
		if refused != "" {
			continue
		}
		in = append(in, nc)
		if busy {
			c.state(nc, http.StateActive)
		}
	}
	return in, displaced
}

func TestConns_LimitPerPrefix(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		address, neighbour string
		most               int // limit of the address, of 160
	}{
		{"192.0.2.1", "192.0.2.2", 80},
		{"2001:db8::1", "2001:db8:0:1::1", 20},
		{"::ffff:192.0.2.1", "192.0.2.2", 80},
		{"127.0.0.1", "192.0.2.2", 160},     // this machine
		{"198.51.100.7", "2001:db8::", 160}, // a trusted proxy
	} {
		c := newConns(160, []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")})
		in, displaced := arrive(c, 200, test.address, true)
		if len(in) != test.most || displaced != 0 {
			t.Errorf("%s: %d of 200 busy connections are served, %d closed; want %d", test.address, len(in), displaced, test.most)
		}
		if test.most < 160 {
			if in, _ := arrive(c, 1, test.neighbour, true); len(in) != 1 {
				t.Errorf("%s is refused because of %s", test.neighbour, test.address)
			}
		}
	}
}

func TestConns_LimitPerWidePrefix(t *testing.T) {
	t.Parallel()
	c := newConns(160, nil)
	served := 0
	for i := range 200 { // different /64 of one /48
		in, _ := arrive(c, 1, fmt.Sprintf("2001:db8:0:%x::1", i<<8), true)
		served += len(in)
	}
	if served != 80 {
		t.Errorf("a /48 gets %d connections, want 80", served)
	}
	if in, _ := arrive(c, 1, "2001:db8:1::1", true); len(in) != 1 {
		t.Error("another /48 is refused")
	}
}

func TestConns_DisplaceTheLongestIdle(t *testing.T) {
	t.Parallel()
	c := newConns(8, nil)
	sockets := 0
	c.sockets = func() int { return sockets }
	idle, _ := arrive(c, 4, "192.0.2.1", true)
	for _, nc := range idle {
		c.state(nc, http.StateIdle)
	}
	c.state(idle[0], http.StateActive) // idle again: now the most recent
	c.state(idle[0], http.StateIdle)
	proxy, _ := arrive(c, 2, "127.0.0.1", false)
	sockets = 2 // full, WebSockets included
	want := []net.Conn{idle[1], idle[2], idle[3], idle[0]}
	for i, w := range want {
		nc := from(fmt.Sprintf("198.51.100.%d", i))
		old, refused := c.admit(nc)
		if refused != "" || len(old) != 1 || old[0] != w {
			t.Errorf("connection %d displaces %v, refused %q", i, old, refused)
		}
		c.state(nc, http.StateActive)
		c.state(w, http.StateClosed) // as net/http reports afterwards
	}
	for i, w := range proxy { // only if no other is idle
		nc := from(fmt.Sprintf("203.0.113.%d", 9+i))
		old, refused := c.admit(nc)
		if refused != "" || len(old) != 1 || old[0] != w {
			t.Errorf("connection %d displaces %v, refused %q", i, old, refused)
		}
		c.state(nc, http.StateActive)
	}
	if old, refused := c.admit(from("203.0.113.1")); len(old) != 0 || refused != "full" {
		t.Errorf("at the limit: displaced %v, refused %q", old, refused)
	}
	for nc := range c.open {
		c.state(nc, http.StateHijacked)
	}
	if len(c.open) != 0 || len(c.groups) != 0 || c.idle.Len() != 0 {
		t.Errorf("left over: %v %v %d", c.open, c.groups, c.idle.Len())
	}
}

func TestBudgetFiles_ReservesDescriptors(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{16, 200, 1024, 1 << 20} {
		b := budgetFiles(limit, 1<<30)
		if b.clients >= limit || b.clients < limit/2 || b.watchers >= b.clients || b.watchers < b.clients/2 {
			t.Errorf("budget of %d files: %+v", limit, b)
		}
	}
	if b := budgetFiles(1<<20, 100_000); b.watchers != 100_000 {
		t.Errorf("the limit is lowered unnecessarily: %+v", b)
	}
}
