package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"junban/api/wire"
)

const (
	// operationTimeout limits every single operation of a run.
	operationTimeout = 2 * time.Minute
	// bufferSize is the initial size of a watcher's read buffer in bytes. A
	// larger frame makes the buffer grow.
	bufferSize = 2 << 10
	// closeTimeout limits how long the server may take to close a connection,
	// counted from the time in its goodbye.
	closeTimeout = 5 * time.Second
)

// watcher keeps one connection to the server, reconnects when that ends, and
// holds the newest board. One goroutine runs it.
type watcher struct {
	worker *worker
	id     int

	mu             sync.Mutex    // guards the fields below
	conn           net.Conn      // nil while disconnected
	reconnectAfter time.Duration // delay once conn ends; negative if it must not end
	reconnectAt    time.Time     // time in the last goodbye
	connections    int           // opened so far
	epoch          string
	version        uint64
	newest         []byte // newest board frame
	boards         int    // number of board frames
	reached        *activeGoal
}

// run keeps the watcher connected until ctx is done. It records an error if the
// server refuses the watcher or closes a connection without a goodbye.
func (w *watcher) run(ctx context.Context) {
	for at := 0; ctx.Err() == nil; {
		conn, early, err := w.dial(ctx, w.worker.request.URLs[at])
		if err != nil {
			w.worker.failUnlessDone(ctx, fmt.Errorf("watcher %d: %w", w.id, err))
			return
		}
		if w.worker.request.Stalled {
			select {
			case <-w.worker.resumed:
			case <-ctx.Done():
				return
			}
		}
		goodbye, err := w.readFrames(conn, early)
		conn.Close()
		delay := w.clearConn()
		switch {
		case ctx.Err() != nil:
			return
		case !goodbye.IsZero():
			delay = time.Until(goodbye)
			at = (at + 1) % len(w.worker.request.URLs)
		case delay < 0:
			w.worker.failUnlessDone(ctx, fmt.Errorf("watcher %d was disconnected: %w", w.id, err))
			return
		}
		if !sleep(ctx, delay) {
			return
		}
	}
}

// dial connects, and retries refused handshakes until the operation times out.
func (w *watcher) dial(ctx context.Context, base string) (net.Conn, []byte, error) {
	if w.connections == 0 { // reconnects are not limited
		if !w.worker.acquireHandshake(ctx) {
			return nil, nil, ctx.Err()
		}
		defer w.worker.releaseHandshake()
	}
	request := &w.worker.request
	for deadline := time.Now().Add(operationTimeout); ; {
		conn, early, err := dialWatch(ctx, base, watchTarget{topics: []string{request.Topic}}, loopbackAddress(request.FirstID+w.id), request.Stalled)
		if err == nil {
			return conn, early, w.connected(ctx, conn)
		}
		delay := 100*time.Millisecond + rand.N(400*time.Millisecond)
		if refused, ok := errors.AsType[*handshakeError](err); ok {
			if refused.status != http.StatusTooManyRequests && refused.status != http.StatusServiceUnavailable {
				return nil, nil, err
			}
			delay += refused.retryAfter
		}
		w.worker.refusedHandshakes.Add(1)
		if time.Now().Add(delay).After(deadline) {
			return nil, nil, err
		}
		if !sleep(ctx, delay) {
			return nil, nil, ctx.Err()
		}
	}
}

// connected stores the new connection, or closes it if ctx is done.
func (w *watcher) connected(ctx context.Context, conn net.Conn) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if ctx.Err() != nil {
		conn.Close()
		return ctx.Err()
	}
	w.conn, w.reconnectAfter = conn, -1
	w.connections++
	if w.worker.request.Stalled {
		w.reconnectAfter = 0 // the server may close a stalled connection
		w.worker.markReached(w, time.Now())
	}
	return nil
}

// clearConn forgets the connection and returns the delay before the next one.
// The delay is negative if the connection had to stay open.
func (w *watcher) clearConn() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conn = nil
	return w.reconnectAfter
}

