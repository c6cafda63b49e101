package api

import (
	"errors"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"junban/queue"
	"junban/static"
)

// usualAccent is the colour of the element's numbers where nothing else is said.
const usualAccent = "#005599"

var colour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// looks are what a partner chose of the element or the frame.
type looks struct {
	speak, show, theme string
	accent             string // "" is the usual one
}

// looksOf reads what was chosen; what nobody offers counts as not chosen.
func looksOf(q url.Values) looks {
	l := looks{speak: static.Japanese, theme: q.Get("theme"), accent: q.Get("accent")}
	said := strings.FieldsFunc(strings.Join(q["show"], " "), func(r rune) bool { return r == ',' || r == ' ' })
	var show []string
	for _, item := range static.EmbedItems() {
		if slices.Contains(said, item) {
			show = append(show, item)
		}
	}
	if show == nil {
		show = static.EmbedItems()[:2]
	}
	l.show = strings.Join(show, " ")
	if !slices.Contains(static.EmbedThemes(), l.theme) {
		l.theme = static.EmbedThemes()[0]
	}
	if !colour.MatchString(l.accent) || strings.EqualFold(l.accent, usualAccent) {
		l.accent = ""
	}
	for _, s := range static.Languages() {
		if s.Code == q.Get("speak") {
			l.speak = s.Code
		}
	}
	return l
}

// framePath is the frame with those looks, on this server.
func (l looks) framePath(service string) string {
	q := url.Values{"lang": {l.speak}, "show": {strings.ReplaceAll(l.show, " ", ",")}, "theme": {l.theme}}
	if l.accent != "" {
		q.Set("accent", l.accent)
	}
	return "/embed/" + service + "?" + q.Encode()
}

// element is the HTML that shows the board on a partner's page.
func (l looks) element(origin, service string) string {
	more := ""
	if l.theme != static.EmbedThemes()[0] {
		more += fmt.Sprintf(" theme=%q", l.theme)
	}
	if l.accent != "" {
		more += fmt.Sprintf(" accent=%q", l.accent)
	}
	return fmt.Sprintf("<script type=\"module\" src=\"%s/embed/v1.js\"></script>\n<junban-board service=%q lang=%q show=%q%s></junban-board>",
		html.EscapeString(origin), service, l.speak, l.show, more)
}

// frame is the HTML that frames the board on a partner's page.
func (l looks) frame(origin, service, name string) string {
	return fmt.Sprintf("<iframe src=\"%s\" title=\"%s\"\n  width=\"360\" height=\"400\" frameborder=\"0\" loading=\"lazy\"></iframe>",
		html.EscapeString(origin+l.framePath(service)), html.EscapeString(name))
}

// partnerPage is /partner, on which a partner makes the HTML for a homepage.
func (s *Server) partnerPage(w http.ResponseWriter, r *http.Request) error {
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
		return s.render(w, r, p)
	}
	typed = strings.ToValidUTF8(typed[:min(len(typed), maxQuery)], "")
	p.Typed = typed
	number := numberIn(typed)
	m := numbering.FindStringSubmatch(number)
	if m == nil {
		p.Wrong = "malformed"
		return s.renderAs(w, r, http.StatusBadRequest, p)
	}
	_, err := s.numbered(r, m[1], number)
	switch {
	case errors.As(err, &refusal{}):
		p.Wrong = "many"
		return s.renderAs(w, r, http.StatusTooManyRequests, p)
	case errors.Is(err, queue.ErrNoClinic), errors.Is(err, queue.ErrNoService):
		p.Wrong = "unknown"
		return s.renderAs(w, r, http.StatusNotFound, p)
	case err != nil:
		return err
	}
	c, err := s.records.clinic(r.Context(), queue.ClinicID(m[1]))
	if err != nil {
		return err
	}
	all := services(c)
	if number == m[1] && len(all) == 1 {
		number = all[0].Service
	}
	for _, svc := range all {
		q.Set("service", svc.Service)
		p.Services = append(p.Services, static.PartnerService{Service: svc.Service, Name: svc.Name, URL: "/partner?" + q.Encode()})
		if svc.Service == number {
			p.Service, p.Name, p.Origins = number, svc.Name, c.Origins
			p.Element, p.FramePath = l.element(s.origin(r), number), l.framePath(number)
			p.Frame = l.frame(s.origin(r), number, c.Name+" "+svc.Name)
		}
	}
	if p.Service != "" {
		p.Services = nil
	}
	unlisted(w, c)
	return s.render(w, r, p)
}

