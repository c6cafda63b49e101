package main

import (
	"context"
	"flag"
	"fmt"
)

// fanout calls tickets in front of many watchers, and measures the server's cost
// of one delivery.
type fanout struct{ watchers, clicks int }

func (c *fanout) flags(fs *flag.FlagSet) {
	watchersVar(fs, &c.watchers, 10_000, 18_000)
	countVar(fs, &c.clicks, "clicks", 50, 1000, `clicks of "next"`)
}

func (c *fanout) shorten() { c.watchers, c.clicks = 300, 4 }

func (c *fanout) run(ctx context.Context, t *testbed, r *result) error {
	r.Settings = fmt.Sprintf("%d clicks, %d watchers", c.clicks, c.watchers)
	f, err := t.prepare(ctx, defaultLine, c.watchers)
	if err != nil {
		return err
	}
	before, err := t.usage(ctx, f)
	if err != nil {
		return err
	}
	times, err := t.measureClicks(ctx, f, c.clicks)
	if err != nil {
		return err
	}
	after, err := t.usage(ctx, f)
	if err != nil {
		return err
	}
	r.addDistribution("first watcher", times.first)
	r.addDistribution("last watcher", times.last)
	r.addDistribution("any watcher", times.all)
	frames := float64(after.tally.Frames - before.tally.Frames)
	r.add("deliveries", frames, "frames")
	r.add("size", float64(after.tally.Bytes-before.tally.Bytes)/frames, "B")
	if t.pid != 0 {
		used := after.server.sub(before.server)
		r.add("user processor a delivery", float64(used.user.Microseconds())/frames, "µs")
		r.add("system processor a delivery", float64(used.system.Microseconds())/frames, "µs")
	}
	if used := after.watchers.sub(before.watchers); used != (cpuTime{}) {
		r.add("watchers' own processor a delivery", float64((used.user+used.system).Microseconds())/frames, "µs")
	}
	if after.metrics != nil {
		r.add("allocations a delivery", after.growth(before, "go_memstats_mallocs_total")/frames, "allocations")
	}
	// Each click adds a ticket and calls one: two frames for each watcher. The
	// server sends further frames only after it has sent a stale message.
	want := float64(2 * c.clicks * c.watchers)
	if stale := after.tally.Stale > before.tally.Stale; frames < want || frames > want && !stale {
		return fmt.Errorf("%g frames were delivered, want %g", frames, want)
	}
	return nil
}
