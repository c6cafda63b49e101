package redisdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// DB is an open connection to Redis.
type DB struct {
	Client     redis.UniversalClient
	Where      string                      // description for the log
	Replicated bool                        // a replica takes over if the primary fails
	Sentinels  *redis.UniversalOptions     // addresses of the Sentinels, or nil
	Private    bool                        // no other program uses this Redis, so it may have a demo clinic
	Memory     bool                        // what it holds ends with this process
	Upkeep     func(context.Context) error // maintenance to run until its context is done, or nil
	Close      func(context.Context) error // closes the client, then stops what was started for it
}

// Open connects to the Redis at an address; see [Parse]. A single address may
// belong to a Cluster, which Open detects.
func Open(ctx context.Context, url string) (*DB, error) {
	o, err := Parse(url)
	if err != nil {
		return nil, err
	}
	db := &DB{Where: "redis", Replicated: o.MasterName != "" || len(o.Addrs) > 1}
	db.Client = Dial(o)
	if !db.Replicated {
		info, err := db.Client.InfoMap(ctx, "cluster").Result()
		if err == nil && info["Cluster"]["cluster_enabled"] == "1" {
			db.Client.Close()
			if o.DB != 0 {
				return nil, errors.New("connecting to Redis: it is a Cluster, which has only database 0")
			}
			o.IsClusterMode, db.Replicated = true, true
			if o.TLSConfig != nil {
				o.TLSConfig.ServerName = "" // each node is verified by its own name
			}
			db.Client = Dial(o)
		}
	}
	if err := db.Client.Ping(ctx).Err(); err != nil {
		db.Client.Close()
		return nil, fmt.Errorf("connecting to Redis: %w", err)
	}
	stop := func() {}
	if o.MasterName != "" {
		db.Sentinels = o
		stop = followPrimary(db.Client)
	}
	db.Close = func(context.Context) error {
		stop()
		return db.Client.Close()
	}
	return db, nil
}
