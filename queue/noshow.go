package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"junban/queue/clinic"
	"junban/queue/hours"
)

// A booked ticket of today becomes a no-show [clinic.Slot].NoShow minutes after its
// slot's end, or with its session's. No act waits for that: a patient who comes before
// it was done still arrives. It is done when a snapshot is read, and when a feed sees
// that it is due.

// noShowsAtOnce is how many tickets one script ends at most.
const noShowsAtOnce = 200

// noShowRule is what lua/no_shows.lua gets of a service. Times are milliseconds.
type noShowRule struct {
	After *int64           `json:"after,omitempty"` // the slot's end
	Ends  map[string]int64 `json:"ends"`            // of each session of the day
}

// endNoShows ends the tickets of today that are due.
func (s *Store) endNoShows(ctx context.Context, c clinic.ID) error {
	for {
		result, _, err := s.act(ctx, scriptCall{name: "no_shows", ref: clinic.Ref{Clinic: c, Service: "1"}}, Act{By: clinic.Actor{Kind: "system"}}, func(k record, today clinic.Day) ([]any, error) {
			rules := map[string]noShowRule{}
			for _, service := range k.Services {
				if !service.BySlot() {
					continue
				}
				r := noShowRule{Ends: map[string]int64{}}
				if n := service.Slot.NoShow; n != nil {
					r.After = new(minutesMs(*n))
				}
				for _, session := range k.sessionsOf(service, today) {
					r.Ends[session.ID] = session.Consult.To.UnixMilli()
				}
				rules[service.ID] = r
			}
			text, err := json.Marshal(rules)
			return []any{string(text), noShowsAtOnce}, err
		})
		if err != nil {
			return fmt.Errorf("end the tickets of patients who did not come to %s: %w", c, err)
		}
		if n, err := strconv.Atoi(result); err != nil || n < noShowsAtOnce {
			return err
		}
	}
}

// noShowAt returns when a booked ticket of slot mode becomes a no-show, zero for another.
// Sessions are those of its service today.
func noShowAt(s clinic.Service, t Ticket, sessions []hours.Session) time.Time {
	if t.State != Booked || t.Slot == "" || t.stay {
		return time.Time{}
	}
	if s.Slot.NoShow != nil {
		return t.SlotTo.Add(time.Duration(*s.Slot.NoShow) * time.Minute)
	}
	if session, ok := sessionOf(sessions, t.Session); ok {
		return session.Consult.To
	}
	return t.SlotTo
}

// overdue reports whether a booked ticket of the snapshot is a no-show by now.
func (s *Snapshot) overdue() bool {
	for i := range s.Lines {
		l := &s.Lines[i]
		if !l.Service.BySlot() {
			continue
		}
		for _, t := range l.Booked {
			if at := noShowAt(l.Service, t, l.Sessions); !at.IsZero() && !at.After(s.At) {
				return true
			}
		}
	}
	return false
}
