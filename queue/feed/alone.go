package feed

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
)

// Alone reports whether no other node has a feed on this Redis. Each feed subscribes to
// its own probe channel, and Redis lists the channels with subscribers. The other node
// may be about to end as well. Nodes of a Cluster list their own subscribers only, so
// each of them is asked.
func (f *Feed) Alone(ctx context.Context) (bool, error) {
	own := f.probe.channel
	pattern := own[:strings.LastIndexByte(own, ':')+1] + "*"
	var others atomic.Bool
	look := func(ctx context.Context, rdb redis.Cmdable) error {
		channels, err := rdb.PubSubChannels(ctx, pattern).Result()
		for _, c := range channels {
			if c != own {
				others.Store(true)
			}
		}
		return err
	}
	var err error
	if cluster, ok := f.line.Redis().(*redis.ClusterClient); ok {
		err = cluster.ForEachShard(ctx, func(ctx context.Context, rdb *redis.Client) error { return look(ctx, rdb) })
	} else {
		err = look(ctx, f.line.Redis())
	}
	if err != nil {
		return false, fmt.Errorf("look for other nodes: %w", err)
	}
	return !others.Load(), nil
}
