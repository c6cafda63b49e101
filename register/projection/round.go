package projection

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"junban/queue/clinic"
	"junban/register"
)

const (
	roundEvery    = 30 * time.Second // how often all positions are compared with the line
	prepareEvery  = time.Second      // how often a register that is not available is tried
	prepareWithin = 10 * time.Second
	keptDays      = 2 * clinic.TicketDays // days back of which the line may still have some
	closedLooked  = 3                     // closed days of each clinic that a round compares, after the first round
)

// rounds prepares the register when it is not available, and makes a round every half
// minute. The first after each start, or after a failure, compares all kept days.
func (p *Projector) rounds(ctx context.Context) {
	tick := time.NewTicker(prepareEvery)
	defer tick.Stop()
	var last time.Time
	all := true
	for {
		if down := p.Up() != nil; down || time.Since(last) >= roundEvery {
			last = time.Now()
			all = all || down
			limited, cancel := context.WithTimeout(ctx, prepareWithin)
			err := p.Prepare(limited)
			cancel()
			if err == nil {
				if err = p.round(ctx, all); err == nil {
					all = false
				} else if ctx.Err() == nil {
					p.metrics.failed.Inc()
					p.log.Error("comparing the register with the line", "error", err)
				}
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// round touches the days whose rows are behind the line, or of another history. One
// clinic's failure keeps no other waiting.
func (p *Projector) round(ctx context.Context, all bool) error {
	recent := clinic.Day(p.line.Now().UTC().AddDate(0, 0, -2).Format(time.DateOnly))
	from := recent
	if all {
		from = clinic.Day(p.line.Now().UTC().AddDate(0, 0, -keptDays).Format(time.DateOnly))
	}
	positions, err := p.books.Positions(ctx, from)
	if err != nil {
		return err
	}
	p.forget(recent)
	projected := map[clinic.ID][]clinic.Day{} // also those that the line has lost
	for d := range positions {
		if d.Day >= recent {
			projected[d.Clinic] = append(projected[d.Clinic], d.Day)
		}
	}
	ids, err := p.line.ClinicIDs(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, c := range ids {
		if err := p.roundOf(ctx, c, all, projected[c], positions); err != nil {
			failed = append(failed, err)
		}
	}
	p.wakeUp()
	return errors.Join(failed...)
}

// forget drops the positions of days that are long over.
func (p *Projector) forget(before clinic.Day) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for d := range p.positions {
		if d.Day < before {
			delete(p.positions, d)
		}
	}
}

func (p *Projector) roundOf(ctx context.Context, c clinic.ID, all bool, projected []clinic.Day, positions map[register.ClinicDay]register.Position) error {
	days, err := p.days(ctx, c, all, func(d clinic.Day) bool { return positions[register.ClinicDay{Clinic: c, Day: d}].Closed })
	if err != nil {
		return err
	}
	for _, d := range projected {
		if !slices.Contains(days, d) {
			days = append(days, d)
		}
	}
	heads, err := p.line.Heads(ctx, c, days)
	if err != nil {
		return err
	}
	for i, d := range days {
		at := positions[register.ClinicDay{Clinic: c, Day: d}]
		if at.Version != heads[i].Version || at.Mark != heads[i].Mark {
			p.Touch(c, d)
		}
	}
	return nil
}

// days are a clinic's days in the line: the open ones, and the newest closed ones. With
// all, these are all closed ones that are not done.
func (p *Projector) days(ctx context.Context, c clinic.ID, all bool, done func(clinic.Day) bool) ([]clinic.Day, error) {
	days, err := p.line.OpenDays(ctx, c)
	if err != nil {
		return nil, err
	}
	n := closedLooked
	if all {
		n = 0
	}
	closed, err := p.line.ClosedDays(ctx, c, n)
	if err != nil {
		return nil, err
	}
	for _, d := range closed {
		if !slices.Contains(days, d.Day) && (!all || !done(d.Day)) {
			days = append(days, d.Day)
		}
	}
	return days, nil
}

// Rebuilt is what a rebuild has done.
type Rebuilt struct{ Days, Rows int }

// Rebuild folds all kept logs of a clinic again into rows. It keeps the members, and who
// was erased. A server may run meanwhile, and a repeat changes nothing.
func (p *Projector) Rebuild(ctx context.Context, c clinic.ID) (done Rebuilt, err error) {
	days, err := p.days(ctx, c, true, func(clinic.Day) bool { return false })
	if err != nil {
		return done, err
	}
	slices.Sort(days)
	for _, day := range days {
		d := register.ClinicDay{Clinic: c, Day: day}
		for tries := 0; ; tries++ {
			s, err := p.readDay(ctx, d, true)
			if err != nil {
				return done, err
			}
			taken, err := p.books.Project(ctx, []register.DayRows{s.DayRows})
			if err != nil {
				return done, err
			}
			if taken[0] {
				done.Days, done.Rows = done.Days+1, done.Rows+len(s.Rows)
				break
			}
			if tries == movedAtMost {
				return done, fmt.Errorf("rebuild %s of clinic %s: %w", day, c, errMoved)
			}
		}
	}
	return done, nil
}
