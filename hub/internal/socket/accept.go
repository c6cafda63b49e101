package socket

import (
	"bufio"
	"bytes"
	"errors"
	"maps"
	"net"
	"net/http"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// What the library keeps per connection, in bytes. A whole control frame (at most 127
// bytes) must fit into the second, so that it reaches library.Write in one piece.
const (
	libraryReadBuffer  = 128
	libraryWriteBuffer = 128
)

// Accept performs the handshake, and agrees to the subprotocol if the client offers
// it. An error means that nothing has been answered yet.
func (c *Conn) Accept(w http.ResponseWriter, r *http.Request, subprotocol string, owner Owner) error {
	hj, ok := hijacker(w)
	if !ok {
		return errors.New(r.Proto + " cannot be hijacked")
	}
	var subprotocols []string
	if subprotocol != "" {
		subprotocols = []string{subprotocol}
	}
	c.owner = owner
	l := &library{}
	lib, err := newLibrary(l, r, subprotocols, func(header http.Header) error {
		maps.Copy(w.Header(), header)
		w.WriteHeader(http.StatusSwitchingProtocols)
		return c.hijack(hj)
	})
	if err != nil {
		return err
	}
	return lib.CloseNow() // it has no connection, so nothing is closed
}

// hijack takes the connection over from net/http.
func (c *Conn) hijack(hj http.Hijacker) error {
	nc, brw, err := hj.Hijack()
	if err != nil {
		return err
	}
	early, err := brw.Reader.Peek(brw.Reader.Buffered())
	if err != nil {
		return err
	}
	c.unread = bytes.Clone(early) // Listen reads it
	c.sealer, c.wire = newSealer(nc)
	c.fd = int32(descriptor(c.wire))
	BoundBacklog(nc)
	return nil
}

// A handshake that any client could have sent.
var sampleHandshake = &http.Request{
	Method: http.MethodGet, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	Header: http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="},
	},
}

// newReader returns the library's connection, for what is read. The library makes one
// only by a handshake, and each takes 2.4 KB (go test ./hub -bench IdleWatcher). So that
// of the real handshake is dropped. Few viewers ever need another, and get it by a
// handshake that nobody sees.
func (c *Conn) newReader() (*websocket.Conn, error) {
	return newLibrary(&library{c.wire, c}, sampleHandshake, nil, func(http.Header) error { return nil })
}

// newLibrary performs a handshake in the library. answer sends the header of a handshake
// that is in order. The library's own refusals are dropped, because the caller words them.
func newLibrary(l *library, r *http.Request, subprotocols []string, answer func(http.Header) error) (*websocket.Conn, error) {
	lib, err := websocket.Accept(&handshake{library: l, answer: answer, header: http.Header{}}, r, &websocket.AcceptOptions{
		Subprotocols:       subprotocols,
		InsecureSkipVerify: true, // the caller checks the origin
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		return nil, err
	}
	lib.SetReadLimit(maxMessage)
	return lib, nil
}

// handshake is the ResponseWriter that the library answers the handshake on. Its Hijack
// returns small buffers, and the connection that the library uses.
type handshake struct {
	library *library
	answer  func(http.Header) error
	header  http.Header
}

func (h *handshake) Header() http.Header { return h.header }

func (h *handshake) Write(p []byte) (int, error) { return len(p), nil }

func (h *handshake) WriteHeader(int) {}

func (h *handshake) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if err := h.answer(h.header); err != nil {
		return nil, nil, err
	}
	return h.library, bufio.NewReadWriter(bufio.NewReaderSize(h.library, libraryReadBuffer), bufio.NewWriterSize(h.library, libraryWriteBuffer)), nil
}

// library is a connection as the WebSocket library uses it: to read what is no pong, and
// to write control frames. The zero value is of a handshake alone.
type library struct {
	net.Conn
	conn *Conn
}

// Read reads for the library, and waits. What was read before comes first.
func (l *library) Read(p []byte) (int, error) {
	c := l.conn
	c.mu.Lock()
	if len(c.unread) > 0 {
		n := copy(p, c.unread)
		c.unread = c.unread[n:]
		c.mu.Unlock()
		return n, nil
	}
	source := c.source()
	c.mu.Unlock()
	n, err := source.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.account(source, n, err)
	c.answer()
	return n, err
}

// Write takes one control frame from the library. It never waits, so neither does
// the library's reader. Nothing follows a close frame.
func (l *library) Write(p []byte) (int, error) {
	c := l.conn
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
	case p[0] == opClose:
		if len(p) > 4 && !utf8.Valid(p[4:]) {
			p = append([]byte{opClose, 2}, p[2:4]...) // the library repeats any text of the client
		}
		c.sendClose(bytes.Clone(p))
	case c.busy && c.waiting != nil && len(c.waiting.queue)+len(p) > maxQueue:
		c.owner.Skip()
	default:
		c.Queue(bytes.Clone(p))
	}
	return len(p), nil
}

// Close closes the socket for the library, unless a close frame is being sent: then the
// client closes first.
func (l *library) Close() error {
	c := l.conn
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.Shut(Left)
	}
	return nil
}

// hijacker finds the writer beneath w that gives away its connection.
func hijacker(w http.ResponseWriter) (http.Hijacker, bool) {
	for {
		switch v := w.(type) {
		case http.Hijacker:
			return v, true
		case interface{ Unwrap() http.ResponseWriter }:
			w = v.Unwrap()
		default:
			return nil, false
		}
	}
}

// below returns the connection to the network that nc runs on, or nc itself.
func below(nc net.Conn) net.Conn {
	for {
		t, ok := nc.(interface{ NetConn() net.Conn })
		if !ok {
			return nc
		}
		nc = t.NetConn()
	}
}
