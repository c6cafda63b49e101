package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// watcher is one connection of a crowd.
type watcher struct {
	fd       int
	upgraded bool
	partial  []byte // what came of a frame that is not whole yet
	version  int    // newest that it was shown
	change   int    // newest that it was shown
}

// The opcodes of RFC 6455 that a server may send here.
const (
	opText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
)

// send writes a few bytes, which a socket that nothing waits in always takes.
func (w *watcher) send(b []byte) error {
	n, err := unix.Write(w.fd, b)
	if err == nil && n < len(b) {
		err = errors.New("the socket took only a part")
	}
	return err
}

// say sends a client's frame, masked with zero as the cheapest of all keys.
func (w *watcher) say(op byte, payload []byte) error {
	if len(payload) > 125 {
		return errors.New("too much to say")
	}
	return w.send(append([]byte{0x80 | op, 0x80 | byte(len(payload)), 0, 0, 0, 0}, payload...))
}

// read takes all that a watcher's socket holds.
func (c *crowd) read(w *watcher) error {
	for {
		n, err := unix.Read(w.fd, c.buf)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return nil
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return err
		case n == 0:
			return errors.New("the server hung up")
		}
		if err := c.feed(w, c.buf[:n]); err != nil {
			return err
		}
		if n < len(c.buf) {
			return nil // the rest is announced again
		}
	}
}

// feed takes the next bytes of a watcher's stream, however they were cut.
func (c *crowd) feed(w *watcher, b []byte) error {
	if len(w.partial) > 0 {
		w.partial = append(w.partial, b...)
		b = w.partial
	}
	if !w.upgraded {
		head, rest, whole := bytes.Cut(b, []byte("\r\n\r\n"))
		if whole {
			if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
				return fmt.Errorf("the handshake is answered %.100q", head)
			}
			w.upgraded = true
			if !c.peer.socketIO {
				c.joined++
			}
			b = rest
		}
	}
	for w.upgraded {
		op, payload, rest, whole := cutFrame(b)
		if !whole {
			break
		}
		if err := c.hear(w, op, payload); err != nil {
			return err
		}
		b = rest
	}
	w.partial = append(w.partial[:0], b...)
	return nil
}

// cutFrame splits an unmasked frame off b.
func cutFrame(b []byte) (op byte, payload, rest []byte, whole bool) {
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

func (c *crowd) hear(w *watcher, op byte, payload []byte) error {
	switch op {
	case opText:
		if c.peer.socketIO {
			return c.hearPacket(w, payload)
		}
		return c.see(w, payload)
	case opPing:
		return w.say(opPong, payload)
	case opPong:
		return nil
	case opClose:
		return fmt.Errorf("the server closes: %q", payload)
	}
	return fmt.Errorf("a frame of type %d", op)
}

// hearPacket takes a packet of Engine.IO 4, and of Socket.IO within it.
func (c *crowd) hearPacket(w *watcher, packet []byte) error {
	switch {
	case bytes.HasPrefix(packet, []byte("42")): // an event
		return c.see(w, packet)
	case bytes.HasPrefix(packet, []byte("40")): // welcome to the namespace
		c.joined++
		return nil
	case bytes.HasPrefix(packet, []byte("0")): // the session is open: ask for the namespace
		return w.say(opText, []byte("40"))
	case bytes.HasPrefix(packet, []byte("2")): // ping
		return w.say(opText, []byte("3"))
	}
	return fmt.Errorf("a packet %.50q", packet)
}

// see notes what a watcher is shown.
func (c *crowd) see(w *watcher, text []byte) error {
	version, change, ok := parseFrame(text)
	if !ok {
		return nil // a pulse
	}
	if version < w.version || change < w.change {
		return fmt.Errorf("it went from version %d, change %d back to version %d, change %d", w.version, w.change, version, change)
	}
	w.version = version
	if change == w.change {
		return nil // the state of before the first change, or the same again
	}
	if change > c.change {
		return fmt.Errorf("it sees change %d before it is made", change)
	}
	w.change = change
	c.deliveries++
	c.size = len(text)
	if change == c.change {
		if c.have++; c.have == len(c.watchers) {
			c.last = time.Now()
		}
	}
	return nil
}
