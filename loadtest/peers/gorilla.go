package main

import (
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

// gorillaPeer uses gorilla/websocket in its fastest way: prepared messages, one
// write loop, small read buffers, shared write buffers. Each connection has one
// goroutine. A watcher that does not read blocks all others.
func gorillaPeer() peer {
	return builtinPeer("gorilla", "gorilla/websocket, prepared messages")
}

type gorilla struct {
	upgrader websocket.Upgrader

	mu    sync.Mutex // held during a whole fan-out
	conns map[*websocket.Conn]struct{}
}

func newGorilla() *gorilla {
	return &gorilla{
		upgrader: websocket.Upgrader{ReadBufferSize: 512, WriteBufferSize: 1024, WriteBufferPool: &sync.Pool{}},
		conns:    map[*websocket.Conn]struct{}{},
	}
}

func (g *gorilla) watch(w http.ResponseWriter, r *http.Request) {
	c, err := g.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has sent the response
	}
	g.mu.Lock()
	g.conns[c] = struct{}{}
	g.mu.Unlock()
	go g.read(c) // ends with the connection
}

// read discards messages, so that the library answers control frames.
func (g *gorilla) read(c *websocket.Conn) {
	for {
		if _, _, err := c.NextReader(); err != nil {
			break
		}
	}
	g.mu.Lock()
	delete(g.conns, c)
	g.mu.Unlock()
	c.Close()
}

func (g *gorilla) publish(frame []byte) error {
	m, err := websocket.NewPreparedMessage(websocket.TextMessage, frame)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.conns {
		_ = c.WritePreparedMessage(m) // the client notices lost connections
	}
	return nil
}
