package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"
)

// drain stops one of two servers on the same Redis; its watchers move to the
// other. When rolling, it starts that server again and stops the other.
//
// Half of the watchers close on the goodbye, as junban's pages do. The others
// wait for the server to close. All reconnect at the time in the goodbye.
type drain struct {
	watchers int
	grace    time.Duration
	rolling  bool
}

func (c *drain) flags(fs *flag.FlagSet) {
	watchersVar(fs, &c.watchers, 10_000, 18_000)
	durationVar(fs, &c.grace, "grace", 10*time.Second, 5*time.Minute, "grace period of the server")
	fs.BoolVar(&c.rolling, "rolling", true, "then start it again and stop the other")
}

func (c *drain) shorten() { c.watchers, c.grace = 400, 10*time.Second }

func (c *drain) run(ctx context.Context, t *testbed, r *result) error {
	r.Settings = fmt.Sprintf("%d watchers, %v of grace", c.watchers, c.grace)
	if t.launcher == nil {
		return errors.New("drain stops its servers, so it must start them: leave out --url")
	}
	redis, err := t.launcher.startRedis(ctx, false, t.clinic)
	if err != nil {
		return err
	}
	t.onClose(redis.stop)
	nodes, args := t.launcher.nodesOf(redis), []string{"--redis", redis.url(), "--drain", c.grace.String()}
	var servers [2]*server
	for i := range servers {
		if servers[i], err = nodes.start(ctx, args...); err != nil {
			return err
		}
		t.onClose(servers[i].stop)
	}
	t.url = servers[1].url
	if err := t.signIn(ctx, redis.password); err != nil {
		return err
	}
	if err := t.desk.addWalkIns(ctx, defaultLine); err != nil {
		return err
	}
	f, err := t.watch(ctx, WatchRequest{Count: c.watchers, URLs: []string{servers[0].url, servers[1].url}})
	if err != nil {
		return err
	}
	moves := 1
	total, err := c.failOver(ctx, t, f, servers[0], 2)
	if err != nil {
		return err
	}
	if c.rolling {
		t.url = servers[0].url
		again, err := nodes.startAt(ctx, strings.TrimPrefix(t.url, t.launcher.scheme), args...)
		if err != nil {
			return err
		}
		t.onClose(again.stop)
		if err := t.signIn(ctx, redis.password); err != nil {
			return err
		}
		second, err := c.failOver(ctx, t, f, servers[1], 3)
		if err != nil {
			return err
		}
		moves++
		total.merge(second)
	}
	tally, err := f.tally()
	if err != nil {
		return err
	}
	r.add("server ended after", milliseconds(total.shutdown), "ms")
	r.add("server ended after, against its grace", total.shutdown.Seconds()/c.grace.Seconds(), "ratio")
	r.addDistribution("back on the other server", total.reconnected)
	r.addDistribution("current after the goodbye's delay", total.delayed)
	r.add("most returns in 250 ms against the mean", total.peakToMean, "ratio")
	r.add("goodbyes a watcher and move", float64(tally.Goodbyes)/float64(c.watchers*moves), "ratio")
	r.add("closed with 1012, of those that waited", float64(tally.Closes[1012])/float64(tally.AwaitedClose), "ratio")
	r.add("handshakes refused", float64(tally.RefusedHandshakes), "handshakes")
	return nil
}

// failover is what was measured while all watchers moved to the other server.
type failover struct {
	shutdown    time.Duration // from the signal to the exit of the server
	reconnected durations     // from the signal to each watcher's newest board
	delayed     durations     // from the time in each watcher's goodbye to its newest board
	peakToMean  float64
}

// merge adds another failover. The worse shutdown and ratio remain.
func (m *failover) merge(o failover) {
	m.shutdown, m.peakToMean = max(m.shutdown, o.shutdown), max(m.peakToMean, o.peakToMean)
	m.reconnected, m.delayed = append(m.reconnected, o.reconnected...), append(m.delayed, o.delayed...)
}

// failOver stops a server and calls a ticket at the other one. It returns when
// every watcher shows the call on its n-th connection.
func (c *drain) failOver(ctx context.Context, t *testbed, f *fleet, leaving *server, n int) (m failover, err error) {
	goal, err := t.desk.nextVersion(ctx)
	if err != nil {
		return m, err
	}
	goal.Connections = n
	if err := f.setGoal(goal); err != nil {
		return m, err
	}
	start := time.Now()
	if err := leaving.terminate(); err != nil {
		return m, err
	}
	if _, err := t.desk.callNext(ctx); err != nil {
		return m, err
	}
	select {
	case <-leaving.exited:
	case <-time.After(c.grace + operationTimeout):
		return m, fmt.Errorf("the server is still running %v after its grace period", operationTimeout)
	}
	m.shutdown = time.Since(start)
	t.progressf("the server ended after %v", m.shutdown.Round(time.Millisecond))
	reached, err := f.wait(c.grace + operationTimeout)
	if err != nil {
		return m, err
	}
	m.reconnected = elapsedSince(start, reached)
	m.peakToMean = peakToMean(m.reconnected)
	if m.delayed, err = f.reconnectDelays(); err != nil {
		return m, err
	}
	// The watchers must also receive the next change.
	if _, _, err := t.desk.changeAndWait(ctx, f, t.desk.addWalkIn); err != nil {
		return m, err
	}
	return m, t.desk.verify(ctx, f)
}

// returnBin is the width of a bin in peakToMean. In narrower bins the scheduler
// of a small machine would dominate the ratio.
const returnBin = 250 * time.Millisecond

// peakToMean divides the largest bin of a histogram by the mean of all bins. The
// bins reach from the first to the last duration.
func peakToMean(took durations) float64 {
	sorted := slices.Sorted(slices.Values(took))
	counts := make([]int, int((sorted[len(sorted)-1]-sorted[0])/returnBin)+1)
	for _, d := range sorted {
		counts[int((d-sorted[0])/returnBin)]++
	}
	return float64(slices.Max(counts)) * float64(len(counts)) / float64(len(sorted))
}
