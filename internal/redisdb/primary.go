package redisdb

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// askEvery is how often a Sentinel is asked which server is the primary. The
// notification comes only at the end of a planned failover (review F2).
const askEvery = time.Second

// followPrimary asks the Sentinels for the primary each [askEvery], and has the
// client drop its connections to any other. It ends with stop.
func followPrimary(rdb redis.UniversalClient) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var d dialer
	rdb.AddHook(&d)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(askEvery)
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

// dialer is a hook that keeps the client's way to connect. With Sentinels this
// asks them first; another answer than the last closes the old connections.
type dialer struct{ dial redis.DialHook }

// DialHook keeps what dials.
func (d *dialer) DialHook(next redis.DialHook) redis.DialHook {
	d.dial = next
	return next
}

// ProcessHook leaves commands alone.
func (d *dialer) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

// ProcessPipelineHook leaves pipelines alone.
func (d *dialer) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}
