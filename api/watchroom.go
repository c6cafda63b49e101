package api

import (
	"junban/api/limit"
	"junban/api/live"
	"junban/api/login"
	"junban/api/peer"
	"junban/api/route"
	"junban/api/secret"
	"junban/hub"
)

// Watch serves the topics that clients watch.
type Watch struct {
	hub     *hub.Hub
	clinics *live.Clinics
	logins  *login.Logins
	screens *Screens
	limits  *limit.Limiter
	peers   *peer.Peers
	keys    secret.Keys

	watchersOfHome   int // from one IPv4 address or IPv6 /48
	watchersOfClinic int
}

// Routes are the routes of this room.
func (wt *Watch) Routes() []route.Route {
	return []route.Route{
		route.Get("/v1/watch", route.Stream, wt.watch),
	}
}
