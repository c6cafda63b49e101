package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
	"junban/queue/typed"
)

// What the register of the clinic's books reads of the line.

// ClaimBooks names the register that all nodes on this Redis use. It returns the name
// that stands: another one than id is that of another node, unless force replaces it.
func (s *Store) ClaimBooks(ctx context.Context, id string, force bool) (string, error) {
	if force {
		if err := s.rdb.Set(ctx, keyBooks, id, 0).Err(); err != nil {
			return "", fmt.Errorf("name the register: %w", err)
		}
		return id, nil
	}
	if err := s.rdb.SetNX(ctx, keyBooks, id, 0).Err(); err != nil {
		return "", fmt.Errorf("name the register: %w", err)
	}
	named, err := s.rdb.Get(ctx, keyBooks).Result()
	if err != nil {
		return "", fmt.Errorf("name the register: %w", err)
	}
	return named, nil
}

// OpenDays lists a clinic's days that have begun, or have bookings, and are not closed.
func (s *Store) OpenDays(ctx context.Context, c clinic.ID) ([]clinic.Day, error) {
	open, err := s.rdb.ZRange(ctx, keyDays(c), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("days of clinic %s: %w", c, err)
	}
	days := make([]clinic.Day, len(open))
	for i, d := range open {
		days[i] = clinic.Day(d)
	}
	return days, nil
}

// Head names the newest state of a day. The zero value is that of a day without an act.
type Head struct {
	Version uint64
	Mark    string
}

// Heads returns the newest states of a clinic's days in one round trip.
func (s *Store) Heads(ctx context.Context, c clinic.ID, days []clinic.Day) ([]Head, error) {
	read := make([]*redis.SliceCmd, len(days))
	if _, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, d := range days {
			read[i] = p.HMGet(ctx, DayKey(c, d, "meta"), "version", "mark")
		}
		return nil
	}); err != nil {
		return nil, fmt.Errorf("days of clinic %s: %w", c, err)
	}
	heads := make([]Head, len(days))
	for i, r := range read {
		version, _ := r.Val()[0].(string)
		heads[i].Mark, _ = r.Val()[1].(string)
		heads[i].Version, _ = strconv.ParseUint(version, 10, 64) // 0 of a day that is not there
	}
	return heads, nil
}

// TicketsOf reads tickets of one clinic's day with their patients, as they are now.
// Those that are not there are left out of each map.
func (s *Store) TicketsOf(ctx context.Context, c clinic.ID, d clinic.Day, ids []TicketID) (map[TicketID]Ticket, map[TicketID]Patient, error) {
	fields := make([]string, len(ids))
	for i, id := range ids {
		fields[i] = string(id)
	}
	tickets, patients := map[TicketID]Ticket{}, map[TicketID]Patient{}
	for len(fields) > 0 {
		part := fields[:min(len(fields), patientsAtOnce)]
		fields = fields[len(part):]
		var read, with *redis.SliceCmd
		if _, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
			read, with = p.HMGet(ctx, DayKey(c, d, "tickets"), part...), p.HMGet(ctx, DayKey(c, d, "patients"), part...)
			return nil
		}); err != nil {
			return nil, nil, fmt.Errorf("read tickets of clinic %s: %w", c, err)
		}
		for i, id := range part {
			if text, ok := read.Val()[i].(string); ok {
				t, err := DecodeTicket([]byte(text))
				if err != nil {
					return nil, nil, fmt.Errorf("read %s: %w", id, err)
				}
				tickets[t.ID] = t
			}
			if text, ok := with.Val()[i].(string); ok {
				var p Patient
				if err := json.Unmarshal([]byte(typed.Unmarked(text)), &p); err != nil {
					return nil, nil, fmt.Errorf("read the patient of %s: %w", id, err)
				}
				patients[TicketID(id)] = p
			}
		}
	}
	return tickets, patients, nil
}
