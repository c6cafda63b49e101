//go:build unix

package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"junban/api/wire"
	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
)

// TestServe_LastNodeRestartsAtOnce stops the only node, with an hour of grace.
// It does not spread its watchers over the hour: it announces when it is
// back, and exits. A node that is not the only one drains.
func TestServe_LastNodeRestartsAtOnce(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	lone := programtest.Serve(t, t.TempDir(), nil, "--drain=1h")
	redis := "--redis=unix://" + filepath.Join(lone.Data, embedded.SocketFile)
	beside := programtest.Serve(t, t.TempDir(), nil, redis, "--database=sqlite:"+filepath.Join(lone.Data, booksFile), "--drain=1s")
	ops := programtest.Client{URL: beside.Ops}
	programtest.Eventually(t, "the second node is ready", func() bool { return ops.Do(t, "GET", "/readyz", nil, nil, nil) == http.StatusOK })
	if beside.Stop(t); !strings.Contains(beside.Log.String(), `"msg":"draining"`) {
		t.Errorf("the node does not drain although there is another one: %s", beside.Log)
	}

	var watchers []func() (wire.Frame, bool)
	for range 20 {
		next := programtest.WatchEvents(t, lone.URL, "service:1234-1")
		for f, ok := next(); f.Board == nil; f, ok = next() {
			if !ok {
				t.Fatal("no board")
			}
		}
		watchers = append(watchers, next)
	}
	c := programtest.Client{URL: lone.URL}
	of := c.Issue(t, "the-last-act-before-it")
	for i, next := range watchers { // all watchers have the act before the node stops
		for f, ok := next(); f.Board == nil || f.Board.Waiting.Tickets != of.Ticket.Number; f, ok = next() {
			if !ok {
				t.Fatalf("watcher %d did not receive the act", i)
			}
		}
	}
	lone.Cmd.Process.Signal(syscall.SIGTERM)
	for i, next := range watchers {
		shown, bye := of.Ticket.Number, false
		for f, ok := next(); ok; f, ok = next() {
			if f.Board != nil {
				shown = f.Board.Waiting.Tickets
			}
			if f.Type == wire.TypeBye {
				if bye = true; f.RetryAfterMs < 1000 || f.RetryAfterMs > 90_000 {
					t.Errorf("watcher %d is asked to reconnect after %d ms", i, f.RetryAfterMs)
				}
			}
		}
		if shown != of.Ticket.Number || !bye {
			t.Errorf("watcher %d: last %d waiting, bye %v", i, shown, bye)
		}
	}
	lone.Wait(t)
	if code := lone.Cmd.ProcessState.ExitCode(); code != 0 || !strings.Contains(lone.Log.String(), `"msg":"restarting"`) {
		t.Errorf("the only node exits with %d: %s", code, lone.Log)
	}
}
