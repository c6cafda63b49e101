package device

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/internal/redisdb"
	"junban/internal/refusal"
	"junban/queue/clinic"
)

// Pairing is a screen that shows a code and waits for a desk to take it. Device
// and Address are words for people, to know it by.
type Pairing struct {
	TokenHash string    `json:"hash"` // of the token that the screen will have
	Device    string    `json:"device"`
	Address   string    `json:"address"`
	Clinic    clinic.ID `json:"clinic,omitempty"` // that took it; "": none yet
}

// pairingJSON is a pairing as it is kept. It carries its own end, because the store in
// memory does not expire keys.
type pairingJSON struct {
	Pairing
	Ends int64 `json:"ends"` // milliseconds
}

// PutPairing keeps a pairing under its code for a while. It returns
// [ErrPairingTaken] when another screen shows that code.
func (s *Store) PutPairing(ctx context.Context, code string, p Pairing, life time.Duration) error {
	text, err := json.Marshal(pairingJSON{p, s.clinics.Now().Add(life).UnixMilli()})
	if err != nil {
		return fmt.Errorf("keep a pairing: %w", err)
	}
	err = s.rdb.SetArgs(ctx, keyPairing(code), text, redis.SetArgs{Mode: "NX", TTL: life}).Err()
	if errors.Is(err, redis.Nil) {
		return ErrPairingTaken
	}
	if err != nil {
		return fmt.Errorf("keep a pairing: %w", err)
	}
	return nil
}

// Pairing returns what waits under a code, or [ErrNoPairing].
func (s *Store) Pairing(ctx context.Context, code string) (Pairing, error) {
	p, err := s.readPairing(ctx, s.rdb, code)
	return p.Pairing, err
}

// ClaimPairing gives the screen that waits under a code to a clinic. Claiming it again
// is safe. A code that another clinic has claimed, or that no screen shows, is
// [ErrNoPairing].
func (s *Store) ClaimPairing(ctx context.Context, c clinic.ID, code string) (Pairing, error) {
	var p pairingJSON
	claim := func(tx *redis.Tx) (err error) {
		if p, err = s.readPairing(ctx, tx, code); err != nil {
			return err
		}
		if p.Clinic != "" && p.Clinic != c {
			return ErrNoPairing
		}
		p.Clinic = c
		text, err := json.Marshal(p)
		if err != nil {
			return err
		}
		_, err = tx.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
			return pipe.SetArgs(ctx, keyPairing(code), text, redis.SetArgs{Mode: "XX", KeepTTL: true}).Err()
		})
		if errors.Is(err, redis.Nil) { // it ended in this moment
			return ErrNoPairing
		}
		return err
	}
	err := redisdb.Update(ctx, s.rdb, claim, keyPairing(code))
	if _, refused := errors.AsType[*refusal.Refusal](err); err == nil || refused {
		return p.Pairing, err
	}
	return Pairing{}, fmt.Errorf("claim a pairing: %w", err)
}

func (s *Store) readPairing(ctx context.Context, rdb redis.Cmdable, code string) (p pairingJSON, err error) {
	text, err := rdb.Get(ctx, keyPairing(code)).Bytes()
	if errors.Is(err, redis.Nil) {
		return p, ErrNoPairing
	}
	if err != nil {
		return p, fmt.Errorf("read a pairing: %w", err)
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return p, fmt.Errorf("malformed pairing: %w", err)
	}
	if p.Ends <= s.clinics.Now().UnixMilli() {
		return p, ErrNoPairing
	}
	return p, nil
}
