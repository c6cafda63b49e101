package api

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"junban/api/problem"
	"junban/queue/clinic"
)

// A clinic may name the sites whose pages show its boards (D17). It is a courtesy
// that browsers keep, and no secrecy: what the clinic shows everybody on its own
// pages can be read by clients that send no Origin.

// mayShow refuses the page of a site that the clinic does not allow what is public
// of the clinic, and tells caches and browsers for whom the answer is. A clinic
// that is not there is refused by who looks for it.
func (s *Server) mayShow(h http.Header, r *http.Request, id clinic.ID) error {
	if id == "" {
		return nil
	}
	h.Set("Vary", "Origin")
	from := r.Header.Get("Origin")
	if from == "" || s.ownOrigin(from, r) {
		return nil
	}
	c, err := s.records.clinic(r.Context(), id)
	switch {
	case errors.Is(err, clinic.ErrNoClinic), err == nil && len(c.Origins) == 0:
		return nil
	case err != nil:
		return err
	case slices.Contains(c.Origins, from):
		h.Set("Access-Control-Allow-Origin", from)
		return nil
	}
	h.Del("Access-Control-Allow-Origin")
	return problem.Refuse("origin_not_allowed", "the clinic does not allow pages of this origin to show its boards")
}

// ownOrigin reports whether an Origin is that of our own pages. A page that came
// over http is not ours where the request came over TLS: others can write it on
// its way (S17). The reverse is a proxy that is not named with --trusted-proxies.
func (s *Server) ownOrigin(from string, r *http.Request) bool {
	u, err := url.Parse(from)
	return err == nil && strings.EqualFold(u.Host, r.Host) && (u.Scheme == "https" || u.Scheme == "http" && !s.byTLS(r))
}

// framers are the sites whose pages may frame the clinic's board, as a
// Content-Security-Policy writes them.
func framers(c clinic.Clinic) string {
	if len(c.Origins) == 0 {
		return "*"
	}
	return strings.Join(append([]string{"'self'"}, c.Origins...), " ")
}

// origins reads the sites that a clinic's admin typed, as browsers write them; any
// other text stays as it is and is refused by the record.
func origins(typed []string) (all []string) {
	for _, text := range typed {
		text = strings.TrimSpace(text)
		if written, ok := clinic.Origin(text); ok {
			text = written
		}
		all = append(all, text)
	}
	return all
}

// once returns a list with each of its texts once, in their order.
func once(texts []string) (all []string) {
	for _, text := range texts {
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}
