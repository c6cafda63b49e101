//go:build unix

package main

import (
	"encoding/json"
	"net/http"
	"testing"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
)

// TestServe_EnforcesTheLimitsOfFlags opens watches from one address until the
// single low limit refuses one.
func TestServe_EnforcesTheLimitsOfFlags(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flag   string
		status int
		code   string
	}{
		{"--max-watchers=2", http.StatusServiceUnavailable, "node_busy"},
		{"--max-watchers-per-address=2", http.StatusTooManyRequests, "too_many_watchers"},
		{"--max-watchers-per-clinic=2", http.StatusTooManyRequests, "too_many_watchers"},
		{"--handshakes=2", http.StatusServiceUnavailable, "node_busy"},
	} {
		t.Run(c.flag, func(t *testing.T) {
			t.Parallel()
			s := programtest.Serve(t, t.TempDir(), nil, "--drain=0s", "--trusted-proxies=127.0.0.1", c.flag)
			for n := range 1000 {
				r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/v1/watch?topic=clinic:1234", nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Header = http.Header{"Accept": {"text/event-stream"}, "X-Forwarded-For": {"192.0.2.1"}}
				res, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { res.Body.Close() })
				if res.StatusCode == http.StatusOK {
					continue
				}
				var p wire.Problem
				if err := json.NewDecoder(res.Body).Decode(&p); err != nil || p.Status != c.status || p.Code != c.code {
					t.Errorf("refused with %+v, error %v", p, err)
				}
				if n < 2 {
					t.Errorf("only %d were served", n)
				}
				return
			}
			t.Error("no watch was refused")
		})
	}
}
