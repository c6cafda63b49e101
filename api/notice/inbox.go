package notice

import (
	"net/http"
	"time"

	"junban/api/route"
	"junban/api/wire"
	"junban/notify/inbox"
	"junban/static"
)

// Inbox is the demo's channel, as [inbox.Inbox] is.
type Inbox interface {
	Newest() []inbox.Item
}

// inboxPage is /demo/inbox, which shows the notices of the demo as phones do.
func (ns *Notices) inboxPage(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", static.Policy(r.Host))
	h.Set("Vary", "Accept-Language, Cookie")
	return ns.Site.Render(w, static.InboxPage{Lang: static.DeskLanguage(r)})
}

// showInbox is GET /demo/inbox.json, for the page.
func (ns *Notices) showInbox(w http.ResponseWriter, r *http.Request) error {
	lang := static.DeskLanguage(r)
	list := wire.DemoInbox{Items: []wire.DemoNotice{}}
	for _, i := range ns.Inbox.Newest() {
		m := i.Message
		kind := ""
		if m.Kind != "" {
			kind = ns.Site.Text(lang, "noticeKind."+m.Kind)
		}
		list.Items = append(list.Items, wire.DemoNotice{
			ID: m.ID, To: m.To.Inbox, Language: m.Language, Title: m.Title, Body: m.Body, Urgent: m.Urgent, Kind: kind, At: wire.Time{Time: i.At.Truncate(time.Second)},
		})
	}
	return route.Encode(w, http.StatusOK, list)
}
