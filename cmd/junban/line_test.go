//go:build unix

package main

import (
	"context"
	"log/slog"
	"testing"

	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/queuetest"
)

// TestStore_EmbeddedIsALine holds the embedded store to the conformance suite, with
// redis-server and without.
func TestStore_EmbeddedIsALine(t *testing.T) {
	for name, path := range map[string]func(*testing.T){
		"RedisServer": func(t *testing.T) { needs(t, redisServer) },
		"MemoryAlone": func(t *testing.T) { t.Setenv("PATH", t.TempDir()) },
	} {
		t.Run(name, func(t *testing.T) {
			path(t)
			st, err := openEmbedded(t.Context(), t.TempDir(), serving, slog.New(slog.DiscardHandler), nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := st.close(context.Background()); err != nil {
					t.Error(err)
				}
			})
			if memory := st.where == "memory"; memory != (name == "MemoryAlone") {
				t.Fatalf("the store is %s", st.where)
			}
			own, ok := st.rdb.(*redis.Client)
			if !ok {
				t.Fatalf("the client of the store is a %T", st.rdb)
			}
			patient := redis.NewClient(queuetest.Patient(*own.Options())) // a busy machine is no failure
			t.Cleanup(func() { patient.Close() })
			queuetest.TestLine(t, func(t *testing.T) queuetest.Line {
				s, err := queue.NewStore(patient, queue.Options{})
				if err != nil {
					t.Fatal(err)
				}
				return s
			})
		})
	}
}
