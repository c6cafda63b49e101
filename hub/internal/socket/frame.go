package socket

import (
	"encoding/binary"
	"math"
)

// The first byte of the frames that a server writes: FIN and an opcode.
const (
	opText  = 0x80 | 0x1
	opClose = 0x80 | 0x8
	opPing  = 0x80 | 0x9
)

// Ping returns a ping frame without payload.
func Ping() []byte { return []byte{opPing, 0} }

// TextFrame returns a text message from server to client: unmasked, one frame.
func TextFrame(body []byte) []byte {
	b := make([]byte, 0, len(body)+10)
	switch n := len(body); {
	case n < 126:
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
func closeFrame(code int, text string) []byte {
	b := []byte{opClose, byte(2 + len(text)), 0, 0}
	binary.BigEndian.PutUint16(b[2:], uint16(code))
	return append(b, text...)
}
