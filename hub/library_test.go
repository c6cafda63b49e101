package hub

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"pgregory.net/rapid"
)

// TestInbound_AsTheLibraryAnswers sends random frames to the hub, and to a server that
// reads with coder/websocket alone. Both give the same pongs and the same close code.
func TestInbound_AsTheLibraryAnswers(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{})
	library := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer c.CloseNow()
		c.SetReadLimit(1 << 10)
		if _, _, err := c.Read(context.Background()); err == nil {
			c.Close(websocket.StatusPolicyViolation, "")
		}
	}))
	t.Cleanup(library.Close)
	frames := rapid.Custom(func(t *rapid.T) string {
		payload := rapid.SampledFrom([]string{"", "x", "\x03\xe8", "\x03\xe9bye", "\x03\xed", "\x0b\xb8", "\x13\x88", "\x00\x01", strings.Repeat("y", 125), strings.Repeat("z", 126), strings.Repeat("w", 2000)}).Draw(t, "payload")
		first := rapid.SampledFrom([]byte{opPing, opPing, opPong, opPong, opClose, opText, 0x82, 0x80, 0x83, 0x8B, 0xC1, 0x99, 0x09}).Draw(t, "first byte")
		frame := masked(first, payload)
		if rapid.IntRange(0, 20).Draw(t, "unmasked") == 0 {
			frame[1] &^= 0x80
		}
		return string(frame)
	})
	rapid.Check(t, func(rt *rapid.T) {
		said := []byte(strings.Join(rapid.SliceOfN(frames, 0, 8).Draw(rt, "frames"), "") + string(masked(opClose, "\x03\xe8")))
		ours, pongs := answers(t, h.srv.Listener.Addr().String(), said)
		theirs, wanted := answers(t, library.Listener.Addr().String(), said)
		if ours != theirs || pongs != wanted {
			rt.Errorf("%q: closed with %d after the pongs %q; the library with %d after %q", said, ours, pongs, theirs, wanted)
		}
	})
}

// answers returns the code with which a server closes, and its pongs before.
func answers(t *testing.T, address string, said []byte) (code int, pongs string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c := &raw{t, conn, bufio.NewReader(conn)}
	greet(t, conn, c.r, "/", nil)
	c.write(said)
	for {
		first, payload, err := c.frame()
		switch {
		case err != nil: // the library sends no close frame for some errors
			return 1002, pongs
		case first == opPong:
			pongs += string(payload) + "|"
		case first == opClose && len(payload) < 2:
			return 1005, pongs
		case first == opClose:
			return int(payload[0])<<8 | int(payload[1]), pongs
		}
	}
}
