package peer

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// Only a trusted proxy is believed about the client's address, whatever a stranger
// sends. The proxy cannot make an address that is none.
func FuzzPeer(f *testing.F) {
	for _, s := range [][2]string{
		{"10.0.0.1:80", "203.0.113.9, 10.0.0.2"}, {"203.0.113.9:80", "10.0.0.1"}, {"10.0.0.1:80", "x, 10.0.0.2"}, {"10.0.0.1:80", ",,"},
		{"[::1]:80", "::1"}, {"10.0.0.1:80", "203.0.113.9:4711"}, {"10.0.0.1:80", "[2001:db8::1]:80, unknown"}, {"[fe80::1%eth0]:80", "fe80::1%<script>"}, {"@", "10.0.0.1"}, {"10.0.0.1:80", "::ffff:203.0.113.9"}, {"", ""},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, from, forwarded string) {
		p := New(false, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, slog.New(slog.DiscardHandler))
		r := &http.Request{RemoteAddr: from, Header: http.Header{"X-Forwarded-For": {forwarded}, "X-Forwarded-Proto": {"https"}}}
		near, got := remote(r), p.Addr(r)
		if !p.trusts(near) && (got != near || p.ByTLS(r)) {
			t.Fatalf("%q is no proxy of ours, and was believed %q: %s", from, forwarded, got)
		}
		c := p.Client(r)
		if got.Is4In6() || !got.IsValid() && p.trusts(near) && c.via == (netip.Addr{}) {
			t.Fatalf("%q behind %q is %+v", forwarded, from, c)
		}
		prefixes := c.Prefixes()
		if len(prefixes) == 0 && !near.IsLoopback() || c.local && (p.trusts(near) || !near.IsLoopback()) {
			t.Errorf("%q behind %q is not counted: %+v", forwarded, from, c)
		}
		for _, prefix := range prefixes {
			if len(prefix.Text) > len("0000:0000:0000:0000::/64") || strings.ContainsAny(prefix.Text, "%<") {
				t.Errorf("%q behind %q is counted as %q", forwarded, from, prefix.Text)
			}
		}
		// One more proxy of ours in the way changes nothing.
		r.Header["X-Forwarded-For"] = append(r.Header["X-Forwarded-For"], near.String())
		r.RemoteAddr = "10.9.9.9:1"
		if p.trusts(near) && p.Addr(r) != got {
			t.Errorf("%q behind %q is %s, behind one more proxy %s", forwarded, from, got, p.Addr(r))
		}
	})
}

// TestClient_BelievesTrustedProxiesOnly finds where requests came from, and what
// they are counted under.
func TestClient_BelievesTrustedProxiesOnly(t *testing.T) {
	t.Parallel()
	log := &bytes.Buffer{}
	p := New(false, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.2/32")}, slog.New(slog.NewTextHandler(log, nil)))
	for _, tt := range []struct {
		remote    string
		forwarded string // "-": no such header
		want      string
		counted   string // prefixes
	}{
		{"203.0.113.9:1", "198.51.100.1", "203.0.113.9", "ipv4 203.0.113.9"},
		{"10.0.0.1:1", "198.51.100.1", "198.51.100.1", "ipv4 198.51.100.1"},
		{"10.0.0.1:1", "192.0.2.66, 198.51.100.1, 10.0.0.2", "198.51.100.1", "ipv4 198.51.100.1"},
		{"10.0.0.1:1", "198.51.100.1:4711", "198.51.100.1", "ipv4 198.51.100.1"},
		{"10.0.0.1:1", "::ffff:198.51.100.1", "198.51.100.1", "ipv4 198.51.100.1"},
		{"10.0.0.1:1", "[2001:db8:1:2::1]:4711", "2001:db8:1:2::1", "ipv6/64 2001:db8:1:2::/64 ipv6/56 2001:db8:1::/56 ipv6/48 2001:db8:1::/48"},
		{"10.0.0.1:1", "[2001:db8:1:2ff::1]", "2001:db8:1:2ff::1", "ipv6/64 2001:db8:1:2ff::/64 ipv6/56 2001:db8:1:200::/56 ipv6/48 2001:db8:1::/48"},
		{"10.0.0.1:1", "fe80::1%eth0", "fe80::1", "ipv6/64 fe80::/64 ipv6/56 fe80::/56 ipv6/48 fe80::/48"},
		{"10.0.0.1:1", "nonsense", "invalid IP", "unreadable 10.0.0.1"},
		{"10.0.0.1:1", "198.51.100.1, unknown, 10.0.0.2", "invalid IP", "unreadable 10.0.0.2"},
		{"10.0.0.1:1", "", "10.0.0.1", "ipv4 10.0.0.1"},
		{"10.0.0.1:1", "-", "10.0.0.1", "ipv4 10.0.0.1"},
		{"[::ffff:203.0.113.9]:1", "-", "203.0.113.9", "ipv4 203.0.113.9"},
		{"127.0.0.1:1", "-", "127.0.0.1", ""},           // this machine
		{"127.0.0.1:1", "203.0.113.9", "127.0.0.1", ""}, // a proxy that was not named
		{"[::1]:1", "203.0.113.9", "::1", ""},           // the same
		{"127.0.0.2:1", "-", "127.0.0.2", ""},           // this machine, though it is a proxy
		{"127.0.0.2:1", "unknown", "invalid IP", "unreadable 127.0.0.2"},
		{"127.0.0.2:1", "127.0.0.1", "127.0.0.1", "ipv4 127.0.0.1"}, // anybody can send that
		{"@", "203.0.113.9", "invalid IP", "unreadable invalid IP"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = tt.remote
		if tt.forwarded != "-" {
			r.Header.Set("X-Forwarded-For", tt.forwarded)
		}
		if got := p.Addr(r).String(); got != tt.want {
			t.Errorf("%s for %q is %s, want %s", tt.remote, tt.forwarded, got, tt.want)
		}
		var counted []string
		for _, prefix := range p.Client(r).Prefixes() {
			counted = append(counted, prefix.Kind, prefix.Text)
		}
		if got := strings.Join(counted, " "); got != tt.counted {
			t.Errorf("%s for %q is counted as %q, want %q", tt.remote, tt.forwarded, got, tt.counted)
		}
		r.Header.Set("X-Forwarded-Proto", "https")
		if got, want := p.ByTLS(r), strings.HasPrefix(tt.remote, "10.") || strings.HasPrefix(tt.remote, "127.0.0.2"); got != want {
			t.Errorf("%s says https: believed %v", tt.remote, got)
		}
	}
	// Each peer that is no trusted proxy and sends the header is named once.
	for _, peer := range []string{"203.0.113.9", "127.0.0.1", "::1"} {
		if n := strings.Count(log.String(), "peer="+peer+"\n"); n != 1 {
			t.Errorf("%s is logged %d times:\n%s", peer, n, log.String())
		}
	}
	for i := range 2 * maxWarned {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = fmt.Sprintf("198.51.%d.%d:1", i/250, i%250)
		r.Header.Set("X-Forwarded-For", "192.0.2.1")
		p.Client(r)
	}
	if n := strings.Count(log.String(), "peer="); n != maxWarned {
		t.Errorf("%d peers are logged, want %d at most", n, maxWarned)
	}
}
