package main

import (
	"context"
	"flag"
	"fmt"
	"time"
)

// storm disconnects all watchers twice. First they reconnect at once, as after a
// short outage; then each waits for a random part of the jitter.
type storm struct {
	watchers int
	jitter   time.Duration
}

func (c *storm) flags(fs *flag.FlagSet) {
	watchersVar(fs, &c.watchers, 10_000, 18_000)
	durationVar(fs, &c.jitter, "jitter", 5*time.Second, time.Minute, "time within which the watchers reconnect in the second storm")
}

func (c *storm) shorten() { c.watchers, c.jitter = 400, time.Second }

func (c *storm) run(ctx context.Context, t *testbed, r *result) error {
	r.Settings = fmt.Sprintf("%d watchers, at once and within %v", c.watchers, c.jitter)
	f, err := t.prepare(ctx, defaultLine, c.watchers)
	if err != nil {
		return err
	}
	if err := c.outage(ctx, t, f, r, "at once", 2, 0); err != nil {
		return err
	}
	if err := c.outage(ctx, t, f, r, "spread", 3, c.jitter); err != nil {
		return err
	}
	tally, err := f.tally()
	if err != nil {
		return err
	}
	r.add("handshakes refused", float64(tally.RefusedHandshakes), "handshakes")
	return nil
}

// outage disconnects all watchers and waits until each has its n-th connection.
// It adds the figures of the reconnects under the given name.
func (c *storm) outage(ctx context.Context, t *testbed, f *fleet, r *result, name string, n int, reconnectWithin time.Duration) error {
	current, err := t.desk.board(ctx)
	if err != nil {
		return err
	}
	if err := f.setGoal(Goal{Epoch: current.Epoch, Version: current.Version, Connections: n}); err != nil {
		return err
	}
	idle, err := t.usage(ctx, f)
	if err != nil {
		return err
	}
	if !sleep(ctx, 2*time.Second) {
		return ctx.Err()
	}
	before, err := t.usage(ctx, f)
	if err != nil {
		return err
	}
	start := time.Now()
	if err := f.disconnect(Outage{Share: 1, ReconnectWithin: reconnectWithin}); err != nil {
		return err
	}
	reached, err := f.wait(operationTimeout)
	if err != nil {
		return err
	}
	after, err := t.usage(ctx, f)
	if err != nil {
		return err
	}
	took := elapsedSince(start, reached)
	t.progressf("all watchers are back %s after %.0f ms", name, took.quantile(1))
	r.addDistribution("back "+name, took)
	watchers := float64(c.watchers)
	if t.pid != 0 {
		r.add("processor a connection, "+name, after.serverMicros(before, watchers), "µs")
	}
	if idle.redisCalls > 0 {
		// The probes of an idle server are not caused by the watchers.
		idleRate := float64(before.redisCalls-idle.redisCalls) / before.at.Sub(idle.at).Seconds()
		calls := float64(after.redisCalls-before.redisCalls) - idleRate*after.at.Sub(before.at).Seconds()
		r.add("redis calls a watcher, "+name, max(0, calls)/watchers, "calls")
	}
	return t.desk.verify(ctx, f)
}
