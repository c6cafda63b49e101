package api

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// client is where a request came from, as far as it can be believed.
type client struct {
	addr  netip.Addr // invalid where it cannot be read
	via   netip.Addr // the trusted proxy that sent the address that cannot be read
	local bool       // this machine itself, or a proxy on it that was not named
}

// client finds where a request came from. What a proxy reports in
// X-Forwarded-For is believed only of the trusted ones, from the nearest to the
// farthest. An entry that cannot be read ends the walk: its client is unknown,
// and is not the proxy (row S11).
func (s *Server) client(r *http.Request) client {
	c := client{addr: remote(r)}
	headers := r.Header.Values("X-Forwarded-For")
	forwarded := strings.TrimSpace(strings.Join(headers, ","))
	if forwarded == "" {
		c.local = c.addr.IsLoopback()
		return c
	}
	if !s.trusts(c.addr) {
		s.warnUntrusted(r, c.addr)
		c.local = c.addr.IsLoopback()
		return c
	}
	for _, hop := range slices.Backward(strings.Split(forwarded, ",")) {
		if !s.trusts(c.addr) {
			break
		}
		before, ok := parseHop(hop)
		if !ok {
			return client{via: c.addr}
		}
		c.addr = before
	}
	return c
}

// parseHop reads an entry of X-Forwarded-For: an address, which some proxies
// write with a port or in brackets.
func parseHop(hop string) (netip.Addr, bool) {
	hop = strings.TrimSpace(hop)
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(hop, "["), "]"))
	if err != nil {
		with, err := netip.ParseAddrPort(hop)
		if err != nil {
			return netip.Addr{}, false
		}
		addr = with.Addr()
	}
	return addr.Unmap().WithZone(""), true
}

// peer is the address that the request came from; the zero Addr where it cannot
// be read.
func (s *Server) peer(r *http.Request) netip.Addr { return s.client(r).addr }

// clientPrefix is a network prefix that a client is counted under.
type clientPrefix struct {
	kind string // "ipv4", "ipv6/64", "ipv6/56", "ipv6/48" or "unreadable"
	text string
}

// prefixes returns the prefixes of a client, the narrowest first; none for this
// machine itself. Clients whose address one proxy wrote so that it cannot be read
// share a prefix of their own.
func (c client) prefixes() []clientPrefix {
	switch {
	case c.local:
		return nil
	case !c.addr.IsValid():
		return []clientPrefix{{"unreadable", c.via.String()}}
	case c.addr.Is4():
		return []clientPrefix{{"ipv4", c.addr.String()}}
	}
	all := make([]clientPrefix, 0, 3)
	for kind, bits := range []int{64, 56, 48} {
		p, _ := c.addr.WithZone("").Prefix(bits) // never fails for these lengths
		all = append(all, clientPrefix{[]string{"ipv6/64", "ipv6/56", "ipv6/48"}[kind], p.String()})
	}
	return all
}

// maxWarned is how many untrusted proxies the log names at most.
const maxWarned = 100

// warnUntrusted logs once for each peer that it sends X-Forwarded-For and is not
// a trusted proxy. Either it is a proxy that was not named in --trusted-proxies,
// and every client behind it is counted as one; or it is a client that tries.
func (s *Server) warnUntrusted(r *http.Request, peer netip.Addr) {
	s.warned.mu.Lock()
	defer s.warned.mu.Unlock()
	if len(s.warned.peers) >= maxWarned || s.warned.peers[peer] {
		return
	}
	if s.warned.peers == nil {
		s.warned.peers = map[netip.Addr]bool{}
	}
	s.warned.peers[peer] = true
	s.log.LogAttrs(r.Context(), slog.LevelWarn, "X-Forwarded-For from a peer that is not a trusted proxy: all clients behind it count as one; name it in --trusted-proxies",
		slog.String("peer", peer.String()))
}

// remote is the address at the other end of the connection; the zero Addr where
// that is no IP address.
func remote(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap()
}

func (s *Server) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(s.trusted, func(p netip.Prefix) bool { return p.Contains(a) })
}

// byTLS reports whether the browser spoke TLS, to us or to a trusted proxy.
func (s *Server) byTLS(r *http.Request) bool {
	return s.secure || r.TLS != nil || s.trusts(remote(r)) && r.Header.Get("X-Forwarded-Proto") == "https"
}

// origin is this server as the browser names it.
func (s *Server) origin(r *http.Request) string {
	if s.byTLS(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// foreign reports whether a browser sent the request for another site's page.
// http.CrossOriginProtection says that of unsafe methods only; what a cookie
// authorises is not to be read from elsewhere either, by a socket above all.
func (s *Server) foreign(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return true
	}
	from := r.Header.Get("Origin")
	return from != "" && !s.ownOrigin(from, r)
}
