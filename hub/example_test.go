package hub_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"junban/hub"

	"github.com/coder/websocket"
)

func Example() {
	var h *hub.Hub
	h = hub.New(hub.Options{Source: func(t hub.Topic) func() {
		go h.Publish(t, hub.Frame{Epoch: "k3f9a1", Version: 1, Body: []byte(`{"calling":23}`)})
		return func() {}
	}})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h.ServeWebSocket(w, r, []hub.Topic{"service:1234-1"}, hub.WatchOptions{}); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	}))
	defer srv.Close()
	defer h.Close()

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	phone, _, err := websocket.Dial(ctx, srv.URL, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer phone.CloseNow()
	for range 2 {
		_, message, err := phone.Read(ctx)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(string(message))
		h.Publish("service:1234-1", hub.Frame{Epoch: "k3f9a1", Version: 2, Body: []byte(`{"calling":24}`)})
	}
	// Output:
	// {"calling":23}
	// {"calling":24}
}
