package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"

	"junban/api/problem"
	"junban/api/route"
	"junban/static"
)

// fail writes the problem for an error. No other code writes problems.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, k route.Kind, err error) {
	p, after := problem.Of(err)
	p.ID = w.Header().Get(requestID)
	s.metrics.Table.WithLabelValues(p.Code).Inc()
	if p.Status >= http.StatusInternalServerError && !problem.Expected[p.Code] {
		level := slog.LevelError
		if r.Context().Err() == context.Canceled {
			level = slog.LevelInfo // the client closed the connection
		}
		s.log.LogAttrs(r.Context(), level, "request not served",
			slog.String("request_id", p.ID), slog.String("route", routeOf(r)), slog.String("error", err.Error()))
	}
	h := w.Header()
	h.Del("ETag")
	h.Set("Cache-Control", "no-store")
	if after > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(after.Seconds()))))
	}
	switch p.Code {
	case "token_required":
		h.Set("WWW-Authenticate", `Bearer realm="junban"`)
	case "upgrade_required":
		h.Set("Upgrade", "websocket")
		h.Set("Connection", "Upgrade")
	}
	if k == route.Page || (k == route.Private || k == route.Open) && r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
		h.Set("Content-Security-Policy", static.Policy(r.Host))
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Vary", "Accept-Language, Cookie")
		w.WriteHeader(p.Status)
		if err := s.site.Render(w, static.ErrorPage{Lang: static.Language(r), Code: p.Code}); err != nil {
			s.log.LogAttrs(r.Context(), slog.LevelDebug, "error page not written", slog.String("error", err.Error()))
		}
		return
	}
	body, _ := json.Marshal(p) // of strings and a number: it cannot fail
	h.Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n'))
}
