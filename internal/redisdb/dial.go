package redisdb

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Timeouts of a connection attempt, and of a read or write.
const (
	DialTimeout = 2 * time.Second
	IOTimeout   = 2 * time.Second
)

// slotsAge is the interval at which the slots of a Cluster are reloaded. With
// the library's default of a minute, a failover could go unnoticed that long.
const slotsAge = time.Second

// Dial returns a client with junban's timeouts. It connects at its first
// command.
func Dial(o *redis.UniversalOptions) redis.UniversalClient {
	o.DialTimeout = DialTimeout
	o.DialerRetries = 1 // commands are retried, so dials need no retry
	o.ReadTimeout, o.WriteTimeout = IOTimeout, IOTimeout
	o.ContextTimeoutEnabled = true
	o.MaxRetries = 2 // safe, because every writing script has an idempotency key
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	if o.MasterName == "" && (len(o.Addrs) > 1 || o.IsClusterMode) {
		cluster := o.Cluster()
		cluster.ClusterStateReloadInterval = slotsAge
		return redis.NewClusterClient(cluster)
	}
	return redis.NewUniversalClient(o)
}

// LogClient logs the messages of the Redis client library at debug level. The
// commands return the same errors. The setting is global to the process.
func LogClient(log *slog.Logger) { redis.SetLogger(redisLog{log}) }

type redisLog struct{ log *slog.Logger }

// Printf implements the logging interface of go-redis.
func (l redisLog) Printf(ctx context.Context, format string, v ...any) {
	l.log.DebugContext(ctx, "redis client", "line", fmt.Sprintf(format, v...))
}
