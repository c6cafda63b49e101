package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// sendFrames sends frames as they are written.
func sendFrames(ctx context.Context, c *websocket.Conn, frames ...string) {
	for _, f := range frames {
		_ = c.Write(ctx, websocket.MessageText, []byte(f))
	}
}

// openTestViewer opens a viewer of two topics, and closes it with the test.
func openTestViewer(t *testing.T, url string, changed chan struct{}) *viewer {
	t.Helper()
	v, err := openViewer(t.Context(), url, 0, watchTarget{topics: []string{"service:1-1", "ticket:x"}, token: "token", cookie: "a=b"}, func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.close)
	return v
}

func TestViewer_KeepsEachTopicApart(t *testing.T) {
	t.Parallel()
	next := make(chan struct{})
	url := scriptedServer(t, func(ctx context.Context, _ int32, c *websocket.Conn) {
		sendFrames(ctx, c, stateFrame("service:1-1", 4, `"line":[1]`), stateFrame("ticket:x", 3, `"ahead":1`))
		<-next
		sendFrames(ctx, c, stateFrame("service:1-1", 6, `"line":[2]`), stateFrame("service:1-1", 6, `"line":[3]`), `{"type":"pulse"}`, stateFrame("ticket:x", 6, `"ahead":0`))
		_, _, _ = c.Read(ctx)
	})
	changed := make(chan struct{}, 1)
	v := openTestViewer(t, url, changed)
	v.mark()
	close(next)
	var own []arrival
	for len(own) == 0 {
		<-changed
		var err error
		if own, err = v.arrivals("ticket:x"); err != nil {
			t.Fatal(err)
		}
	}
	board, err := v.arrivals("service:1-1")
	if err != nil || len(board) != 1 || board[0].version != 6 || len(own) != 1 || own[0].version != 6 {
		t.Errorf("arrivals %v and %v: %v", board, own, err)
	}
	version, state, err := v.stateOf("service:1-1")
	if want := map[string]any{"line": []any{3.}}; err != nil || version != 6 || fmt.Sprint(state["board"]) != fmt.Sprint(want) {
		t.Errorf("version %d of %v: %v", version, state, err)
	}
	if n := v.received().frames; n != 5 {
		t.Errorf("%d frames with a state", n)
	}
}

// stateFrame is a board in any topic.
func stateFrame(topic string, version int, board string) string {
	return fmt.Sprintf(`{"type":"board","topic":"%s","epoch":"e","version":%d,"at":"2026-11-21T09:00:00.000+09:00","board":{%s}}`, topic, version, board)
}

func TestViewer_NoticesErrorsOfTheServer(t *testing.T) {
	t.Parallel()
	for want, frame := range map[string]string{
		"from version 4 back to 3":  stateFrame("service:1-1", 3, ""),
		"from epoch e to f":         strings.Replace(stateFrame("service:1-1", 5, ""), `"epoch":"e"`, `"epoch":"f"`, 1),
		"the server said goodbye":   `{"type":"bye","retryAfterMs":1}`,
		"frame without a type: \"{": `{}`,
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			url := scriptedServer(t, func(ctx context.Context, _ int32, c *websocket.Conn) {
				sendFrames(ctx, c, stateFrame("service:1-1", 4, ""), stateFrame("ticket:x", 3, ""), frame)
				_, _, _ = c.Read(ctx)
			})
			changed := make(chan struct{}, 1)
			v, err := openViewer(t.Context(), url, 0, watchTarget{topics: []string{"service:1-1", "ticket:x"}}, func() {
				select {
				case changed <- struct{}{}:
				default:
				}
			})
			if err == nil {
				defer v.close()
				<-v.ended
				_, err = v.arrivals("service:1-1")
			}
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestReach_CountsMissingAndLostVersions(t *testing.T) {
	t.Parallel()
	at := func(s int64) time.Time { return time.Unix(s, 0) }
	var r reach
	r.count([]arrival{{6, at(1)}, {7, at(2)}, {8, at(9)}}, 7)
	r.count([]arrival{{7, at(4)}}, 7)
	r.count([]arrival{{8, at(3)}}, 7)
	r.count([]arrival{{6, at(3)}}, 7)
	r.count(nil, 7)
	if r.missing != 2 || r.lost != 1 || !r.last.Equal(at(4)) {
		t.Errorf("%+v", r)
	}
}

// shownViewer is a viewer of one topic that shows the frame.
func shownViewer(topic, frame string) *viewer {
	h, err := scanHeader([]byte(frame))
	if err != nil {
		panic(err)
	}
	return &viewer{target: watchTarget{topics: []string{topic}}, states: map[string]*topicState{topic: {version: h.version, newest: []byte(frame)}}}
}

func TestCompareStates_IgnoresEstimatesOnly(t *testing.T) {
	t.Parallel()
	const board, ticket = "service:1-1", "ticket:x"
	state := `"waiting":{"tickets":3},"waitMinutes":{"low":1,"high":2},"calling":[{"number":1,"at":"2026-11-21T09:00:00.000+09:00"}]`
	for _, test := range []struct {
		topic, shown, truth string
		equal               bool
	}{
		{board, stateFrame(board, 5, state), stateFrame(board, 5, state), true},
		{board, stateFrame(board, 5, state), stateFrame(board, 5, strings.Replace(state, `"high":2`, `"high":9`, 1)), true},
		{board, stateFrame(board, 5, state), strings.Replace(stateFrame(board, 5, state), "T09:00:00.000+09:00\",\"board", "T09:00:07.000+09:00\",\"board", 1), true},
		{board, stateFrame(board, 5, state), stateFrame(board, 5, strings.Replace(state, "T09:00", "T09:01", 1)), false},
		{board, stateFrame(board, 5, state), stateFrame(board, 5, strings.Replace(state, `"tickets":3`, `"tickets":4`, 1)), false},
		{board, stateFrame(board, 5, state), stateFrame(board, 6, state), false},
		{ticket, stateFrame(ticket, 5, state), stateFrame(ticket, 6, state), true},
		{ticket, stateFrame(ticket, 6, state), stateFrame(ticket, 5, state), false},
		{ticket, stateFrame(ticket, 5, state), stateFrame(ticket, 6, `"waiting":{"tickets":3}`), false},
	} {
		if err := compareStates(shownViewer(test.topic, test.shown), shownViewer(test.topic, test.truth)); (err == nil) != test.equal {
			t.Errorf("%s\n%s\n%v", test.shown, test.truth, err)
		}
	}
}

func TestFrameSize_IncludesTheHeader(t *testing.T) {
	t.Parallel()
	for payload, want := range map[int]int{0: 2, 125: 127, 126: 130, 65_535: 65_539, 65_536: 65_546} {
		if got := frameSize(payload); got != want {
			t.Errorf("%d bytes need %d, not %d", payload, got, want)
		}
	}
}
