package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

const upgraded = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"

// alone is a crowd of one that reads from no socket.
func alone(change int) *crowd { return &crowd{watchers: make([]watcher, 1), change: change} }

func TestFeed_FindsTheSameFramesHoweverTheyAreCut(t *testing.T) {
	t.Parallel()
	stream := []byte(upgraded)
	for change, size := range []int{0, 300, 300, 70_000, 300} {
		stream = append(stream, encodeText(makeFrame(change, size))...)
		stream = append(stream, encodeText([]byte(`{"type":"pulse"}`))...)
	}
	for _, step := range []int{1, 2, 3, 7, 64, 333, 1 << 20} {
		c := alone(4)
		w := &c.watchers[0]
		for rest := stream; len(rest) > 0; {
			n := min(step, len(rest))
			if err := c.feed(w, rest[:n]); err != nil {
				t.Fatalf("in steps of %d: %v", step, err)
			}
			rest = rest[n:]
		}
		if c.joined != 1 || c.deliveries != 4 || c.have != 1 || w.version != firstVersion+4 || w.change != 4 || len(w.partial) > 0 {
			t.Errorf("in steps of %d: %+v, %+v", step, c, w)
		}
	}
}

func TestCrowd_NoticesWhatMustNotBe(t *testing.T) {
	t.Parallel()
	frame := func(change int) string { return string(encodeText(makeFrame(change, 300))) }
	for name, test := range map[string]struct{ stream, want string }{
		"a state that goes back":       {upgraded + frame(2) + frame(1), "back"},
		"a change that was not made":   {upgraded + frame(1) + frame(4), "before it is made"},
		"a server that closes":         {upgraded + "\x88\x02\x03\xf4", "closes"},
		"a handshake that is refused":  {"HTTP/1.1 503 Service Unavailable\r\n\r\n", "503"},
		"a frame that is not expected": {upgraded + "\x82\x00", "type 2"},
	} {
		c := alone(3)
		if err := c.feed(&c.watchers[0], []byte(test.stream)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCrowd_NoticesAWatcherThatWasSkipped(t *testing.T) {
	t.Parallel()
	c, desk, server := watchFloor(t, 3)
	r, err := c.peer.publish("http://"+c.address.String(), 1, makeFrame(1, 300))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.expect(t.Context(), 1, desk, r); err != nil {
		t.Fatal(err)
	}
	server.mu.Lock()
	server.conns = server.conns[:2]
	server.mu.Unlock()
	c.patience = 50 * time.Millisecond
	if r, err = c.peer.publish("http://"+c.address.String(), 2, makeFrame(2, 300)); err != nil {
		t.Fatal(err)
	}
	if _, err = c.expect(t.Context(), 2, desk, r); err == nil || !strings.Contains(err.Error(), "reached 2 of 3") {
		t.Errorf("got %v", err)
	}
}

// watchFloor serves the floor in this process, to n watchers and a publisher.
func watchFloor(t *testing.T, n int) (*crowd, *caller, *floor) {
	t.Helper()
	server, err := listenFloor("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listen := server.listener.Addr().String()
	served := make(chan error, 1)
	go func() { served <- server.serve(t.Context()) }()
	t.Cleanup(func() {
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	c, err := gather(t.Context(), floorPeer(), listen, n)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	desk, err := dial(listen)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(desk.close)
	return c, desk, server
}

func TestMakeFrame_HasTheSizeAskedForAndSaysItsChange(t *testing.T) {
	t.Parallel()
	for _, size := range []int{200, 300, 1500, 60_000} {
		frame := makeFrame(42, size)
		version, change, ok := parseFrame(frame)
		if len(frame) != size || version != firstVersion+42 || change != 42 || !ok {
			t.Errorf("%d bytes instead of %d, version %d, change %d", len(frame), size, version, change)
		}
	}
}

func TestEncodeText_CutsBack(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 125, 126, 65_535, 65_536} {
		payload := bytes.Repeat([]byte("x"), size)
		op, got, rest, whole := cutFrame(append(encodeText(payload), "rest"...))
		if op != opText || !bytes.Equal(got, payload) || string(rest) != "rest" || !whole {
			t.Errorf("%d bytes: type %d, %d bytes, rest %q, whole %t", size, op, len(got), rest, whole)
		}
	}
}

func TestParseStat_ReadsAnyName(t *testing.T) {
	t.Parallel()
	text := fmt.Sprintf("42 (a) b (c)) S 7 %s 150 50 %s 3 99", strings.Repeat("0 ", 9)[:17], strings.Repeat("0 ", 8)[:15])
	name, parent, c, err := parseStat([]byte(text))
	if err != nil || name != "a) b (c)" || parent != 7 || c.user != 1500*time.Millisecond || c.system != 500*time.Millisecond || c.resident == 0 {
		t.Errorf("name %q, parent %d, %+v, %v", name, parent, c, err)
	}
	if _, _, _, err := parseStat([]byte("42 (short) S 7")); err == nil {
		t.Error("half a line is accepted")
	}
}
