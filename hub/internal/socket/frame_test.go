package socket

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/coder/websocket"
)

func TestCloseFrame_CarriesCodeAndText(t *testing.T) {
	t.Parallel()
	f := closeFrame(websocket.StatusServiceRestart, "restarting")
	if f[0] != opClose || int(f[1]) != len(f)-2 || binary.BigEndian.Uint16(f[2:]) != 1012 || string(f[4:]) != "restarting" {
		t.Errorf("%q", f)
	}
}

// FuzzCutPongs cuts pongs from any bytes. The answer does not depend on how many of them
// have arrived, and an incomplete pong is short.
func FuzzCutPongs(f *testing.F) {
	for _, seed := range []string{
		"", "\x8a", "\x8a\x80\x01\x02\x03\x04", "\x8a\x83\x01\x02\x03\x04abc\x8a", "\x8a\x80\x01\x02\x03\x04\x88\x82\x00\x00\x00\x00\x03\xe8",
		"\x8a\x00", "\x8a\xfe\x00\x01", "\x89\x80\x01\x02\x03\x04", "\x0a\x80",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		rest, more := cutPongs(b)
		if !bytes.HasSuffix(b, rest) || more && (len(rest) == 0 || len(rest) > 130 || rest[0] != opPong) {
			t.Fatalf("%d bytes: rest %d, more %v", len(b), len(rest), more)
		}
		for n := range len(b) { // in two pieces
			left, early := cutPongs(b[:n])
			if len(left) > 0 && !early { // the library has it
				continue
			}
			if again, late := cutPongs(append(bytes.Clone(left), b[n:]...)); !bytes.Equal(again, rest) || late != more {
				t.Errorf("in pieces of %d and %d bytes: rest %d, more %v", n, len(b)-n, len(again), late)
			}
		}
	})
}
