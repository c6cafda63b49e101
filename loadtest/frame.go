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

// frameMost is the largest frame that is read, in bytes.
const frameMost = 1 << 20

// frames reads what a server sends: unmasked, whole, without extensions. Any
// other frame is an error, so that the server is judged, too.
type frames struct {
	from       io.Reader
	buf        []byte
	start, end int // unread bytes of buf
}

// next returns the next frame. The payload is valid until the next call.
func (f *frames) next() (op byte, payload []byte, err error) {
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
	if size > frameMost {
		return 0, nil, fmt.Errorf("frame of %d bytes", size)
	}
	whole, err := f.peek(skip + int(size))
	if err != nil {
		return 0, nil, err
	}
	f.start += len(whole)
	return op, whole[skip:], nil
}

// peek returns the next n bytes without taking them.
func (f *frames) peek(n int) ([]byte, error) {
	for f.end-f.start < n {
		if f.start > 0 {
			f.end = copy(f.buf, f.buf[f.start:f.end])
			f.start = 0
		}
		if len(f.buf) < n {
			f.buf = append(make([]byte, 0, n), f.buf[:f.end]...)[:n]
		}
		got, err := f.from.Read(f.buf[f.end:])
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

// appendControl appends a control frame as a client sends it. The mask is zero:
// it protects proxies from browsers, and here is neither.
func appendControl(to []byte, op byte, payload []byte) []byte {
	to = append(to, 0x80|op, 0x80|byte(len(payload)), 0, 0, 0, 0)
	return append(to, payload...)
}

// heading is what every watcher reads of every frame: no more, so that ten
// thousand of them are cheaper than who writes to them.
type heading struct {
	kind, epoch []byte // of the payload that was scanned
	version     uint64
}

// scan finds the heading without decoding the rest. The first match is the
// frame's own: what people typed cannot hold an unescaped quote.
func scan(payload []byte) (heading, error) {
	h := heading{kind: quoted(payload, `"type":"`), epoch: quoted(payload, `"epoch":"`)}
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

func quoted(in []byte, key string) []byte {
	at := bytes.Index(in, []byte(key))
	if at < 0 {
		return nil
	}
	value, _, _ := bytes.Cut(in[at+len(key):], []byte{'"'})
	return value
}

// decodesTo checks that the quick look at a frame saw what is in it.
func decodesTo(payload []byte, h heading) error {
	var f wire.Frame
	if err := json.Unmarshal(payload, &f); err != nil {
		return err
	}
	if f.Type != string(h.kind) || f.Epoch != string(h.epoch) || f.Version != h.version || f.Board == nil || !bytes.Contains(payload, []byte(f.Topic)) {
		return fmt.Errorf("frame is %s of version %d, not as it began: %.80q", f.Type, f.Version, payload)
	}
	return nil
}
