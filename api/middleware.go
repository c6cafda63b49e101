package api

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"junban/api/route"
	"junban/api/watch"

	"github.com/prometheus/client_golang/prometheus"
)

// requestID names the header in which every answer carries an id of its own,
// which stands in the log too.
const requestID = "X-Request-Id"

// metrics are the surface's figures. Labels are patterns and codes, never what
// a client chose.
type metrics struct {
	requests *prometheus.CounterVec   // by method, route, status code
	seconds  *prometheus.HistogramVec // by route; streams are left out
	Table    *prometheus.CounterVec   // by problem code
	limits   *prometheus.CounterVec   // refused by a limit, by its name and the kind of prefix
	lost     *prometheus.CounterVec   // clinics that could not be followed any more, by reason

	lostTickets prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "junban_http_requests_total", Help: "Requests answered.",
		}, []string{"method", "route", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "junban_http_request_seconds", Help: "Time to answer, streams left out.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
		Table: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "junban_http_problems_total", Help: "Problems answered, by their stable code.",
		}, []string{"code"}),
		limits: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "junban_limit_refused_total", Help: "Requests refused by a limit, by the limit and the kind of network prefix whose bucket was empty.",
		}, []string{"limit", "prefix"}),
		lost: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "junban_watch_follow_ended_total", Help: "Times that following a watched clinic ended with an error, by reason.",
		}, []string{"reason"}),
		lostTickets: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "junban_tickets_lost_total", Help: "Lost tickets that were filed again on a request of their owners.",
		}),
	}
	for _, c := range []prometheus.Collector{m.requests, m.seconds, m.Table, m.limits, m.lost, m.lostTickets} {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int // 0 before the header is written
	bytes  int64
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets an http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// observe gives the request an id, survives its panics, and writes its line in
// the access log and its figures.
func (s *Server) observe(w http.ResponseWriter, r *http.Request, next http.Handler) {
	start := time.Now()
	id := newRequestID()
	w.Header().Set(requestID, id)
	rec := &recorder{ResponseWriter: w}
	defer func() {
		p := recover()
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(p)
		}
		if p != nil {
			s.log.LogAttrs(r.Context(), slog.LevelError, "panic",
				slog.String("request_id", id), slog.String("panic", fmt.Sprint(p)), slog.String("stack", string(debug.Stack())))
			if rec.status == 0 {
				s.fail(rec, r, route.Private, fmt.Errorf("panic: %v", p))
			}
		}
		took, pattern := time.Since(start), routeOf(r)
		status := cmp.Or(rec.status, http.StatusOK) // the status that net/http sends when a handler sets none
		s.metrics.requests.WithLabelValues(methodOf(r), pattern, strconv.Itoa(status)).Inc()
		if pattern != watch.Pattern {
			s.metrics.seconds.WithLabelValues(pattern).Observe(took.Seconds())
		}
		s.log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("request_id", id), slog.String("method", methodOf(r)), slog.String("route", pattern),
			slog.String("clinic", clinicOf(r)), slog.Int("status", status), slog.Int64("bytes", rec.bytes),
			slog.Duration("took", took))
	}()
	next.ServeHTTP(rec, r)
}

func newRequestID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, by its contract
	return hex.EncodeToString(b[:])
}

// routeOf is the pattern that the request took.
func routeOf(r *http.Request) string {
	if r.Pattern == "" {
		return "unmatched"
	}
	return r.Pattern
}

// methodOf is the request's method, or a fixed word for an unknown one.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// clinicOf is the four-digit clinic number at the start of the path's id, without the
// rest. It is "" when the path has none.
func clinicOf(r *http.Request) string {
	for _, name := range []string{"clinic", "service", "ticket"} {
		v := r.PathValue(name)
		if len(v) < 4 {
			continue
		}
		for _, c := range v[:4] {
			if c < '0' || c > '9' {
				return ""
			}
		}
		return v[:4]
	}
	return ""
}
