package static

import "strings"

// Policy is the Content-Security-Policy of our own pages, served from host (of
// the request, with its port). Nothing is inline, nothing comes from elsewhere.
// The socket is named in full because not every browser counts ws: as 'self';
// a host that could not stand in a header value is left out.
func Policy(host string) string {
	connect := "connect-src 'self'"
	if plainHost(host) {
		connect += " ws://" + host + " wss://" + host
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' data:",
		"manifest-src 'self'",
		"worker-src 'self'",
		connect,
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'none'",
	}, "; ")
}

// plainHost reports whether host has only what a host and port can have.
func plainHost(host string) bool {
	if host == "" || len(host) > 255 {
		return false
	}
	for _, c := range host {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case strings.ContainsRune(".-:[]_", c):
		default:
			return false
		}
	}
	return true
}
