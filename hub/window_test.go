package hub

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
)

// version is the n-th state of a topic.
func version(n uint64) Frame { return frame("e", n, fmt.Sprint(n)) }

// since is what came after how long.
type since struct {
	after time.Duration
	body  string
}

// record reads messages until the viewer's connection ends.
func (v *viewer) record() <-chan since {
	seen, start := make(chan since, 2000), time.Now()
	go func() {
		defer close(seen)
		for {
			body, err := v.readWithin(time.Hour)
			if err != nil {
				return
			}
			if !isPulse(body) {
				seen <- since{time.Since(start), body}
			}
		}
	}()
	return seen
}

func TestWindow_BurstBecomesAFewFrames(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(t *testing.T, h *clocked) {
		seen := h.watch(t, "?topic=a").record()
		stream := listen(t, h.client, "http://hub/?topic=a")
		events := make(chan string, 2000)
		go func() {
			for event := stream.next(); event != ""; event = stream.next() {
				events <- event
			}
		}()
		synctest.Wait()
		const changes = 1000
		for n := range uint64(changes) {
			if n == 1 {
				time.Sleep(time.Millisecond / 2) // so that no change coincides with a window's end
			}
			h.Publish("a", version(n+1))
			if f, ok := h.newest("a"); !ok || f.Version != n+1 {
				t.Fatalf("newest is %d, %v after version %d", f.Version, ok, n+1)
			}
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		frames := len(seen)
		if frames > 12 {
			t.Errorf("%d frames for %d changes in a second", frames, changes)
		}
		if held := h.metric(t, "junban_hub_skipped_frames_total", "window"); int(held) != changes-frames {
			t.Errorf("%v frames were replaced, and %d of %d sent", held, frames, changes)
		}
		for i := range frames {
			s := <-seen
			want := version(uint64(100 * i)) // what was newest at the end of the window
			if i == 0 {
				want = version(1)
			}
			if s.after != time.Duration(i)*100*time.Millisecond || parse(t, s.body).Version < want.Version {
				t.Errorf("frame %d after %v: %s", i, s.after, s.body)
			}
			if event := <-events; event != "data: "+s.body {
				t.Errorf("the stream got %s, the socket %s", event, s.body)
			}
			if i == frames-1 && s.body != string(version(changes).Body) {
				t.Errorf("the last frame is %s", s.body)
			}
		}
		// A quiet topic has no window.
		begin := time.Now()
		h.Publish("a", version(changes+1))
		if s := <-seen; s.body != string(version(changes+1).Body) || time.Now() != begin {
			t.Errorf("after the quiet, %v late: %s", time.Since(begin), s.body)
		}
	})
}

func TestWindow_TopicsAndStreamsOfTheirOwn(t *testing.T) {
	t.Parallel()
	bubble(t, Options{Window: time.Hour}, func(t *testing.T, h *clocked) {
		seen := h.watch(t, "?topic=a&topic=b").record()
		h.Publish("a", version(1))
		h.Publish("b", version(2))
		synctest.Wait()
		if len(seen) != 2 {
			t.Errorf("%d frames at once, want one of each topic", len(seen))
		}
	})
}

func TestWindow_NewcomerGetsWhatIsHeldAndGetsItOnce(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(t *testing.T, h *clocked) {
		old := h.watch(t, "?topic=a").record()
		h.Publish("a", version(1))
		h.Publish("a", version(2))
		taker := h.watch(t, "?topic=a").record()
		synctest.Wait()
		if len(taker) != 1 || (<-taker).body != string(version(2).Body) {
			t.Errorf("the newcomer has not got what is held")
		}
		if len(old) != 1 {
			t.Errorf("the other has %d frames", len(old))
		}
		time.Sleep(200 * time.Millisecond)
		synctest.Wait()
		if len(taker) != 0 {
			t.Errorf("the newcomer got %v again", <-taker)
		}
		if len(old) != 2 {
			t.Errorf("the other has %d frames in the end", len(old))
		}
		// What replaces the frame that it took is news to it.
		h.Publish("a", version(3))
		h.Publish("a", version(4))
		second := h.watch(t, "?topic=a").record()
		synctest.Wait()
		h.Publish("a", version(5))
		time.Sleep(200 * time.Millisecond)
		synctest.Wait()
		for _, want := range []uint64{4, 5} {
			if s := <-second; s.body != string(version(want).Body) {
				t.Errorf("got %s, want version %d", s.body, want)
			}
		}
		if got := h.metric(t, "junban_hub_skipped_frames_total", "conflated"); got != 0 {
			t.Errorf("%v frames conflated, and no connection was parked", got)
		}
	})
}

