package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/queue/typed"
)

// Losing are the live tickets of a clinic that a record takes a session from, or
// part of it.
type Losing struct {
	Clinic  clinic.Clinic // the present record
	Tickets []Reserved
}

// ticketsAtOnce is about how many tickets one pipeline reads: its replies are in
// memory together. A day that has more is read by itself.
const ticketsAtOnce = 5000

// Losing yields the tickets that each of these records takes a session from, by clinic
// in their order. Clinics without such tickets are left out. It changes nothing. It
// reads in pipelines of [clinicsAtOnce] clinics and [ticketsAtOnce] tickets, and only
// days with a cut session. It ends with the first error.
func (s *Store) Losing(ctx context.Context, next []clinic.Clinic) iter.Seq2[Losing, error] {
	return func(yield func(Losing, error) bool) {
		for part := range slices.Chunk(next, clinicsAtOnce) {
			cut, err := s.cutDays(ctx, part)
			if err != nil {
				yield(Losing{}, fmt.Errorf("affected tickets: %w", err))
				return
			}
			for len(cut) > 0 {
				n, tickets := 1, cut[0].tickets
				for n < len(cut) && tickets+cut[n].tickets <= ticketsAtOnce {
					tickets += cut[n].tickets
					n++
				}
				found, err := s.losing(ctx, cut[:n])
				for _, l := range found {
					if !yield(l, nil) {
						return
					}
				}
				if err != nil {
					yield(Losing{}, fmt.Errorf("affected tickets: %w", err))
					return
				}
				cut = cut[n:]
			}
		}
	}
}

// cutClinic is a clinic whose next record cuts sessions of days that have tickets.
type cutClinic struct {
	clinic  clinic.Clinic // the present record
	days    []clinic.Day
	cuts    map[clinic.Day]map[lineSession]hours.Window
	tickets int // on those days, ended ones too
}

// cutDays finds the clinics, and their open days, on which sessions are cut.
func (s *Store) cutDays(ctx context.Context, next []clinic.Clinic) ([]cutClinic, error) {
	ids := make([]string, len(next))
	for i, c := range next {
		ids[i] = string(c.ID)
	}
	records, err := s.readEach(ctx, ids, "rev", "record")
	if err != nil {
		return nil, err
	}
	open := make([]*redis.StringSliceCmd, len(next))
	if _, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, c := range next {
			open[i] = p.ZRange(ctx, keyDays(c.ID), 0, -1)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	var found []cutClinic
	var sizes [][]*redis.IntCmd
	pipe := s.rdb.Pipeline()
	for i, c := range next {
		k, err := s.remembered(c.ID, records[i])
		if errors.Is(err, clinic.ErrNoClinic) {
			continue
		}
		if err != nil {
			return nil, err
		}
		cuts, err := cutsOf(k.Clinic, c, daysFrom(open[i].Val(), k.DayOf(s.now(), k.loc)))
		if err != nil {
			return nil, err
		}
		if len(cuts) == 0 {
			continue
		}
		one := cutClinic{clinic: k.Clinic, cuts: cuts}
		var size []*redis.IntCmd
		for _, d := range open[i].Val() { // in order
			if cuts[clinic.Day(d)] != nil {
				one.days = append(one.days, clinic.Day(d))
				size = append(size, pipe.HLen(ctx, DayKey(c.ID, clinic.Day(d), "tickets")))
			}
		}
		found, sizes = append(found, one), append(sizes, size)
	}
	if len(found) == 0 {
		return nil, nil
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	for i, size := range sizes {
		for _, n := range size {
			found[i].tickets += int(n.Val())
		}
	}
	return found, nil
}

// losing reads the tickets of these clinics' days.
func (s *Store) losing(ctx context.Context, cut []cutClinic) ([]Losing, error) {
	var days []clinicDay
	for _, c := range cut {
		for _, d := range c.days {
			days = append(days, clinicDay{c.clinic.ID, d})
		}
	}
	tickets, err := s.liveOn(ctx, days)
	if err != nil {
		return nil, err
	}
	var found []Losing
	for _, c := range cut {
		var live []Reserved
		for range c.days {
			live = append(live, tickets[0]...)
			tickets = tickets[1:]
		}
		live = slices.DeleteFunc(live, func(t Reserved) bool {
			_, ok := c.cuts[t.ID.Day()][lineSession{t.ID.Ref().Service, t.Session}]
			return !ok || !slices.Contains(mayInform, t.State)
		})
		if len(live) > 0 {
			SortReserved(live)
			found = append(found, Losing{c.clinic, live})
		}
	}
	return found, nil
}

// daysFrom are those of the open days that are not before today.
func daysFrom(open []string, today clinic.Day) (days []clinic.Day) {
	for _, d := range open {
		if clinic.Day(d) >= today {
			days = append(days, clinic.Day(d))
		}
	}
	return days
}

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
