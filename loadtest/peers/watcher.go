package main

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sys/unix"
)

// watcher is one connection of a fleet.
type watcher struct {
	fd       int
	tls      *tls.Conn // over fd; nil without TLS
	upgraded bool      // the handshake is complete
	partial  []byte    // the received part of an incomplete frame
	version  int       // of the newest state
	change   int       // of the newest state
}

// Opcodes of WebSocket frames, RFC 6455 §5.2.
const (
	opText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
)

// send writes a few bytes. A short write is an error, as the send buffer is empty.
func (w *watcher) send(b []byte) error {
	if w.tls != nil {
		_, err := w.tls.Write(b)
		return err
	}
	_, err := socket{fd: w.fd}.Write(b)
	return err
}

// read reads what there is. Without anything, it returns EAGAIN.
func (w *watcher) read(b []byte) (int, error) {
	if w.tls != nil {
		return w.tls.Read(b)
	}
	return socket{fd: w.fd}.Read(b)
}

// sendFrame sends a client's frame of at most 125 bytes. Its mask is zero.
func (w *watcher) sendFrame(op byte, payload []byte) error {
	if len(payload) > 125 {
		return errors.New("frame is too large to send")
	}
	return w.send(append([]byte{0x80 | op, 0x80 | byte(len(payload)), 0, 0, 0, 0}, payload...))
}

// readSocket reads all available data of a watcher.
func (f *fleet) readSocket(w *watcher) error {
	for {
		n, err := w.read(f.buf)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return nil
		case errors.Is(err, io.EOF):
			return errors.New("the server closed the connection")
		case err != nil:
			return err
		}
		if err := f.consume(w, f.buf[:n]); err != nil {
			return err
		}
		if n < len(f.buf) && w.tls == nil {
			return nil // epoll reports further data
		}
	}
}

// consume handles the next bytes of a watcher's stream and keeps an incomplete
// frame for the next call.
func (f *fleet) consume(w *watcher, b []byte) error {
	if len(w.partial) > 0 {
		w.partial = append(w.partial, b...)
		b = w.partial
	}
	if !w.upgraded {
		head, rest, complete := bytes.Cut(b, []byte("\r\n\r\n"))
		if complete {
			if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
				return fmt.Errorf("response to the handshake: %.100q", head)
			}
			w.upgraded = true
			if !f.peer.socketIO {
				f.ready++
			}
			b = rest
		}
	}
	for w.upgraded {
		op, payload, rest, complete := cutFrame(b)
		if !complete {
			break
		}
		if err := f.handleFrame(w, op, payload); err != nil {
			return err
		}
		b = rest
	}
	w.partial = append(w.partial[:0], b...)
	return nil
}

// cutFrame returns the first frame of b, which is unmasked, and the bytes after it.
func cutFrame(b []byte) (op byte, payload, rest []byte, complete bool) {
	if len(b) < 2 {
		return 0, nil, b, false
	}
	size, at := int(b[1]), 2
	switch {
	case size == 126 && len(b) >= 4:
		size, at = int(binary.BigEndian.Uint16(b[2:])), 4
	case size == 127 && len(b) >= 10:
		size, at = int(binary.BigEndian.Uint64(b[2:])), 10
	case size >= 126:
		return 0, nil, b, false
	}
	if size > len(b)-at {
		return 0, nil, b, false
	}
	return b[0] & 15, b[at : at+size], b[at+size:], true
}

func (f *fleet) handleFrame(w *watcher, op byte, payload []byte) error {
	switch op {
	case opText:
		if f.peer.socketIO {
			return f.handlePacket(w, payload)
		}
		return f.receiveState(w, payload)
	case opPing:
		return w.sendFrame(opPong, payload)
	case opPong:
		return nil
	case opClose:
		return fmt.Errorf("the server sent a close frame: %q", payload)
	}
	return fmt.Errorf("frame of type %d", op)
}

// handlePacket handles a packet of Engine.IO 4, and the Socket.IO packet in it.
func (f *fleet) handlePacket(w *watcher, packet []byte) error {
	switch {
	case bytes.HasPrefix(packet, []byte("42")): // event
		return f.receiveState(w, packet)
	case bytes.HasPrefix(packet, []byte("40")): // connected to the namespace
		f.ready++
		return nil
	case bytes.HasPrefix(packet, []byte("0")): // open: connect to the namespace
		return w.sendFrame(opText, []byte("40"))
	case bytes.HasPrefix(packet, []byte("2")): // ping
		return w.sendFrame(opText, []byte("3"))
	}
	return fmt.Errorf("packet %.50q", packet)
}

// receiveState notes the version and the change of a state. It returns an error
// if either decreases, or if the change is not made yet.
func (f *fleet) receiveState(w *watcher, text []byte) error {
	version, change, ok := parseFrame(text)
	if !ok {
		return nil // a pulse
	}
	if version < w.version || change < w.change {
		return fmt.Errorf("went from version %d, change %d back to version %d, change %d", w.version, w.change, version, change)
	}
	w.version = version
	if change == w.change {
		return nil // the state before the first change, or a repetition
	}
	if change > f.awaited {
		return fmt.Errorf("received change %d before it is made", change)
	}
	w.change = change
	f.deliveries++
	f.frameSize = len(text)
	if change == f.awaited {
		if f.received++; f.received == len(f.watchers) {
			f.lastReceived = time.Now()
		}
	}
	return nil
}
