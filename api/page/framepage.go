package page

import (
	"errors"
	"net/http"
	"strings"

	"junban/api/live"
	"junban/api/problem"
	"junban/queue/clinic"
	"junban/static"
)

// embed is /embed/v1.js, its texts /embed/v1.json, and /embed/:service, a board in a
// frame of another site. They share a handler, as the router takes no fixed name beside
// a parameter.
func (ps *Pages) embed(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	if name := r.PathValue("service"); name != "v1.js" && name != "v1.json" {
		return ps.framePage(w, r)
	}
	h.Del("Cross-Origin-Resource-Policy")
	ps.Site.Embed().ServeHTTP(w, r)
	return nil
}

// framePage is /embed/:service. The browser enforces which sites may frame it. The
// frame itself shows an error, and tries again.
func (ps *Pages) framePage(w http.ResponseWriter, r *http.Request) error {
	l := looksOf(r.URL.Query())
	p := static.FramePage{Lang: static.Language(r), Show: l.show, Theme: l.theme, Accent: l.accent}
	status, by := http.StatusOK, "*"
	now, err := ps.framed(r)
	switch {
	case errors.Is(err, clinic.ErrNoService):
		p.Wrong, status = "unknown", http.StatusNotFound
	case err != nil && problem.Unreachable(err):
		p.Wrong, status = "missing", http.StatusServiceUnavailable
	case err != nil:
		return err
	default:
		c := now.Snap.Clinic
		b := static.NewBoard(now.Board, names(c))
		p.Board, p.At, p.Address, p.Hours = &b, now.At(now.Snap.At).Format("15:04"), c.Address, c.Hours
		by = framers(c)
		unlisted(w, c)
	}
	h := w.Header()
	h.Del("X-Frame-Options") // it knows no list
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	ancestors := "; frame-ancestors 'none'"
	policy := strings.TrimSuffix(static.Policy(r.Host), ancestors)
	if by != "*" { // which a page of the scheme file: does not match
		policy += "; frame-ancestors " + by
	}
	h.Set("Content-Security-Policy", policy)
	return ps.renderAs(w, r, status, p)
}

// framed reads the board of the frame's service.
func (ps *Pages) framed(r *http.Request) (live.Seen, error) {
	ref, err := clinic.ParseRef(r.PathValue("service"))
	if err != nil {
		return live.Seen{}, clinic.ErrNoService
	}
	return ps.Clinics.Board(r.Context(), ref)
}

// framers are the sites whose pages may frame the clinic's board, as a
// Content-Security-Policy writes them.
func framers(c clinic.Clinic) string {
	if len(c.Origins) == 0 {
		return "*"
	}
	return strings.Join(append([]string{"'self'"}, c.Origins...), " ")
}
