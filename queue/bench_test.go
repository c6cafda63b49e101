package queue_test

import (
	"regexp"
	"slices"
	"strconv"
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

// BenchmarkIssue measures the time that Redis itself spends in the issuing
// script, beside a script that does only what cannot be left out, in turns.
func BenchmarkIssue(b *testing.B) {
	rdb := queuetest.Redis(b)
	s, ref := busy(b, 30)
	bare := redis.NewScript(`local n = redis.call('INCR', KEYS[1])
		redis.call('ZADD', KEYS[2], n, n)
		redis.call('XADD', KEYS[3], '*', 'n', n)
		redis.call('PUBLISH', 'bare', n)
		return n`)
	const turn = 200
	took := func(do func() error) float64 {
		if err := rdb.ConfigResetStat(b.Context()).Err(); err != nil {
			b.Fatal(err)
		}
		for range turn {
			if err := do(); err != nil {
				b.Fatal(err)
			}
		}
		stats := regexp.MustCompile(`cmdstat_evalsha:calls=(\d+),usec=(\d+)`).FindStringSubmatch(rdb.Info(b.Context(), "commandstats").Val())
		if stats == nil || stats[1] != strconv.Itoa(turn) {
			b.Fatalf("Redis counted %v of %d scripts", stats, turn)
		}
		us, err := strconv.ParseFloat(stats[2], 64)
		if err != nil {
			b.Fatal(err)
		}
		return us / turn
	}
	floor := func() error { return bare.Run(b.Context(), rdb, []string{"{bare}n", "{bare}line", "{bare}log"}).Err() }
	if err := floor(); err != nil { // loads it
		b.Fatal(err)
	}
	var whole, least []float64
	for b.Loop() {
		whole = append(whole, took(func() error {
			_, err := s.Issue(b.Context(), ref, queue.Request{Channel: "web", Party: 1, CodeHash: "c"}, queue.Act{})
			return err
		}))
		least = append(least, took(floor))
	}
	// The best turn of each: what else the machine does only adds to the others.
	b.ReportMetric(slices.Min(whole), "redis-µs/issue")
	b.ReportMetric(slices.Min(least), "redis-µs/bare")
	b.ReportMetric(slices.Min(whole)/slices.Min(least), "×bare")
}
