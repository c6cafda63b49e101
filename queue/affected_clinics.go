package queue

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
	"junban/queue/hours"
)

// AffectedClinic is a clinic with the live tickets that a new record affects, as
// [Affected] finds them.
type AffectedClinic struct {
	Clinic  clinic.Clinic // the present record
	Tickets []Reserved
}

// ticketsAtOnce is about how many tickets one pipeline reads: its replies are in
// memory together. A day that has more is read by itself.
const ticketsAtOnce = 5000

// AffectedBy yields the tickets that each of these records affects, by clinic, in the
// order of the records. Clinics without such tickets are left out. It changes nothing. It
// reads in pipelines of [clinicsAtOnce] clinics and [ticketsAtOnce] tickets, and only
// days with a cut session. It ends with the first error.
func (s *Store) AffectedBy(ctx context.Context, next []clinic.Clinic) iter.Seq2[AffectedClinic, error] {
	return func(yield func(AffectedClinic, error) bool) {
		for part := range slices.Chunk(next, clinicsAtOnce) {
			cut, err := s.cutDays(ctx, part)
			if err != nil {
				yield(AffectedClinic{}, fmt.Errorf("affected tickets: %w", err))
				return
			}
			for len(cut) > 0 {
				n, tickets := 1, cut[0].tickets
				for n < len(cut) && tickets+cut[n].tickets <= ticketsAtOnce {
					tickets += cut[n].tickets
					n++
				}
				found, err := s.affectedOn(ctx, cut[:n])
				for _, l := range found {
					if !yield(l, nil) {
						return
					}
				}
				if err != nil {
					yield(AffectedClinic{}, fmt.Errorf("affected tickets: %w", err))
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

// cutDays returns the clinics whose next record cuts sessions, with their days on which
// it does.
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

// affectedOn reads the affected tickets of these clinics.
func (s *Store) affectedOn(ctx context.Context, cut []cutClinic) ([]AffectedClinic, error) {
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
	var found []AffectedClinic
	for _, c := range cut {
		var live []Reserved
		for range c.days {
			live = append(live, tickets[0]...)
			tickets = tickets[1:]
		}
		live = slices.DeleteFunc(live, func(t Reserved) bool {
			_, ok := c.cuts[t.ID.Day()][placeOf(t.Ticket)]
			return !ok || !slices.Contains(mayInform, t.State)
		})
		if len(live) > 0 {
			SortReserved(live)
			found = append(found, AffectedClinic{c.clinic, live})
		}
	}
	return found, nil
}

// daysFrom returns the open days from today on.
func daysFrom(open []string, today clinic.Day) (days []clinic.Day) {
	for _, d := range open {
		if clinic.Day(d) >= today {
			days = append(days, clinic.Day(d))
		}
	}
	return days
}
