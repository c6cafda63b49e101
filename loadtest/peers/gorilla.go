package main

import (
	"io"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

// gorillaPeer is the library at its best: messages prepared once, one loop that
// writes them, small read buffers, shared write buffers, one goroutine per
// connection. A watcher that takes no bytes holds up all others.
func gorillaPeer() peer { return ourPeer("gorilla", "gorilla/websocket, prepared messages") }

type gorilla struct {
	upgrader websocket.Upgrader

	mu    sync.Mutex // held for a whole fan-out
	conns map[*websocket.Conn]struct{}
}

func newGorilla() http.Handler {
	g := &gorilla{
		upgrader: websocket.Upgrader{ReadBufferSize: 512, WriteBufferSize: 1024, WriteBufferPool: &sync.Pool{}},
		conns:    map[*websocket.Conn]struct{}{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /watch", g.watch)
	mux.HandleFunc("POST /publish", g.publish)
	return mux
}

func (g *gorilla) watch(w http.ResponseWriter, r *http.Request) {
	c, err := g.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	g.mu.Lock()
	g.conns[c] = struct{}{}
	g.mu.Unlock()
	go g.read(c) // ends with the connection
}

// read takes what the watcher says, so that control frames are answered.
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

func (g *gorilla) publish(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	m, err := websocket.NewPreparedMessage(websocket.TextMessage, body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.conns {
		_ = c.WritePreparedMessage(m) // a lost connection is no error here: the client notices what is missing
	}
	w.WriteHeader(http.StatusNoContent)
}
