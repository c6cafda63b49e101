package public

import (
	"context"

	"junban/api/directory"
	"junban/api/limit"
	"junban/api/live"
	"junban/api/route"
	"junban/api/secret"
	"junban/queue"
)

// Line cancels a ticket that its owner has looked up.
type Line interface {
	CancelByOwner(ctx context.Context, id queue.TicketID, codeHash string, a queue.Act) (queue.Ticket, error)
}

// Public serves the public state of clinics.
type Public struct {
	Line      Line
	Clinics   *live.Clinics
	Directory *directory.Directory
	Limits    *limit.Limiter
	Keys      secret.Keys
}

// Routes lists the routes of this audience.
func (p *Public) Routes() []route.Route {
	return []route.Route{
		route.Get("/v1/clinics", route.Public, p.listClinics),
		route.Get("/v1/clinics/:clinic", route.Public, p.showClinic),
		route.Get("/v1/services/:service/board", route.Public, p.showBoard),
		route.Get("/v1/services/:service/days", route.Public, p.ShowDays),
		route.Post("/v1/lookup", route.Open, p.LookUp),
		route.Post("/v1/lookup/cancel", route.Open, p.CancelFound),
	}
}
