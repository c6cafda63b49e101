package queuetest

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
)

// Store returns a store on the test's [Redis], with its scripts loaded.
func Store(t testing.TB) *queue.Store {
	t.Helper()
	s := StoreOn(t, Redis(t))
	if err := s.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// StoreOn returns a store on a Redis.
func StoreOn(t testing.TB, rdb redis.UniversalClient) *queue.Store {
	t.Helper()
	s, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Through returns a client whose every byte goes through the proxy.
func (p *Proxy) Through(t testing.TB) *redis.Client {
	t.Helper()
	rdb := redis.NewClient(Patient(redis.Options{Network: "unix", Addr: p.Addr}))
	t.Cleanup(func() { rdb.Close() })
	return rdb
}

// Counter is a hook that counts what a client sends.
type Counter struct {
	redis.Hook
	Sent atomic.Int64 // commands and pipelines
	Last atomic.Value // name of the last command
}

// DialHook changes nothing.
func (c *Counter) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook counts a command.
func (c *Counter) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c.Sent.Add(1)
		c.Last.Store(cmd.Name())
		return next(ctx, cmd)
	}
}

// ProcessPipelineHook counts a pipeline as one.
func (c *Counter) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		c.Sent.Add(1)
		return next(ctx, cmds)
	}
}

// Sound holds a clinic's day to its log, byte for byte, and to the invariants.
func Sound(t interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}, ctx context.Context, s *queue.Store, c clinic.ID) journal.Verified {
	t.Helper()
	snap, err := s.Snapshot(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range snap.Check() {
		t.Fatalf("version %d: %v", snap.Version, broken)
	}
	v, err := journal.New(s).Verify(ctx, c, snap.Day)
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range v.Broken {
		t.Fatalf("version %d: %v", v.Version, broken)
	}
	for _, d := range v.Differences {
		t.Fatalf("version %d: %v (one of %d differences)", v.Version, d, len(v.Differences))
	}
	return v
}

// Today is the store's idea of the clinic's day.
func Today(t testing.TB, s *queue.Store, c clinic.ID) clinic.Day {
	t.Helper()
	snap, err := s.Snapshot(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return snap.Day
}

// MemoryStore is a store on the embedded default, and what sets its clock.
func MemoryStore(t testing.TB) (*queue.Store, func(time.Time)) {
	t.Helper()
	rdb, set := Memory(t)
	s, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s, set
}
