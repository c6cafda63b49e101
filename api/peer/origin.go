package peer

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"junban/api/problem"
	"junban/queue/clinic"
)

// A clinic may name the sites whose pages show its boards (D17). Browsers enforce it,
// and it keeps nothing secret. Clients that send no Origin can read the clinic's public
// pages.

// MayShow refuses public answers of a clinic to pages of sites that the clinic does not
// allow. It sets the headers that caches and browsers need for that. A clinic that is
// not there is refused by who looks for it.
func (p *Peers) MayShow(h http.Header, r *http.Request, id clinic.ID, record func(context.Context, clinic.ID) (clinic.Clinic, error)) error {
	if id == "" {
		return nil
	}
	h.Set("Vary", "Origin")
	from := r.Header.Get("Origin")
	if from == "" || p.ownOrigin(from, r) {
		return nil
	}
	c, err := record(r.Context(), id)
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

// ownOrigin reports whether an Origin is that of our own pages. A page over http is not
// ours when the request came over TLS. Others can change it on its way. The
// reverse is a proxy that is not named with --trusted-proxies.
func (p *Peers) ownOrigin(from string, r *http.Request) bool {
	u, err := url.Parse(from)
	return err == nil && strings.EqualFold(u.Host, r.Host) && (u.Scheme == "https" || u.Scheme == "http" && !p.ByTLS(r))
}
