package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"time"
)

// soak is a long day of everything at random; now and then it holds still and
// checks that every watcher shows the truth.
type soak struct {
	watchers int
	length   time.Duration
	seed     int
}

func (c *soak) flags(fs *flag.FlagSet) {
	countVar(fs, &c.watchers, "watchers", 500, 10_000, "sockets that watch the board")
	spanVar(fs, &c.length, "for", time.Minute, 5*time.Hour, "length of the day")
	countVar(fs, &c.seed, "seed", 1, 1<<30, "of the order of what happens")
}

func (c *soak) short() { c.watchers, c.length = 100, 2*time.Second }

// still is how often a soak holds still.
const still = 2 * time.Second

func (c *soak) play(ctx context.Context, s *stage, r *result) error {
	r.Settings = fmt.Sprintf("%d watchers for %v, seed %d", c.watchers, c.length, c.seed)
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
	before, err := s.memory(ctx)
	if err != nil {
		return err
	}
	dice := rand.New(rand.NewPCG(uint64(c.seed), 0))
	var acts, checks int
	var settled durations
	end := time.Now().Add(c.length)
	for time.Now().Before(end) {
		for round := time.Now(); time.Since(round) < still; acts++ {
			if err := c.act(ctx, s, f, dice); err != nil {
				return fmt.Errorf("act %d: %w", acts+1, err)
			}
			if !sleep(ctx, rand.N(50*time.Millisecond)) {
				return ctx.Err()
			}
		}
		quiet := time.Now()
		if err := s.desk.verify(ctx, f); err != nil {
			return fmt.Errorf("after %d acts: %w", acts, err)
		}
		settled = append(settled, time.Since(quiet))
		checks++
		s.sayf("%d acts, checked %d times, %v to go", acts, checks, max(0, time.Until(end)).Round(time.Second))
	}
	after, err := s.memory(ctx)
	if err != nil {
		return err
	}
	tally, err := f.count()
	if err != nil {
		return err
	}
	r.add("acts", float64(acts), "acts")
	r.add("checks, all of them true", float64(checks), "checks")
	r.add("frames", float64(tally.Frames), "frames")
	r.add("notices of doubt", float64(tally.Stale), "frames")
	r.add("handshakes refused", float64(tally.Refused), "handshakes")
	r.spread("all true after the last act", settled)
	if before.live > 0 {
		r.add("goroutines more at the end", after.goroutines-before.goroutines, "goroutines")
		r.add("heap and stack against the start", after.live/before.live, "ratio")
	}
	return nil
}

// act does one thing. Lines do not run empty: more tickets come than are called.
func (c *soak) act(ctx context.Context, s *stage, f *fleet, dice *rand.Rand) error {
	switch n := dice.IntN(100); {
	case n < 40:
		_, err := s.desk.walkin(ctx)
		return err
	case n < 75:
		_, err := s.desk.call(ctx)
		return err
	case n < 90:
		return s.desk.say(ctx, fmt.Sprint("message ", n))
	case n < 99:
		return f.lose(Cut{Share: .02, Back: time.Second})
	default:
		return f.lose(Cut{Share: 1, Back: time.Second})
	}
}
