package main

import (
	"bytes"
	"strings"
	"testing"
)

const upgraded = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"

// fleetOfOne is a fleet of one watcher without a socket.
func fleetOfOne(change int) *fleet { return &fleet{watchers: make([]watcher, 1), awaited: change} }

func TestConsume_FindsTheSameFramesInPiecesOfAnySize(t *testing.T) {
	t.Parallel()
	stream := []byte(upgraded)
	for change, size := range []int{0, 300, 300, 70_000, 300} {
		stream = append(stream, encodeText(makeFrame(change, size))...)
		stream = append(stream, encodeText([]byte(`{"type":"pulse"}`))...)
	}
	for _, step := range []int{1, 2, 3, 7, 64, 333, 1 << 20} {
		c := fleetOfOne(4)
		w := &c.watchers[0]
		for rest := stream; len(rest) > 0; {
			n := min(step, len(rest))
			if err := c.consume(w, rest[:n]); err != nil {
				t.Fatalf("in steps of %d: %v", step, err)
			}
			rest = rest[n:]
		}
		if c.ready != 1 || c.deliveries != 4 || c.received != 1 || w.version != firstVersion+4 || w.change != 4 || len(w.partial) > 0 {
			t.Errorf("in steps of %d: %+v, %+v", step, c, w)
		}
	}
}

func TestConsume_NoticesErrorsOfTheServer(t *testing.T) {
	t.Parallel()
	frame := func(change int) string { return string(encodeText(makeFrame(change, 300))) }
	for name, test := range map[string]struct{ stream, want string }{
		"a state that goes back":       {upgraded + frame(2) + frame(1), "back"},
		"a change that was not made":   {upgraded + frame(1) + frame(4), "before it is made"},
		"a server that closes":         {upgraded + "\x88\x02\x03\xf4", "close frame"},
		"a handshake that is refused":  {"HTTP/1.1 503 Service Unavailable\r\n\r\n", "503"},
		"a frame that is not expected": {upgraded + "\x82\x00", "type 2"},
	} {
		c := fleetOfOne(3)
		if err := c.consume(&c.watchers[0], []byte(test.stream)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEncodeText_IsReversedByCutFrame(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 125, 126, 65_535, 65_536} {
		payload := bytes.Repeat([]byte("x"), size)
		op, got, rest, complete := cutFrame(append(encodeText(payload), "rest"...))
		if op != opText || !bytes.Equal(got, payload) || string(rest) != "rest" || !complete {
			t.Errorf("%d bytes: type %d, %d bytes, rest %q, complete %t", size, op, len(got), rest, complete)
		}
	}
}
