package main

import (
	"context"
	"flag"
	"fmt"
	"time"
)

// idle opens watchers of a board that does not change, and measures what the
// server needs for one of them.
type idle struct {
	watchers int
	pause    time.Duration
}

func (c *idle) flags(fs *flag.FlagSet) {
	watchersVar(fs, &c.watchers, 15_000, 18_000)
	durationVar(fs, &c.pause, "for", 30*time.Second, time.Hour, "time over which the processor is measured")
}

func (c *idle) shorten() { c.watchers, c.pause = 1000, time.Second }

func (c *idle) run(ctx context.Context, t *testbed, r *result) error {
	r.Settings = fmt.Sprintf("%d watchers for %v", c.watchers, c.pause)
	if _, err := t.prepare(ctx, 0, 1); err != nil { // the first watcher also opens the topic
		return err
	}
	empty, err := t.memory(ctx)
	if err != nil {
		return err
	}
	f, err := t.watch(ctx, WatchRequest{Count: c.watchers, FirstID: 1})
	if err != nil {
		return err
	}
	full, err := t.memory(ctx)
	if err != nil {
		return err
	}
	n := float64(c.watchers)
	if empty.resident > 0 {
		r.add("resident a watcher", (full.resident-empty.resident)/n, "B")
	}
	if empty.live > 0 {
		r.add("heap and stack a watcher", (full.live-empty.live)/n, "B")
		r.add("goroutines a watcher", (full.goroutines-empty.goroutines)/n, "goroutines")
	}
	before, err := t.usage(ctx, f)
	if err != nil {
		return err
	}
	t.progressf("idle for %v", c.pause)
	if !sleep(ctx, c.pause) {
		return ctx.Err()
	}
	after, err := t.usage(ctx, f)
	if err != nil {
		return err
	}
	if t.pid != 0 {
		r.add("processor a watcher and second", after.serverMicros(before, n*after.at.Sub(before.at).Seconds()), "µs")
	}
	r.add("frames a watcher", float64(after.tally.Frames-before.tally.Frames)/n, "frames")
	r.add("pulses a watcher", float64(after.tally.Pulses-before.tally.Pulses)/n, "pulses")
	return nil
}
