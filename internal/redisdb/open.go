package redisdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// DB is an open Redis, whatever runs it.
type DB struct {
	Client     redis.UniversalClient
	Where      string                      // for the log
	Replicated bool                        // a replica takes over when its primary dies
	Sentinels  *redis.UniversalOptions     // addresses of the Sentinels that choose the primary; nil: none
	Private    bool                        // no other program uses it: a demo clinic may live in it
	Upkeep     func(context.Context) error // maintenance that runs until its context ends; nil: none is needed
	Close      func(context.Context) error // ends the client, then what was started for it
}

// Open connects to the Redis at a URL, see [Parse]. One address may be that of a
// Cluster: the server itself reports it (review F10). Close ends the connection.
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
				o.TLSConfig.ServerName = "" // each node is checked by its own name
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
