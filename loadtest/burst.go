package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"sync"
	"time"
)

// burst sets the clinic's message a thousand times within one second.
type burst struct{ watchers, changes, concurrency int }

func (c *burst) flags(fs *flag.FlagSet) {
	watchersVar(fs, &c.watchers, 1000, 10_000)
	countVar(fs, &c.changes, "changes", 1000, 10_000, "changes, evenly within a second")
	countVar(fs, &c.concurrency, "concurrency", 8, 64, "requests at the same time")
}

func (c *burst) shorten() { c.watchers, c.changes = 100, 500 }

func (c *burst) run(ctx context.Context, t *testbed, r *result) error {
	r.Settings = fmt.Sprintf("%d changes, %d watchers", c.changes, c.watchers)
	f, err := t.prepare(ctx, 0, c.watchers)
	if err != nil {
		return err
	}
	alone, err := c.measureAlone(ctx, t, f)
	if err != nil {
		return err
	}
	before, err := f.tally()
	if err != nil {
		return err
	}
	var took time.Duration
	start, received, err := t.desk.changeAndWait(ctx, f, func(ctx context.Context) error {
		begun := time.Now()
		defer func() { took = time.Since(begun) }()
		return c.makeChanges(ctx, t.desk, begun)
	})
	if err != nil {
		return err
	}
	first := elapsedSince(start, received)
	t.progressf("%d changes took %v", c.changes, took.Round(time.Millisecond))
	if err := t.desk.verify(ctx, f); err != nil {
		return err
	}
	if !sleep(ctx, 2*coalescingWindow) {
		return ctx.Err()
	}
	after, err := f.tally()
	if err != nil {
		return err
	}
	most := float64(after.MaxFrames - before.MaxFrames)
	r.add("changes took", milliseconds(took), "ms")
	r.add("frames a watcher", most, "frames")
	r.add("frames a watcher and second", most/max(1, took.Seconds()), "frames/s")
	r.addDistribution("first change", first)
	r.add("first change, against a change alone", first.quantile(.5)/alone.quantile(.5), "ratio")
	return nil
}

// measureAlone measures changes that are a coalescing window apart.
func (c *burst) measureAlone(ctx context.Context, t *testbed, f *fleet) (durations, error) {
	var took durations
	for i := range 5 {
		sent, received, err := t.desk.changeAndWait(ctx, f, func(ctx context.Context) error { return t.desk.setMessage(ctx, fmt.Sprint("alone ", i)) })
		if err != nil {
			return nil, err
		}
		took = append(took, elapsedSince(sent, received)...)
		if !sleep(ctx, coalescingWindow) {
			return nil, ctx.Err()
		}
	}
	return took, nil
}

// makeChanges sets the messages from concurrent goroutines. Each change is made
// when it is due, or later if the changes before it are late.
func (c *burst) makeChanges(ctx context.Context, d *desk, start time.Time) error {
	var senders sync.WaitGroup
	errs := make([]error, c.concurrency)
	for n := range c.concurrency {
		senders.Go(func() {
			for i := n; i < c.changes && errs[n] == nil; i += c.concurrency {
				if !sleep(ctx, time.Until(start.Add(time.Second*time.Duration(i)/time.Duration(c.changes)))) {
					errs[n] = ctx.Err()
					return
				}
				errs[n] = d.setMessage(ctx, fmt.Sprint("change ", i))
			}
		})
	}
	senders.Wait()
	return errors.Join(errs...)
}
