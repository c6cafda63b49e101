package hub

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
	"unicode/utf8"
)

// The first byte of a frame: FIN and an opcode.
const (
	opText  = 0x80 | 0x1
	opClose = 0x80 | 0x8
	opPing  = 0x80 | 0x9
	opPong  = 0x80 | 0xA
)

// raw is a client that writes WebSocket frames itself, so it can violate the protocol.
type raw struct {
	t testing.TB
	net.Conn
	r *bufio.Reader
}

// raw connects and sends extra in the same segment as its handshake.
func (h *house) raw(t testing.TB, extra []byte, topics ...Topic) *raw {
	t.Helper()
	conn := h.dial(t)
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	c := &raw{t, conn, bufio.NewReader(conn)}
	greet(t, conn, c.r, query(topics), extra)
	for _, topic := range topics {
		wait(t, "to be watched: "+string(topic), func() bool { return h.Watched(topic) })
	}
	return c
}

// tcp returns the connection beneath TLS, or the connection itself.
func (c *raw) tcp() *net.TCPConn {
	if over, ok := c.Conn.(*tls.Conn); ok {
		return over.NetConn().(*net.TCPConn)
	}
	return c.Conn.(*net.TCPConn)
}

// greet performs the handshake of a client.
func greet(t testing.TB, conn net.Conn, r *bufio.Reader, path string, extra []byte) {
	t.Helper()
	hello := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: hub\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", path)
	if _, err := conn.Write(append(hello, extra...)); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("handshake answered with %s", resp.Status)
	}
}

// masked frames a payload of less than 64 KiB from client to server. first is the
// frame's first byte.
func masked(first byte, payload string) []byte {
	b := []byte{first}
	if len(payload) < 126 {
		b = append(b, 0x80|byte(len(payload)))
	} else {
		b = append(b, 0x80|126)
		b = binary.BigEndian.AppendUint16(b, uint16(len(payload)))
	}
	b = append(b, 0, 0, 0, 0) // a mask that changes nothing
	return append(b, payload...)
}

func (c *raw) write(b []byte) {
	c.t.Helper()
	if _, err := c.Write(b); err != nil {
		c.t.Fatal(err)
	}
}

// frame reads one frame from server to client that is neither pulse nor ping.
func (c *raw) frame() (first byte, payload []byte, err error) {
	for {
		first, payload, err = c.any()
		if err != nil || first != opPing && !isPulse(string(payload)) {
			return first, payload, err
		}
	}
}

func (c *raw) any() (first byte, payload []byte, err error) {
	var head [2]byte
	if _, err := io.ReadFull(c.r, head[:]); err != nil {
		return 0, nil, err
	}
	n := uint64(head[1])
	switch n {
	case 126:
		var long [2]byte
		_, err = io.ReadFull(c.r, long[:])
		n = uint64(binary.BigEndian.Uint16(long[:]))
	case 127:
		var long [8]byte
		_, err = io.ReadFull(c.r, long[:])
		n = binary.BigEndian.Uint64(long[:])
	}
	if err != nil {
		return 0, nil, err
	}
	if n > 16<<20 {
		return 0, nil, fmt.Errorf("a frame of %d bytes: the stream is damaged", n)
	}
	payload = make([]byte, n)
	_, err = io.ReadFull(c.r, payload)
	return head[0], payload, err
}

// goodbye reads on to the end of the stream. It fails unless the stream ends
// with one close frame and nothing after, and returns that frame's code.
func (c *raw) goodbye() int {
	c.t.Helper()
	code := 0
	for {
		first, payload, err := c.frame()
		switch {
		case err == io.EOF && code != 0:
			return code
		case err != nil:
			c.t.Fatalf("the stream ended with %v after code %d", err, code)
		case code != 0:
			c.t.Fatalf("frame %#x after a close frame", first)
		case first == opClose:
			code = int(binary.BigEndian.Uint16(payload))
			if !utf8.Valid(payload[2:]) {
				c.t.Errorf("close frame with the text %q", payload[2:])
			}
		}
	}
}
