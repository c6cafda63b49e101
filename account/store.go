package account

import (
	"context"
	_ "embed"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/internal/redisdb"
	"junban/queue/clinic"
)

// Clinics is what accounts need of the clinics that they belong to.
type Clinics interface {
	// Clinic returns a clinic's record, or [clinic.ErrNoClinic].
	Clinic(ctx context.Context, c clinic.ID) (clinic.Clinic, error)
	// NoteChange adds to a clinic's changes in the transaction p.
	NoteChange(ctx context.Context, p redis.Pipeliner, c clinic.ID, rev string, by clinic.Actor, before, after any) error
	// Now is the time of Redis.
	Now() time.Time
}

// Store keeps users and logins in Redis. It is safe for concurrent use. An error is a
// [refusal.Refusal], wrapped, [ErrNoLogin], [clinic.ErrNoClinic], or means that Redis could not
// be reached.
type Store struct {
	rdb     redis.UniversalClient
	clinics Clinics
	seen    *redis.Script

	mu    sync.Mutex
	names map[string]string // users of some logins, by the hash of the token; guarded by mu
}

//go:embed lua/seen.lua
var seenScript string

// NewStore returns the accounts on rdb. It starts nothing.
func NewStore(rdb redis.UniversalClient, clinics Clinics) *Store {
	return &Store{rdb: rdb, clinics: clinics, seen: redis.NewScript(seenScript), names: map[string]string{}}
}

func keyUsers(c clinic.ID) string  { return redisdb.ClinicKey(c, "users") }
func keyLogins(c clinic.ID) string { return redisdb.ClinicKey(c, "sessions") }
