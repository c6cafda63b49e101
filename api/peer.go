package api

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// peer is the address that the request came from. What a proxy says of it is
// believed only of the trusted ones, from the nearest to the farthest.
func (s *Server) peer(r *http.Request) netip.Addr {
	addr := remote(r)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !s.trusts(addr) {
			break
		}
		before, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		addr = before.Unmap()
	}
	return addr
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

// household is what one customer of a network provider has: an IPv4 address,
// or the /64 of an IPv6 address.
func household(a netip.Addr) string {
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
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
func foreign(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return true
	}
	from := r.Header.Get("Origin")
	return from != "" && !ownOrigin(from, r.Host)
}
