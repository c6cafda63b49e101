package queue_test

import (
	"fmt"
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
// script, in turns beside a script of the least that gives a number, and one that
// sends the very commands of the issuing script with texts that are ready: what
// is between the two is the log, the answer kept for a repeat, and the reading of
// what bounds the line; what is above both is the rules.
func BenchmarkIssue(b *testing.B) {
	rdb := queuetest.Redis(b)
	s, ref := busy(b, 30)
	bare := redis.NewScript(`local n = redis.call('INCR', KEYS[1])
		redis.call('ZADD', KEYS[2], n, n)
		redis.call('XADD', KEYS[3], '*', 'n', n)
		redis.call('PUBLISH', 'bare', n)
		return n`)
	commands := redis.NewScript(`local call, id = redis.call, ARGV[1]
		call('TIME')
		call('GET', KEYS[1])
		call('HMGET', KEYS[2], 'rev', '1:reception', '1:reception_until')
		call('HMGET', KEYS[3], 'version', 'closed', '1:issued', '1:n::', '1:numbering', '1:returns', '1:booked', '1:web:')
		call('HSET', KEYS[3], 'version', ARGV[2], 'mark', ARGV[4], '1:issued', ARGV[2], '1:n::', ARGV[2], '1:web:', ARGV[2])
		call('ZLEXCOUNT', KEYS[4], '-', '(' .. ARGV[3])
		call('ZADD', KEYS[4], '0', ARGV[3])
		call('XADD', KEYS[5], '*', 'v', ARGV[2], 'mark', ARGV[4], 'act', 'issue', 'id', id, 'by', 'web:', 'dev', '', 'was', '{}', 'is', ARGV[5], 'more', ARGV[6])
		call('HSET', KEYS[6], id, ARGV[5])
		call('SET', KEYS[1], ARGV[5], 'EX', '86400')
		call('PUBLISH', 'bare', ARGV[2])
		return {'ok', ARGV[5]}`)
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
	n := 0
	ready := func() error {
		n++
		id := fmt.Sprintf("1234-1-261121-%012d", n)
		return commands.Run(b.Context(), rdb,
			[]string{"{bare}act" + id, "{bare}desk", "{bare}meta", "{bare}waiting", "{bare}entries", "{bare}tickets"},
			id, n, fmt.Sprintf("%08d5/%s", n, id), "abcdefghij",
			fmt.Sprintf(`{"id":"%s","ch":"web","party":1,"code":"c","s":"waiting","n":%d,"issued":1795223025678,"pos":"%08d5"}`, id, n, n),
			fmt.Sprintf(`{"counts":{"1:issued":"%[1]d","1:n::":"%[1]d","1:web:":"%[1]d"}}`, n),
		).Err()
	}
	for _, load := range []func() error{floor, ready} {
		if err := load(); err != nil {
			b.Fatal(err)
		}
	}
	var whole, least, same []float64
	for b.Loop() {
		whole = append(whole, took(func() error {
			_, err := s.Issue(b.Context(), ref, queue.Request{Channel: "web", Party: 1, CodeHash: "c"}, queue.Act{})
			return err
		}))
		least = append(least, took(floor))
		same = append(same, took(ready))
	}
	// The best turn of each: what else the machine does only adds to the others.
	b.ReportMetric(slices.Min(whole), "redis-µs/issue")
	b.ReportMetric(slices.Min(least), "redis-µs/bare")
	b.ReportMetric(slices.Min(whole)/slices.Min(least), "×bare")
	b.ReportMetric(slices.Min(same)/slices.Min(least), "commands×bare")
	b.ReportMetric(slices.Min(whole)/slices.Min(same), "×commands")
}
