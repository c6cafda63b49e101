package page

import (
	"errors"
	"net"
	"net/http"
	"strings"

	"junban/api/directory"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/queue/clinic"
	"junban/static"
)

// partnerPage is /partner, on which a partner makes the HTML for a homepage.
func (ps *Pages) partnerPage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	l := looksOf(q)
	p := static.PartnerPage{Lang: static.DeskLanguage(r), Speak: l.speak, Show: l.show, Theme: l.theme, Accent: l.accent, Own: l.accent != ""}
	if !p.Own {
		p.Accent = usualAccent
	}
	h := w.Header()
	h.Set("Content-Security-Policy", static.Policy(r.Host)+"; frame-src 'self'")
	typed := q.Get("service")
	if typed == "" {
		return ps.render(w, r, p)
	}
	typed = strings.ToValidUTF8(typed[:min(len(typed), directory.MaxQuery)], "")
	p.Typed = typed
	number := route.Number(typed)
	m := numbering.FindStringSubmatch(number)
	if m == nil {
		p.Wrong = "malformed"
		return ps.renderAs(w, r, http.StatusBadRequest, p)
	}
	_, err := ps.numbered(r, m[1], number)
	switch {
	case errors.As(err, &problem.Problem{}):
		p.Wrong = "many"
		return ps.renderAs(w, r, http.StatusTooManyRequests, p)
	case errors.Is(err, clinic.ErrNoClinic), errors.Is(err, clinic.ErrNoService):
		p.Wrong = "unknown"
		return ps.renderAs(w, r, http.StatusNotFound, p)
	case err != nil:
		return err
	}
	c, err := ps.Clinics.Record(r.Context(), clinic.ID(m[1]))
	if err != nil {
		return err
	}
	all := view.Services(c)
	if number == m[1] && len(all) == 1 {
		number = all[0].Service
	}
	for _, svc := range all {
		q.Set("service", svc.Service)
		p.Services = append(p.Services, static.PartnerService{Service: svc.Service, Name: svc.Name, URL: "/partner?" + q.Encode()})
		if svc.Service == number {
			p.Service, p.Name, p.Origins = number, svc.Name, c.Origins
			p.Element, p.FramePath, p.Height = l.element(ps.Peers.Origin(r), number), l.framePath(number), l.height()
			p.Frame = l.frame(ps.Peers.Origin(r), number, c.Name+" "+svc.Name)
		}
	}
	if p.Service != "" {
		p.Services = nil
	}
	unlisted(w, c)
	return ps.render(w, r, p)
}

// docsPage is /partner/docs. The examples are about the service that the reader
// asks for, or about one that is in the directory.
func (ps *Pages) docsPage(w http.ResponseWriter, r *http.Request) error {
	ref, err := clinic.ParseRef(r.URL.Query().Get("service"))
	if err != nil {
		ref = clinic.Ref{Clinic: "1234", Service: "1"}
	}
	return ps.render(w, r, static.DocsPage{Lang: static.DeskLanguage(r), Server: ps.Peers.Origin(r), Clinic: string(ref.Clinic), Service: ref.String()})
}

// samplePage is /partner/sample, which contains the element of this server. To a
// browser, the two have different origins. Opened under 127.0.0.1 it takes the element
// from localhost, and the other way round.
func (ps *Pages) samplePage(w http.ResponseWriter, r *http.Request) error {
	x, err := ps.Directory.Index(r.Context())
	if err != nil {
		return err
	}
	if len(x.Entries) == 0 {
		return clinic.ErrNoClinic
	}
	there := *r
	there.Host = elsewhere(r.Host)
	origin := ps.Peers.Origin(&there)
	w.Header().Set("Content-Security-Policy", samplePolicy(origin))
	return ps.render(w, r, static.SamplePage{
		Lang: static.Language(r), Service: view.Services(x.Entries[0].Clinic)[0].Service, ServerOrigin: origin,
	})
}

// samplePolicy lets the sample page do what a careful partner would allow:
// our element, its style, and its connection.
func samplePolicy(origin string) string {
	host := strings.TrimPrefix(strings.TrimPrefix(origin, "http://"), "https://")
	if strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(";,'\"", r) }) {
		return route.Policy
	}
	return "default-src 'none'; img-src data:; style-src 'self' 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; " +
		"script-src " + origin + "; connect-src " + origin + " ws://" + host + " wss://" + host
}

// elsewhere is the other name of this machine, with the same port.
func elsewhere(host string) string {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		return host
	}
	switch name {
	case "localhost":
		return net.JoinHostPort("127.0.0.1", port)
	case "127.0.0.1", "::1":
		return net.JoinHostPort("localhost", port)
	}
	return host
}
