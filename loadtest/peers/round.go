package main

import (
	"context"
	"fmt"
	"time"
)

// warmUps is how many changes come before what is measured: compilers that
// learn as they run shall have learnt.
const warmUps = 5

// work is what every server is given.
type work struct {
	watchers int
	changes  int           // that are measured
	pace     time.Duration // least time from one change to the next
	settle   time.Duration // of peace before memory is read
	size     int           // of a frame that we make, in bytes
	server   int           // core of the server; negative: any
}

// sample is what one round of one server cost.
type sample struct {
	user, system float64 // CPU of the server, µs per delivery
	store        float64 // of these its Redis, µs per delivery
	last, late   float64 // publish begun to last watcher, ms: the median change, the 99th percentile
	idle, busy   float64 // resident KB per watcher: before the first change, after the last
	size         int     // of a frame, in bytes
}

// round starts a server, gives it the work, stops it, and tells what it cost.
func (k work) round(ctx context.Context, p peer, folder string) (sample, error) {
	listen, err := freeAddress()
	if err != nil {
		return sample{}, err
	}
	cmd, err := p.command(folder, listen)
	if err != nil {
		return sample{}, err
	}
	server, err := start(ctx, cmd, folder, listen, k.server)
	if err != nil {
		return sample{}, err
	}
	defer server.stop()
	s, err := k.measure(ctx, p, listen, server.cmd.Process.Pid)
	if err != nil {
		return sample{}, fmt.Errorf("%w; the server said: %s", err, server.said())
	}
	return s, nil
}

func (k work) measure(ctx context.Context, p peer, listen string, pid int) (sample, error) {
	none, err := gather(ctx, p, listen, 1) // whatever the first watcher loads, the others do not
	if err != nil {
		return sample{}, err
	}
	err = none.rest(ctx, k.settle/4)
	none.close()
	if err != nil {
		return sample{}, err
	}
	empty, err := costs(pid)
	if err != nil {
		return sample{}, err
	}

	c, err := gather(ctx, p, listen, k.watchers)
	if err != nil {
		return sample{}, err
	}
	defer c.close()
	if err := c.rest(ctx, k.settle); err != nil {
		return sample{}, err
	}
	idle, err := costs(pid)
	if err != nil {
		return sample{}, err
	}

	desk, err := dial(listen) // no earlier: a server waits only so long for a first request
	if err != nil {
		return sample{}, err
	}
	defer desk.close()
	if _, err := k.play(ctx, c, desk, 1, warmUps); err != nil {
		return sample{}, err
	}
	before, err := costs(pid)
	if err != nil {
		return sample{}, err
	}
	counted := c.deliveries
	took, err := k.play(ctx, c, desk, warmUps+1, k.changes)
	if err != nil {
		return sample{}, err
	}
	after, err := costs(pid)
	if err != nil {
		return sample{}, err
	}
	counted = c.deliveries - counted
	if want := k.watchers * k.changes; counted != want {
		return sample{}, fmt.Errorf("%d deliveries instead of %d", counted, want)
	}
	each := func(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) / float64(counted) }
	perWatcher := func(now map[string]cost) float64 {
		return float64(sum(now).resident-sum(empty).resident) / 1024 / float64(k.watchers)
	}
	store := after[redisProcess].user + after[redisProcess].system - before[redisProcess].user - before[redisProcess].system
	return sample{
		user: each(sum(after).user - sum(before).user), system: each(sum(after).system - sum(before).system), store: each(store),
		last: median(took), late: quantile(took, .99),
		idle: perWatcher(idle), busy: perWatcher(after),
		size: c.size,
	}, nil
}

// play makes changes, each when the one before has reached everybody and the
// pace allows it, and returns how many ms each took to the last watcher.
func (k work) play(ctx context.Context, c *crowd, desk *caller, first, n int) ([]float64, error) {
	var took []float64
	for change := first; change < first+n; change++ {
		begun := time.Now()
		r, err := c.peer.publish("http://"+c.address.String(), change, makeFrame(change, k.size))
		if err != nil {
			return nil, err
		}
		last, err := c.expect(ctx, change, desk, r)
		if err != nil {
			return nil, err
		}
		took = append(took, float64(last)/float64(time.Millisecond))
		if err := c.rest(ctx, k.pace-time.Since(begun)); err != nil {
			return nil, err
		}
	}
	return took, nil
}
