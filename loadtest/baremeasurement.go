package main

import (
	"context"
	"strconv"
	"time"

	"junban/api/wire"
)

// bareMeasurement measures the bare HTTP server, and the bare script in the Redis of
// a nation.
type bareMeasurement struct {
	server *bareProcess
	redis  *redisConn
	sha    string // of the script
	before time.Duration

	calls int       // of each so far
	use   nationUse // while they ran
	after time.Duration
}

// openBare starts the server on the given processors, and loads the script. The
// caller closes the measurement.
func openBare(ctx context.Context, cpu, socket string) (*bareMeasurement, error) {
	server, err := startBare(ctx, cpu)
	if err != nil {
		return nil, err
	}
	b := &bareMeasurement{server: server}
	if b.redis, err = dialRedis(ctx, socket); err == nil {
		b.sha, err = b.redis.do("SCRIPT", "LOAD", bareScript)
	}
	if err == nil {
		err = b.repeat(ctx, 50, 0) // later, nothing is done for the first time
	}
	if err == nil {
		b.calls = 0
		b.before, err = processorClock(server.cmd.Process.Pid)
	}
	if ignoreUnavailable(err) != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// close ends the server.
func (b *bareMeasurement) close() {
	if b.redis != nil {
		b.redis.Close()
	}
	b.server.stop()
}

// repeat sends n requests to the server, and runs the script n times, evenly within
// the length.
func (b *bareMeasurement) repeat(ctx context.Context, n int, length time.Duration) error {
	start := time.Now()
	for i := range n {
		if !sleep(ctx, time.Until(start.Add(length*time.Duration(i)/time.Duration(n)))) {
			return ctx.Err()
		}
		if err := b.server.client.post(ctx, "/", "", wire.ActRequest{Rev: bareEntry}, nil); err != nil {
			return err
		}
		if _, err := b.redis.do("EVALSHA", b.sha, "4", "{bare}version", "{bare}order", "{bare}log", "{bare}message", strconv.Itoa(b.calls), bareEntry); err != nil {
			return err
		}
		b.calls++
	}
	var err error
	b.after, err = processorClock(b.server.cmd.Process.Pid)
	return ignoreUnavailable(err)
}

// cost returns what one of each has cost. The idle use is that of the nation.
func (b *bareMeasurement) cost(idle nationUse) bareCost {
	return bareCost{handler: milliseconds(b.after-b.before) / float64(b.calls), script: costOf(idle, b.use, b.calls).redis}
}
