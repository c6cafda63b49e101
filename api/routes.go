package api

import (
	"context"
	"junban/api/problem"
	"net/http"
	"strings"
	"time"

	"github.com/julienschmidt/httprouter"
)

// kind says how a route is served.
type kind int

const (
	private kind = iota // JSON for our own origin, with a ticket's token or a login
	open                // JSON for our own origin, for anybody
	public              // JSON that any origin may read
	stream              // lives as long as its client, any origin
	page                // HTML, its problems too
)

// answerWithin bounds the work for one request that is not a stream. Redis has
// shorter limits of its own; this one covers what waits in line before it.
const answerWithin = 10 * time.Second

// maxHost is the longest Host that is served, in bytes: a name of DNS and a port.
// Pages, policies and drawn codes carry it.
const maxHost = 253 + len(":65535")

type route struct {
	method, pattern string
	kind            kind
	handler         handler
}

// table is every route of the public listener.
func (s *Server) table() []route {
	const get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	routes := []route{
		{get, "/v1/clinics", public, s.listClinics},
		{get, "/v1/clinics/:clinic", public, s.showClinic},
		{get, "/v1/services/:service/board", public, s.showBoard},
		{get, "/v1/services/:service/days", public, s.showDays},
		{get, "/v1/watch", stream, s.watch},

		{post, "/v1/services/:service/tickets", open, s.issueByPatient},
		{get, "/v1/tickets/:ticket", private, s.showTicket},
		{get, "/v1/tickets/:ticket/code", private, s.showTicketCode},
		{post, "/v1/tickets/:ticket/:act", private, s.actOnTicket},
		{post, "/v1/lookup", open, s.lookUp},

		{post, "/v1/login", open, s.login},
		{post, "/v1/logout", open, s.logout},
		{get, "/v1/session", open, s.showSession},
		{post, "/v1/services/:service/call", private, s.call},
		{post, "/v1/services/:service/walkins", private, s.issueByDesk},
		{put, "/v1/services/:service/reception", private, s.setReception},
		{put, "/v1/services/:service/message", private, s.setMessage},
		{put, "/v1/clinics/:clinic/rooms/:room/duty", private, s.setDuty},
		{get, "/v1/services/:service/settings", private, s.showSettings},
		{put, "/v1/services/:service/settings", private, s.setSettings},
		{get, "/v1/services/:service/timetable", private, s.showOwnTimetable},
		{put, "/v1/services/:service/timetable", private, s.setOwnTimetable},
		{post, "/v1/services/:service/timetable/affected", private, s.showOwnAffected},
		{get, "/v1/clinics/:clinic/settings", private, s.showClinicSettings},
		{put, "/v1/clinics/:clinic/settings", private, s.setClinicSettings},
		{get, "/v1/clinics/:clinic/timetable", private, s.showTimetable},
		{put, "/v1/clinics/:clinic/timetable", private, s.setTimetable},
		{post, "/v1/clinics/:clinic/timetable/affected", private, s.showAffected},
		{get, "/v1/clinics/:clinic/changes", private, s.showChanges},
		{get, "/v1/clinics/:clinic/acts", private, s.showActs},
		{get, "/v1/clinics/:clinic/bookings", private, s.showBookings},
		{get, "/v1/clinics/:clinic/marks/:mark", private, s.showMarked},
		{post, "/v1/clinics/:clinic/marks/:mark/cancel", private, s.cancelMarked},
		{get, "/v1/clinics/:clinic/accuracy", private, s.showAccuracy},
		{get, "/v1/clinics/:clinic/users", private, s.showUsers},
		{post, "/v1/clinics/:clinic/users", private, s.addUser},
		{del, "/v1/clinics/:clinic/users/:user", private, s.removeUser},
		{put, "/v1/clinics/:clinic/users/:user/role", private, s.setRole},
		{put, "/v1/clinics/:clinic/users/:user/password", private, s.setPassword},
		{get, "/v1/clinics/:clinic/sessions", private, s.showDeskSessions},
		{del, "/v1/clinics/:clinic/sessions/:session", private, s.endDeskSession},
		{put, "/v1/password", private, s.setOwnPassword},
		{get, "/v1/clinics/:clinic/screens", private, s.showScreens},
		{post, "/v1/clinics/:clinic/screens", private, s.addScreen},
		{put, "/v1/clinics/:clinic/screens/:screen", private, s.setScreen},
		{del, "/v1/clinics/:clinic/screens/:screen", private, s.dropScreen},

		{get, "/v1/version", public, s.showVersion},
		{post, "/v1/pairings", open, s.addPairing},
		{get, "/v1/pairings/:code", open, s.showPairing},
		{get, "/v1/clinics/:clinic/screen", private, s.showScreen},

		{get, "/v1/openapi.yaml", public, s.showSpec("openapi.yaml")},
		{get, "/v1/asyncapi.yaml", public, s.showSpec("asyncapi.yaml")},

		{get, "/", page, s.indexPage},
		{get, "/find", page, s.findPage},
		{get, "/lookup", page, s.lookupPage},
		{post, "/lookup", page, s.lookupPage},
		{get, "/c/:clinic", page, s.clinicPage},
		{get, "/robots.txt", public, s.robots},
		{get, "/s/:service", page, s.patientPage},
		{get, "/t", page, s.ticketsPage},
		{get, "/manifest.webmanifest", page, s.webManifest},
		{get, "/sw.js", page, s.serviceWorker},
		{get, "/display", page, s.pairPage},
		{get, "/display/:clinic", page, s.displayPage},
		{get, "/in/:clinic", page, s.arrivePage},
		{get, "/in/:clinic/sheet", page, s.sheetPage},
		{get, "/staff", page, s.staffPage},
		{get, "/embed/:service", page, s.embed},
		{get, "/partner", page, s.partnerPage},
		{get, "/partner/docs", page, s.docsPage},
		{get, "/assets/*path", page, s.assets},
	}
	if s.demo {
		routes = append(routes, route{get, "/partner/sample", page, s.samplePage})
	}
	return routes
}

