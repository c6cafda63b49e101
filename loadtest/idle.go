package main

import (
	"context"
	"flag"
	"fmt"
	"time"
)

// idle watches a board that does not change, and asks what a watcher costs.
type idle struct {
	watchers int
	pause    time.Duration
}

func (c *idle) flags(fs *flag.FlagSet) {
	countVar(fs, &c.watchers, "watchers", 15_000, 18_000, "sockets that watch the board")
	spanVar(fs, &c.pause, "for", 30*time.Second, time.Hour, "time over which the processor is read")
}

func (c *idle) short() { c.watchers, c.pause = 1000, time.Second }

func (c *idle) play(ctx context.Context, s *stage, r *result) error {
	r.Settings = fmt.Sprintf("%d watchers for %v", c.watchers, c.pause)
	if err := s.open(ctx); err != nil {
		return err
	}
	one, err := s.watch(ctx, 1) // the topic itself is no watcher's cost
	if err != nil {
		return err
	}
	before, err := s.memory(ctx)
	if err != nil {
		return err
	}
	f, err := s.watchAs(ctx, Order{N: c.watchers, First: 1})
	if err != nil {
		return err
	}
	after, err := s.memory(ctx)
	if err != nil {
		return err
	}
	n := float64(c.watchers)
	if before.resident > 0 {
		r.add("resident a watcher", (after.resident-before.resident)/n, "B")
	}
	if before.live > 0 {
		r.add("heap and stack a watcher", (after.live-before.live)/n, "B")
		r.add("goroutines a watcher", (after.goroutines-before.goroutines)/n, "goroutines")
	}
	was, err := s.spent(ctx, f)
	if err != nil {
		return err
	}
	start := time.Now()
	s.sayf("doing nothing for %v", c.pause)
	if !sleep(ctx, c.pause) {
		return ctx.Err()
	}
	now, err := s.spent(ctx, f)
	if err != nil {
		return err
	}
	if s.pid != 0 {
		used := now.cpu.minus(was.cpu)
		r.add("processor a watcher and second", float64((used.user+used.system).Microseconds())/n/time.Since(start).Seconds(), "µs")
	}
	r.add("frames a watcher", float64(now.tally.Frames-was.tally.Frames)/n, "frames")
	r.add("pulses a watcher", float64(now.tally.Pulses-was.tally.Pulses)/n, "pulses")
	for _, of := range []*fleet{one, f} {
		if err := s.desk.verify(ctx, of); err != nil {
			return err
		}
	}
	return nil
}
