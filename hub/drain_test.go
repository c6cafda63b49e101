package hub

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// TestDrain_HundredsMoveToAnotherNode drains a full house: everybody is told
// goodbye, goes there when it is closed, and finds the newest state.
func TestDrain_HundredsMoveToAnotherNode(t *testing.T) {
	t.Parallel()
	const watchers, spread = 300, time.Second
	old, next := newHouse(t, Options{}), newHouse(t, Options{})
	state := version(1)
	keep := next.watch(t, "a") // somebody is there already
	next.Publish("a", state)
	keep.sees(string(state.Body))

	var all sync.WaitGroup
	for range watchers {
		v := dial(t, old.srv.URL+query([]Topic{"a"}), nil)
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
			dial(t, next.srv.URL+query([]Topic{"a"}), nil).sees(string(state.Body))
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
}
