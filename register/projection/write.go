package projection

import (
	"context"
	"errors"
	"sync"
	"time"

	"junban/register"
)

const (
	readersAtOnce = 8 // days whose logs are read at once
	movedAtMost   = 8 // times that other nodes may have moved a day before it is left for later
	writeWithin   = 10 * time.Second
)

// write projects days up to now. It returns the error of each.
func (p *Projector) write(ctx context.Context, days []register.ClinicDay) []error {
	errs, moved := make([]error, len(days)), make([]int, len(days))
	left := make([]int, len(days))
	for i := range left {
		left[i] = i
	}
	for len(left) > 0 {
		steps, read := p.readDays(ctx, days, left, errs)
		left = nil
		taken, failed := p.writeSteps(ctx, steps)
		for n, i := range read {
			switch {
			case failed[n] != nil:
				errs[i] = failed[n]
				p.remember(days[i], register.Position{}, false)
			case !taken[n]:
				p.remember(days[i], register.Position{}, false)
				if moved[i]++; moved[i] > movedAtMost {
					errs[i] = errMoved
				} else {
					left = append(left, i)
				}
			default:
				p.metrics.rows.Add(float64(len(steps[n].Rows)))
				p.remember(days[i], steps[n].To, true)
				if steps[n].more {
					left = append(left, i)
				}
			}
		}
	}
	return errs
}

// readDays reads some of the days. It returns the steps, with the index of each one's day.
func (p *Projector) readDays(ctx context.Context, days []register.ClinicDay, which []int, errs []error) (steps []step, read []int) {
	found, free := make([]step, len(days)), make(chan struct{}, readersAtOnce)
	var reading sync.WaitGroup
	for _, i := range which {
		free <- struct{}{}
		reading.Go(func() {
			found[i], errs[i] = p.readDay(ctx, days[i], false)
			<-free
		})
	}
	reading.Wait()
	for _, i := range which {
		if errs[i] == nil {
			steps, read = append(steps, found[i]), append(read, i)
		}
	}
	return steps, read
}

// writeSteps writes steps of different days in one transaction. If that fails, each is
// written alone, so that one day's fault does not stop the others. A database that takes
// none is not available.
func (p *Projector) writeSteps(ctx context.Context, steps []step) (taken []bool, failed []error) {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	taken, failed = make([]bool, len(steps)), make([]error, len(steps))
	var rows []register.DayRows
	var of []int
	for n, s := range steps {
		if taken[n] = s.From == s.To && !s.Whole; !taken[n] {
			rows, of = append(rows, s.DayRows), append(of, n)
		}
	}
	if len(rows) == 0 {
		return taken, failed
	}
	all, err := p.books.Project(ctx, rows)
	if err == nil {
		for k, n := range of {
			taken[n] = all[k]
		}
		return taken, failed
	}
	written := false
	for k, n := range of {
		if len(rows) == 1 || errors.Is(err, context.DeadlineExceeded) {
			failed[n] = err
			continue
		}
		one, err := p.books.Project(ctx, rows[k:k+1])
		if failed[n] = err; err == nil {
			taken[n], written = one[0], true
		}
	}
	if !written && ctx.Err() != context.Canceled {
		p.mu.Lock()
		p.note(err)
		p.mu.Unlock()
	}
	return taken, failed
}
