package screen

import (
	"context"
	"sync"
	"time"

	"junban/api/limit"
	"junban/api/live"
	"junban/api/login"
	"junban/api/peer"
	"junban/api/route"
	"junban/api/secret"
	"junban/device"
	"junban/queue/clinic"
)

// Devices are the screens of the clinics' waiting rooms, as [device.Store] has them.
type Devices interface {
	PutPairing(ctx context.Context, code string, p device.Pairing, life time.Duration) error
	Pairing(ctx context.Context, code string) (device.Pairing, error)
	ClaimPairing(ctx context.Context, c clinic.ID, code string) (device.Pairing, error)
	PutScreen(ctx context.Context, c clinic.ID, sc device.Screen, by clinic.Actor) error
	Screen(ctx context.Context, c clinic.ID, tokenHash string) (device.Screen, error)
	Screens(ctx context.Context, c clinic.ID) ([]device.Screen, error)
	DropScreen(ctx context.Context, c clinic.ID, tokenHash string, by clinic.Actor) error
}

// Screens pairs the screens of waiting rooms. Screens that this node has found lately are
// known without asking Redis. Safe for concurrent use.
type Screens struct {
	Devices Devices
	Clinics *live.Clinics
	Logins  *login.Logins
	Limits  *limit.Limiter
	Peers   *peer.Peers
	Keys    secret.Keys

	mu    sync.Mutex
	found map[string]foundScreen // guarded by mu; by hash of the token
}

// Routes lists the routes of this audience.
func (ss *Screens) Routes() []route.Route {
	return []route.Route{
		route.Get("/v1/clinics/:clinic/screens", route.Private, ss.showScreens),
		route.Post("/v1/clinics/:clinic/screens", route.Private, ss.addScreen),
		route.Put("/v1/clinics/:clinic/screens/:screen", route.Private, ss.setScreen),
		route.Delete("/v1/clinics/:clinic/screens/:screen", route.Private, ss.dropScreen),
		route.Post("/v1/pairings", route.Open, ss.addPairing),
		route.Get("/v1/pairings/:code", route.Open, ss.showPairing),
		route.Get("/v1/clinics/:clinic/screen", route.Private, ss.showScreen),
	}
}
