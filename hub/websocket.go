package hub

import (
	"fmt"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"junban/hub/internal/socket"
)

// ServeWebSocket makes the request a WebSocket that watches the topics until
// the client leaves or the hub closes. It returns after the handshake, so that what
// the handler holds can be freed. The caller checks topics and origin.
//
// An error wraps [ErrUpgrade], [ErrDraining], [ErrFull] or [ErrTooManyWatchers], and
// means that nothing has been answered yet.
func (h *Hub) ServeWebSocket(w http.ResponseWriter, r *http.Request, topics []Topic, o WatchOptions) error {
	counted, err := h.admit(o.Priority, o.Limits)
	if err != nil {
		return err
	}
	c := &wsConn{watcher: watcher{hub: h, counted: counted}}
	if err := c.socket.Accept(w, r, o.Subprotocol, c); err != nil {
		h.discharge(counted)
		return fmt.Errorf("%w: %w", ErrUpgrade, err)
	}
	h.m.connections.WithLabelValues(webSocket).Inc()
	h.sockets.Add(1)
	if c.joined = h.join(c, topics, o.Pulse) == nil; !c.joined {
		c.kill(closedDrained) // the drain began during the handshake
	}
	c.forget = o.whenDone(func() {
		c.socket.Goodbye(websocket.StatusPolicyViolation, "no longer allowed", closedRevoked)
	})
	c.socket.Listen(&h.poller)
	return nil
}

// wsConn is a WebSocket connection.
type wsConn struct {
	socket socket.Conn
	watcher
	first  int         // the sub that is asked first, so that each has its turn; the socket's lock guards it
	forget func() bool // of whenDone
	joined bool
}

// Over implements [socket.Owner].
func (c *wsConn) Over() { go c.leave() }

// leave forgets the connection, which is closed.
func (c *wsConn) leave() {
	defer c.hub.discharge(c.counted)
	c.forget()
	if c.joined {
		c.hub.leave(c)
	}
	c.hub.m.connections.WithLabelValues(webSocket).Dec()
	c.hub.sockets.Add(-1)
	c.hub.m.closed.WithLabelValues(webSocket, c.socket.CloseReason()).Inc()
}

// wake sends what is new of s.
func (c *wsConn) wake(s *sub, t *tally) {
	c.socket.Lock()
	defer c.socket.Unlock()
	for !c.socket.Busy() && !c.socket.Closed() {
		m := s.next(false, t)
		if m == nil {
			return
		}
		c.socket.Send(m.ws)
	}
}

// heartbeat sends a pulse, a ping, or both. A busy connection gets neither: its flush
// notices by itself when the client is gone.
func (c *wsConn) heartbeat(b *heartbeat, on due) {
	c.socket.Lock()
	defer c.socket.Unlock()
	switch {
	case c.socket.Closed():
	case c.socket.Busy():
		c.Skip()
	case !on.ping:
		c.socket.Send(b.pulse.ws)
	case c.socket.Unanswered.Add(1) > maxPings:
		c.socket.Shut(closedDead)
	case on.pulse:
		c.socket.Send(b.both)
	default:
		c.socket.Send(b.ping)
	}
}

// bye sends a message that is no state.
func (c *wsConn) bye(m *message) {
	c.socket.Lock()
	defer c.socket.Unlock()
	if !c.socket.Closed() {
		c.socket.Queue(m.ws)
	}
}

// end sends the newest frame of each topic, held or not, and closes.
func (c *wsConn) end(reason string) {
	t := c.tally()
	c.socket.Lock()
	for i := 0; i < len(c.subs) && !c.socket.Closed(); i++ {
		for m := c.subs[i].next(true, &t); m != nil; m = c.subs[i].next(true, &t) {
			c.socket.Queue(m.ws)
		}
	}
	c.socket.Unlock()
	t.settle()
	c.socket.Goodbye(websocket.StatusServiceRestart, "restarting", reason)
}

func (c *wsConn) kill(reason string) { c.socket.Kill(reason) }

func (c *wsConn) tally() tally { return tally{m: c.hub.m, frames: c.hub.m.socketFrames} }

// Park implements [socket.Owner].
func (c *wsConn) Park() {
	c.hub.m.parked.Inc()
	c.hub.wg.Add(1)
	go c.flush()
}

// flush writes what waits, until nothing does.
func (c *wsConn) flush() {
	defer c.hub.wg.Done()
	defer c.hub.m.parked.Dec()
	t := c.tally()
	c.socket.Flush(func() []byte { return c.due(&t) }, t.settle)
}

// due returns the next frame that the connection lacks. The socket is locked.
func (c *wsConn) due(t *tally) []byte {
	for range c.subs {
		s := &c.subs[c.first]
		c.first = (c.first + 1) % len(c.subs)
		if m := s.next(false, t); m != nil {
			return m.ws
		}
	}
	return nil
}

// Skip implements [socket.Owner].
func (c *wsConn) Skip() { c.hub.m.busy.Inc() }

// WriteTimeout implements [socket.Owner].
func (c *wsConn) WriteTimeout() time.Duration { return c.hub.o.WriteTimeout }

// Second implements [socket.Owner].
func (c *wsConn) Second() uint32 { return c.hub.wheel.now.Load() }
