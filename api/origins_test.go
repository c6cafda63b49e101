package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

const (
	pharmacy = "https://pharmacy.example"
	stranger = "https://stranger.example"
)

func from(origin string) http.Header { return http.Header{"Origin": {origin}} }

func TestOrigins_OnlyTheSitesThatAClinicAllowsReadItsBoards(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	paths := []string{"/v1/clinics/" + w.number(), "/v1/services/" + w.ref("1") + "/board", "/v1/services/" + w.ref("1") + "/days"}
	events := func(origin string) ask {
		h := from(origin)
		h.Set("Accept", "text/event-stream")
		return ask{method: "GET", path: "/v1/watch?topic=service:" + w.ref("1"), header: h}
	}
	for _, path := range paths { // no list: everybody
		res := w.do(ask{method: "GET", path: path, header: from(stranger)})
		if res.status != 200 || res.header.Get("Access-Control-Allow-Origin") != "*" || res.header.Get("Vary") != "Origin" {
			t.Errorf("%s without a list: %d %v", path, res.status, res.header)
		}
	}
	w.record(func(c *clinic.Clinic) { c.Origins = []string{pharmacy} })
	for _, path := range paths {
		for _, origin := range []string{stranger, "null", strings.Replace(pharmacy, "https", "http", 1), pharmacy + ":8443"} {
			res := w.refused(403, "origin_not_allowed", ask{method: "GET", path: path, header: from(origin)})
			if _, open := res.header["Access-Control-Allow-Origin"]; open || res.header.Get("Vary") != "Origin" {
				t.Errorf("%s tells %s: %v", path, origin, res.header)
			}
		}
		if res := w.do(ask{method: "GET", path: path, header: from(pharmacy)}); res.status != 200 || res.header.Get("Access-Control-Allow-Origin") != pharmacy || res.header.Get("Vary") != "Origin" {
			t.Errorf("%s for the pharmacy: %d %v", path, res.status, res.header)
		}
		for name, h := range map[string]http.Header{"no browser": nil, "our own page": from(w.url)} {
			if res := w.do(ask{method: "GET", path: path, header: h}); res.status != 200 {
				t.Errorf("%s for %s: %d", path, name, res.status)
			}
		}
	}
	res := w.refused(403, "origin_not_allowed", events(stranger))
	if _, open := res.header["Access-Control-Allow-Origin"]; open {
		t.Errorf("the stream tells a stranger: %v", res.header)
	}
	for origin, want := range map[string]int{stranger: 403, pharmacy: 101, w.url: 101} {
		url := strings.Replace(w.url, "http", "ws", 1) + "/v1/watch?topic=clinic:" + w.number()
		c, answer, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{Subprotocols: []string{wire.Subprotocol}, HTTPHeader: from(origin)})
		if c != nil {
			defer c.CloseNow()
		}
		if answer == nil || answer.StatusCode != want {
			t.Errorf("a socket for %s: %v, %v; want %d", origin, answer, err, want)
		}
	}
}

func TestOrigins_OneTopicThatIsNotAllowedRefusesTheWatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.clinic
	other.ID = "9997"
	other.Origins = []string{pharmacy}
	if err := w.put.PutClinic(t.Context(), other, queue.Act{By: clinic.Actor{Kind: "operator"}}); err != nil {
		t.Fatal(err)
	}
	h := from(stranger)
	h.Set("Accept", "text/event-stream")
	res := w.refused(403, "origin_not_allowed", ask{method: "GET", path: "/v1/watch?topic=clinic:" + w.number() + "&topic=clinic:9997", header: h})
	if _, open := res.header["Access-Control-Allow-Origin"]; open {
		t.Errorf("%v", res.header)
	}
}

func TestOrigins_AreSetByAnAdminAndRefusedWhereTheyAreNone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		path := "/v1/clinics/" + w.number() + "/settings"
		s := get[wire.ClinicSettings](w, 200, ask{method: "GET", path: path, cookie: cookie})
		if s.Origins == nil || len(s.Origins) != 0 {
			t.Fatalf("origins %v before any was set", s.Origins)
		}
		s.Origins = []string{" https://Pharmacy.example/ ", pharmacy, "http://localhost:3000"}
		s = get[wire.ClinicSettings](w, 200, ask{method: "PUT", path: path, cookie: cookie, body: s})
		if want := []string{pharmacy, "http://localhost:3000"}; !slices.Equal(s.Origins, want) {
			t.Errorf("origins %v, want %v", s.Origins, want)
		}
		many := make([]string, 25)
		for i := range many {
			many[i] = fmt.Sprintf("https://p%d.example", i)
		}
		for want, said := range map[string][]string{
			`origins[1]: \"http://pharmacy.example\" is not an origin`: {pharmacy, "http://pharmacy.example"},
			`origins[0]: \"*\" is not an origin`:                       {"*"},
			"origins: has 25 entries, at most 20 are allowed":          many,
		} {
			wrong := s
			wrong.Origins = said
			if res := w.refused(400, "field_invalid", ask{method: "PUT", path: path, cookie: cookie, body: wrong}); !strings.Contains(string(res.body), want) {
				t.Errorf("want %s named: %s", want, res.body)
			}
		}
		w.refused(403, "origin_not_allowed", ask{method: "GET", path: "/v1/clinics/" + w.number(), header: from(stranger)})
	})
}
