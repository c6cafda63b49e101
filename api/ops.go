package api

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// probeAge is how old the newest probe of Redis may be for the node to be ready.
const probeAge = 10 * time.Second

// readiness is the answer of /readyz.
type readiness struct {
	Ready    bool    `json:"ready"`
	Draining bool    `json:"draining"`
	RTTMs    float64 `json:"rttMs"` // of the newest probe of Redis
	AgeMs    int64   `json:"ageMs"` // of that probe
	Reason   string  `json:"reason,omitempty"`
}

// Ops serves the operator: /healthz (the process lives), /readyz (send it patients),
// /metrics and /debug/. It has no login: keep its listener private. It leaves out the
// command line, which may hold a password.
func (s *Server) Ops() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n"))
	})
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{Registry: s.registry}))
	mux.HandleFunc("GET /debug/{$}", debugIndex)
	mux.HandleFunc("GET /debug/version", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprintf(w, "junban %s %s %s/%s\n", s.version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	})
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.isOpsHost(r.Host) {
			http.Error(w, "unknown host name; allow it with --ops-hosts", http.StatusMisdirectedRequest)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// isOpsHost reports whether a Host names the operator's listener. It is an address, a
// name without a dot, this machine's name, or one of [Config].OpsHosts. A page on the
// Internet could otherwise read it by a name that leads here (DNS rebinding).
func (s *Server) isOpsHost(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil || !strings.Contains(name, ".") {
		return true
	}
	own, err := os.Hostname()
	return err == nil && name == strings.ToLower(own) || slices.Contains(s.opsHosts, name)
}

func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) {
	rtt, at, err := s.feed.Probe()
	answer := readiness{Draining: s.draining.Load(), RTTMs: float64(rtt.Microseconds()) / 1000}
	if !at.IsZero() {
		answer.AgeMs = time.Since(at).Milliseconds()
	}
	switch {
	case answer.Draining:
		answer.Reason = "draining"
	case err != nil:
		answer.Reason = err.Error()
	case time.Since(at) > probeAge:
		answer.Reason = "no probe of redis came back lately"
	default:
		answer.Ready = true
	}
	body, _ := json.Marshal(answer) // of plain values: it cannot fail
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if !answer.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_, _ = w.Write(append(body, '\n'))
}

func debugIndex(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(`<!doctype html><title>junban</title><ul>
<li><a href="/debug/version">version</a>
<li><a href="/debug/pprof/">pprof</a>
<li><a href="/metrics">metrics</a>
<li><a href="/readyz">readyz</a>
</ul>
`))
}
