package api

import (
	"context"
	"net/http"
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
	routes := []route.Route{
		route.Get("/v1/clinics", route.Public, s.listClinics),
		route.Get("/v1/clinics/:clinic", route.Public, s.showClinic),
		route.Get("/v1/services/:service/board", route.Public, s.showBoard),
		route.Get("/v1/services/:service/days", route.Public, s.showDays),
		route.Get("/v1/watch", route.Stream, s.watch),

		route.Post("/v1/services/:service/tickets", route.Open, s.issueByPatient),
		route.Get("/v1/tickets/:ticket", route.Private, s.showTicket),
		route.Get("/v1/tickets/:ticket/code", route.Private, s.showTicketCode),
		route.Post("/v1/tickets/:ticket/:act", route.Private, s.actOnTicket),
		route.Post("/v1/lookup", route.Open, s.lookUp),

		route.Post("/v1/login", route.Open, s.login),
		route.Post("/v1/logout", route.Open, s.logout),
		route.Get("/v1/session", route.Open, s.showSession),
		route.Post("/v1/services/:service/call", route.Private, s.call),
		route.Post("/v1/services/:service/walkins", route.Private, s.issueByDesk),
		route.Put("/v1/services/:service/reception", route.Private, s.setReception),
		route.Put("/v1/services/:service/message", route.Private, s.setMessage),
		route.Put("/v1/clinics/:clinic/rooms/:room/duty", route.Private, s.setDuty),
		route.Get("/v1/services/:service/settings", route.Private, s.showSettings),
		route.Put("/v1/services/:service/settings", route.Private, s.setSettings),
		route.Get("/v1/services/:service/timetable", route.Private, s.showOwnTimetable),
		route.Put("/v1/services/:service/timetable", route.Private, s.setOwnTimetable),
		route.Post("/v1/services/:service/timetable/affected", route.Private, s.showOwnAffected),
		route.Get("/v1/clinics/:clinic/settings", route.Private, s.showClinicSettings),
		route.Put("/v1/clinics/:clinic/settings", route.Private, s.setClinicSettings),
		route.Get("/v1/clinics/:clinic/timetable", route.Private, s.showTimetable),
		route.Put("/v1/clinics/:clinic/timetable", route.Private, s.setTimetable),
		route.Post("/v1/clinics/:clinic/timetable/affected", route.Private, s.showAffected),
		route.Get("/v1/clinics/:clinic/changes", route.Private, s.showChanges),
		route.Get("/v1/clinics/:clinic/acts", route.Private, s.showActs),
		route.Get("/v1/clinics/:clinic/bookings", route.Private, s.showBookings),
		route.Get("/v1/clinics/:clinic/marks/:mark", route.Private, s.showMarked),
		route.Post("/v1/clinics/:clinic/marks/:mark/cancel", route.Private, s.cancelMarked),
		route.Get("/v1/clinics/:clinic/accuracy", route.Private, s.showAccuracy),
		route.Get("/v1/clinics/:clinic/users", route.Private, s.showUsers),
		route.Post("/v1/clinics/:clinic/users", route.Private, s.addUser),
		route.Delete("/v1/clinics/:clinic/users/:user", route.Private, s.removeUser),
		route.Put("/v1/clinics/:clinic/users/:user/role", route.Private, s.setRole),
		route.Put("/v1/clinics/:clinic/users/:user/password", route.Private, s.setPassword),
		route.Get("/v1/clinics/:clinic/sessions", route.Private, s.showDeskSessions),
		route.Delete("/v1/clinics/:clinic/sessions/:session", route.Private, s.endDeskSession),
		route.Put("/v1/password", route.Private, s.setOwnPassword),
		route.Get("/v1/clinics/:clinic/screens", route.Private, s.showScreens),
		route.Post("/v1/clinics/:clinic/screens", route.Private, s.addScreen),
		route.Put("/v1/clinics/:clinic/screens/:screen", route.Private, s.setScreen),
		route.Delete("/v1/clinics/:clinic/screens/:screen", route.Private, s.dropScreen),

		route.Get("/v1/version", route.Public, s.showVersion),
		route.Post("/v1/pairings", route.Open, s.addPairing),
		route.Get("/v1/pairings/:code", route.Open, s.showPairing),
		route.Get("/v1/clinics/:clinic/screen", route.Private, s.showScreen),

		route.Get("/v1/openapi.yaml", route.Public, s.showSpec("openapi.yaml")),
		route.Get("/v1/asyncapi.yaml", route.Public, s.showSpec("asyncapi.yaml")),

		route.Get("/", route.Page, s.indexPage),
		route.Get("/find", route.Page, s.findPage),
		route.Get("/lookup", route.Page, s.lookupPage),
		route.Post("/lookup", route.Page, s.lookupPage),
		route.Get("/c/:clinic", route.Page, s.clinicPage),
		route.Get("/robots.txt", route.Public, s.robots),
		route.Get("/s/:service", route.Page, s.patientPage),
		route.Get("/t", route.Page, s.ticketsPage),
		route.Get("/manifest.webmanifest", route.Page, s.webManifest),
		route.Get("/sw.js", route.Page, s.serviceWorker),
		route.Get("/display", route.Page, s.pairPage),
		route.Get("/display/:clinic", route.Page, s.displayPage),
		route.Get("/in/:clinic", route.Page, s.arrivePage),
		route.Get("/in/:clinic/sheet", route.Page, s.sheetPage),
		route.Get("/staff", route.Page, s.staffPage),
		route.Get("/embed/:service", route.Page, s.embed),
		route.Get("/partner", route.Page, s.partnerPage),
		route.Get("/partner/docs", route.Page, s.docsPage),
		route.Get("/assets/*path", route.Page, s.assets),
	}
	if s.demo {
		routes = append(routes, route.Get("/partner/sample", route.Page, s.samplePage))
	}
	return routes
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

// adapt notes in the request which route it took, so that handlers and the
// access log are plain net/http.
func adapt(pattern string, h http.Handler) httprouter.Handle {
	return func(w http.ResponseWriter, r *http.Request, params httprouter.Params) {
		r.Pattern = pattern
		for _, p := range params {
			r.SetPathValue(p.Key, strings.TrimPrefix(p.Value, "/"))
		}
		h.ServeHTTP(w, r)
	}
}

// answer runs a route's handler and says the problem that it returns.
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
		if err := s.csrf.Check(r); err != nil {
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
			err = s.peers.MayShow(w.Header(), r, route.NamedClinic(r), s.Clinics.Record)
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
