package socket

import (
	"encoding/binary"
	"math"

	"github.com/coder/websocket"
)

// The first byte of the frames that are written or looked for here: FIN and an opcode.
const (
	opText  = 0x80 | 0x1
	opClose = 0x80 | 0x8
	opPing  = 0x80 | 0x9
	opPong  = 0x80 | 0xA
)

// masked is the bit beside the length of a payload that a client has masked.
const masked = 0x80

// maxControl is the most payload of a control frame, in bytes.
const maxControl = 125

// Ping returns a ping frame without payload.
func Ping() []byte { return []byte{opPing, 0} }

// TextFrame returns a text message from server to client: unmasked, one frame.
func TextFrame(body []byte) []byte {
	b := make([]byte, 0, len(body)+10)
	switch n := len(body); {
	case n <= maxControl:
		b = append(b, opText, byte(n))
	case n <= math.MaxUint16:
		b = append(b, opText, 126)
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	default:
		b = append(b, opText, 127)
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return append(b, body...)
}

// closeFrame returns a close frame. text is at most 123 bytes.
func closeFrame(code websocket.StatusCode, text string) []byte {
	b := []byte{opClose, byte(2 + len(text))}
	b = binary.BigEndian.AppendUint16(b, uint16(code))
	return append(b, text...)
}

// cutPongs returns the bytes after the pongs that b begins with. more means that they may
// be the beginning of another pong, of which at most 130 bytes are there.
func cutPongs(b []byte) (rest []byte, more bool) {
	for len(b) > 0 && b[0] == opPong {
		if len(b) == 1 {
			return b, true
		}
		n := int(b[1] &^ masked)
		if b[1]&masked == 0 || n > maxControl {
			return b, false // not a client's
		}
		n += 2 + len("mask")
		if len(b) < n {
			return b, true
		}
		b = b[n:]
	}
	return b, false
}
