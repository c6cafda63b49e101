package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"junban/api/wire"
)

// fromServer returns an unmasked frame, as a server sends it.
func fromServer(op byte, payload []byte) []byte {
	b := []byte{0x80 | op}
	switch n := len(payload); {
	case n < 126:
		b = append(b, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	return append(b, payload...)
}

func TestFrames_AreReadUnchanged(t *testing.T) {
	t.Parallel()
	var sent []byte
	sizes := []int{0, 1, 125, 126, 5000, 65535, 65536, 70000, 3}
	for i, n := range sizes {
		sent = append(sent, fromServer(opText, bytes.Repeat([]byte{byte('a' + i)}, n))...)
	}
	for name, from := range map[string]io.Reader{
		"whole": bytes.NewReader(sent), "byte by byte": iotest.OneByteReader(bytes.NewReader(sent)),
		"with its end": iotest.DataErrReader(bytes.NewReader(sent)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := frameReader{source: from, buf: make([]byte, 16)}
			for i, n := range sizes {
				op, payload, err := in.next()
				if err != nil || op != opText || !bytes.Equal(payload, bytes.Repeat([]byte{byte('a' + i)}, n)) {
					t.Fatalf("frame %d of %d bytes: type %d, %d bytes, %v", i, n, op, len(payload), err)
				}
			}
			if _, _, err := in.next(); !errors.Is(err, io.EOF) {
				t.Errorf("after the last frame: %v", err)
			}
		})
	}
}

func TestFrames_RefuseInvalidFrames(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		bytes []byte
		want  string
	}{
		"compressed":   {[]byte{0xC1, 0}, "reserved bits"},
		"fragmented":   {[]byte{0x01, 0}, "fragmented"},
		"continuation": {[]byte{0x80, 0}, "fragmented"},
		"masked":       {[]byte{0x81, 0x80, 0, 0, 0, 0}, "masked"},
		"enormous":     {[]byte{0x81, 127, 0, 0, 1, 0, 0, 0, 0, 0}, "frame of 1099511627776 bytes"},
		"cut short":    {[]byte{0x81, 5, 'a'}, "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := frameReader{source: bytes.NewReader(test.bytes), buf: make([]byte, 16)}
			if _, _, err := in.next(); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func FuzzFrames(f *testing.F) {
	f.Add(fromServer(opText, []byte(`{"type":"pulse"}`)))
	f.Add([]byte{0x81, 126, 0xFF})
	f.Add(append(fromServer(opPing, nil), fromServer(opClose, []byte{3, 0xF4})...))
	f.Fuzz(func(t *testing.T, sent []byte) {
		in := frameReader{source: iotest.HalfReader(bytes.NewReader(sent)), buf: make([]byte, 8)}
		taken := 0
		for {
			_, payload, err := in.next()
			if err != nil {
				return
			}
			if taken += 2 + len(payload); taken > len(sent) {
				t.Fatalf("%d bytes came out of %d", taken, len(sent))
			}
			_, _ = scanHeader(payload) // only a panic would be an error
		}
	})
}

func TestScanHeader_AgreesWithTheDecoder(t *testing.T) {
	t.Parallel()
	tricky := `"type":"bye","version":1,"epoch":"x" \`
	for _, f := range []wire.Frame{
		{Type: wire.TypeBoard, Topic: "service:1234-1", Epoch: "k3f9a1", Version: 512, Board: &wire.Board{Name: tricky, Message: &wire.Message{Text: tricky}}},
		{Type: wire.TypeBoard, Epoch: "e", Version: 1<<64 - 1, Board: &wire.Board{}},
		{Type: wire.TypePulse},
		{Type: wire.TypeBye, RetryAfterMs: 12},
	} {
		text, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		h, err := scanHeader(text)
		if err != nil || string(h.kind) != f.Type || string(h.epoch) != f.Epoch || h.version != f.Version {
			t.Errorf("%s was scanned as %s of %s, version %d: %v", text, h.kind, h.epoch, h.version, err)
		}
	}
}

func TestScanHeader_RefusesInvalidFrames(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `{}`, `{"type":"board","version":99999999999999999999}`, `{"type":"board","version":x}`} {
		if h, err := scanHeader([]byte(text)); err == nil {
			t.Errorf("%s was scanned as %s", text, h.kind)
		}
	}
}
