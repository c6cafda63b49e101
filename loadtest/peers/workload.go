package main

import (
	"context"
	"fmt"
	"time"
)

// warmUps is the number of changes before those that are measured, so that
// just-in-time compilers finish.
const warmUps = 5

// workload is the work that every server has to do.
type workload struct {
	watchers   int
	changes    int           // measured
	pace       time.Duration // least time between two changes
	settle     time.Duration // idle time before memory is read
	frameSize  int           // of makeFrame, in bytes
	serverCore int           // negative for any
}

// sample is the measurements of one server in one round.
type sample struct {
	user, system float64 // CPU of the server, µs per delivery
	redis        float64 // the part of Redis in both, µs per delivery
	last, p99    float64 // publish to last watcher, ms: the median change, the 99th percentile
	idle, busy   float64 // resident KB per watcher: before the first change, after the last
	frameSize    int     // in bytes
}

// cpu is user and system time together.
func (s sample) cpu() float64 { return s.user + s.system }

// round starts a server, measures it under the workload and stops it.
func (k workload) round(ctx context.Context, p peer, folder string) (sample, error) {
	listen, err := freeAddress()
	if err != nil {
		return sample{}, err
	}
	cmd, err := p.command(folder, listen)
	if err != nil {
		return sample{}, err
	}
	server, err := startServer(ctx, cmd, folder, listen, k.serverCore)
	if err != nil {
		return sample{}, err
	}
	defer server.stop()
	s, err := k.measure(ctx, p, listen, server.cmd.Process.Pid)
	if err != nil {
		return sample{}, fmt.Errorf("%w; log of the server: %s", err, server.logTail())
	}
	return s, nil
}

func (k workload) measure(ctx context.Context, p peer, listen string, pid int) (sample, error) {
	if err := k.warmUpMemory(ctx, p, listen); err != nil {
		return sample{}, err
	}
	empty, err := processCosts(pid)
	if err != nil {
		return sample{}, err
	}
	f, err := openFleet(ctx, p, listen, k.watchers)
	if err != nil {
		return sample{}, err
	}
	defer f.close()
	if err := f.idle(ctx, k.settle); err != nil {
		return sample{}, err
	}
	idle, err := processCosts(pid)
	if err != nil {
		return sample{}, err
	}

	pub, err := dialPublisher(p, listen) // only now, as servers limit the wait for a first request
	if err != nil {
		return sample{}, err
	}
	defer pub.close()
	if _, err := k.makeChanges(ctx, f, pub, 1, warmUps); err != nil {
		return sample{}, err
	}
	before, err := processCosts(pid)
	if err != nil {
		return sample{}, err
	}
	deliveries := -f.deliveries
	took, err := k.makeChanges(ctx, f, pub, warmUps+1, k.changes)
	if err != nil {
		return sample{}, err
	}
	after, err := processCosts(pid)
	if err != nil {
		return sample{}, err
	}
	deliveries += f.deliveries
	if want := k.watchers * k.changes; deliveries != want {
		return sample{}, fmt.Errorf("%d deliveries, want %d", deliveries, want)
	}
	perDelivery := func(d time.Duration) float64 {
		return float64(d) / float64(time.Microsecond) / float64(deliveries)
	}
	perWatcher := func(now map[string]cost) float64 {
		return float64(totalCost(now).resident-totalCost(empty).resident) / 1024 / float64(k.watchers)
	}
	redis := after[redisProcess].user + after[redisProcess].system - before[redisProcess].user - before[redisProcess].system
	return sample{
		user:   perDelivery(totalCost(after).user - totalCost(before).user),
		system: perDelivery(totalCost(after).system - totalCost(before).system),
		redis:  perDelivery(redis),
		last:   median(took), p99: quantile(took, .99),
		idle: perWatcher(idle), busy: perWatcher(after),
		frameSize: f.frameSize,
	}, nil
}

// warmUpMemory opens and closes one watcher. What the server loads for its first
// watcher is then not counted as memory of the watchers.
func (k workload) warmUpMemory(ctx context.Context, p peer, listen string) error {
	f, err := openFleet(ctx, p, listen, 1)
	if err != nil {
		return err
	}
	defer f.close()
	return f.idle(ctx, k.settle/4)
}

// makeChanges makes n changes and returns the times to the last watcher in ms. It
// makes a change once the one before has reached all watchers, but not faster
// than the pace.
func (k workload) makeChanges(ctx context.Context, f *fleet, pub *publisher, first, n int) ([]float64, error) {
	var took []float64
	for change := first; change < first+n; change++ {
		start := time.Now()
		r, err := f.peer.publish(f.peer.base(f.address.String()), change, makeFrame(change, k.frameSize))
		if err != nil {
			return nil, err
		}
		last, err := f.publishAndWait(ctx, change, pub, r)
		if err != nil {
			return nil, err
		}
		took = append(took, float64(last)/float64(time.Millisecond))
		if err := f.idle(ctx, k.pace-time.Since(start)); err != nil {
			return nil, err
		}
	}
	return took, nil
}
