package queue_test

import (
	"context"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/queuetest"
)

// TestFeed_AloneWhileNoOtherNodeListens runs feeds on a Redis of its own.
func TestFeed_AloneWhileNoOtherNodeListens(t *testing.T) {
	t.Parallel()
	socket, server, err := queuetest.Start(t.TempDir())
	if err != nil {
		queuetest.Missing(t, "redis-server", err)
	}
	t.Cleanup(func() { server.Process.Kill(); server.Wait() })
	s, err := queue.NewStore(queuetest.Client(t, socket), queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	run := func() (f *queue.Feed, end func()) {
		t.Helper()
		f, err := queue.NewFeed(s, queue.FeedOptions{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- f.Run(ctx) }()
		return f, func() { cancel(); <-done }
	}
	becomes := func(f *queue.Feed, want bool) {
		t.Helper()
		deadline := time.Now().Add(time.Minute)
		for {
			alone, err := f.Alone(t.Context())
			if err == nil && alone == want {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("alone: %v, error %v; want %v", alone, err, want)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	first, endFirst := run()
	defer endFirst()
	becomes(first, true)
	_, endSecond := run()
	becomes(first, false)
	endSecond()
	becomes(first, true)
}
