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

// theatre is a server that does what the test says, which the real one hopefully
// never does.
func theatre(t *testing.T, each func(ctx context.Context, n int32, c *websocket.Conn)) string {
	t.Helper()
	var n atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{wire.Subprotocol}, CompressionMode: websocket.CompressionContextTakeover})
		if err != nil {
			t.Error(err)
			return
		}
		defer c.CloseNow()
		each(r.Context(), n.Add(1), c)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// board sends a board of that version.
func board(ctx context.Context, c *websocket.Conn, version int) {
	_ = c.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"type":"board","topic":"service:1-1","epoch":"e","version":%d,"board":{"service":"1-1"}}`, version))
}

// assemble opens a crew of n that goes home with the test.
func assemble(t *testing.T, n int, urls ...string) *crew {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	c := newCrew(ctx, end)
	t.Cleanup(c.goHome)
	if err := c.Open(Order{URLs: urls, Topic: "service:1-1", N: n, Abreast: 4}, nil); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCrew_NoticesAVersionThatGoesBack(t *testing.T) {
	t.Parallel()
	url := theatre(t, func(ctx context.Context, _ int32, c *websocket.Conn) {
		board(ctx, c, 5)
		board(ctx, c, 4)
		_, _, _ = c.Read(ctx)
	})
	c := assemble(t, 3, url)
	var at []int64
	var err error
	for deadline := time.Now().Add(patience); err == nil && time.Now().Before(deadline); {
		err = c.Wait(patience, &at)
	}
	if err == nil || !strings.Contains(err.Error(), "went from version 5 back to 4") {
		t.Errorf("got %v", err)
	}
}

func TestCrew_NoticesAConnectionThatIsClosedWithoutGoodbye(t *testing.T) {
	t.Parallel()
	url := theatre(t, func(ctx context.Context, _ int32, c *websocket.Conn) {
		c.Close(websocket.StatusPolicyViolation, "go away")
	})
	c := assemble(t, 1, url)
	var at []int64
	if err := c.Wait(patience, &at); err == nil || !strings.Contains(err.Error(), "closed with 1008 go away") {
		t.Errorf("got %v", err)
	}
}

func TestCrew_NoticesADifferentBoard(t *testing.T) {
	t.Parallel()
	url := theatre(t, func(ctx context.Context, n int32, c *websocket.Conn) {
		_ = c.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"type":"board","topic":"t","epoch":"e","version":7,"board":{"service":"1-1","line":[%d]}}`, min(n, 2)))
		_, _, _ = c.Read(ctx)
	})
	c := assemble(t, 3, url)
	var at []int64
	if err := c.Wait(patience, &at); err != nil || len(at) != 3 {
		t.Fatalf("%d arrived: %v", len(at), err)
	}
	var views map[View]int
	if err := c.Views(None{}, &views); err != nil || len(views) != 2 {
		t.Errorf("%v: %v", views, err)
	}
}

func TestCrew_AnswersPings(t *testing.T) {
	t.Parallel()
	alive := make(chan error, 1)
	url := theatre(t, func(ctx context.Context, _ int32, c *websocket.Conn) {
		reading := c.CloseRead(ctx)
		alive <- c.Ping(ctx)
		board(ctx, c, 1)
		<-reading.Done()
	})
	c := assemble(t, 1, url)
	if err := <-alive; err != nil {
		t.Errorf("no pong: %v", err)
	}
	var at []int64
	if err := c.Wait(patience, &at); err != nil {
		t.Error(err)
	}
}

func TestCrew_MovesOnAfterAGoodbye(t *testing.T) {
	t.Parallel()
	leaving := theatre(t, func(ctx context.Context, _ int32, c *websocket.Conn) {
		board(ctx, c, 1)
		_ = c.Write(ctx, websocket.MessageText, []byte(`{"type":"bye","retryAfterMs":1}`))
		c.Close(websocket.StatusServiceRestart, "")
	})
	staying := theatre(t, func(ctx context.Context, _ int32, c *websocket.Conn) {
		board(ctx, c, 2)
		_, _, _ = c.Read(ctx)
	})
	c := assemble(t, 5, leaving, staying)
	var at []int64
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if err := c.Wait(patience, &at); err != nil {
			t.Fatal(err)
		}
		var tally Tally
		if err := c.Count(None{}, &tally); err != nil {
			t.Fatal(err)
		}
		if tally.LeastFrames == 2 {
			if tally.Byes != 5 || tally.Stayed != 2 || tally.Closes[1012] != 2 || tally.Frames != 10 {
				t.Errorf("counted %+v", tally)
			}
			return
		}
	}
	t.Error("they did not all move on")
}

func TestCrew_KnowsHowLateItIsAfterAGoodbye(t *testing.T) {
	t.Parallel()
	leave := make(chan struct{})
	leaving := theatre(t, func(ctx context.Context, _ int32, c *websocket.Conn) {
		board(ctx, c, 1)
		<-leave
		_ = c.Write(ctx, websocket.MessageText, []byte(`{"type":"bye","retryAfterMs":10}`))
		c.Close(websocket.StatusServiceRestart, "")
	})
	staying := theatre(t, func(ctx context.Context, _ int32, c *websocket.Conn) {
		board(ctx, c, 2)
		_, _, _ = c.Read(ctx)
	})
	c := assemble(t, 4, leaving, staying)
	var at, late []int64
	if err := c.Wait(patience, &at); err != nil {
		t.Fatal(err)
	}
	if err := c.Aim(Goal{Epoch: "e", Version: 2, Opens: 2}, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Late(None{}, &late); err == nil {
		t.Errorf("nobody has moved yet, and late by %v", late)
	}
	close(leave)
	if err := c.Wait(patience, &at); err != nil {
		t.Fatal(err)
	}
	if err := c.Late(None{}, &late); err != nil || len(late) != 4 || slices.Min(late) <= 0 || slices.Max(late) > int64(patience) {
		t.Errorf("late by %v: %v", late, err)
	}
}

func TestCrew_ComesBackAfterItsNetworkIsLost(t *testing.T) {
	t.Parallel()
	url := theatre(t, func(ctx context.Context, _ int32, c *websocket.Conn) {
		board(ctx, c, 1)
		_, _, _ = c.Read(ctx)
	})
	c := assemble(t, 4, url)
	var at []int64
	if err := c.Wait(patience, &at); err != nil {
		t.Fatal(err)
	}
	if err := c.Aim(Goal{Epoch: "e", Version: 1, Opens: 2}, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Lose(Cut{Share: 1, Back: time.Millisecond}, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(patience, &at); err != nil || len(at) != 4 {
		t.Errorf("%d are back: %v", len(at), err)
	}
}
