package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"junban/api/wire"
)

// try opens a WebSocket from an address, and returns how it was refused.
func (w *world) try(address, topic, token, cookie string) (status int) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client := *w.client
	client.Timeout = 0
	o := &websocket.DialOptions{HTTPClient: &client, Subprotocols: []string{wire.Subprotocol}, HTTPHeader: fromAddress(address)}
	if token != "" {
		o.Subprotocols = append(o.Subprotocols, token)
	}
	if cookie != "" {
		o.HTTPHeader.Set("Cookie", loginCookie+"="+cookie)
	}
	conn, res, err := websocket.Dial(ctx, w.url+watchPath([]string{topic}), o)
	if err == nil {
		w.t.Cleanup(func() { conn.CloseNow() })
	} else if res == nil {
		w.t.Fatal(err)
	}
	return res.StatusCode
}

// pair makes a screen of the clinic and returns its token.
func (w *world) pair(admin string) (id, token string) {
	w.t.Helper()
	p := get[wire.Pairing](w, 201, ask{method: "POST", path: "/v1/pairings"})
	screen := get[wire.Screen](w, 201, ask{
		method: "POST", path: "/v1/clinics/" + w.number() + "/screens", cookie: admin,
		body: wire.NewScreen{Code: p.Code, ScreenSettings: wire.ScreenSettings{Name: "待合室", Services: []string{}, Repeat: 1}},
	})
	return screen.ID, p.Token
}

// TestWatch_StrangersCannotTakeTheDesksPlace fills a clinic's watchers, an
// address's, and then the node's.
func TestWatch_StrangersCannotTakeTheDesksPlace(t *testing.T) {
	t.Parallel()
	const own = "192.0.2.1" // the clinic's network, and its patients' Wi-Fi
	for name, limit := range map[string]func(*Config){
		"clinic":  func(c *Config) { c.WatchersOfClinic = 20 },
		"address": func(c *Config) { c.WatchersOfHome = 20 },
		"node":    func(c *Config) { c.Hub.MaxConns = 20 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, behindProxy, limit)
			admin := w.login()
			id, screen := w.pair(admin)
			mine := w.issue("1", wire.IssueRequest{})
			clinic, ticket, staff := "clinic:"+w.number(), "ticket:"+mine.Ticket.ID, "staff:"+w.number()
			strangers := 0
			for w.try(own, clinic, "", "") == http.StatusSwitchingProtocols {
				strangers++
			}
			if strangers != 18 {
				t.Errorf("%d strangers watch", strangers)
			}
			w.refused(map[string]int{"node": 503}[name]+map[string]int{"clinic": 429, "address": 429}[name],
				map[string]string{"clinic": "too_many_watchers", "address": "too_many_watchers", "node": "node_busy"}[name],
				ask{path: watchPath([]string{clinic}), header: http.Header{"Accept": {"text/event-stream"}, "X-Forwarded-For": {own}}})
			forged := w.number() + "." + strings.Repeat("A", 43)
			for what, status := range map[string]int{
				"a login that was made up":  w.try(own, clinic, "", forged),
				"a screen that was made up": w.try(own, clinic, strings.Repeat("A", 43), ""),
			} {
				if status == http.StatusSwitchingProtocols {
					t.Errorf("%s uses the reserve", what)
				}
			}
			if status := w.try(own, ticket, mine.Token, ""); status != http.StatusSwitchingProtocols {
				t.Errorf("the owner of a ticket gets %d", status)
			}
			if status := w.try(own, ticket, mine.Token, ""); status == http.StatusSwitchingProtocols {
				t.Error("owners of tickets take the desk's place")
			}
			if name == "clinic" { // the other limits have one place left
				w.do(ask{method: "DELETE", path: "/v1/clinics/" + w.number() + "/screens/" + id, cookie: admin})
				if status := w.try(own, clinic, screen, ""); status == http.StatusSwitchingProtocols {
					t.Error("a screen that was removed uses the reserve")
				}
				_, screen = w.pair(admin)
				if status := w.try(own, clinic, screen, ""); status != http.StatusSwitchingProtocols {
					t.Errorf("the screen gets %d", status)
				}
				return
			}
			if status := w.try(own, staff, "", admin); status != http.StatusSwitchingProtocols {
				t.Errorf("the desk gets %d", status)
			}
		})
	}
	t.Run("desk", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, behindProxy, func(c *Config) { c.WatchersOfClinic = 20 })
		admin := w.login()
		for w.try(own, "clinic:"+w.number(), "", "") == http.StatusSwitchingProtocols {
		}
		for _, address := range []string{own, "198.51.100.1"} {
			if status := w.try(address, "staff:"+w.number(), "", admin); status != http.StatusSwitchingProtocols {
				t.Errorf("the desk gets %d from %s", status, address)
			}
		}
	})
}

// TestWatch_HandshakesOfStrangersDoNotDelayTheDesk has strangers begin more
// watches than the node takes, from the desk's own address.
func TestWatch_HandshakesOfStrangersDoNotDelayTheDesk(t *testing.T) {
	t.Parallel()
	const own = "192.0.2.1"
	w := newWorld(t, behindProxy, func(c *Config) { c.Hub.Handshakes = 3 })
	admin := w.login()
	_, screen := w.pair(admin)
	for w.try(own, "clinic:"+w.number(), "", "") == http.StatusSwitchingProtocols {
	}
	if status := w.try(own, "staff:"+w.number(), "", admin); status != http.StatusSwitchingProtocols {
		t.Errorf("the desk gets %d", status)
	}
	if status := w.try(own, "clinic:"+w.number(), screen, ""); status != http.StatusSwitchingProtocols {
		t.Errorf("the screen gets %d", status)
	}
}

// TestWatch_TokensAreBounded offers more subprotocols than a request needs,
// and what is malformed more often than the handshakes allow.
func TestWatch_TokensAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, behindProxy, func(c *Config) { c.Hub.Handshakes = 3 })
	ticket := w.issue("1", wire.IssueRequest{})
	topic := watchPath([]string{"ticket:" + ticket.Ticket.ID})
	offer := func(n int) ask {
		var entries []string
		for i := range n {
			entries = append(entries, fmt.Sprintf("token%d", i))
		}
		return ask{path: topic, header: http.Header{"Accept": {"text/event-stream"}, "Sec-Websocket-Protocol": {strings.Join(entries, ", ")}}}
	}
	for range 20 {
		w.refused(400, "too_many_tokens", offer(18))
		w.refused(400, "topic_required", ask{path: "/v1/watch"})
		w.refused(426, "upgrade_required", ask{path: topic})
	}
	w.refused(403, "token_wrong", offer(17))
}