// disconnect closes the connection without a close frame, as a lost network
// does. The watcher reconnects after the delay.
func (w *watcher) disconnect(delay time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conn != nil {
		w.reconnectAfter = delay
		w.conn.Close()
	}
}

// readFrames reads until the connection ends. If the server sent a goodbye, it
// returns the time from which the watcher may reconnect.
func (w *watcher) readFrames(conn net.Conn, early []byte) (goodbye time.Time, err error) {
	in := frameReader{source: conn, buf: make([]byte, max(bufferSize, len(early)))}
	in.end = copy(in.buf, early)
	for {
		op, payload, err := in.next()
		if err != nil {
			return goodbye, err
		}
		at := time.Now()
		switch op {
		case opText:
			if err := w.receive(payload, at, &goodbye); err != nil {
				w.worker.recordError(fmt.Errorf("watcher %d: %w", w.id, err))
				return goodbye, err
			}
			if goodbye.IsZero() {
				continue
			}
			if !w.awaitsClose() {
				_, err := conn.Write(appendControl(nil, opClose, []byte{0x03, 0xE8})) // 1000
				return goodbye, err
			}
			if err := conn.SetReadDeadline(goodbye.Add(closeTimeout)); err != nil {
				return goodbye, err
			}
		case opPing:
			if _, err := conn.Write(appendControl(nil, opPong, payload)); err != nil {
				return goodbye, err
			}
		case opPong:
		case opClose:
			_, _ = conn.Write(appendControl(nil, opClose, payload[:min(2, len(payload))])) // the connection ends in any case
			if len(payload) < 2 {
				return goodbye, io.EOF
			}
			code := binary.BigEndian.Uint16(payload)
			w.worker.countClose(code)
			return goodbye, fmt.Errorf("closed with %d %s", code, payload[2:])
		default:
			err := fmt.Errorf("frame of type %#x", op)
			w.worker.recordError(fmt.Errorf("watcher %d: %w", w.id, err))
			return goodbye, err
		}
	}
}

// awaitsClose reports whether the watcher leaves the close after a goodbye to
// the server. The others close themselves, as junban's pages do.
func (w *watcher) awaitsClose() bool { return w.id%2 == 1 }

// receive handles one text frame. It sets goodbye if the frame is one.
func (w *watcher) receive(payload []byte, at time.Time, goodbye *time.Time) error {
	h, err := scanHeader(payload)
	if err != nil {
		return err
	}
	switch string(h.kind) {
	case wire.TypePulse:
		w.worker.pulses.Add(1)
		return nil
	case wire.TypeStale:
		w.worker.stale.Add(1)
		return nil
	case wire.TypeBye:
		var f wire.Frame
		if err := json.Unmarshal(payload, &f); err != nil {
			return err
		}
		w.worker.goodbyes.Add(1)
		if w.awaitsClose() {
			w.worker.awaitedClose.Add(1)
		}
		*goodbye = at.Add(time.Duration(f.RetryAfterMs) * time.Millisecond)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.reconnectAt = *goodbye
		return nil
	case wire.TypeBoard:
		return w.receiveBoard(payload, h, at)
	}
	return fmt.Errorf("frame of type %q on a board's topic", h.kind)
}

// receiveBoard stores a board. It returns an error if the version goes backwards.
func (w *watcher) receiveBoard(payload []byte, h frameHeader, at time.Time) error {
	if w.id == 0 { // one watcher is enough for the costly check
		if err := verifyHeader(payload, h); err != nil {
			return err
		}
	}
	w.worker.frames.Add(1)
	w.worker.bytes.Add(int64(len(payload)))
	w.mu.Lock()
	defer w.mu.Unlock()
	if string(h.epoch) == w.epoch && h.version < w.version {
		return fmt.Errorf("went from version %d back to %d", w.version, h.version)
	}
	if string(h.epoch) != w.epoch {
		w.epoch = string(h.epoch)
	}
	w.version = h.version
	w.newest = append(w.newest[:0], payload...)
	w.boards++
	w.worker.markReached(w, at)
	return nil
}

// sleep waits for d and returns true, or returns false when ctx is done.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
