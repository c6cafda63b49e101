package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"time"
)

// soak plays a long day of random acts and outages. At intervals it pauses and
// checks that every watcher shows the current board.
type soak struct {
	watchers int
	length   time.Duration
	seed     int
}

func (c *soak) flags(fs *flag.FlagSet) {
	watchersVar(fs, &c.watchers, 500, 10_000)
	durationVar(fs, &c.length, "for", time.Minute, 5*time.Hour, "length of the day")
	countVar(fs, &c.seed, "seed", 1, 1<<30, "seed of the random acts")
}

func (c *soak) shorten() { c.watchers, c.length = 100, 2*time.Second }

// checkInterval is the time between two checks of a soak.
const checkInterval = 2 * time.Second

func (c *soak) run(ctx context.Context, t *testbed, r *result) error {
	r.Settings = fmt.Sprintf("%d watchers for %v, seed %d", c.watchers, c.length, c.seed)
	f, err := t.prepare(ctx, defaultLine, c.watchers)
	if err != nil {
		return err
	}
	before, err := t.memory(ctx)
	if err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(uint64(c.seed), 0))
	acts := 0
	var settled durations // one for each check
	end := time.Now().Add(c.length)
	for time.Now().Before(end) {
		for round := time.Now(); time.Since(round) < checkInterval; acts++ {
			if err := c.act(ctx, t.desk, f, rng); err != nil {
				return fmt.Errorf("act %d: %w", acts+1, err)
			}
			if !sleep(ctx, rand.N(50*time.Millisecond)) {
				return ctx.Err()
			}
		}
		paused := time.Now()
		if err := t.desk.verify(ctx, f); err != nil {
			return fmt.Errorf("after %d acts: %w", acts, err)
		}
		settled = append(settled, time.Since(paused))
		t.progressf("%d acts, checked %d times, %v to go", acts, len(settled), max(0, time.Until(end)).Round(time.Second))
	}
	after, err := t.memory(ctx)
	if err != nil {
		return err
	}
	tally, err := f.tally()
	if err != nil {
		return err
	}
	r.add("acts", float64(acts), "acts")
	r.add("checks passed", float64(len(settled)), "checks")
	r.add("frames", float64(tally.Frames), "frames")
	r.add("stale messages", float64(tally.Stale), "frames")
	r.add("handshakes refused", float64(tally.RefusedHandshakes), "handshakes")
	r.addDistribution("all current after the last act", settled)
	if before.live > 0 {
		r.add("additional goroutines at the end", after.goroutines-before.goroutines, "goroutines")
		r.add("heap and stack against the start", after.live/before.live, "ratio")
	}
	return nil
}

// act does one random act or outage. More tickets are added than called, so that
// the line does not become empty.
func (c *soak) act(ctx context.Context, d *desk, f *fleet, rng *rand.Rand) error {
	switch n := rng.IntN(100); {
	case n < 40:
		return d.addWalkIn(ctx)
	case n < 75:
		_, err := d.callNext(ctx)
		return err
	case n < 90:
		return d.setMessage(ctx, fmt.Sprint("message ", n))
	case n < 99:
		return f.disconnect(Outage{Share: .02, ReconnectWithin: time.Second})
	default:
		return f.disconnect(Outage{Share: 1, ReconnectWithin: time.Second})
	}
}
