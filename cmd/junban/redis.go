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

// slotsAge is how old the map of a Cluster's slots may grow before it is read
// again. The library's minute is how long a failover would go unseen (review F1).
const slotsAge = time.Second

// dialRedis makes the client; it connects when it is first used.
func dialRedis(o *redis.UniversalOptions) redis.UniversalClient {
	o.DialTimeout = dialTimeout
	o.DialerRetries = 1 // commands are retried, dials inside them need not be
	o.ReadTimeout, o.WriteTimeout = ioTimeout, ioTimeout
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

// storage is an open Redis, wherever it runs.
type storage struct {
	rdb        redis.UniversalClient
	where      string                      // for the log
	replicated bool                        // a replica takes over when its primary dies
	sentinels  *sentinels                  // that choose the primary; nil: none do
	demo       bool                        // it is ours alone: a demo clinic may live in it
	upkeep     func(context.Context) error // runs until its context ends; nil: none is needed
	close      func(context.Context) error // ends the client, then what was started for it
}

// openStorage connects to the configured Redis, or starts the embedded one,
// whose metrics go to reg, which may be nil.
func (p *program) openStorage(ctx context.Context, w work, reg prometheus.Registerer) (*storage, error) {
	redis.SetLogger(redisLog{p.log})
	if p.redis == "" {
		return openEmbedded(ctx, string(p.data), w, p.log, reg)
	}
	return openRedis(ctx, string(p.redis))
}

// openRedis connects to a Redis that somebody else runs. One address may be that
// of a Cluster: the server itself reports it (review F10).
func openRedis(ctx context.Context, url string) (*storage, error) {
	o, err := parseRedis(url)
	if err != nil {
		return nil, err
	}
	st := &storage{where: "redis", replicated: o.MasterName != "" || len(o.Addrs) > 1}
	st.rdb = dialRedis(o)
	if !st.replicated {
		info, err := st.rdb.InfoMap(ctx, "cluster").Result()
		if err == nil && info["Cluster"]["cluster_enabled"] == "1" {
			st.rdb.Close()
			if o.DB != 0 {
				return nil, errors.New("connecting to Redis: it is a Cluster, which has only database 0")
			}
			o.IsClusterMode, st.replicated = true, true
			if o.TLSConfig != nil {
				o.TLSConfig.ServerName = "" // each node is checked by its own name
			}
			st.rdb = dialRedis(o)
		}
	}
	if err := st.rdb.Ping(ctx).Err(); err != nil {
		st.rdb.Close()
		return nil, fmt.Errorf("connecting to Redis: %w", err)
	}
	stop := func() {}
	if o.MasterName != "" {
		st.sentinels = &sentinels{o}
		stop = followPrimary(st.rdb)
	}
	st.close = func(context.Context) error {
		stop()
		return st.rdb.Close()
	}
	return st, nil
}

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
			limited, cancel := context.WithTimeout(ctx, dialTimeout)
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

// redisLog takes what the Redis client has to say: its errors also come back
// from the commands that met them, so this is for the curious.
type redisLog struct{ log *slog.Logger }

// Printf logs one line at debug.
func (l redisLog) Printf(ctx context.Context, format string, v ...any) {
	l.log.DebugContext(ctx, "redis client", "said", fmt.Sprintf(format, v...))
}
