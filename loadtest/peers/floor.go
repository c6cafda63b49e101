package main

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
)

// floorPeer is the lower bound for a server in Go: it writes to sockets and does
// nothing else. It does not read after the handshake. A watcher that does not
// read blocks all others.
func floorPeer() peer { return builtinPeer("floor", "bare sockets, a write loop") }

type floor struct {
	listener net.Listener

	mu    sync.Mutex // held during a whole fan-out
	conns []net.Conn
}

func serveFloor(ctx context.Context, listen string) error {
	f, err := listenFloor(listen)
	if err != nil {
		return err
	}
	return f.serve(ctx)
}

func listenFloor(address string) (*floor, error) {
	l, err := net.Listen("tcp", address)
	return &floor{listener: l}, err
}

// serve accepts connections until ctx is done.
func (f *floor) serve(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() { f.listener.Close() })()
	for {
		c, err := f.listener.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		go f.answer(c) // ends with the handshake, or with the publisher's connection
	}
}

// answer implements the part of HTTP that the client needs.
func (f *floor) answer(c net.Conn) {
	requests := bufio.NewReader(c)
	for {
		r, err := http.ReadRequest(requests)
		if err != nil {
			c.Close()
			return
		}
		if r.Method == http.MethodGet {
			f.join(c, r.Header.Get("Sec-WebSocket-Key"))
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			c.Close()
			return
		}
		f.publish(encodeText(body))
		fmt.Fprint(c, "HTTP/1.1 204 No Content\r\n\r\n")
	}
}

// join completes the handshake and adds the connection.
func (f *floor) join(c net.Conn, key string) {
	hash := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	f.mu.Lock()
	defer f.mu.Unlock()
	fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(hash[:]))
	f.conns = append(f.conns, c)
}

func (f *floor) publish(frame []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.conns {
		_, _ = c.Write(frame) // the client notices lost connections
	}
}

// encodeText returns an unmasked text frame.
func encodeText(payload []byte) []byte {
	frame := []byte{0x81}
	switch n := len(payload); {
	case n < 126:
		frame = append(frame, byte(n))
	case n < 1<<16:
		frame = binary.BigEndian.AppendUint16(append(frame, 126), uint16(n))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, 127), uint64(n))
	}
	return append(frame, payload...)
}
