package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"
)

// stall puts readers that stop reading beside those that go on.
type stall struct{ watchers, stalled, presses, fill int }

func (c *stall) flags(fs *flag.FlagSet) {
	countVar(fs, &c.watchers, "watchers", 1000, 8000, "sockets that are read")
	countVar(fs, &c.stalled, "stalled", 10_000, 10_000, "sockets that nobody reads")
	countVar(fs, &c.presses, "clicks", 15, 200, "presses before and after the others stall")
	countVar(fs, &c.fill, "fill", 30, 200, "long messages that fill what the kernel keeps for the stalled")
}

func (c *stall) short() { c.watchers, c.stalled, c.presses, c.fill = 100, 300, 3, 20 }

func (c *stall) play(ctx context.Context, s *stage, r *result) error {
	r.Settings = fmt.Sprintf("%d watchers beside %d that do not read, %d presses", c.watchers, c.stalled, c.presses)
	if err := s.open(ctx); err != nil {
		return err
	}
	if err := s.desk.fill(ctx, 30); err != nil {
		return err
	}
	f, err := s.watch(ctx, c.watchers)
	if err != nil {
		return err
	}
	alone, err := s.press(ctx, f, c.presses)
	if err != nil {
		return err
	}
	stalled, err := s.watchAs(ctx, Order{N: c.stalled, First: c.watchers, Stalled: true})
	if err != nil {
		return err
	}
	before, err := s.memory(ctx)
	if err != nil {
		return err
	}
	for i := range c.fill {
		text := fmt.Sprint(i) + strings.Repeat("混", 490)
		if _, _, err := s.desk.change(ctx, f, func(ctx context.Context) error { return s.desk.say(ctx, text) }); err != nil {
			return err
		}
		if !sleep(ctx, window) {
			return ctx.Err()
		}
	}
	full, err := s.memory(ctx)
	if err != nil {
		return err
	}
	s.sayf("%d sockets are full", c.stalled)
	if err := s.desk.say(ctx, ""); err != nil { // frames as long as before
		return err
	}
	if !sleep(ctx, window) {
		return ctx.Err()
	}
	beside, err := s.press(ctx, f, c.presses)
	if err != nil {
		return err
	}
	after, err := s.memory(ctx)
	if err != nil {
		return err
	}
	r.spread("any watcher, alone", alone.all)
	r.spread("any watcher, beside the stalled", beside.all)
	r.add("p99 beside against alone", beside.all.at(.99)/alone.all.at(.99), "ratio")
	if before.resident > 0 {
		r.add("resident, empty", before.resident/(1<<20), "MB")
		r.add("resident, full", full.resident/(1<<20), "MB")
		r.add("resident, at the end", after.resident/(1<<20), "MB")
		r.add("resident, at the end against full", after.resident/full.resident, "ratio")
	}
	if before.live > 0 {
		r.add("live memory more a stalled reader", max(0, after.live-before.live)/float64(c.stalled), "B")
	}
	// Who reads again gets the newest, after no more of the old than the kernel kept.
	if err := stalled.wake(); err != nil {
		return err
	}
	woke := time.Now()
	if err := s.desk.verify(ctx, stalled); err != nil {
		return fmt.Errorf("those that read again: %w", err)
	}
	r.add("all true after they read again", milliseconds(time.Since(woke)), "ms")
	woken, err := stalled.count()
	if err != nil {
		return err
	}
	r.add("frames sent while nobody read", float64(c.fill+1+2*c.presses), "frames")
	r.add("frames that one found on waking, at most", float64(woken.MostFrames), "frames")
	return s.desk.verify(ctx, f)
}

// memory is what the server holds after its garbage is collected; 0 where it
// cannot be seen.
type memory struct{ resident, live, goroutines float64 }

func (s *stage) memory(ctx context.Context) (memory, error) {
	var m memory
	if err := s.settle(ctx); optional(err) != nil {
		return m, err
	}
	values, err := s.metrics(ctx)
	if optional(err) != nil {
		return m, err
	}
	m.live = values["go_memstats_heap_inuse_bytes"] + values["go_memstats_stack_inuse_bytes"]
	m.goroutines = values["go_goroutines"]
	m.resident, err = residentOf(s.pid)
	return m, optional(err)
}
