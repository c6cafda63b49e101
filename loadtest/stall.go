package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"
)

// stall opens watchers that stop reading, and measures the effect on watchers
// that read and on the server's memory.
type stall struct{ watchers, stalled, clicks, fill int }

func (c *stall) flags(fs *flag.FlagSet) {
	countVar(fs, &c.watchers, "watchers", 1000, 8000, "sockets that are read")
	countVar(fs, &c.stalled, "stalled", 10_000, 10_000, "sockets that are not read")
	countVar(fs, &c.clicks, "clicks", 15, 200, `clicks of "next", both before and after the others stall`)
	countVar(fs, &c.fill, "fill", 30, 200, "long messages that fill the kernel's buffers of the stalled sockets")
}

func (c *stall) shorten() { c.watchers, c.stalled, c.clicks, c.fill = 100, 300, 3, 20 }

func (c *stall) run(ctx context.Context, t *testbed, r *result) error {
	r.Settings = fmt.Sprintf("%d watchers beside %d that do not read, %d clicks", c.watchers, c.stalled, c.clicks)
	f, err := t.prepare(ctx, defaultLine, c.watchers)
	if err != nil {
		return err
	}
	alone, err := t.measureClicks(ctx, f, c.clicks)
	if err != nil {
		return err
	}
	stalled, err := t.watch(ctx, WatchRequest{Count: c.stalled, FirstID: c.watchers, Stalled: true})
	if err != nil {
		return err
	}
	before, err := t.memory(ctx)
	if err != nil {
		return err
	}
	if err := c.fillBuffers(ctx, t, f); err != nil {
		return err
	}
	full, err := t.memory(ctx)
	if err != nil {
		return err
	}
	t.progressf("the buffers of %d sockets are full", c.stalled)
	if err := t.desk.setMessage(ctx, ""); err != nil { // restores the frames' size
		return err
	}
	if !sleep(ctx, coalescingWindow) {
		return ctx.Err()
	}
	beside, err := t.measureClicks(ctx, f, c.clicks)
	if err != nil {
		return err
	}
	after, err := t.memory(ctx)
	if err != nil {
		return err
	}
	r.addDistribution("any watcher, alone", alone.all)
	r.addDistribution("any watcher, beside the stalled", beside.all)
	r.add("p99 beside against alone", beside.all.quantile(.99)/alone.all.quantile(.99), "ratio")
	if before.resident > 0 {
		r.add("resident, empty", before.resident/(1<<20), "MB")
		r.add("resident, full", full.resident/(1<<20), "MB")
		r.add("resident, at the end", after.resident/(1<<20), "MB")
		r.add("resident, at the end against full", after.resident/full.resident, "ratio")
	}
	if before.live > 0 {
		r.add("additional live memory a stalled reader", max(0, after.live-before.live)/float64(c.stalled), "B")
	}
	// A reader that resumes gets what the kernel buffered, then the newest board.
	if err := stalled.resume(); err != nil {
		return err
	}
	resumed := time.Now()
	if err := t.desk.verify(ctx, stalled); err != nil {
		return fmt.Errorf("after the stalled watchers resumed: %w", err)
	}
	r.add("all current after they resumed", milliseconds(time.Since(resumed)), "ms")
	tally, err := stalled.tally()
	if err != nil {
		return err
	}
	r.add("frames published while stalled", float64(c.fill+1+2*c.clicks), "frames")
	r.add("most frames of a resumed watcher", float64(tally.MaxFrames), "frames")
	return nil
}

// fillBuffers publishes long messages, one in each coalescing window.
func (c *stall) fillBuffers(ctx context.Context, t *testbed, f *fleet) error {
	for i := range c.fill {
		text := fmt.Sprint(i) + strings.Repeat("混", 490)
		if _, _, err := t.desk.changeAndWait(ctx, f, func(ctx context.Context) error { return t.desk.setMessage(ctx, text) }); err != nil {
			return err
		}
		if !sleep(ctx, coalescingWindow) {
			return ctx.Err()
		}
	}
	return nil
}
