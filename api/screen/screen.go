package screen

import (
	"context"
	"time"

	"junban/api/route"
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

// Routes are the routes of this room.
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
