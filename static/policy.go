package static

import "strings"

// Policy returns the Content-Security-Policy of the pages that are served from
// host, which may have a port. Inline code and other origins are forbidden. The
// WebSocket has its own source, because not every browser includes ws: in
// 'self'. An invalid host is omitted.
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

// plainHost reports whether host has only characters of a host and port.
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
