package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// redisURL names a Redis that somebody else runs; "" is the embedded store.
type redisURL string

func (u *redisURL) String() string { return string(*u) }
func (u *redisURL) Set(s string) error {
	if s != "" {
		if _, err := parseRedis(s); err != nil {
			return err
		}
	}
	*u = redisURL(s)
	return nil
}

// parseRedis reads redis://, rediss:// and unix:// addresses. Several with
// commas are the seeds of a Cluster; with ?master=NAME they are Sentinels. Who
// logs in, and the other options, stand in the first and the last of them: the
// scheme may be left out after the first. Errors never quote the address: it
// may hold a password.
func parseRedis(s string) (*redis.UniversalOptions, error) {
	var o *redis.UniversalOptions
	scheme := ""
	for i, one := range strings.Split(s, ",") {
		if !strings.Contains(one, "://") && scheme != "" {
			one = scheme + one
		}
		u, err := url.Parse(strings.TrimSpace(one))
		if err != nil {
			return nil, fmt.Errorf("address %d is not a URL", i+1)
		}
		scheme = u.Scheme + "://"
		query := u.Query()
		master := query.Get("master")
		query.Del("master")
		u.RawQuery = query.Encode()
		part, err := redis.ParseURL(u.String())
		if err != nil {
			return nil, fmt.Errorf("address %d is not a Redis URL such as redis://host:6379", i+1)
		}
		if o == nil {
			o = &redis.UniversalOptions{
				DB: part.DB, Username: part.Username, Password: part.Password, TLSConfig: part.TLSConfig,
			}
			if part.Network == "unix" {
				o.Dialer = func(ctx context.Context, _, addr string) (net.Conn, error) {
					d := net.Dialer{Timeout: dialTimeout}
					return d.DialContext(ctx, "unix", addr)
				}
			}
		}
		o.Addrs = append(o.Addrs, part.Addr)
		if master != "" {
			o.MasterName = master
		}
	}
	if len(o.Addrs) > 1 && o.DB != 0 && o.MasterName == "" {
		return nil, errors.New("a Cluster has only database 0")
	}
	if len(o.Addrs) > 1 && o.TLSConfig != nil {
		o.TLSConfig.ServerName = "" // each node is checked by its own name
	}
	return o, nil
}

const (
	dialTimeout = 2 * time.Second
	ioTimeout   = 2 * time.Second
)

// dialRedis makes the client; it connects when it is first used.
func dialRedis(o *redis.UniversalOptions) redis.UniversalClient {
	o.DialTimeout = dialTimeout
	o.DialerRetries = 1 // commands are retried, dials inside them need not be
	o.ReadTimeout, o.WriteTimeout = ioTimeout, ioTimeout
	o.ContextTimeoutEnabled = true
	o.MaxRetries = 2 // harmless: every act carries its own idempotency key
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return redis.NewUniversalClient(o)
}

// storage is an open Redis, wherever it runs.
type storage struct {
	rdb   redis.UniversalClient
	where string                      // for the log
	demo  bool                        // it is ours alone: a demo clinic may live in it
	close func(context.Context) error // ends the client, then what was started for it
}

// openStorage connects to the configured Redis, or starts the embedded one,
// whose metrics go to reg, which may be nil.
func (p *program) openStorage(ctx context.Context, w work, reg prometheus.Registerer) (*storage, error) {
	redis.SetLogger(redisLog{p.log})
	if p.redis == "" {
		return openEmbedded(ctx, string(p.data), w, p.log, reg)
	}
	o, err := parseRedis(string(p.redis))
	if err != nil {
		return nil, err
	}
	rdb := dialRedis(o)
	if err := rdb.Ping(ctx).Err(); err != nil {
		rdb.Close()
		return nil, fmt.Errorf("connecting to Redis: %w", err)
	}
	return &storage{rdb: rdb, where: "redis", close: func(context.Context) error { return rdb.Close() }}, nil
}

// redisLog takes what the Redis client has to say: its errors also come back
// from the commands that met them, so this is for the curious.
type redisLog struct{ log *slog.Logger }

// Printf logs one line at debug.
func (l redisLog) Printf(ctx context.Context, format string, v ...any) {
	l.log.DebugContext(ctx, "redis client", "said", fmt.Sprintf(format, v...))
}
