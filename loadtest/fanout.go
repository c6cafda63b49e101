package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
)

// fanout presses before very many watchers, and asks what a delivery costs.
type fanout struct{ watchers, presses int }

func (c *fanout) flags(fs *flag.FlagSet) {
	countVar(fs, &c.watchers, "watchers", 10_000, 18_000, "sockets that watch the board")
	countVar(fs, &c.presses, "clicks", 50, 1000, "presses")
}

func (c *fanout) short() { c.watchers, c.presses = 300, 4 }

func (c *fanout) play(ctx context.Context, s *stage, r *result) error {
	r.Settings = fmt.Sprintf("%d presses, %d watchers", c.presses, c.watchers)
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
	before, err := s.spent(ctx, f)
	if err != nil {
		return err
	}
	p, err := s.press(ctx, f, c.presses)
	if err != nil {
		return err
	}
	after, err := s.spent(ctx, f)
	if err != nil {
		return err
	}
	r.spread("first watcher", p.first)
	r.spread("last watcher", p.last)
	r.spread("any watcher", p.all)
	frames := float64(after.tally.Frames - before.tally.Frames)
	r.add("deliveries", frames, "frames")
	r.add("size", float64(after.tally.Bytes-before.tally.Bytes)/frames, "B")
	if used := after.cpu.minus(before.cpu); s.pid != 0 {
		r.add("user processor a delivery", float64(used.user.Microseconds())/frames, "µs")
		r.add("system processor a delivery", float64(used.system.Microseconds())/frames, "µs")
	}
	if used := after.watchers.minus(before.watchers); used != (cpu{}) {
		r.add("watchers' own processor a delivery", float64((used.user+used.system).Microseconds())/frames, "µs")
	}
	if after.metrics != nil {
		r.add("allocations a delivery", after.since(before, "go_memstats_mallocs_total")/frames, "allocations")
	}
	// Each press is one frame to each, and so is each ticket put into the line;
	// one more comes only to end a doubt.
	want := float64(2 * c.presses * c.watchers)
	if doubted := after.tally.Stale > before.tally.Stale; frames < want || frames > want && !doubted {
		return fmt.Errorf("%g frames were delivered, not %g: some twice or not at all", frames, want)
	}
	return s.desk.verify(ctx, f)
}

// spending is what the server and the watchers had used and seen at a moment.
type spending struct {
	cpu      cpu
	watchers cpu                // of their processes
	metrics  map[string]float64 // nil where they cannot be seen
	tally    Tally
}

func (s *stage) spent(ctx context.Context, f *fleet) (spending, error) {
	var now spending
	var err1, err2, err3, err4 error
	now.tally, err1 = f.count()
	now.metrics, err2 = s.metrics(ctx)
	now.cpu, err3 = cpuOf(s.pid)
	now.watchers, err4 = f.cpu()
	return now, errors.Join(err1, optional(err2), optional(err3), optional(err4))
}

// since returns by how much a metric grew.
func (s spending) since(before spending, metric string) float64 {
	return s.metrics[metric] - before.metrics[metric]
}
