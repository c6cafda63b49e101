package main

import (
	"context"
	"net/http"
	"sync"

	"github.com/coder/websocket"
)

// plainPeer follows the chat example of coder/websocket: one goroutine per
// connection receives messages from a channel and calls Conn.Write.
func plainPeer() peer { return builtinPeer("plain", "coder/websocket, Conn.Write") }

type plain struct {
	mu   sync.Mutex // guards subs
	subs map[chan []byte]struct{}
}

func newPlain() *plain { return &plain{subs: map[chan []byte]struct{}{}} }

func (p *plain) watch(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // Accept has sent the response
	}
	defer c.CloseNow()
	frames := make(chan []byte, 16) // the capacity of the example
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
			if writeWithTimeout(ctx, c, f) != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

func writeWithTimeout(ctx context.Context, c *websocket.Conn, f []byte) error {
	ctx, cancel := context.WithTimeout(ctx, operationTimeout)
	defer cancel()
	return c.Write(ctx, websocket.MessageText, f)
}

func (p *plain) publish(frame []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for frames := range p.subs {
		select {
		case frames <- frame:
		default: // the client notices missing frames
		}
	}
	return nil
}
