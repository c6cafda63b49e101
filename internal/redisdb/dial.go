package redisdb

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// The limits of one connection attempt, and of one read or write on a connection.
const (
	DialTimeout = 2 * time.Second
	IOTimeout   = 2 * time.Second
)

// slotsAge is how old the map of a Cluster's slots may grow before it is read
// again. The library's minute is how long a failover would go unseen (review F1).
const slotsAge = time.Second

// Dial returns a client with junban's timeouts. It connects at its first command.
func Dial(o *redis.UniversalOptions) redis.UniversalClient {
	o.DialTimeout = DialTimeout
	o.DialerRetries = 1 // commands are retried, dials inside them need not be
	o.ReadTimeout, o.WriteTimeout = IOTimeout, IOTimeout
	o.ContextTimeoutEnabled = true
	o.MaxRetries = 2 // every script that writes carries an idempotency key of its own
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	if o.MasterName == "" && (len(o.Addrs) > 1 || o.IsClusterMode) {
		cluster := o.Cluster()
		cluster.ClusterStateReloadInterval = slotsAge
		return redis.NewClusterClient(cluster)
	}
	return redis.NewUniversalClient(o)
}

// LogClient sends the log lines of the Redis client to log, at debug: its errors
// also come back from the commands that met them. The setting is global to the process.
func LogClient(log *slog.Logger) { redis.SetLogger(redisLog{log}) }

type redisLog struct{ log *slog.Logger }

// Printf logs one line at debug.
func (l redisLog) Printf(ctx context.Context, format string, v ...any) {
	l.log.DebugContext(ctx, "redis client", "line", fmt.Sprintf(format, v...))
}
