package push

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// errAddress is returned for a dial to an address that is not public.
var errAddress = errors.New("push: the address is not public")

// special are the ranges of the public space that are not public: private networks,
// this machine, link-local with its metadata services, CGNAT, multicast, documentation,
// and ways to write IPv4 addresses in IPv6.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("168.63.129.16/32"), // metadata of Azure
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("224.0.0.0/3"),
	netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("3fff::/20"),
}

// global is the part of IPv6 that is routed: not ULA, link-local, multicast or NAT64.
var global = netip.MustParsePrefix("2000::/3")

// isPublic reports whether an address is one of the public internet.
func isPublic(addr netip.Addr) bool {
	if addr.Zone() != "" || addr.Is4In6() {
		return false
	}
	if addr.Is6() && !global.Contains(addr) {
		return false
	}
	return addr.IsValid() && !isAllowed(addr, special)
}

// isAllowed reports whether one of the ranges has an address.
func isAllowed(addr netip.Addr, ranges []netip.Prefix) bool {
	return slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// guard returns the dial of the channel. It checks each address after the name was
// resolved, at each dial: a name that was public yesterday may be private today.
func guard(allow []netip.Prefix, resolver *net.Resolver) func(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: timeout, KeepAlive: 30 * time.Second, Resolver: resolver, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return errAddress
		}
		addr := to.Addr().Unmap()
		if isAllowed(addr, allow) || isPublic(addr) && to.Port() == 443 {
			return nil
		}
		return errAddress
	}}
	return dialer.DialContext
}
