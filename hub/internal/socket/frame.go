package socket

import (
	"encoding/binary"
	"errors"
	"math"
)

// Code is the code of a close frame, RFC 6455 §7.4.
type Code uint16

// The codes that a server sends.
const (
	NormalClosure   Code = 1000
	ProtocolError   Code = 1002
	PolicyViolation Code = 1008
	MessageTooBig   Code = 1009
	ServiceRestart  Code = 1012
)

// sendable reports whether a client may send the code: RFC 6455 §7.4 and the registry
// of IANA.
func (c Code) sendable() bool {
	return c >= 1000 && c <= 1003 || c >= 1007 && c <= 1014 || c >= 3000 && c <= 4999
}

// The first byte of a frame: FIN, three reserved bits and an opcode.
const (
	fin      = 0x80
	reserved = 0x70

	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA
)

// maxControl is the most payload of a control frame, in bytes.
const maxControl = 125

// Ping returns a ping frame without payload.
func Ping() []byte { return []byte{fin | opPing, 0} }

// TextFrame returns a text message from server to client: unmasked, one frame.
func TextFrame(body []byte) []byte {
	b := make([]byte, 0, len(body)+10)
	switch n := len(body); {
	case n <= maxControl:
		b = append(b, fin|opText, byte(n))
	case n <= math.MaxUint16:
		b = append(b, fin|opText, 126)
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	default:
		b = append(b, fin|opText, 127)
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return append(b, body...)
}

// controlFrame returns a control frame with at most maxControl bytes of payload.
func controlFrame(opcode byte, payload []byte) []byte {
	return append([]byte{fin | opcode, byte(len(payload))}, payload...)
}

// closeFrame returns a close frame. text is at most 123 bytes.
func closeFrame(code Code, text string) []byte {
	return controlFrame(opClose, append(binary.BigEndian.AppendUint16(nil, uint16(code)), text...))
}

// errFrame means that bytes are not a frame that a client may send.
var errFrame = errors.New("not a frame of a client")

// inbound is a frame from a client. Of a data frame only the head is read.
type inbound struct {
	opcode  byte
	size    uint64  // of the payload
	mask    [4]byte // of the payload
	payload []byte  // of a control frame, masked
}

// cutFrame returns the first frame of b and the bytes after it. Without an error and a
// frame, more bytes are needed. It needs at most 131.
func cutFrame(b []byte) (f inbound, rest []byte, ok bool, err error) {
	if len(b) < 1 {
		return f, b, false, nil
	}
	f.opcode = b[0] &^ (fin | reserved)
	control := f.opcode >= opClose
	switch {
	case b[0]&reserved != 0, f.opcode > opBinary && !control, f.opcode > opPong, control && b[0]&fin == 0:
		return f, b, false, errFrame
	case len(b) < 2:
		return f, b, false, nil
	}
	f.size = uint64(b[1] &^ fin)
	if b[1]&fin == 0 || control && f.size > maxControl { // a client masks
		return f, b, false, errFrame
	}
	at := 2
	switch f.size {
	case 126:
		at = 4
	case 127:
		at = 10
	}
	if len(b) < at+len(f.mask) {
		return f, b, false, nil
	}
	switch f.size {
	case 126:
		f.size = uint64(binary.BigEndian.Uint16(b[2:]))
	case 127:
		f.size = binary.BigEndian.Uint64(b[2:])
	}
	at += copy(f.mask[:], b[at:])
	if !control {
		return f, b[at:], true, nil
	}
	if uint64(len(b)-at) < f.size {
		return f, b, false, nil
	}
	f.payload = b[at : at+int(f.size)]
	return f, b[at+int(f.size):], true, nil
}

// unmasked returns a copy of the payload.
func (f inbound) unmasked() []byte {
	b := make([]byte, len(f.payload))
	for i := range b {
		b[i] = f.payload[i] ^ f.mask[i%len(f.mask)]
	}
	return b
}
