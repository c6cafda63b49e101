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

// TestServe_LoneNodeRestartsAtOnce ends a node that is alone, with an hour of
// grace (F5). It spreads nobody over the hour: watchers learn when it is back,
// and it ends. A node beside it has another to send its watchers to.
func TestServe_LoneNodeRestartsAtOnce(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	lone := programtest.Serve(t, t.TempDir(), nil, "--drain=1h")
	redis := "--redis=unix://" + filepath.Join(lone.Data, embedded.SocketFile)
	beside := programtest.Serve(t, t.TempDir(), nil, redis, "--drain=1s")
	ops := programtest.Client{URL: beside.Ops}
	programtest.Eventually(t, "the second node hears Redis", func() bool { return ops.Do(t, "GET", "/readyz", nil, nil, nil) == http.StatusOK })
	if beside.Stop(t); !strings.Contains(beside.Log.String(), `"msg":"draining"`) {
		t.Errorf("the node with another beside it does not drain: %s", beside.Log)
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
	for i, next := range watchers { // the act has reached everybody before the node ends
		for f, ok := next(); f.Board == nil || f.Board.Waiting.Tickets != of.Ticket.Number; f, ok = next() {
			if !ok {
				t.Fatalf("watcher %d never saw the act", i)
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
					t.Errorf("watcher %d is to return after %d ms", i, f.RetryAfterMs)
				}
			}
		}
		if shown != of.Ticket.Number || !bye {
			t.Errorf("watcher %d saw %d waiting last, bye %v", i, shown, bye)
		}
	}
	lone.Wait(t)
	if code := lone.Cmd.ProcessState.ExitCode(); code != 0 || !strings.Contains(lone.Log.String(), `"msg":"restarting"`) {
		t.Errorf("the lone node exits with %d: %s", code, lone.Log)
	}
}
