//go:build unix

package main

import (
	"context"
	"log/slog"
	"testing"

	"github.com/redis/go-redis/v9"

	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
	"junban/queue"
	"junban/queue/queuetest"
)

// TestStore_EmbeddedIsALine runs the conformance suite on the embedded store,
// with and without redis-server.
func TestStore_EmbeddedIsALine(t *testing.T) {
	for name, path := range map[string]func(*testing.T){
		"RedisServer": func(t *testing.T) { programtest.Needs(t, embedded.Program) },
		"MemoryAlone": func(t *testing.T) { t.Setenv("PATH", t.TempDir()) },
	} {
		t.Run(name, func(t *testing.T) {
			path(t)
			st, err := embedded.Open(t.Context(), t.TempDir(), embedded.Serve, slog.New(slog.DiscardHandler), nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := st.Close(context.Background()); err != nil {
					t.Error(err)
				}
			})
			if memory := st.Where == "memory"; memory != (name == "MemoryAlone") {
				t.Fatalf("the store is %s", st.Where)
			}
			own, ok := st.Client.(*redis.Client)
			if !ok {
				t.Fatalf("the client of the store is a %T", st.Client)
			}
			patient := redis.NewClient(queuetest.Patient(*own.Options())) // for busy machines
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
