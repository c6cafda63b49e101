package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"junban/api/problem"
	"junban/api/route"

	"github.com/julienschmidt/httprouter"
)

// maxHost is the longest Host that is served, in bytes: a name of DNS and a port.
// Pages, policies and drawn codes carry it.
const maxHost = 253 + len(":65535")

// table is every route of the public listener.
func (s *Server) table() []route.Route {
	var ofBooks []route.Route
	if s.books != nil {
		ofBooks = s.books.Routes()
	}
	var ofNotices []route.Route
	if s.notices != nil {
		ofNotices = s.notices.Routes()
	}
	return slices.Concat(s.public.Routes(), s.watch.Routes(), s.tickets.Routes(), s.logins.Routes(), s.desk.Routes(), s.office.Routes(), s.screens.Routes(), ofBooks, ofNotices, s.pages.Routes(),
		[]route.Route{
			route.Get("/v1/openapi.yaml", route.Public, s.showSpec("openapi.yaml")),
			route.Get("/v1/asyncapi.yaml", route.Public, s.showSpec("asyncapi.yaml")),
		})
}

func (s *Server) routes() http.Handler {
	router := httprouter.New()
	router.RedirectTrailingSlash, router.RedirectFixedPath = false, false
	router.NotFound = s.answer(route.Route{Kind: route.Private, Handler: func(http.ResponseWriter, *http.Request) error {
		return problem.Refuse("not_found", "this path does not exist")
	}})
	router.MethodNotAllowed = s.answer(route.Route{Kind: route.Private, Handler: func(w http.ResponseWriter, _ *http.Request) error {
		return problem.Refuse("method_not_allowed", "this path allows %s", w.Header().Get("Allow"))
	}})
	router.GlobalOPTIONS = s.answer(route.Route{Kind: route.Private, Handler: func(w http.ResponseWriter, _ *http.Request) error {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}})
	for _, t := range s.table() {
		h := adapt(t.Pattern, s.answer(t))
		router.Handle(t.Method, t.Pattern, h)
		if t.Method == http.MethodGet && t.Kind != route.Stream {
			router.Handle(http.MethodHead, t.Pattern, h)
		}
		if t.Kind == route.Public {
			router.Handle(http.MethodOptions, t.Pattern, adapt(t.Pattern, http.HandlerFunc(preflight)))
		}
	}
	return router
}

// adapt writes the route's pattern into the request, so that handlers and the access
// log are plain net/http.
func adapt(pattern string, h http.Handler) httprouter.Handle {
	return func(w http.ResponseWriter, r *http.Request, params httprouter.Params) {
		r.Pattern = pattern
		for _, p := range params {
			r.SetPathValue(p.Key, strings.TrimPrefix(p.Value, "/"))
		}
		h.ServeHTTP(w, r)
	}
}

// answer runs a route's handler and encodes the problem that it returns.
func (s *Server) answer(t route.Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		route.SecureHeaders(w.Header(), t.Kind)
		if s.peers.ByTLS(r) {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		if len(r.Host) > maxHost {
			r.Host = ""
			s.fail(w, r, t.Kind, problem.Refuse("field_invalid", "the Host header is longer than %d bytes", maxHost))
			return
		}
		if s.peers.ForeignAct(r) {
			s.fail(w, r, t.Kind, problem.Refuse("foreign_origin", "pages of other sites cannot send this request"))
			return
		}
		route.LimitBodyTime(w, r)
		if t.Kind != route.Stream {
			ctx, cancel := context.WithTimeout(r.Context(), route.AnswerWithin)
			defer cancel()
			r = r.WithContext(ctx)
		}
		var err error
		if t.Kind != route.Private { // a ticket's token and a login prove that the client knows the clinic
			err = s.limits.AuthorizeLookup(r, route.NamedClinic(r))
		}
		if err == nil && t.Kind == route.Public {
			err = s.peers.MayShow(w.Header(), r, route.NamedClinic(r), s.clinics.Record)
		}
		if err == nil {
			err = t.Handler(w, r)
		}
		if err != nil {
			s.fail(w, r, t.Kind, err)
		}
	})
}

// preflight lets a foreign page ask whether a board has changed.
func preflight(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, HEAD")
	h.Set("Access-Control-Allow-Headers", "If-None-Match")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}
