package queue

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"junban/queue/clinic"
)

// SetReception is the desk override of a service: it opens, pauses or closes the web
// desk. With a timetable it holds until the current or next session ends, or the day;
// [Auto] ends it at once. Without a timetable it holds until it is set again,
// and Auto is open (domain §1.8 point 2). The reason is shown to the public as long; it
// may be "", and Auto ignores it. For [SurgeQuiet] after it was opened the web desk
// does not pause by itself.
func (s *Store) SetReception(ctx context.Context, ref clinic.Ref, r Reception, reason string, a Act) error {
	_, _, err := s.act(ctx, scriptCall{name: "reception", ref: ref, same: []string{string(r), reason}}, a, func(k record, today clinic.Day) ([]any, error) {
		service, ok := k.Service(ref.Service)
		if !ok {
			return nil, clinic.ErrNoService
		}
		calendar, ok := k.Timetable(service)
		quiet := any("")
		if k.PauseFactor() > 0 {
			quiet = SurgeQuiet.Milliseconds()
		}
		args := []any{ref.Service, string(r), btoi(ok), reason, quiet}
		for _, session := range calendar.Sessions(string(today), k.loc) {
			args = append(args, session.Consult.To.UnixMilli())
		}
		return args, nil
	})
	if err != nil {
		return fmt.Errorf("reception of %s: %w", ref, err)
	}
	return nil
}

// SetMessage sets the standing message of a service (m.Until zero) or its
// temporary one. An empty text removes it.
func (s *Store) SetMessage(ctx context.Context, ref clinic.Ref, m Message, a Act) error {
	until := ""
	if !m.Until.IsZero() {
		until = strconv.FormatInt(m.Until.UnixMilli(), 10)
	}
	_, _, err := s.act(ctx, scriptCall{name: "message", ref: ref, same: []string{m.Text, until}}, a, func(k record, _ clinic.Day) ([]any, error) {
		if _, ok := k.Service(ref.Service); !ok {
			return nil, clinic.ErrNoService
		}
		return []any{ref.Service, m.Text, until}, nil
	})
	if err != nil {
		return fmt.Errorf("message of %s: %w", ref, err)
	}
	return nil
}

// SetDuty sets that a room takes a break, is off, or is on duty again. It holds until
// d.Until, and at most until the day is over. No patient is called to a room that is
// not on duty; a patient in it stays. Refusals: [ErrNoRoom], [ErrState] for an unknown
// duty.
func (s *Store) SetDuty(ctx context.Context, c clinic.ID, room string, d Duty, a Act) error {
	until := ""
	if !d.Until.IsZero() {
		until = strconv.FormatInt(d.Until.UnixMilli(), 10)
	}
	_, _, err := s.act(ctx, scriptCall{name: "duty", ref: clinic.Ref{Clinic: c, Service: "1"}, same: []string{room, string(d.State), until}}, a, func(k record, _ clinic.Day) ([]any, error) {
		if _, ok := k.Room(room); !ok {
			return nil, ErrNoRoom
		}
		if !slices.Contains(DutyStates, d.State) {
			return nil, ErrState
		}
		return []any{room, string(d.State), until}, nil
	})
	if err != nil {
		return fmt.Errorf("duty of room %s at %s: %w", room, c, err)
	}
	return nil
}