// docsPage is /partner/docs. The examples are about the service that the reader
// asks for, or about one that is in the directory.
func (s *Server) docsPage(w http.ResponseWriter, r *http.Request) error {
	ref, err := queue.ParseRef(r.URL.Query().Get("service"))
	if err != nil {
		ref = queue.Ref{Clinic: "1234", Service: "1"}
	}
	return s.render(w, r, static.DocsPage{Lang: static.DeskLanguage(r), Server: s.origin(r), Clinic: string(ref.Clinic), Service: ref.String()})
}

// embed is /embed/v1.js, its words /embed/v1.json, and /embed/:service, a board in
// a frame of somebody else's page: the router takes no fixed name beside a number.
func (s *Server) embed(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	if name := r.PathValue("service"); name != "v1.js" && name != "v1.json" {
		return s.framePage(w, r)
	}
	h.Del("Cross-Origin-Resource-Policy")
	s.site.Embed().ServeHTTP(w, r)
	return nil
}

// framePage is /embed/:service. Who may frame it is the browser's to keep to; a
// trouble is said in the frame itself, which asks again.
func (s *Server) framePage(w http.ResponseWriter, r *http.Request) error {
	l := looksOf(r.URL.Query())
	p := static.FramePage{Lang: static.Language(r), Show: l.show, Theme: l.theme, Accent: l.accent}
	status, by := http.StatusOK, "*"
	now, err := s.framed(r)
	switch {
	case errors.Is(err, queue.ErrNoService):
		p.Wrong, status = "unknown", http.StatusNotFound
	case err != nil && unreachable(err):
		p.Wrong, status = "missing", http.StatusServiceUnavailable
	case err != nil:
		return err
	default:
		c := now.snap.Clinic
		b := painted(now.board, names(c))
		p.Board, p.At, p.Address, p.Hours = &b, now.at(now.snap.At).Format("15:04"), c.Address, c.Hours
		by = framers(c)
		unlisted(w, c)
	}
	h := w.Header()
	h.Del("X-Frame-Options") // it knows no list
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Content-Security-Policy", strings.Replace(static.Policy(r.Host), "frame-ancestors 'none'", "frame-ancestors "+by, 1))
	return s.renderAs(w, r, status, p)
}

// framed reads the board of the frame's service.
func (s *Server) framed(r *http.Request) (seen, error) {
	ref, err := queue.ParseRef(r.PathValue("service"))
	if err != nil {
		return seen{}, queue.ErrNoService
	}
	now, err := s.look(r.Context(), ref)
	return now, s.guessed(r, err)
}

// samplePage is /partner/sample: a page of another site, as far as a browser can
// tell, with the element of this server in it. Opened under 127.0.0.1 it takes
// the element from localhost, and the other way round.
func (s *Server) samplePage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.records.index(r.Context())
	if err != nil {
		return err
	}
	if len(x.entries) == 0 {
		return queue.ErrNoClinic
	}
	there := *r
	there.Host = elsewhere(r.Host)
	origin := s.origin(&there)
	w.Header().Set("Content-Security-Policy", samplePolicy(origin))
	return s.render(w, r, static.SamplePage{
		Lang: static.Language(r), Service: services(x.entries[0].clinic)[0].Service, ServerOrigin: origin,
	})
}

// samplePolicy lets the sample page do what a careful partner would allow:
// our element, its style, and its connection.
func samplePolicy(origin string) string {
	host := strings.TrimPrefix(strings.TrimPrefix(origin, "http://"), "https://")
	if strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(";,'\"", r) }) {
		return apiPolicy
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
