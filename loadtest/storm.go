package main

import (
	"context"
	"flag"
	"fmt"
	"time"
)

// storm is a network that everybody loses and finds again: at once, as after a
// cell tower's hiccup, and spread, as good clients do.
type storm struct {
	watchers int
	jitter   time.Duration
}

func (c *storm) flags(fs *flag.FlagSet) {
	countVar(fs, &c.watchers, "watchers", 10_000, 18_000, "sockets that watch the board")
	spanVar(fs, &c.jitter, "jitter", 5*time.Second, time.Minute, "time within which everybody comes back in the second storm")
}

func (c *storm) short() { c.watchers, c.jitter = 400, time.Second }

func (c *storm) play(ctx context.Context, s *stage, r *result) error {
	r.Settings = fmt.Sprintf("%d watchers, at once and within %v", c.watchers, c.jitter)
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
	for i, blow := range []struct {
		name string
		back time.Duration
	}{{"at once", 0}, {"spread", c.jitter}} {
		quiet, err := s.redisRate(ctx, 2*time.Second)
		if optional(err) != nil {
			return err
		}
		seen := err == nil
		was, err := s.desk.board(ctx)
		if err != nil {
			return err
		}
		if err := f.aim(Goal{Epoch: was.Epoch, Version: was.Version, Opens: i + 2}); err != nil {
			return err
		}
		used, err := cpuOf(s.pid)
		if optional(err) != nil {
			return err
		}
		calls, err := s.redisCalls(ctx)
		if optional(err) != nil {
			return err
		}
		start := time.Now()
		if err := f.lose(Cut{Share: 1, Back: blow.back}); err != nil {
			return err
		}
		back, err := f.wait(2 * time.Minute)
		if err != nil {
			return err
		}
		took := since(start, back)
		s.sayf("everybody is back %s after %.0f ms", blow.name, took.at(1))
		r.spread("back "+blow.name, took)
		if s.pid != 0 {
			now, err := cpuOf(s.pid)
			if err != nil {
				return err
			}
			used = now.minus(used)
			r.add("processor a connection, "+blow.name, float64((used.user+used.system).Microseconds())/float64(c.watchers), "µs")
		}
		if seen {
			now, err := s.redisCalls(ctx)
			if err != nil {
				return err
			}
			// The probes and ticks of a quiet server are not the viewers' doing.
			more := float64(now-calls) - quiet*time.Since(start).Seconds()
			r.add("redis calls a viewer, "+blow.name, max(0, more)/float64(c.watchers), "calls")
		}
		if err := s.desk.verify(ctx, f); err != nil {
			return err
		}
	}
	tally, err := f.count()
	if err != nil {
		return err
	}
	r.add("handshakes refused", float64(tally.Refused), "handshakes")
	return nil
}

// redisRate returns how many commands a second Redis runs when nothing happens.
func (s *stage) redisRate(ctx context.Context, over time.Duration) (float64, error) {
	before, err := s.redisCalls(ctx)
	if err != nil {
		return 0, err
	}
	if !sleep(ctx, over) {
		return 0, ctx.Err()
	}
	after, err := s.redisCalls(ctx)
	return float64(after-before) / over.Seconds(), err
}
