package notice

import (
	"net/http"

	"junban/api/limit"
	"junban/api/problem"
	"junban/notify/text"
	"junban/static"
)

// unfollowPage is GET /u/:token, the link in a mail with news: a page with a button. It
// changes nothing, as scanners of mail open every link.
func (ns *Notices) unfollowPage(w http.ResponseWriter, r *http.Request) error {
	return ns.unfollowing(w, r, false)
}

// unfollowByLink is POST /u/:token. The page's button sends it, and so do mail programs
// (RFC 8058), without cookies. A repeat changes nothing.
func (ns *Notices) unfollowByLink(w http.ResponseWriter, r *http.Request) error {
	return ns.unfollowing(w, r, true)
}

func (ns *Notices) unfollowing(w http.ResponseWriter, r *http.Request, end bool) error {
	if err := ns.Limits.Check(r, limit.NoticeLooks, ""); err != nil {
		return err
	}
	id, hash, ok := ns.Outbox.UnfollowOf(r.PathValue("token"))
	if !ok {
		return problem.Refuse("link_unknown", "the link is not one of this server, or a part of it is missing")
	}
	c, err := ns.Clinics.Record(r.Context(), id)
	if err != nil {
		return err
	}
	if end {
		if err := ns.Outbox.Unfollow(r.Context(), id, hash); err != nil {
			return err
		}
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", static.Policy(r.Host))
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Vary", "Accept-Language, Cookie")
	return ns.Site.Render(w, static.UnfollowPage{Lang: static.Language(r), Clinic: text.Sender(c), Token: r.PathValue("token"), Done: end})
}
