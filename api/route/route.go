package route

import (
	"net/http"
	"time"

	"junban/queue/clinic"
)

// Kind is how a route is served.
type Kind int

const (
	Private Kind = iota // JSON for our own origin, with a ticket's token or a login
	Open                // JSON for our own origin, for anybody
	Public              // JSON that any origin may read
	Stream              // lives as long as its client, any origin
	Page                // HTML, its problems too
)

// AnswerWithin bounds the work for one request that is not a stream. Redis has
// shorter limits of its own; this one covers what waits in line before it.
const AnswerWithin = 10 * time.Second

// Route is a method and a pattern of paths, as httprouter reads it, and what answers
// them.
type Route struct {
	Method, Pattern string
	Kind            Kind
	Handler         Handler
}

// Get makes a route for GET and HEAD.
func Get(pattern string, k Kind, h Handler) Route { return Route{http.MethodGet, pattern, k, h} }

// Post makes a route for POST.
func Post(pattern string, k Kind, h Handler) Route { return Route{http.MethodPost, pattern, k, h} }

// Put makes a route for PUT.
func Put(pattern string, k Kind, h Handler) Route { return Route{http.MethodPut, pattern, k, h} }

// Delete makes a route for DELETE.
func Delete(pattern string, k Kind, h Handler) Route { return Route{http.MethodDelete, pattern, k, h} }

// Policy is the Content-Security-Policy of whatever is no page.
const Policy = "default-src 'none'; frame-ancestors 'none'"

// SecureHeaders sets what every answer of that kind carries; a handler may
// loosen what it must.
func SecureHeaders(h http.Header, k Kind) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", Policy)
	switch k {
	case Public, Stream:
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "ETag, Retry-After")
	case Private, Open, Page:
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
	}
}

// NamedClinic returns the clinic of the path, or "" when the path names none or a
// malformed one.
func NamedClinic(r *http.Request) clinic.ID {
	if id, err := clinic.ParseID(r.PathValue("clinic")); err == nil {
		return id
	}
	ref, err := clinic.ParseRef(r.PathValue("service"))
	if err != nil {
		return ""
	}
	return ref.Clinic
}
