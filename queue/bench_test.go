package queue_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// busy is a store with n tickets waiting at its clinic.
func busy(b *testing.B, n int) (*queue.Store, clinic.Ref) {
	b.Helper()
	s := queuetest.Store(b)
	c := queuetest.NewClinic(b, s)
	ref := clinic.Ref{Clinic: c.ID, Service: "1"}
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

// BenchmarkIssue measures the time that Redis spends in the issuing script. It
// alternates with two bare scripts of INCR, ZADD, XADD and PUBLISH. The first writes
// the same ticket, entry and message. The second writes nothing but the number.
func BenchmarkIssue(b *testing.B) {
	rdb := queuetest.Redis(b)
	s, ref := busy(b, 30)
	bare := redis.NewScript(`local n = redis.call('INCR', KEYS[1])
		local place = string.format('%08d5', n)
		local ticket = ARGV[2] .. ',"s":"waiting","n":' .. n .. ',"issued":1795223025678,"pos":"' .. place .. '"}'
		redis.call('ZADD', KEYS[2], '0', place .. '/' .. ARGV[1])
		redis.call('XADD', KEYS[3], '*', 'v', n, 'mark', ARGV[3], 'act', 'issue', 'id', ARGV[1], 'by', ':', 'dev', '', 'was', '{}', 'is', ticket,
			'more', '{"counts":{"1:issued":"' .. n .. '","1:n::":"' .. n .. '","1:web:":"' .. n .. '"}}')
		redis.call('PUBLISH', 'bare', ARGV[4] .. ' ' .. n .. ' 2026-11-21 ' .. ARGV[3] .. ' {"tickets":[' .. ticket .. ']}')
		return {'ok', ticket}`)
	least := redis.NewScript(`local n = redis.call('INCR', KEYS[1])
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
	issue := func() error {
		_, err := s.Issue(b.Context(), ref, queue.Request{Channel: "web", Party: 1, CodeHash: "c"}, queue.Act{})
		return err
	}
	n := 0
	same := func() error {
		n++
		id := fmt.Sprintf("1234-1-261121-%012d", n)
		return bare.Run(b.Context(), rdb, []string{"{bare}n", "{bare}waiting", "{bare}entries"},
			id, `{"id":"`+id+`","ch":"web","party":1,"code":"c"`, "abcdefghij", "1234").Err()
	}
	floor := func() error { return least.Run(b.Context(), rdb, []string{"{bare}m", "{bare}line", "{bare}log"}).Err() }
	for _, load := range []func() error{floor, same} {
		if err := load(); err != nil {
			b.Fatal(err)
		}
	}
	var issued, bared, floored []float64 // of each turn; the ratios are of what ran side by side
	for b.Loop() {
		whole := took(issue)
		issued, bared, floored = append(issued, whole), append(bared, whole/took(same)), append(floored, whole/took(floor))
	}
	b.ReportMetric(median(issued), "redis-µs/issue")
	b.ReportMetric(median(bared), "×bare")
	b.ReportMetric(median(floored), "×least")
}

// median is the middle one: what else a machine does disturbs some turns of many.
func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// BenchmarkAct_MinReplicas is the cost of waiting for a replica on the same
// machine: one round trip either way.
func BenchmarkAct_MinReplicas(b *testing.B) {
	for _, replicas := range []int{0, 1} {
		b.Run(fmt.Sprint(replicas), func(b *testing.B) {
			primary := queuetest.NewServer(b, "--appendonly", "yes", "--appendfsync", "everysec")
			primary.Replica()
			s, err := queue.NewStore(primary.Client, queue.Options{MinReplicas: replicas})
			if err != nil {
				b.Fatal(err)
			}
			c := queuetest.NewClinic(b, s)
			ref := clinic.Ref{Clinic: c.ID, Service: "1"}
			staff := queue.Act{By: clinic.Actor{Kind: "staff"}}
			for b.Loop() {
				if err := s.SetReception(b.Context(), ref, queue.Open, "", staff); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkVisit measures the time that Redis spends in the scripts of a visit, with 40
// waiting: each is issued, called and entered, and finished by the next call.
func BenchmarkVisit(b *testing.B) {
	s, ref := busy(b, 40)
	rdb := s.Redis()
	one := func() {
		if _, err := s.Issue(b.Context(), ref, queue.Request{Channel: "desk", Party: 1, Patient: queue.Patient{Name: "順番 花子"}}, queue.Act{}); err != nil {
			b.Fatal(err)
		}
		t, err := s.CallNext(b.Context(), ref, "1", queue.Act{})
		if err == nil {
			_, err = s.Do(b.Context(), t.ID, queue.Enter, queue.Act{})
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	one()
	if err := rdb.ConfigResetStat(b.Context()).Err(); err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		one()
		n += 3
	}
	stats := regexp.MustCompile(`cmdstat_evalsha:calls=(\d+),usec=(\d+)`).FindStringSubmatch(rdb.Info(b.Context(), "commandstats").Val())
	if stats == nil {
		b.Fatal("Redis has counted no scripts")
	}
	us, err := strconv.ParseFloat(stats[2], 64)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(us/float64(n), "redis-µs/act")
}
