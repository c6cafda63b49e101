package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// redisCalls reads the number of commands that Redis has run. It includes
// commands in scripts, and excludes INFO.
func (t *testbed) redisCalls(ctx context.Context) (int, error) {
	text, err := t.redisInfo(ctx, "commandstats")
	if err != nil {
		return 0, err
	}
	return sumCalls(text)
}

// redisReads reads how often Redis has read from a socket, which is once for each
// round trip. A call of redisReads adds two: its command, and the end of its
// connection.
func (t *testbed) redisReads(ctx context.Context) (int, error) {
	text, err := t.redisInfo(ctx, "stats")
	if err != nil {
		return 0, err
	}
	return infoNumber(text, "total_reads_processed")
}

// redisUse is what Redis has done so far. Its processor time does not include that of
// the kernel threads and of forked processes.
type redisUse struct {
	processor    time.Duration
	calls, reads int // see redisCalls and redisReads
}

// redisUse reads it. It returns errUnavailable as redisInfo does.
func (t *testbed) redisUse(ctx context.Context) (u redisUse, err error) {
	text, err := t.redisInfo(ctx, "all")
	if err != nil {
		return u, err
	}
	for _, field := range []string{"used_cpu_sys", "used_cpu_user"} {
		seconds, err := infoValue(text, field, func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })
		if err != nil {
			return u, err
		}
		u.processor += time.Duration(seconds * float64(time.Second))
	}
	var err1, err2 error
	u.calls, err1 = sumCalls(text)
	u.reads, err2 = infoNumber(text, "total_reads_processed")
	return u, errors.Join(err1, err2)
}

// sub returns the use since before.
func (u redisUse) sub(before redisUse) redisUse {
	return redisUse{u.processor - before.processor, u.calls - before.calls, u.reads - before.reads}
}

// addRedisUse adds what Redis has done for each of n requests, or nothing if that is
// unknown.
func (r *result) addRedisUse(each string, u redisUse, n int) {
	if u == (redisUse{}) || n == 0 {
		return
	}
	r.add("Redis processor "+each, milliseconds(u.processor)/float64(n), "ms")
	r.add("Redis commands "+each, float64(u.calls)/float64(n), "commands")
	r.add("Redis round trips "+each, float64(u.reads)/float64(n), "round trips")
}

// redisInfo reads a section of INFO from the Redis of a server that loadtest
// started. It returns errUnavailable without a redis-server on a unix socket.
func (t *testbed) redisInfo(ctx context.Context, section string) (string, error) {
	if t.redisSocket == "" {
		return "", errUnavailable
	}
	conn, err := dialRedis(ctx, t.redisSocket)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	text, err := conn.do("INFO", section)
	if _, refused := errors.AsType[redisError](err); refused { // the in-process Redis does not count
		return "", errUnavailable
	}
	return text, err
}

// commandStat is what Redis reports about one command.
type commandStat struct{ calls, micros int }

// parseCommandStats reads lines such as "cmdstat_evalsha:calls=12,usec=340,…". It
// leaves out INFO.
func parseCommandStats(commandstats string) (map[string]commandStat, error) {
	stats := map[string]commandStat{}
	for line := range strings.Lines(commandstats) {
		name, values, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "cmdstat_"), ":calls=")
		if !ok || name == "info" {
			continue
		}
		calls, rest, _ := strings.Cut(values, ",usec=")
		micros, _, _ := strings.Cut(rest, ",")
		var s commandStat
		var err1, err2 error
		s.calls, err1 = strconv.Atoi(calls)
		s.micros, err2 = strconv.Atoi(micros)
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("commandstats of %s: %w", name, err)
		}
		stats[name] = s
	}
	return stats, nil
}

// sumCalls adds up the calls of all commands but INFO.
func sumCalls(commandstats string) (int, error) {
	stats, err := parseCommandStats(commandstats)
	sum := 0
	for _, s := range stats {
		sum += s.calls
	}
	return sum, err
}

// addCommands adds to the sum what the commands have cost between two readings.
func addCommands(sum map[string]commandStat, before, after string) error {
	old, err1 := parseCommandStats(before)
	now, err2 := parseCommandStats(after)
	for name, s := range now {
		sum[name] = commandStat{sum[name].calls + s.calls - old[name].calls, sum[name].micros + s.micros - old[name].micros}
	}
	return errors.Join(err1, err2)
}

// commandCosts lists what each command has cost for each of n acts, the most
// expensive first. A script's time includes that of the commands in it.
func commandCosts(sum map[string]commandStat, n int) string {
	names := slices.SortedFunc(maps.Keys(sum), func(a, b string) int { return sum[b].micros - sum[a].micros })
	var text strings.Builder
	for _, name := range names {
		if s := sum[name]; s.calls > 0 {
			fmt.Fprintf(&text, "%-20s %8.2f calls an act %8.1f µs an act\n", name, float64(s.calls)/float64(n), float64(s.micros)/float64(n))
		}
	}
	return text.String()
}

// infoNumber returns the value of a field of INFO, such as "total_reads_processed:12".
func infoNumber(info, field string) (int, error) { return infoValue(info, field, strconv.Atoi) }

func infoValue[T any](info, field string, parse func(string) (T, error)) (T, error) {
	_, rest, _ := strings.Cut("\n"+info, "\n"+field+":")
	text, _, _ := strings.Cut(rest, "\r\n")
	v, err := parse(text)
	if err != nil {
		return v, fmt.Errorf("%s of redis: %w", field, err)
	}
	return v, nil
}

// sumTraffic returns how many bytes Redis has received and sent.
func sumTraffic(info string) (int, error) {
	in, err1 := infoNumber(info, "total_net_input_bytes")
	out, err2 := infoNumber(info, "total_net_output_bytes")
	return in + out, errors.Join(err1, err2)
}
