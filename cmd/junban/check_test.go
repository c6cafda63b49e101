//go:build unix

package main

import (
	"strings"
	"testing"

	"junban/cmd/junban/internal/programtest"
	"junban/queue/queuetest"
)

// TestCheck_ReportsMissingSettings runs junban check on servers with and
// without the required settings, and reads the warnings of a starting server.
func TestCheck_ReportsMissingSettings(t *testing.T) {
	t.Parallel()
	bad := queuetest.NewServer(t, "--maxmemory-policy", "allkeys-lru", "--appendonly", "no")
	good := queuetest.NewServer(t, "--appendonly", "yes", "--appendfsync", "always")
	check := func(s *queuetest.Server, args ...string) (code int, rows map[string]string) {
		code, out, _ := programtest.Result(t, "", nil, append([]string{"check", "--redis=redis://" + s.Addr}, args...)...)
		rows = map[string]string{}
		for line := range strings.Lines(out) {
			if words := strings.Fields(line); len(words) > 2 {
				rows[words[2]] = words[0]
			}
		}
		return code, rows
	}
	want := func(code, wantCode int, rows map[string]string, verdicts map[string]string) {
		t.Helper()
		if code != wantCode {
			t.Errorf("junban check exits with %d, want %d: %v", code, wantCode, rows)
		}
		for what, verdict := range verdicts {
			if rows[what] != verdict {
				t.Errorf("%s is %q, want %q: %v", what, rows[what], verdict, rows)
			}
		}
	}
	code, rows := check(bad)
	want(code, 1, rows, map[string]string{"appendonly": "MISSING", "maxmemory-policy": "MISSING", "version": "ok", "write": "ok"})
	code, rows = check(good)
	want(code, 0, rows, map[string]string{"appendonly": "ok", "appendfsync": "ok", "maxmemory-policy": "ok", "clock": "ok"})
	code, rows = check(good, "--min-replicas=1")
	want(code, 1, rows, map[string]string{"replicas": "MISSING", "write": "MISSING", "min-replicas-to-write": "warning"})
	good.Replica()
	queuetest.Eventually(t, "the replica is online", func() bool { return strings.Contains(good.Info("replication", "slave0"), "state=online") })
	code, rows = check(good, "--min-replicas=1")
	want(code, 0, rows, map[string]string{"replicas": "ok", "write": "ok"})

	s := programtest.Serve(t, t.TempDir(), nil, "--redis=redis://"+bad.Addr)
	if !strings.Contains(s.Log.String(), "noeviction") {
		t.Error("the server does not warn about a Redis that evicts keys")
	}
}