func TestWindow_HoldsNoNotice(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(t *testing.T, h *clocked) {
		seen := h.watch(t, "?topic=a").record()
		now := func(what string) {
			t.Helper()
			synctest.Wait()
			if len(seen) == 0 {
				t.Fatalf("%s is held", what)
			}
			if s := <-seen; s.after != 0 || parse(t, s.body).Type != what {
				t.Errorf("got %s after %v, want a %s", s.body, s.after, what)
			}
		}
		h.Publish("a", version(1))
		now("state")
		h.Publish("a", version(2))
		h.Stale("a", time.Now())
		now("state") // what was held, which must not come after the notice
		now("stale")
		h.Publish("a", version(2)) // is true again
		now("state")
		h.Publish("a", version(3))
		time.Sleep(time.Second)
		synctest.Wait()
		if len(seen) != 1 {
			t.Errorf("%d more frames, want one", len(seen))
		}
	})
}

func TestWindow_EqualContentOfWhatIsHeld(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(t *testing.T, h *clocked) {
		seen := h.watch(t, "?topic=a").record()
		for n, content := range []string{"x", "x", "y", "y"} {
			h.Publish("a", frame("e", uint64(n+1), content))
		}
		time.Sleep(time.Second)
		h.Publish("a", frame("e", 5, "y"))
		time.Sleep(time.Second)
		synctest.Wait()
		for _, want := range []Frame{frame("e", 1, "x"), frame("e", 4, "y")} {
			if s := <-seen; s.body != string(want.Body) {
				t.Errorf("got %s, want %s", s.body, want.Body)
			}
		}
		if len(seen) > 0 {
			t.Errorf("%d frames too many", len(seen))
		}
		if got := h.metric(t, "junban_hub_skipped_frames_total", "unchanged"); got != 3 {
			t.Errorf("%v frames unchanged", got)
		}
	})
}

func TestDrain_WhoGoesTakesTheHeldFrameAlong(t *testing.T) {
	t.Parallel()
	bubble(t, Options{Window: time.Hour}, func(t *testing.T, h *clocked) {
		v, stream := h.watch(t, "?topic=a"), listen(t, h.client, "http://hub/?topic=a")
		synctest.Wait()
		h.Publish("a", version(1))
		synctest.Wait()
		h.Publish("a", version(2))
		go h.Drain(context.Background(), 0)
		var types []string
		last := ""
		for {
			body, err := v.readWithin(time.Minute)
			if err != nil {
				if websocket.CloseStatus(err) != websocket.StatusServiceRestart {
					t.Errorf("ended with %v", err)
				}
				break
			}
			types, last = append(types, parse(t, body).Type), body
		}
		if last != string(version(2).Body) {
			t.Errorf("saw %q, at last %s", types, last)
		}
		last = ""
		for event := stream.next(); event != ""; event = stream.next() {
			if parse(t, event[len("data: "):]).Type == "state" {
				last = event
			}
		}
		if last != "data: "+string(version(2).Body) {
			t.Errorf("the last state of the stream was %s", last)
		}
	})
}

// The bubble fails this test if something is left of the window.
func TestClose_EndsWindows(t *testing.T) {
	t.Parallel()
	for _, age := range []time.Duration{0, 100 * time.Millisecond} { // well within, and at its end
		bubble(t, Options{}, func(t *testing.T, h *clocked) {
			h.watch(t, "?topic=a")
			h.Publish("a", version(1))
			h.Publish("a", version(2))
			time.Sleep(age)
			h.Close()
			h.Publish("a", version(3))
		})
	}
}

func TestLinger_EndsWindows(t *testing.T) {
	t.Parallel()
	bubble(t, Options{Window: time.Hour, Linger: time.Second}, func(t *testing.T, h *clocked) {
		v := h.watch(t, "?topic=a")
		h.Publish("a", version(1))
		v.conn.CloseNow()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if h.Watched("a") {
			t.Fatal("still followed")
		}
		seen := h.watch(t, "?topic=a").record()
		h.Publish("a", version(2)) // the topic starts again
		synctest.Wait()
		if len(seen) != 1 {
			t.Error("held by the window of before")
		}
	})
}

func TestWindow_HoldsNothingOnceTheTopicHasEnded(t *testing.T) {
	t.Parallel()
	for name, changes := range map[string]uint64{"quiet": 0, "open": 1, "holding": 2} {
		topic := newTopic("a", newMetrics(nil), time.Hour)
		for n := range changes {
			topic.publish(version(n + 1))
		}
		topic.end()
		topic.publish(version(9)) // by a source that has not heard yet
		if topic.runs {
			t.Errorf("%s: a window's timer runs", name)
		}
	}
}

// TestWindow_RunsNoTimerThatHoldsNothing changes a topic once, as most acts do.
func TestWindow_RunsNoTimerThatHoldsNothing(t *testing.T) {
	t.Parallel()
	topic := newTopic("a", newMetrics(nil), time.Hour)
	defer topic.end()
	topic.publish(version(1))
	if topic.timer != nil {
		t.Error("a timer runs although nothing is held")
	}
	topic.publish(version(2))
	if !topic.runs {
		t.Error("nothing will send what is held")
	}
}
