package queue

import (
	"context"
	"fmt"
	"slices"
	"time"

	"junban/queue/clinic"
)

// Expire removes what the desk has set until an instant, and publishes that the figures
// of that instant hold. It acts once per instant, however many nodes call it. Then it ends
// the booked tickets that are due, see noshow.go.
func (s *Store) Expire(ctx context.Context, c clinic.ID, at time.Time) error {
	ms := at.UnixMilli()
	a := Act{Key: fmt.Sprintf("moment %d", ms), By: clinic.Actor{Kind: "system"}}
	_, _, err := s.act(ctx, scriptCall{name: "expire", ref: clinic.Ref{Clinic: c, Service: "1"}}, a, func(record, clinic.Day) ([]any, error) { return []any{ms}, nil })
	if err != nil {
		return fmt.Errorf("at %s at %s: %w", at, c, err)
	}
	k, err := s.record(ctx, c)
	if err != nil || !slices.ContainsFunc(k.Services, clinic.Service.BySlot) {
		return err
	}
	return s.endNoShows(ctx, c)
}

// RenewEpoch replaces the epoch lost of the clinic's day by a new one. Then pages show
// an older state of Redis too. If the day has another epoch by then, it changes nothing.
func (s *Store) RenewEpoch(ctx context.Context, c clinic.ID, lost string) error {
	_, _, err := s.act(ctx, scriptCall{name: "renew", ref: clinic.Ref{Clinic: c, Service: "1"}, same: []string{lost}}, Act{By: clinic.Actor{Kind: "system"}}, func(record, clinic.Day) ([]any, error) {
		return []any{lost}, nil
	})
	if err != nil {
		return fmt.Errorf("renew the epoch of %s: %w", c, err)
	}
	return nil
}
