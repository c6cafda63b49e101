package ticket

import (
	"context"

	"junban/api/limit"
	"junban/api/live"
	"junban/api/login"
	"junban/api/peer"
	"junban/api/route"
	"junban/api/secret"
	"junban/queue"
	"junban/queue/clinic"
)

// Line has the acts on one ticket, of its owner and of its desk, as [queue.Store] does.
type Line interface {
	Issue(ctx context.Context, ref clinic.Ref, q queue.Request, a queue.Act) (queue.Issued, error)
	Arrive(ctx context.Context, id queue.TicketID, p queue.Presence, a queue.Act) (queue.Ticket, error)
	CancelByOwner(ctx context.Context, id queue.TicketID, codeHash string, a queue.Act) (queue.Ticket, error)
	Ticket(ctx context.Context, id queue.TicketID) (queue.Ticket, error)
	Do(ctx context.Context, id queue.TicketID, kind queue.ActKind, a queue.Act) (queue.Ticket, error)
	Finish(ctx context.Context, id queue.TicketID, inaccurate bool, a queue.Act) (queue.Ticket, error)
	Transfer(ctx context.Context, id queue.TicketID, service string, a queue.Act) (queue.Ticket, error)
	Move(ctx context.Context, id queue.TicketID, ahead int, reason string, a queue.Act) (queue.Ticket, error)
	Contacted(ctx context.Context, id queue.TicketID, cut string, a queue.Act) (queue.Ticket, error)
	Arrival(ctx context.Context, id queue.TicketID, by string, a queue.Act) (queue.Ticket, error)
	Rebook(ctx context.Context, id queue.TicketID, day clinic.Day, slot string, override bool, a queue.Act) (queue.Ticket, error)
	Restore(ctx context.Context, id queue.TicketID, c queue.Claim, a queue.Act) (queue.Ticket, error)
	Edit(ctx context.Context, id queue.TicketID, e queue.Edit, a queue.Act) (queue.Ticket, error)
}

// Tickets issues tickets and acts on them.
type Tickets struct {
	Line    Line
	Clinics *live.Clinics
	Logins  *login.Logins
	Limits  *limit.Limiter
	Peers   *peer.Peers
	Keys    secret.Keys

	Recorder Recorder // of bookings for days to come; nil: they are in the line alone

	Members Members // nil: no booking has a member

	inFlight inFlight // of the web
}

// Routes lists the routes of this audience.
func (ts *Tickets) Routes() []route.Route {
	return []route.Route{
		route.Post("/v1/services/:service/tickets", route.Open, ts.IssueByPatient),
		route.Get("/v1/tickets/:ticket", route.Private, ts.showTicket),
		route.Get("/v1/tickets/:ticket/code", route.Private, ts.showTicketCode),
		route.Post("/v1/tickets/:ticket/:act", route.Private, ts.actOnTicket),
		route.Post("/v1/services/:service/walkins", route.Private, ts.issueByDesk),
		route.Post("/v1/services/:service/bookings", route.Private, ts.bookByDesk),
	}
}
