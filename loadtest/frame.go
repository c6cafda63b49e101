package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"junban/api/wire"
)

// Opcodes of WebSocket, RFC 6455 §5.2.
const (
	opText  = 0x1
	opClose = 0x8
	opPing  = 0x9
	opPong  = 0xA
)

// maxFrameSize limits a frame, or the body of a response, in bytes.
const maxFrameSize = 1 << 20

// frameReader reads unmasked and unfragmented frames without extensions. Any
// other frame is an error of the server.
type frameReader struct {
	source     io.Reader
	buf        []byte
	start, end int // unread bytes of buf
}

// next returns the next frame. The payload is valid until the next call.
func (f *frameReader) next() (op byte, payload []byte, err error) {
	head, err := f.peek(2)
	if err != nil {
		return 0, nil, err
	}
	op = head[0] & 0x0F
	switch {
	case head[0]&0x70 != 0:
		return 0, nil, fmt.Errorf("frame with reserved bits: %#x", head[0])
	case head[0]&0x80 == 0 || op == 0:
		return 0, nil, errors.New("fragmented message")
	case head[1]&0x80 != 0:
		return 0, nil, errors.New("masked frame from a server")
	}
	skip, size := 2, uint64(head[1])
	switch size {
	case 126:
		skip = 4
		if head, err = f.peek(skip); err != nil {
			return 0, nil, err
		}
		size = uint64(binary.BigEndian.Uint16(head[2:]))
	case 127:
		skip = 10
		if head, err = f.peek(skip); err != nil {
			return 0, nil, err
		}
		size = binary.BigEndian.Uint64(head[2:])
	}
	if size > maxFrameSize {
		return 0, nil, fmt.Errorf("frame of %d bytes", size)
	}
	whole, err := f.peek(skip + int(size))
	if err != nil {
		return 0, nil, err
	}
	f.start += len(whole)
	return op, whole[skip:], nil
}

// peek returns the next n bytes without consuming them.
func (f *frameReader) peek(n int) ([]byte, error) {
	for f.end-f.start < n {
		if f.start > 0 {
			f.end = copy(f.buf, f.buf[f.start:f.end])
			f.start = 0
		}
		if len(f.buf) < n {
			f.buf = append(make([]byte, 0, n), f.buf[:f.end]...)[:n]
		}
		got, err := f.source.Read(f.buf[f.end:])
		f.end += got
		if err != nil && f.end-f.start < n {
			if errors.Is(err, io.EOF) && f.end > f.start {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
	return f.buf[f.start : f.start+n], nil
}

// appendControl appends a client's control frame. Its mask is zero: masks protect
// proxies from scripts in browsers, and here is no proxy.
func appendControl(to []byte, op byte, payload []byte) []byte {
	to = append(to, 0x80|op, 0x80|byte(len(payload)), 0, 0, 0, 0)
	return append(to, payload...)
}

// frameHeader is the part of a frame that every watcher reads. Reading no more
// keeps thousands of watchers cheaper than the server.
type frameHeader struct {
	kind, topic, epoch []byte // slices of the payload
	version            uint64
}

// scanHeader finds the header without decoding the frame. The first match is the
// frame's own field, because text in it cannot hold an unescaped quote.
func scanHeader(payload []byte) (frameHeader, error) {
	h := frameHeader{kind: quotedValue(payload, `"type":"`), topic: quotedValue(payload, `"topic":"`), epoch: quotedValue(payload, `"epoch":"`)}
	if len(h.kind) == 0 {
		return h, fmt.Errorf("frame without a type: %.80q", payload)
	}
	const key = `"version":`
	at := bytes.Index(payload, []byte(key))
	if at < 0 {
		return h, nil
	}
	digits := payload[at+len(key):]
	n := 0
	for n < len(digits) && '0' <= digits[n] && digits[n] <= '9' {
		n++
	}
	var err error
	if h.version, err = strconv.ParseUint(string(digits[:n]), 10, 64); err != nil {
		return h, fmt.Errorf("frame's version: %w", err)
	}
	return h, nil
}

// quotedValue returns the text from key to the next quote.
func quotedValue(in []byte, key string) []byte {
	at := bytes.Index(in, []byte(key))
	if at < 0 {
		return nil
	}
	value, _, _ := bytes.Cut(in[at+len(key):], []byte{'"'})
	return value
}

// verifyHeader returns an error unless decoding the frame gives the same header.
func verifyHeader(payload []byte, h frameHeader) error {
	var f wire.Frame
	if err := json.Unmarshal(payload, &f); err != nil {
		return err
	}
	if f.Type != string(h.kind) || f.Epoch != string(h.epoch) || f.Version != h.version || f.Board == nil || !bytes.Contains(payload, []byte(f.Topic)) {
		return fmt.Errorf("frame decodes to %s of version %d, unlike its header: %.80q", f.Type, f.Version, payload)
	}
	return nil
}
