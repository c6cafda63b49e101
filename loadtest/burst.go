package main

import (
	"context"
	"flag"
	"fmt"
	"sync"
	"time"
)

// burst is a thousand changes in one second on one board: the message, set
// again and again.
type burst struct{ watchers, changes, hands int }

func (c *burst) flags(fs *flag.FlagSet) {
	countVar(fs, &c.watchers, "watchers", 1000, 10_000, "sockets that watch the board")
	countVar(fs, &c.changes, "changes", 1000, 10_000, "changes, evenly within a second")
	countVar(fs, &c.hands, "hands", 8, 64, "requests at the same time")
}

func (c *burst) short() { c.watchers, c.changes = 100, 500 }

func (c *burst) play(ctx context.Context, s *stage, r *result) error {
	r.Settings = fmt.Sprintf("%d changes, %d watchers", c.changes, c.watchers)
	if err := s.open(ctx); err != nil {
		return err
	}
	f, err := s.watch(ctx, c.watchers)
	if err != nil {
		return err
	}
	alone, err := c.alone(ctx, s, f)
	if err != nil {
		return err
	}
	before, err := f.count()
	if err != nil {
		return err
	}
	goal, err := s.desk.next(ctx)
	if err != nil {
		return err
	}
	if err := f.aim(goal); err != nil {
		return err
	}
	start := time.Now()
	if err := c.blow(ctx, s, start); err != nil {
		return err
	}
	took := time.Since(start)
	seen, err := f.wait(patience)
	if err != nil {
		return err
	}
	first := since(start, seen)
	s.sayf("%d changes took %v", c.changes, took.Round(time.Millisecond))
	if err := s.desk.verify(ctx, f); err != nil {
		return err
	}
	if !sleep(ctx, 2*window) {
		return ctx.Err()
	}
	after, err := f.count()
	if err != nil {
		return err
	}
	most := float64(after.MostFrames - before.MostFrames)
	r.add("changes took", took.Seconds()*1000, "ms")
	r.add("frames a watcher", most, "frames")
	r.add("frames a watcher and second", most/max(1, took.Seconds()), "frames/s")
	r.spread("first change", first)
	r.add("first change, against a change alone", first.at(.5)/alone.at(.5), "ratio")
	return s.desk.verify(ctx, f)
}

// alone measures changes of which each is a first one.
func (c *burst) alone(ctx context.Context, s *stage, f *fleet) (durations, error) {
	var took durations
	for i := range 5 {
		sent, seen, err := s.desk.change(ctx, f, func(ctx context.Context) error { return s.desk.say(ctx, fmt.Sprint("alone ", i)) })
		if err != nil {
			return nil, err
		}
		took = append(took, since(sent, seen)...)
		if !sleep(ctx, window) {
			return nil, ctx.Err()
		}
	}
	return took, nil
}

// blow makes the changes, each when it is due or as soon as a hand is free.
func (c *burst) blow(ctx context.Context, s *stage, start time.Time) error {
	var hands sync.WaitGroup
	errs := make([]error, c.hands)
	for h := range c.hands {
		hands.Go(func() {
			for i := h; i < c.changes; i += c.hands {
				if !sleep(ctx, time.Until(start.Add(time.Second*time.Duration(i)/time.Duration(c.changes)))) {
					errs[h] = ctx.Err()
					return
				}
				if err := s.desk.say(ctx, fmt.Sprint("change ", i)); err != nil {
					errs[h] = err
					return
				}
			}
		})
	}
	hands.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
