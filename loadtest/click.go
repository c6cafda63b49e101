package main

import (
	"context"
	"flag"
	"fmt"
)

// click clicks "next" again and again, and measures the time until every watcher
// of the board has the new number.
type click struct{ watchers, calls, line int }

func (c *click) flags(fs *flag.FlagSet) {
	watchersVar(fs, &c.watchers, 100, 10_000)
	countVar(fs, &c.calls, "calls", 200, 10_000, `clicks of "next"`)
	countVar(fs, &c.line, "line", defaultLine, 2000, "waiting tickets")
}

func (c *click) shorten() { c.watchers, c.calls = 50, 5 }

func (c *click) run(ctx context.Context, t *testbed, r *result) error {
	r.Settings = fmt.Sprintf("%d clicks of \"next\", %d waiting, %d watchers of one board", c.calls, c.line, c.watchers)
	if err := t.open(ctx); err != nil {
		return err
	}
	if err := t.desk.addWalkIns(ctx, c.line); err != nil {
		return err
	}
	trips, err := t.roundTripsPerAct(ctx)
	if ignoreUnavailable(err) != nil {
		return err
	}
	if err == nil {
		r.add("redis round trips an act", trips, "round trips")
	}
	f, err := t.watch(ctx, WatchRequest{Count: c.watchers})
	if err != nil {
		return err
	}
	times, err := t.measureClicks(ctx, f, c.calls)
	if err != nil {
		return err
	}
	r.addDistribution("answer to the desk", times.response)
	r.addDistribution("first watcher", times.first)
	r.addDistribution("last watcher", times.last)
	return nil
}

// roundTripsPerAct counts round trips to Redis while the board has no watcher,
// so that the server does not read it. The server's own probes are included.
func (t *testbed) roundTripsPerAct(ctx context.Context) (float64, error) {
	const acts = 100
	before, err := t.redisReads(ctx)
	if err != nil {
		return 0, err
	}
	for range acts / 2 {
		if err := t.desk.addWalkIn(ctx); err != nil {
			return 0, err
		}
		if _, err := t.desk.callNext(ctx); err != nil {
			return 0, err
		}
	}
	after, err := t.redisReads(ctx)
	return float64(after-before-2) / acts, err // less the two of redisReads
}
