package main

import (
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// redirectWithin bounds a request to the redirecting server with its answer. Both are
// small.
const redirectWithin = 10 * time.Second

// redirectServer returns the server of the plain listener.
func (t *publicTLS) redirectServer(public net.Addr, log *slog.Logger) *http.Server {
	s := newServer(t.redirectHandler(public), log)
	s.ReadTimeout, s.WriteTimeout = redirectWithin, redirectWithin
	return s
}

// redirectHandler sends clients of a plain listener to the same path of the public one.
// A client that named no port used the default port of HTTP, and is sent to that of
// HTTPS. Otherwise the public listener's port is used. A request with a body was already
// sent in the clear, so it is refused, not repeated. A target without a path could
// change the host, so it is refused as well. With ACME, the handler also answers http-01
// challenges.
func (t *publicTLS) redirectHandler(public net.Addr) http.Handler {
	_, port, _ := net.SplitHostPort(public.String())
	redirect := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		target := r.URL.RequestURI()
		if r.Method != http.MethodGet && r.Method != http.MethodHead || r.Host == "" || !strings.HasPrefix(target, "/") {
			http.Error(w, "use https", http.StatusBadRequest)
			return
		}
		host := r.Host
		if name, own, err := net.SplitHostPort(host); err == nil {
			host = strings.TrimSuffix(host, ":"+own)
			if port != "443" {
				host = net.JoinHostPort(name, port)
			}
		}
		http.Redirect(w, r, "https://"+host+target, http.StatusMovedPermanently)
	})
	if t.acme == nil {
		return redirect
	}
	challenges := t.acme.HTTPHandler(redirect)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host, _, err := net.SplitHostPort(r.Host); err == nil && strings.HasPrefix(r.URL.Path, "/.well-known/acme-challenge/") {
			r.Host = host // an authority of one's own may use another port than 80
		}
		challenges.ServeHTTP(w, r)
	})
}