func (s *Server) routes() http.Handler {
	router := httprouter.New()
	router.RedirectTrailingSlash, router.RedirectFixedPath = false, false
	router.NotFound = s.answer(route{kind: private, handler: func(http.ResponseWriter, *http.Request) error {
		return problem.Refuse("not_found", "this path does not exist")
	}})
	router.MethodNotAllowed = s.answer(route{kind: private, handler: func(w http.ResponseWriter, _ *http.Request) error {
		return problem.Refuse("method_not_allowed", "this path allows %s", w.Header().Get("Allow"))
	}})
	router.GlobalOPTIONS = s.answer(route{kind: private, handler: func(w http.ResponseWriter, _ *http.Request) error {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}})
	for _, t := range s.table() {
		h := adapt(t.pattern, s.answer(t))
		router.Handle(t.method, t.pattern, h)
		if t.method == http.MethodGet && t.kind != stream {
			router.Handle(http.MethodHead, t.pattern, h)
		}
		if t.kind == public {
			router.Handle(http.MethodOptions, t.pattern, adapt(t.pattern, http.HandlerFunc(preflight)))
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
func (s *Server) answer(t route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secureHeaders(w.Header(), t.kind)
		if s.byTLS(r) {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		if len(r.Host) > maxHost {
			r.Host = ""
			s.fail(w, r, t.kind, problem.Refuse("field_invalid", "the Host header is longer than %d bytes", maxHost))
			return
		}
		if err := s.csrf.Check(r); err != nil {
			s.fail(w, r, t.kind, problem.Refuse("foreign_origin", "pages of other sites cannot send this request"))
			return
		}
		limitBodyTime(w, r)
		if t.kind != stream {
			ctx, cancel := context.WithTimeout(r.Context(), answerWithin)
			defer cancel()
			r = r.WithContext(ctx)
		}
		var err error
		if t.kind != private { // a ticket's token and a login prove that the client knows the clinic
			err = s.authorizeLookup(r, namedClinic(r))
		}
		if err == nil && t.kind == public {
			err = s.mayShow(w.Header(), r, namedClinic(r))
		}
		if err == nil {
			err = t.handler(w, r)
		}
		if err != nil {
			s.fail(w, r, t.kind, err)
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
