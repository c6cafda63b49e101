package watch

import (
	"context"

	"junban/api/limit"
	"junban/api/live"
	"junban/api/login"
	"junban/api/peer"
	"junban/api/route"
	"junban/api/secret"
	"junban/hub"
	"junban/queue/clinic"
)

// Screens reports whether a token is of a screen of a clinic.
type Screens interface {
	Has(ctx context.Context, c clinic.ID, hash string) bool
}

// Watch serves the topics that clients watch.
type Watch struct {
	Hub     *hub.Hub
	Clinics *live.Clinics
	Logins  *login.Logins
	Screens Screens
	Limits  *limit.Limiter
	Peers   *peer.Peers
	Keys    secret.Keys

	WatchersOfHome   int // from one IPv4 address or IPv6 /48
	WatchersOfClinic int
}

// Routes lists the routes of this audience.
func (wt *Watch) Routes() []route.Route {
	return []route.Route{
		route.Get("/v1/watch", route.Stream, wt.watch),
	}
}
