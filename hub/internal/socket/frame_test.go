package socket

import (
	"bytes"
	"encoding/binary"
	"testing"
)

func TestCloseFrame_CarriesCodeAndText(t *testing.T) {
	t.Parallel()
	f := closeFrame(ServiceRestart, "restarting")
	if f[0] != fin|opClose || int(f[1]) != len(f)-2 || binary.BigEndian.Uint16(f[2:]) != 1012 || string(f[4:]) != "restarting" {
		t.Errorf("%q", f)
	}
}

// FuzzCutFrame cuts a frame from any bytes. The answer does not depend on how many of
// them have arrived, and an incomplete frame is short.
func FuzzCutFrame(f *testing.F) {
	for _, seed := range []string{
		"", "\x8a\x80\x01\x02\x03\x04", "\x89\x83\x01\x02\x03\x04abc", "\x88\x82\x00\x00\x00\x00\x03\xe8rest",
		"\x81\xfe\x01\x00\x00\x00\x00\x00", "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00", "\x89\xfe\x00\x01", "\xc1\x80", "\x83\x80", "\x09\x80", "\x81\x05",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, rest, ok, err := cutFrame(b)
		if !bytes.HasSuffix(b, rest) || ok && (err != nil || len(rest) == len(b)) {
			t.Fatalf("%d bytes: rest %d, found %v, error %v", len(b), len(rest), ok, err)
		}
		if !ok && err == nil && len(b) > 130 {
			t.Errorf("%d bytes are not enough", len(b))
		}
		if ok && frame.opcode >= opClose && (frame.size > maxControl || len(frame.unmasked()) != int(frame.size)) {
			t.Errorf("a control frame of %d bytes", frame.size)
		}
		for n := range len(b) {
			early, left, found, failed := cutFrame(b[:n])
			switch {
			case failed != nil && err == nil, found && !ok:
				t.Errorf("the first %d bytes give %v, %v; all give %v, %v", n, found, failed, ok, err)
			case found && (early.opcode != frame.opcode || n-len(left) != len(b)-len(rest)):
				t.Errorf("the first %d bytes give another frame", n)
			}
		}
	})
}
