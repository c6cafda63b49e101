package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"junban/api/wire"
)

// scriptedServer runs the script on each connection, with its number from 1. It
// provokes errors that junban should never make.
func scriptedServer(t *testing.T, script func(ctx context.Context, n int32, c *websocket.Conn)) string {
	t.Helper()
	var n atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{wire.Subprotocol}, CompressionMode: websocket.CompressionContextTakeover})
		if err != nil {
			t.Error(err)
			return
		}
		defer c.CloseNow()
		script(r.Context(), n.Add(1), c)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// boardServer sends boards of the given versions and keeps the connection open.
func boardServer(t *testing.T, versions ...int) string {
	t.Helper()
	return scriptedServer(t, func(ctx context.Context, _ int32, c *websocket.Conn) {
		for _, v := range versions {
			sendBoard(ctx, c, v)
		}
		_, _, _ = c.Read(ctx)
	})
}

// leavingServer sends a board of version 1, and a goodbye once leave is closed.
func leavingServer(t *testing.T, leave <-chan struct{}, retryAfterMs int) string {
	t.Helper()
	return scriptedServer(t, func(ctx context.Context, _ int32, c *websocket.Conn) {
		sendBoard(ctx, c, 1)
		<-leave
		_ = c.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"type":"bye","retryAfterMs":%d}`, retryAfterMs))
		c.Close(websocket.StatusServiceRestart, "")
	})
}

func sendBoard(ctx context.Context, c *websocket.Conn, version int) {
	_ = c.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"type":"board","topic":"service:1-1","epoch":"e","version":%d,"board":{"service":"1-1"}}`, version))
}

// openWorker runs n watchers in this process until the test ends.
func openWorker(t *testing.T, n int, urls ...string) *worker {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	k := newWorker(ctx, cancel)
	t.Cleanup(k.shutDown)
	if err := k.Open(WatchRequest{URLs: urls, Topic: "service:1-1", Count: n, Handshakes: 4}, nil); err != nil {
		t.Fatal(err)
	}
	return k
}

// waitForGoal fails the test unless n watchers reach the goal.
func waitForGoal(t *testing.T, k *worker, n int) {
	t.Helper()
	var at []int64
	if err := k.Wait(operationTimeout, &at); err != nil || len(at) != n {
		t.Fatalf("%d of %d watchers reached the goal: %v", len(at), n, err)
	}
}

// waitForError waits repeatedly until a call fails, and compares the error.
func waitForError(t *testing.T, k *worker, want string) {
	t.Helper()
	var at []int64
	var err error
	for deadline := time.Now().Add(operationTimeout); err == nil && time.Now().Before(deadline); {
		err = k.Wait(operationTimeout, &at)
	}
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v", err)
	}
}

func TestWorker_NoticesAVersionThatGoesBack(t *testing.T) {
	t.Parallel()
	waitForError(t, openWorker(t, 3, boardServer(t, 5, 4)), "went from version 5 back to 4")
}

func TestWorker_NoticesAConnectionThatIsClosedWithoutGoodbye(t *testing.T) {
	t.Parallel()
	url := scriptedServer(t, func(ctx context.Context, _ int32, c *websocket.Conn) {
		c.Close(websocket.StatusPolicyViolation, "go away")
	})
	waitForError(t, openWorker(t, 1, url), "closed with 1008 go away")
}

func TestWorker_NoticesADifferentBoard(t *testing.T) {
	t.Parallel()
	url := scriptedServer(t, func(ctx context.Context, n int32, c *websocket.Conn) {
		_ = c.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"type":"board","topic":"t","epoch":"e","version":7,"board":{"service":"1-1","line":[%d]}}`, min(n, 2)))
		_, _, _ = c.Read(ctx)
	})
	k := openWorker(t, 3, url)
	waitForGoal(t, k, 3)
	var views map[View]int
	if err := k.Views(None{}, &views); err != nil || len(views) != 2 {
		t.Errorf("%v: %v", views, err)
	}
}

func TestWorker_AnswersPings(t *testing.T) {
	t.Parallel()
	ponged := make(chan error, 1)
	url := scriptedServer(t, func(ctx context.Context, _ int32, c *websocket.Conn) {
		reading := c.CloseRead(ctx)
		ponged <- c.Ping(ctx)
		sendBoard(ctx, c, 1)
		<-reading.Done()
	})
	k := openWorker(t, 1, url)
	if err := <-ponged; err != nil {
		t.Errorf("no pong: %v", err)
	}
	waitForGoal(t, k, 1)
}

func TestWorker_MovesOnAfterAGoodbye(t *testing.T) {
	t.Parallel()
	now := make(chan struct{})
	close(now)
	k := openWorker(t, 5, leavingServer(t, now, 1), boardServer(t, 2))
	for deadline := time.Now().Add(operationTimeout); time.Now().Before(deadline); {
		waitForGoal(t, k, 5)
		var tally Tally
		if err := k.Count(None{}, &tally); err != nil {
			t.Fatal(err)
		}
		if tally.MinFrames == 2 {
			if tally.Goodbyes != 5 || tally.AwaitedClose != 2 || tally.Closes[1012] != 2 || tally.Frames != 10 {
				t.Errorf("counted %+v", tally)
			}
			return
		}
	}
	t.Error("not all watchers moved on")
}

func TestWorker_MeasuresReconnectDelaysAfterAGoodbye(t *testing.T) {
	t.Parallel()
	leave := make(chan struct{})
	k := openWorker(t, 4, leavingServer(t, leave, 10), boardServer(t, 2))
	waitForGoal(t, k, 4)
	if err := k.SetGoal(Goal{Epoch: "e", Version: 2, Connections: 2}, nil); err != nil {
		t.Fatal(err)
	}
	var delays []time.Duration
	if err := k.ReconnectDelays(None{}, &delays); err == nil {
		t.Errorf("delays of %v before a watcher moved", delays)
	}
	close(leave)
	waitForGoal(t, k, 4)
	if err := k.ReconnectDelays(None{}, &delays); err != nil || len(delays) != 4 || slices.Min(delays) <= 0 || slices.Max(delays) > operationTimeout {
		t.Errorf("delays of %v: %v", delays, err)
	}
}

func TestWorker_ReconnectsAfterAnOutage(t *testing.T) {
	t.Parallel()
	k := openWorker(t, 4, boardServer(t, 1))
	waitForGoal(t, k, 4)
	if err := k.SetGoal(Goal{Epoch: "e", Version: 1, Connections: 2}, nil); err != nil {
		t.Fatal(err)
	}
	if err := k.Disconnect(Outage{Share: 1, ReconnectWithin: time.Millisecond}, nil); err != nil {
		t.Fatal(err)
	}
	waitForGoal(t, k, 4)
}
