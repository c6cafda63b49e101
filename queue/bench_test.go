package queue_test

import (
	"testing"

	"github.com/redis/go-redis/v9"
	"junban/queue"
	"junban/queue/queuetest"
)

// busy is a store with n tickets waiting at its clinic.
func busy(b *testing.B, n int) (*queue.Store, queue.Ref) {
	b.Helper()
	s := store(b)
	c := queuetest.NewClinic(b, s)
	ref := queue.Ref{Clinic: c.ID, Service: "1"}
	for range n {
		if _, err := s.Issue(b.Context(), ref, queue.Request{Channel: "desk", Party: 1, Patient: queue.Patient{Name: "順番 花子"}}, queue.Act{}); err != nil {
			b.Fatal(err)
		}
	}
	return s, ref
}

// BenchmarkSnapshot reads a clinic whole, which every change costs once a node.
func BenchmarkSnapshot(b *testing.B) {
	for name, n := range map[string]int{"waiting=30": 30, "waiting=1000": 1000} {
		b.Run(name, func(b *testing.B) {
			s, ref := busy(b, n)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Snapshot(b.Context(), ref.Clinic); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkIssue is one act, beside the floor: one round trip of the same
// client for a script that does only what cannot be left out.
func BenchmarkIssue(b *testing.B) {
	b.Run("issue", func(b *testing.B) {
		s, ref := busy(b, 0)
		for b.Loop() {
			if _, err := s.Issue(b.Context(), ref, queue.Request{Channel: "desk", Party: 1}, queue.Act{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("floor", func(b *testing.B) {
		rdb := queuetest.Redis(b)
		bare := redis.NewScript(`local n = redis.call('INCR', KEYS[1])
			redis.call('ZADD', KEYS[2], n, n)
			redis.call('XADD', KEYS[3], '*', 'n', n)
			redis.call('PUBLISH', 'bare', n)
			return n`)
		for b.Loop() {
			if err := bare.Run(b.Context(), rdb, []string{"{bare}n", "{bare}line", "{bare}log"}).Err(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
