package notice

import (
	"context"
	"net/http"

	"junban/api/limit"
	"junban/api/live"
	"junban/api/peer"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/secret"
	"junban/notify/message"
	"junban/notify/text"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/static"
)

// Line reads tickets, as [queue.Store] does.
type Line interface {
	Ticket(ctx context.Context, id queue.TicketID) (queue.Ticket, error)
}

// Outbox keeps wants, notices and followers, as [outbox.Store] does.
type Outbox interface {
	Hash(addr outbox.Address) string
	Wants(ctx context.Context, id queue.TicketID) ([]outbox.Want, error)
	PutWants(ctx context.Context, c clinic.Clinic, id queue.TicketID, wants []outbox.Want) error
	JobsOf(ctx context.Context, id queue.TicketID) ([]outbox.Job, error)
	PutProof(ctx context.Context, c clinic.ID, addr outbox.Address) (id, code string, err error)
	CheckProof(ctx context.Context, id, code string) (clinic.ID, outbox.Address, error)
	Notice(ctx context.Context, id outbox.NoticeID) (found outbox.Claimed, over bool, err error)
	Shown(ctx context.Context, id outbox.NoticeID) error
	Follow(ctx context.Context, c clinic.ID, f outbox.Follower) error
	Unfollow(ctx context.Context, c clinic.ID, hash string) error
	UnfollowOf(token string) (c clinic.ID, hash string, ok bool)
	Suppressed(ctx context.Context, c clinic.ID, ch outbox.Channel, hash string) (why string, err error)
	Unsuppress(ctx context.Context, c clinic.ID, ch outbox.Channel, hash string) error
	Spent(ctx context.Context, c clinic.ID, month string) (map[outbox.Channel]int, error)
	NewsOf(ctx context.Context, c clinic.ID) ([]outbox.NewsItem, error)
	NewsByID(ctx context.Context, c clinic.ID, id string) (outbox.NewsItem, error)
}

// Notices serves what patients ask of notices.
type Notices struct {
	Line    Line
	Outbox  Outbox
	Clinics *live.Clinics
	Limits  *limit.Limiter
	Peers   *peer.Peers
	Keys    secret.Keys
	Site    *static.Site

	composer *text.Composer // writes notices, and the mails with codes
	pageNews *newsCache

	PushKey  string          // public key of web push; "": it is not offered
	Mail     message.Channel // sends the codes that prove addresses; nil: mail is not offered
	MailFrom string          // domain of its sender, which patients allow in their filters
	Inbox    Inbox           // of the demo; nil: it is not offered

	Origin string // of links, such as https://junban.example; "": that of the request

	ValidPush func(message.Subscription) error // nil of a subscription that may be used; the error names no address
	ValidMail func(string) error               // the same of a mail address
}

// Open makes what the other fields lead to.
func (ns *Notices) Open() {
	ns.composer = text.New(ns.Site)
	ns.pageNews = &newsCache{read: map[clinic.ID]newsRead{}}
}

// Routes lists the routes of this audience.
func (ns *Notices) Routes() []route.Route {
	routes := []route.Route{
		route.Get("/v1/push/key", route.Open, ns.showKey),
		route.Get("/v1/tickets/:ticket/wants", route.Private, ns.showWants),
		route.Put("/v1/tickets/:ticket/wants", route.Private, ns.putWants),
		route.Post("/v1/proofs", route.Open, ns.askProof),
		route.Post("/v1/proofs/:proof", route.Open, ns.giveCode),
		route.Get("/v1/notices/:notice", route.Open, ns.showNotice),
		route.Post("/v1/notices/:notice/shown", route.Open, ns.reportShown),
		route.Post("/v1/clinics/:clinic/follow", route.Open, ns.follow),
		route.Post("/v1/clinics/:clinic/unfollow", route.Open, ns.unfollow),
		route.Get("/v1/clinics/:clinic/news", route.Open, ns.showNews),
		route.Get("/u/:token", route.Page, ns.unfollowPage),
		route.Post("/u/:token", route.Page, ns.unfollowByLink),
	}
	if ns.Inbox != nil {
		routes = append(routes, route.Get("/demo/inbox", route.Page, ns.inboxPage), route.Get("/demo/inbox.json", route.Open, ns.showInbox))
	}
	return routes
}

// origin is where the links of a notice lead. A request may name any host, and the links
// of mails have tokens.
func (ns *Notices) origin(r *http.Request) string {
	if ns.Origin != "" {
		return ns.Origin
	}
	return ns.Peers.Origin(r)
}

// ownTicket returns the ticket of the path, whose token the request must have.
func (ns *Notices) ownTicket(r *http.Request) (queue.TicketID, string, error) {
	id, err := queue.ParseTicketID(r.PathValue("ticket"))
	if err != nil {
		return "", "", err
	}
	token, err := ns.owns(r, id)
	return id, token, err
}

// owns returns the token of a ticket, which the request must have.
func (ns *Notices) owns(r *http.Request, id queue.TicketID) (string, error) {
	token, ok := route.Bearer(r)
	if !ok {
		return "", problem.Refuse("token_required", "send the ticket's token as Authorization: Bearer <token>")
	}
	if !ns.Keys.Owns(id, token) {
		return "", problem.Refuse("token_wrong", "the token does not belong to this ticket")
	}
	return token, nil
}

// channels are those that a clinic offers its patients here.
func (ns *Notices) channels(c clinic.Clinic) []string {
	all := []string{}
	for _, ch := range ns.SetUp() {
		if c.Notices.Offers(string(ch)) {
			all = append(all, string(ch))
		}
	}
	return all
}

// SetUp returns the channels that this server can send through.
func (ns *Notices) SetUp() (all []outbox.Channel) {
	if ns.PushKey != "" {
		all = append(all, outbox.Push)
	}
	if ns.Mail != nil {
		all = append(all, outbox.Mail)
	}
	if ns.Inbox != nil {
		all = append(all, outbox.Inbox)
	}
	return all
}

// kinds are those that a clinic sends about a ticket.
func kinds(c clinic.Clinic) []string {
	all := []string{}
	for _, k := range clinic.NoticeKinds {
		if k != string(outbox.News) && c.Notices.Sends(k) {
			all = append(all, k)
		}
	}
	return all
}
