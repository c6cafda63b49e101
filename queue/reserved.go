package queue

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
	"junban/queue/typed"
)

// clinicDay is a day of a clinic.
type clinicDay struct {
	clinic clinic.ID
	day    clinic.Day
}

// liveOn reads the live tickets of each of these days in two pipelines, in no order.
func (s *Store) liveOn(ctx context.Context, days []clinicDay) ([][]Reserved, error) {
	read := make([]*redis.StringSliceCmd, len(days))
	if _, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, d := range days {
			read[i] = p.HVals(ctx, DayKey(d.clinic, d.day, "tickets"))
		}
		return nil
	}); err != nil {
		return nil, err
	}
	live := make([][]ticketJSON, len(days))
	for i := range days {
		for _, text := range read[i].Val() {
			var j ticketJSON
			if err := json.Unmarshal([]byte(text), &j); err != nil {
				return nil, err
			}
			if !j.S.Ended() {
				live[i] = append(live[i], j)
			}
		}
	}
	return s.withPatients(ctx, days, live)
}

// patientsAtOnce is how many patients one command reads, so that no command holds up
// Redis.
const patientsAtOnce = 1000

// withPatients reads the patients of the tickets of each of these days, and the cuts,
// in one pipeline.
func (s *Store) withPatients(ctx context.Context, days []clinicDay, tickets [][]ticketJSON) ([][]Reserved, error) {
	cuts, patients := make([]*redis.MapStringStringCmd, len(days)), make([][]*redis.SliceCmd, len(days))
	if _, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, d := range days {
			cuts[i] = p.HGetAll(ctx, keyCuts(d.clinic, d.day))
			for part := range slices.Chunk(tickets[i], patientsAtOnce) {
				ids := make([]string, len(part))
				for n, j := range part {
					ids[n] = string(j.ID)
				}
				patients[i] = append(patients[i], p.HMGet(ctx, DayKey(d.clinic, d.day, "patients"), ids...))
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	all := make([][]Reserved, len(days))
	for i := range days {
		cutOf, err := readCuts(cuts[i].Val())
		if err != nil {
			return nil, err
		}
		for n, j := range tickets[i] {
			r := Reserved{Ticket: j.ticket(), Cut: cutOf[j.ID]}
			if text, ok := patients[i][n/patientsAtOnce].Val()[n%patientsAtOnce].(string); ok {
				if err := json.Unmarshal([]byte(typed.Unmarked(text)), &r.Patient); err != nil {
					return nil, err
				}
			}
			all[i] = append(all[i], r)
		}
	}
	return all, nil
}
