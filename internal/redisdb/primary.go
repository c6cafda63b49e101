package redisdb

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// pollInterval is the interval at which a Sentinel is asked for the primary.
// Its notification comes only at the end of a planned failover.
const pollInterval = time.Second

// followPrimary polls the Sentinels for the primary, until stop. The client
// then drops its connections to any other server.
func followPrimary(rdb redis.UniversalClient) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var d dialer
	rdb.AddHook(&d)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(pollInterval)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			limited, cancel := context.WithTimeout(ctx, DialTimeout)
			if conn, err := d.dial(limited, "tcp", ""); err == nil {
				conn.Close()
			}
			cancel()
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// dialer is a hook that captures the client's dial function. With Sentinels,
// dialing asks them for the primary; a new answer closes the old connections.
type dialer struct{ dial redis.DialHook }

// DialHook captures the dial function.
func (d *dialer) DialHook(next redis.DialHook) redis.DialHook {
	d.dial = next
	return next
}

// ProcessHook does nothing.
func (d *dialer) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

// ProcessPipelineHook does nothing.
func (d *dialer) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}
