package main

import (
	"context"
	"io"
	"net/http"
	"sync"

	"github.com/coder/websocket"
)

// plainPeer is what one writes after reading the library's own chat example: a
// goroutine per connection that waits for messages and calls Conn.Write.
func plainPeer() peer { return ourPeer("plain", "coder/websocket, Conn.Write") }

type plain struct {
	mu   sync.Mutex
	subs map[chan []byte]struct{}
}

func newPlain() http.Handler {
	p := &plain{subs: map[chan []byte]struct{}{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /watch", p.watch)
	mux.HandleFunc("POST /publish", p.publish)
	return mux
}

func (p *plain) watch(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // Accept has answered
	}
	defer c.CloseNow()
	frames := make(chan []byte, 16) // as in the example; more behind than this is too slow
	p.mu.Lock()
	p.subs[frames] = struct{}{}
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.subs, frames)
		p.mu.Unlock()
	}()
	ctx := c.CloseRead(context.Background())
	for {
		select {
		case f := <-frames:
			if writeIn(ctx, c, f) != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

func writeIn(ctx context.Context, c *websocket.Conn, f []byte) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return c.Write(ctx, websocket.MessageText, f)
}

func (p *plain) publish(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for frames := range p.subs {
		select {
		case frames <- body:
		default: // the client notices what is missing
		}
	}
	w.WriteHeader(http.StatusNoContent)
}
