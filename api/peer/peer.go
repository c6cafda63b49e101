package peer

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
)

// Peers find where requests came from. Safe for concurrent use.
type Peers struct {
	secure  bool           // every request came by TLS, whatever it looks like
	trusted []netip.Prefix // whose X-Forwarded-For and -Proto are believed
	csrf    *http.CrossOriginProtection
	log     *slog.Logger

	warned struct {
		mu    sync.Mutex
		peers map[netip.Addr]bool // guarded by mu; that sent X-Forwarded-For and are not trusted
	}
}

func New(secure bool, trusted []netip.Prefix, log *slog.Logger) *Peers {
	return &Peers{secure: secure, trusted: trusted, csrf: http.NewCrossOriginProtection(), log: log}
}

// Client is where a request came from, as far as it can be believed.
type Client struct {
	addr  netip.Addr // invalid where it cannot be read
	via   netip.Addr // the trusted proxy that sent the address that cannot be read
	local bool       // this machine itself, or a proxy on it that was not named
}

// Client finds where a request came from. What a proxy reports in
// X-Forwarded-For is believed only of the trusted ones, from the nearest to the
// farthest. An entry that cannot be read ends the walk: its client is unknown,
// and is not the proxy.
func (p *Peers) Client(r *http.Request) Client {
	c := Client{addr: remote(r)}
	headers := r.Header.Values("X-Forwarded-For")
	forwarded := strings.TrimSpace(strings.Join(headers, ","))
	if forwarded == "" {
		c.local = c.addr.IsLoopback()
		return c
	}
	if !p.trusts(c.addr) {
		p.warnUntrusted(r, c.addr)
		c.local = c.addr.IsLoopback()
		return c
	}
	for _, hop := range slices.Backward(strings.Split(forwarded, ",")) {
		if !p.trusts(c.addr) {
			break
		}
		before, ok := parseHop(hop)
		if !ok {
			return Client{via: c.addr}
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

// Addr is the address that the request came from; the zero Addr where it cannot
// be read.
func (p *Peers) Addr(r *http.Request) netip.Addr { return p.Client(r).addr }

// ClientPrefix is a network prefix that a client is counted under.
type ClientPrefix struct {
	Kind string // "ipv4", "ipv6/64", "ipv6/56", "ipv6/48" or "unreadable"
	Text string
}

// Prefixes returns the prefixes of a client, the narrowest first; none for this
// machine itself. Clients whose address one proxy wrote so that it cannot be read
// share a prefix of their own.
func (c Client) Prefixes() []ClientPrefix {
	switch {
	case c.local:
		return nil
	case !c.addr.IsValid():
		return []ClientPrefix{{"unreadable", c.via.String()}}
	case c.addr.Is4():
		return []ClientPrefix{{"ipv4", c.addr.String()}}
	}
	all := make([]ClientPrefix, 0, 3)
	for kind, bits := range []int{64, 56, 48} {
		p, _ := c.addr.WithZone("").Prefix(bits) // never fails for these lengths
		all = append(all, ClientPrefix{[]string{"ipv6/64", "ipv6/56", "ipv6/48"}[kind], p.String()})
	}
	return all
}

// maxWarned is how many untrusted proxies the log names at most.
const maxWarned = 100

// warnUntrusted logs once for each peer that it sends X-Forwarded-For and is not a
// trusted proxy. Either it is a proxy that --trusted-proxies does not name. Then its
// clients are counted as one, or not at all on this machine. Or it is a client with a
// forged header.
func (p *Peers) warnUntrusted(r *http.Request, peer netip.Addr) {
	p.warned.mu.Lock()
	defer p.warned.mu.Unlock()
	if len(p.warned.peers) >= maxWarned || p.warned.peers[peer] {
		return
	}
	if p.warned.peers == nil {
		p.warned.peers = map[netip.Addr]bool{}
	}
	p.warned.peers[peer] = true
	effect := "all clients behind it count as one"
	if peer.IsLoopback() {
		effect = "no limit of an address holds for its clients"
	}
	p.log.LogAttrs(r.Context(), slog.LevelWarn, "X-Forwarded-For from a peer that is not a trusted proxy: "+effect+"; name it in --trusted-proxies",
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

func (p *Peers) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(p.trusted, func(p netip.Prefix) bool { return p.Contains(a) })
}

// ByTLS reports whether the browser spoke TLS, to us or to a trusted proxy.
func (p *Peers) ByTLS(r *http.Request) bool {
	return p.secure || r.TLS != nil || p.trusts(remote(r)) && r.Header.Get("X-Forwarded-Proto") == "https"
}

// Origin is this server as the browser names it.
func (p *Peers) Origin(r *http.Request) string {
	if p.ByTLS(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// Foreign reports whether a browser sent the request for another site's page.
// http.CrossOriginProtection checks unsafe methods only. Other sites must not read what
// a cookie authorises either, above all by a socket.
func (p *Peers) Foreign(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return true
	}
	from := r.Header.Get("Origin")
	return from != "" && !p.ownOrigin(from, r)
}

// ForeignAct reports whether a browser sent an unsafe method for another site's page.
// Browsers before 2023 send no Sec-Fetch-Site. For them, http.CrossOriginProtection
// compares only the hosts, so the Origin's scheme is compared here.
func (p *Peers) ForeignAct(r *http.Request) bool {
	if p.csrf.Check(r) != nil {
		return true
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	from := r.Header.Get("Origin")
	return from != "" && r.Header.Get("Sec-Fetch-Site") == "" && !p.ownOrigin(from, r)
}
