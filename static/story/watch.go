package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/coder/websocket"

	"junban/api/wire"
)

// pulseInterval is short enough for a wall screen.
const pulseInterval = 5 * time.Second

// watch sends the frames of the requested topics.
func watch(w http.ResponseWriter, r *http.Request, story Story) {
	if story.Line == Dead {
		http.Error(w, "dead", http.StatusServiceUnavailable)
		return
	}
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{wire.Subprotocol}})
	if err != nil {
		return // the library has answered
	}
	defer c.CloseNow()
	ctx := c.CloseRead(r.Context())
	send := func(f wire.Frame) bool {
		text, err := json.Marshal(f)
		return err == nil && c.Write(ctx, websocket.MessageText, text) == nil
	}
	for _, f := range story.Frames {
		if slices.Contains(r.URL.Query()["topic"], f.Topic) && !send(f) {
			return
		}
	}
	if story.Line == Stale && !send(wire.Frame{Type: wire.TypeStale, Since: wire.Time{Time: now}}) {
		return
	}
	pulse := wire.Frame{Type: wire.TypePulse, At: wire.Time{Time: now}}
	for send(pulse) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pulseInterval):
		}
	}
}
