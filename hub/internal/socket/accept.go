package socket

import (
	"bufio"
	"bytes"
	"errors"
	"maps"
	"net"
	"net/http"

	"github.com/coder/websocket"
)

const (
	readLimit = 1 << 10 // bytes of a message that is answered with 1008 rather than 1009

	// What the library keeps per connection, in bytes. A whole control frame (at most
	// 127 bytes) must fit into the second, so that it reaches library.Write in one
	// piece. A viewer sends hardly anything else either.
	readBuffer  = 128
	writeBuffer = 128
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
	lib.SetReadLimit(readLimit)
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
	c.early = bytes.Clone(early)
	c.Conn = nc
	c.sealer, c.wire = newSealer(nc)
	c.attempt.init(c.wire)
	BoundBacklog(nc)
	l := (*library)(c)
	return l, bufio.NewReadWriter(bufio.NewReaderSize(l, readBuffer), bufio.NewWriterSize(l, writeBuffer)), nil
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
