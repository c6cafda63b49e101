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
	o := websocket.AcceptOptions{
		InsecureSkipVerify: true, // the caller checks the origin
		CompressionMode:    websocket.CompressionDisabled,
	}
	if subprotocol != "" {
		o.Subprotocols = []string{subprotocol}
	}
	c.owner = owner
	lib, err := websocket.Accept(&handshake{to: w, hj: hj, conn: c, header: make(http.Header)}, r, &o)
	if err != nil {
		return err
	}
	lib.SetReadLimit(maxMessage)
	c.lib = lib
	return nil
}

// handshake is the ResponseWriter that the library answers the handshake on. It
// drops the library's own refusals, because the caller words them. Its Hijack returns
// small buffers and the connection to write beneath.
type handshake struct {
	to     http.ResponseWriter
	hj     http.Hijacker
	conn   *Conn
	header http.Header
}

func (h *handshake) Header() http.Header { return h.header }

func (h *handshake) Write(p []byte) (int, error) { return len(p), nil }

func (h *handshake) WriteHeader(code int) {
	if code == http.StatusSwitchingProtocols {
		maps.Copy(h.to.Header(), h.header)
		h.to.WriteHeader(code)
	}
}

func (h *handshake) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	nc, brw, err := h.hj.Hijack()
	if err != nil {
		return nil, nil, err
	}
	early, err := brw.Reader.Peek(brw.Reader.Buffered())
	if err != nil {
		return nil, nil, err
	}
	c := h.conn
	c.unread = bytes.Clone(early) // Listen reads it
	c.sealer, c.wire = newSealer(nc)
	c.fd = int32(descriptor(c.wire))
	BoundBacklog(nc)
	l := &library{c.wire, c}
	return l, bufio.NewReadWriter(bufio.NewReaderSize(l, libraryReadBuffer), bufio.NewWriterSize(l, libraryWriteBuffer)), nil
}

// library is a connection as the WebSocket library uses it: to read what is no pong, and
// to write control frames.
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
