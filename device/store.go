package device

import (
	"context"
	_ "embed"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/internal/redisdb"
	"junban/queue/clinic"
)

// Clinics is what devices need of the clinics that they belong to.
type Clinics interface {
	// Clinic returns a clinic's record, or [clinic.ErrNoClinic].
	Clinic(ctx context.Context, c clinic.ID) (clinic.Clinic, error)
	// NoteChange adds to a clinic's changes in the transaction p.
	NoteChange(ctx context.Context, p redis.Pipeliner, c clinic.ID, rev string, by clinic.Actor, before, after any) error
	// Now is the time of Redis.
	Now() time.Time
}

// Store keeps devices in Redis. It is safe for concurrent use. An error is a [refusal.Refusal],
// wrapped, [clinic.ErrNoClinic], or means that Redis could not be reached.
type Store struct {
	rdb     redis.UniversalClient
	clinics Clinics
	screen  *redis.Script
}

//go:embed lua/screen.lua
var screenScript string

// NewStore returns the devices on rdb. It starts nothing.
func NewStore(rdb redis.UniversalClient, clinics Clinics) *Store {
	return &Store{rdb: rdb, clinics: clinics, screen: redis.NewScript(screenScript)}
}

func keyScreens(c clinic.ID) string { return redisdb.ClinicKey(c, "screens") }

// keyPairing is of a code that a screen shows. The screen belongs to no clinic yet.
func keyPairing(code string) string { return "junban:pairing:" + code }
