package hub

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// TestDrain_HundredsMoveToAnotherNode drains a node with hundreds of watchers. Each
// gets bye, connects to the other node after the close, and gets the newest state.
func TestDrain_HundredsMoveToAnotherNode(t *testing.T) {
	t.Parallel()
	plainAndTLS(t, func(t *testing.T, newHouse opener) {
		const watchers, spread = 300, time.Second
		old, next := newHouse(t, Options{}), newHouse(t, Options{})
		state := version(1)
		keep := next.watch(t, "a") // somebody is there already
		next.Publish("a", state)
		keep.sees(string(state.Body))

		var all sync.WaitGroup
		for range watchers {
			v := dial(t, old.srv.URL+query([]Topic{"a"}), old.srv.Client())
			all.Go(func() {
				body, err := v.read()
				if s := parse(t, body); err != nil || s.Type != "bye" {
					t.Errorf("got %s, %v", body, err)
					return
				}
				after := time.Duration(parse(t, body).RetryAfterMs) * time.Millisecond
				if after > spread/leadShare {
					t.Errorf("told to stay away for %v", after)
				}
				if code := v.closed(); code != websocket.StatusServiceRestart {
					t.Errorf("closed with %v", code)
				}
				dial(t, next.srv.URL+query([]Topic{"a"}), next.srv.Client()).sees(string(state.Body))
			})
		}
		wait(t, "everybody to watch", func() bool { return old.watching("a") == watchers })
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		old.Drain(ctx, spread)
		if ctx.Err() != nil {
			t.Error("the drain ran out of time")
		}
		all.Wait()
		if got := old.metric(t, "junban_hub_closed_total", closedDrained, webSocket); got != watchers {
			t.Errorf("%v connections closed as drained", got)
		}
		if got := old.metric(t, "junban_hub_drain_remaining"); got != 0 {
			t.Errorf("%v connections remain", got)
		}
	})
}

// TestRestart_EveryWatcherReturnsInItsTurn restarts a node that is alone. Each watcher
// gets the newest state and then `bye` with its own delay.
func TestRestart_EveryWatcherReturnsInItsTurn(t *testing.T) {
	t.Parallel()
	const watchers, away = 50, 3 * time.Second
	h := newHouse(t, Options{Window: time.Hour, Handshakes: 100}) // 20 ms between two returns
	var sockets []*viewer
	var streams []*stream
	for range watchers / 2 {
		sockets = append(sockets, h.watch(t, "a"))
		streams = append(streams, h.events(t, "a"))
	}
	wait(t, "everybody to watch", func() bool { return h.watching("a") == watchers })
	first, held := version(1), version(2)
	h.Publish("a", first)
	wait(t, "everybody to get the first state", func() bool {
		return h.metric(t, "junban_hub_frames_total", webSocket)+h.metric(t, "junban_hub_frames_total", events) == watchers
	})
	h.Publish("a", held) // held by the window
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	done := make(chan struct{})
	go func() { defer close(done); h.Restart(ctx, away) }()
	delays := map[int64]bool{}
	read := func(next func() string) {
		t.Helper()
		for _, want := range []Frame{first, held} {
			if got := next(); got != string(want.Body) {
				t.Errorf("got %q, want %s", got, want.Body)
			}
		}
		s := parse(t, next())
		if d := time.Duration(s.RetryAfterMs) * time.Millisecond; s.Type != "bye" || d < away || d >= away+watchers*20*time.Millisecond {
			t.Errorf("got %+v", s)
		}
		delays[s.RetryAfterMs] = true
	}
	for _, v := range sockets {
		read(func() string { body, _ := v.read(); return body })
		if code := v.closed(); code != websocket.StatusServiceRestart {
			t.Errorf("closed with %v", code)
		}
	}
	for _, s := range streams {
		read(func() string { return strings.TrimPrefix(s.next(), "data: ") })
		if event := s.next(); event != "" || s.Err() != nil {
			t.Errorf("after the goodbye: %q, %v", event, s.Err())
		}
	}
	<-done
	if ctx.Err() != nil {
		t.Error("the restart ran out of time")
	}
	if len(delays) != watchers {
		t.Errorf("%d different delays", len(delays))
	}
}
