package hub

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

const (
	readLimit = 1 << 10         // bytes of a message that is answered with 1008 rather than 1009
	closeWait = 5 * time.Second // for the client to answer a goodbye

	// What the library keeps per connection, in bytes. A whole control frame
	// (at most 127) has to fit into the second, so that it reaches wsConn.Write
	// in one piece; a viewer sends hardly anything else either.
	readBuffer  = 128
	writeBuffer = 128
)

// ServeWebSocket makes the request a WebSocket that watches the topics until
// the client leaves or the hub closes, and returns as soon as that has begun,
// so that what the handler holds can be freed. Topics and origin have been
// judged by the caller.
//
// An error wraps [ErrUpgrade], [ErrDraining], [ErrFull] or [ErrCrowded], and
// means that nothing has been answered yet.
func (h *Hub) ServeWebSocket(w http.ResponseWriter, r *http.Request, topics []Topic, o WatchOptions) error {
	counted, err := h.admit(o.Priority, o.Limits)
	if err != nil {
		return err
	}
	c := &wsConn{watcher: watcher{hub: h, counted: counted}}
	if err := c.accept(w, r, o.Subprotocol); err != nil {
		h.discharge(counted)
		return err
	}
	h.m.connections.WithLabelValues(webSocket).Inc()
	h.sockets.Add(1)
	joined := h.join(c, topics, o.Pulse) == nil
	if !joined {
		c.kill(closedDrained) // the drain began during the handshake
	}
	forget := o.whenDone(func() {
		c.close(websocket.StatusPolicyViolation, "no longer allowed", closedRevoked)
	})
	go c.serve(joined, forget)
	return nil
}

// wsConn is a WebSocket connection, and the net.Conn that the library believes
// it owns. The library reads, and writes control frames; everything else is
// written beneath it (wswrite.go).
type wsConn struct {
	writing
	watcher
	net.Conn
	lib *websocket.Conn
	hearing
}

// accept performs the handshake.
func (c *wsConn) accept(w http.ResponseWriter, r *http.Request, subprotocol string) error {
	hj, ok := hijacker(w)
	if !ok {
		return fmt.Errorf("%w: %s cannot be hijacked", ErrUpgrade, r.Proto)
	}
	o := websocket.AcceptOptions{
		InsecureSkipVerify: true, // the caller has judged the origin
		CompressionMode:    websocket.CompressionDisabled,
	}
	if subprotocol != "" {
		o.Subprotocols = []string{subprotocol}
	}
	lib, err := websocket.Accept(&handshake{to: w, hj: hj, conn: c, header: make(http.Header)}, r, &o)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUpgrade, err)
	}
	lib.SetReadLimit(readLimit)
	c.lib = lib
	return nil
}

// serve reads until the connection is over, and then buries it.
func (c *wsConn) serve(joined bool, forget func() bool) {
	defer c.hub.discharge(c.counted)
	c.idle()
	c.listen()
	forget()
	c.kill(closedLeft)
	_ = c.lib.CloseNow() // the socket is closed already; this frees the library's part
	if joined {
		c.hub.leave(c)
	}
	c.hub.m.connections.WithLabelValues(webSocket).Dec()
	c.hub.sockets.Add(-1)
	c.hub.m.closed.WithLabelValues(webSocket, c.cause()).Inc()
}

// listen returns when nothing more can be said or heard. A viewer has nothing
// to say, so whatever ends the first Read ends the connection.
func (c *wsConn) listen() {
	_, _, err := c.lib.Read(context.Background())
	switch {
	case c.lost:
		return
	case c.loud:
		c.close(websocket.StatusPolicyViolation, "this socket only listens", closedInbound)
	case err == nil:
		c.close(websocket.StatusPolicyViolation, "this socket only listens", closedData)
	case websocket.CloseStatus(err) != -1:
		c.close(websocket.StatusNormalClosure, "", closedLeft) // the library has answered already
	case errors.Is(err, websocket.ErrMessageTooBig):
		c.close(websocket.StatusMessageTooBig, "", closedTooBig) // and here
	default:
		c.close(websocket.StatusProtocolError, "", closedProtocol) // and here, for some errors
	}
	// The goodbye may still wait for its turn, and a socket that is closed with
	// bytes unread is reset, which would lose it. So the client closes first.
	_ = c.SetReadDeadline(time.Now().Add(closeWait))
	_, _ = io.CopyN(io.Discard, c.Conn, 1<<20)
}

// Close closes the socket for the library, unless a goodbye is on its way:
// then serve does, in a moment.
func (c *wsConn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.shut(closedLeft)
	}
	return nil
}

// handshake is the ResponseWriter that the library answers the handshake on. It
// swallows the library's own refusals, which are the caller's to word, and
// hands out small buffers and the connection to write beneath.
type handshake struct {
	to     http.ResponseWriter
	hj     http.Hijacker
	conn   *wsConn
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
	c.attempt.init(nc)
	boundBacklog(nc)
	return c, bufio.NewReadWriter(bufio.NewReaderSize(c, readBuffer), bufio.NewWriterSize(c, writeBuffer)), nil
}

// below returns the connection that a TLS connection runs on, or nc itself.
func below(nc net.Conn) net.Conn {
	if t, ok := nc.(interface{ NetConn() net.Conn }); ok {
		return t.NetConn()
	}
	return nc
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
