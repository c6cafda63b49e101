package feed_test

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/feed"
	"junban/queue/queuetest"
)

// runFeed runs a feed on a store of its own until end is called.
func runFeed(t *testing.T, rdb redis.UniversalClient) (f *feed.Feed, end func()) {
	t.Helper()
	s, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f, err = feed.New(s, feed.Options{}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	return f, func() { cancel(); <-done }
}

// becomesAlone waits until a feed finds itself alone, or not.
func becomesAlone(t *testing.T, f *feed.Feed, want bool) {
	t.Helper()
	what := map[bool]string{true: "the feed is alone", false: "the feed finds the other"}
	queuetest.Eventually(t, what[want], func() bool {
		alone, err := f.Alone(t.Context())
		return err == nil && alone == want
	})
}

// TestFeed_AloneWhileNoOtherNodeListens runs feeds on a Redis of its own.
func TestFeed_AloneWhileNoOtherNodeListens(t *testing.T) {
	t.Parallel()
	socket, server, err := queuetest.Start(t.TempDir())
	if err != nil {
		queuetest.Missing(t, "redis-server", err)
	}
	t.Cleanup(func() { server.Process.Kill(); server.Wait() })
	rdb := queuetest.Client(t, socket)
	first, endFirst := runFeed(t, rdb)
	defer endFirst()
	becomesAlone(t, first, true)
	_, endSecond := runFeed(t, rdb)
	becomesAlone(t, first, false)
	endSecond()
	becomesAlone(t, first, true)
}

// TestFeed_AloneInACluster has the other node listen at each member in turn: a member
// lists its own subscribers only. A dead member is skipped once the Cluster has
// detected it. Until then the result is an error, never "alone".
func TestFeed_AloneInACluster(t *testing.T) {
	t.Parallel()
	cluster := queuetest.NewCluster(t)
	dial := func() redis.UniversalClient {
		rdb := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{cluster.Masters[2].Addr}, ContextTimeoutEnabled: true})
		t.Cleanup(func() { rdb.Close() })
		return rdb
	}
	first, endFirst := runFeed(t, dial())
	defer endFirst()
	becomesAlone(t, first, true)
	_, endSecond := runFeed(t, dial())
	becomesAlone(t, first, false)
	endSecond()
	becomesAlone(t, first, true)

	listen := func(at *queuetest.Server) (end func()) {
		t.Helper()
		other := at.Client.Subscribe(t.Context(), "junban:probe:of-another-node")
		if _, err := other.Receive(t.Context()); err != nil {
			t.Fatal(err)
		}
		return func() { other.Close() }
	}
	for i, member := range cluster.Members() {
		end := listen(member)
		if alone, err := first.Alone(t.Context()); alone || err != nil {
			t.Errorf("alone is %v while another node listens at member %d: %v", alone, i, err)
		}
		end()
		becomesAlone(t, first, true)
	}

	end := listen(cluster.Replicas[1])
	for _, dead := range []*queuetest.Server{cluster.Replicas[2], cluster.Masters[1]} {
		dead.Kill()
		if alone, _ := first.Alone(t.Context()); alone {
			t.Error("the feed is alone while another node listens and a member is dead")
		}
		becomesAlone(t, first, false)
	}
	end()
	becomesAlone(t, first, true)
}
