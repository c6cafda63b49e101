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
	// patience is how long anything may take before the run counts as failed.
	patience = 2 * time.Minute
	// bufferSize is what one watcher keeps to read into, in bytes; a larger
	// frame makes it grow.
	bufferSize = 2 << 10
	// closingWait is how long after the moment named in a goodbye the server
	// may take to close.
	closingWait = 5 * time.Second
)

// watcher is one screen: a connection, another one when that ends, and the
// newest board. It has one goroutine.
type watcher struct {
	crew *crew
	id   int

	mu      sync.Mutex    // guards what follows
	conn    net.Conn      // nil while there is none
	back    time.Duration // when to come back once conn has ended; negative: it was not to end
	due     time.Time     // when the last goodbye said to come back
	opens   int
	epoch   string
	version uint64
	last    []byte // newest board frame
	boards  int    // board frames
	met     *target
}

// run watches until the crew goes home, and comes back whenever it may.
func (w *watcher) run(ctx context.Context) {
	for at := 0; ctx.Err() == nil; {
		conn, early, err := w.dial(ctx, w.crew.order.URLs[at])
		if err != nil {
			w.crew.fail(ctx, fmt.Errorf("watcher %d: %w", w.id, err))
			return
		}
		if w.crew.order.Stalled {
			select {
			case <-w.crew.awake:
			case <-ctx.Done():
				return
			}
		}
		goodbye, err := w.read(conn, early)
		conn.Close()
		wait := w.leave()
		switch {
		case ctx.Err() != nil:
			return
		case !goodbye.IsZero():
			wait = time.Until(goodbye)
			at = (at + 1) % len(w.crew.order.URLs)
		case wait < 0:
			w.crew.fail(ctx, fmt.Errorf("watcher %d was cut off: %w", w.id, err))
			return
		}
		if !sleep(ctx, wait) {
			return
		}
	}
}

// dial tries until it is let in, for as long as patience lasts.
func (w *watcher) dial(ctx context.Context, base string) (net.Conn, []byte, error) {
	if w.opens == 0 { // who comes back waits for nobody
		if !w.crew.enter(ctx) {
			return nil, nil, ctx.Err()
		}
		defer w.crew.entered()
	}
	for deadline := time.Now().Add(patience); ; {
		conn, early, err := shake(ctx, base, w.crew.order.Topic, address(w.crew.order.First+w.id), w.crew.order.Stalled)
		if err == nil {
			w.mu.Lock()
			defer w.mu.Unlock()
			if ctx.Err() != nil {
				conn.Close()
				return nil, nil, ctx.Err()
			}
			w.conn, w.back = conn, -1
			w.opens++
			if w.crew.order.Stalled {
				w.back = 0 // who takes nothing may be closed
				w.crew.meet(w, time.Now())
			}
			return conn, early, nil
		}
		wait := 100*time.Millisecond + rand.N(400*time.Millisecond)
		if no, ok := errors.AsType[*refusal](err); ok {
			if no.status != http.StatusTooManyRequests && no.status != http.StatusServiceUnavailable {
				return nil, nil, err
			}
			wait += no.after
		}
		w.crew.refused.Add(1)
		if time.Now().Add(wait).After(deadline) {
			return nil, nil, err
		}
		if !sleep(ctx, wait) {
			return nil, nil, ctx.Err()
		}
	}
}

// leave forgets the connection and says when to come back; negative: nobody
// said that this one would end.
func (w *watcher) leave() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conn = nil
	return w.back
}

// cut ends the connection as a lost network does; the watcher comes back.
func (w *watcher) cut(back time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conn != nil {
		w.back = back
		w.conn.Close()
	}
}

// read takes frames until the connection ends. It returns when the server said
// that it may come back, if it did.
func (w *watcher) read(conn net.Conn, early []byte) (goodbye time.Time, err error) {
	in := frames{from: conn, buf: make([]byte, max(bufferSize, len(early)))}
	in.end = copy(in.buf, early)
	for {
		op, payload, err := in.next()
		if err != nil {
			return goodbye, err
		}
		at := time.Now()
		switch op {
		case opText:
			if err := w.take(payload, at, &goodbye); err != nil {
				w.crew.wrong(fmt.Errorf("watcher %d: %w", w.id, err))
				return goodbye, err
			}
			if goodbye.IsZero() {
				continue
			}
			if w.id%2 == 0 { // as our pages do; the others wait to be closed
				_, err := conn.Write(appendControl(nil, opClose, []byte{0x03, 0xE8}))
				return goodbye, err
			}
			if err := conn.SetReadDeadline(goodbye.Add(closingWait)); err != nil {
				return goodbye, err
			}
		case opPing:
			if _, err := conn.Write(appendControl(nil, opPong, payload)); err != nil {
				return goodbye, err
			}
		case opPong:
		case opClose:
			_, _ = conn.Write(appendControl(nil, opClose, payload[:min(2, len(payload))])) // it is over anyway
			if len(payload) < 2 {
				return goodbye, io.EOF
			}
			code := binary.BigEndian.Uint16(payload)
			w.crew.closed(code)
			return goodbye, fmt.Errorf("closed with %d %s", code, payload[2:])
		default:
			err := fmt.Errorf("frame of type %#x", op)
			w.crew.wrong(fmt.Errorf("watcher %d: %w", w.id, err))
			return goodbye, err
		}
	}
}

// take reads one text frame.
func (w *watcher) take(payload []byte, at time.Time, goodbye *time.Time) error {
	h, err := scan(payload)
	if err != nil {
		return err
	}
	switch string(h.kind) {
	case wire.TypePulse:
		w.crew.pulses.Add(1)
		return nil
	case wire.TypeStale:
		w.crew.stale.Add(1)
		return nil
	case wire.TypeBye:
		var f wire.Frame
		if err := json.Unmarshal(payload, &f); err != nil {
			return err
		}
		w.crew.byes.Add(1)
		if w.id%2 == 1 {
			w.crew.stayed.Add(1)
		}
		*goodbye = at.Add(time.Duration(f.RetryAfterMs) * time.Millisecond)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.due = *goodbye
		return nil
	case wire.TypeBoard:
	default:
		return fmt.Errorf("frame of type %q on a board's topic", h.kind)
	}
	if w.id == 0 {
		if err := decodesTo(payload, h); err != nil {
			return err
		}
	}
	w.crew.frames.Add(1)
	w.crew.bytes.Add(int64(len(payload)))
	w.mu.Lock()
	defer w.mu.Unlock()
	if string(h.epoch) == w.epoch && h.version < w.version {
		return fmt.Errorf("went from version %d back to %d", w.version, h.version)
	}
	if string(h.epoch) != w.epoch {
		w.epoch = string(h.epoch)
	}
	w.version = h.version
	w.last = append(w.last[:0], payload...)
	w.boards++
	w.crew.meet(w, at)
	return nil
}

// sleep reports whether the time passed before ctx ended.
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
