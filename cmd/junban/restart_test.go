//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"junban/api/wire"
)

// watchEvents opens a stream of events and returns what reads its next frame.
func watchEvents(t *testing.T, url, topic string) func() (wire.Frame, bool) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url+"/v1/watch?topic="+topic, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	stream, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stream.Body.Close() })
	lines := bufio.NewScanner(stream.Body)
	return func() (f wire.Frame, ok bool) {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if err := json.Unmarshal([]byte(data), &f); err != nil {
					t.Errorf("%v: %s", err, data)
				}
				return f, true
			}
		}
		return f, false
	}
}

// TestServe_LoneNodeRestartsAtOnce ends a node that is alone, with an hour of
// grace (F5). It spreads nobody over the hour: watchers learn when it is back,
// and it ends. A node beside it has another to send its watchers to.
func TestServe_LoneNodeRestartsAtOnce(t *testing.T) {
	t.Parallel()
	needs(t, redisServer)
	lone := serve(t, t.TempDir(), nil, "--drain=1h")
	redis := "--redis=unix://" + filepath.Join(lone.data, socketName)
	beside := serve(t, t.TempDir(), nil, redis, "--drain=1s")
	ops := client{url: beside.ops}
	eventually(t, "the second node hears Redis", func() bool { return ops.do(t, "GET", "/readyz", nil, nil, nil) == http.StatusOK })
	if beside.stop(t); !strings.Contains(beside.log.String(), `"msg":"draining"`) {
		t.Errorf("the node with another beside it does not drain: %s", beside.log)
	}

	var watchers []func() (wire.Frame, bool)
	for range 20 {
		next := watchEvents(t, lone.url, "service:1234-1")
		for f, ok := next(); f.Board == nil; f, ok = next() {
			if !ok {
				t.Fatal("no board")
			}
		}
		watchers = append(watchers, next)
	}
	c := client{url: lone.url}
	of := c.issue(t, "the-last-act-before-it")
	for i, next := range watchers { // the act has reached everybody before the node ends
		for f, ok := next(); f.Board == nil || f.Board.Waiting.Tickets != of.Ticket.Number; f, ok = next() {
			if !ok {
				t.Fatalf("watcher %d never saw the act", i)
			}
		}
	}
	lone.cmd.Process.Signal(syscall.SIGTERM)
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
	lone.wait(t)
	if code := lone.cmd.ProcessState.ExitCode(); code != 0 || !strings.Contains(lone.log.String(), `"msg":"restarting"`) {
		t.Errorf("the lone node exits with %d: %s", code, lone.log)
	}
}
