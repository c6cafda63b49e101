package api

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"junban/api/wire"
)

// viewer reads the frames of a watch.
type viewer struct {
	t    *testing.T
	read func() (string, error)
}

// raw returns the next frame that is wanted, as it came.
func (v *viewer) raw(wanted func(wire.Frame) bool) string {
	v.t.Helper()
	for {
		text, err := v.read()
		if err != nil {
			v.t.Fatalf("the watch ended: %v", err)
		}
		var f wire.Frame
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			v.t.Fatalf("%v: %s", err, text)
		}
		if strings.Contains(text, "\n") {
			v.t.Errorf("more than one line: %s", text)
		}
		checkFrame(v.t, text)
		if wanted(f) {
			return text
		}
	}
}

func (v *viewer) next(wanted func(wire.Frame) bool) wire.Frame {
	v.t.Helper()
	var f wire.Frame
	if err := json.Unmarshal([]byte(v.raw(wanted)), &f); err != nil {
		v.t.Fatal(err)
	}
	return f
}

func watchPath(topics []string) string {
	return "/v1/watch?" + url.Values{"topic": topics}.Encode()
}

// waits is how long a test waits for one thing. It is only there so that a broken
// server ends the test: a busy machine must not reach it.
const waits = 5 * time.Minute

// socket opens a WebSocket as a browser does: the token as a subprotocol.
func (w *world) socket(topics []string, token string, cookie ...string) *viewer {
	w.t.Helper()
	o := &websocket.DialOptions{HTTPClient: w.client, Subprotocols: []string{wire.Subprotocol}, HTTPHeader: http.Header{}}
	if token != "" {
		o.Subprotocols = append(o.Subprotocols, token)
	}
	for _, c := range cookie {
		o.HTTPHeader.Set("Cookie", loginCookie+"="+c)
	}
	ctx, cancel := context.WithTimeout(context.Background(), waits)
	client := *w.client
	client.Timeout = 0
	o.HTTPClient = &client
	c, _, err := websocket.Dial(ctx, w.url+watchPath(topics), o)
	if err != nil {
		cancel()
		w.t.Fatal(err)
	}
	if c.Subprotocol() != wire.Subprotocol {
		w.t.Errorf("subprotocol %q", c.Subprotocol())
	}
	c.SetReadLimit(1 << 20)
	w.t.Cleanup(func() { c.CloseNow(); cancel() })
	return &viewer{w.t, func() (string, error) {
		_, text, err := c.Read(ctx)
		return string(text), err
	}}
}

// events opens an event stream as fetch does: the token as a bearer.
func (w *world) events(topics []string, token string) *viewer {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), waits)
	w.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", w.url+watchPath(topics), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := w.client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { res.Body.Close() })
	if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") || res.Header.Get("Access-Control-Allow-Origin") != "*" {
		w.t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	lines := bufio.NewReader(res.Body)
	return &viewer{w.t, func() (string, error) {
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return "", err
			}
			if data, ok := strings.CutPrefix(line, "data: "); ok {
				return strings.TrimSuffix(data, "\n"), nil
			}
		}
	}}
}

func TestWatch_ClickReachesEveryViewer(t *testing.T) {
	t.Parallel()
	for name, world := range map[string]func(*testing.T) *world{
		"model": func(t *testing.T) *world { return newWorld(t) },
		"redis": func(t *testing.T) *world { return newRealWorld(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world(t)
			cookie := w.login()
			mine := w.issue("1", wire.IssueRequest{})
			topics := []string{"service:" + w.ref("1"), "clinic:" + w.number(), "ticket:" + mine.Ticket.ID, "service:" + w.ref("1")}
			viewers := map[string]*viewer{"socket": w.socket(topics, mine.Token), "events": w.events(topics, mine.Token)}
			for where, v := range viewers {
				seen := map[string]wire.Frame{}
				for len(seen) < 3 {
					f := v.next(func(f wire.Frame) bool { return f.Topic != "" })
					seen[f.Type] = f
				}
				if f := seen["ticket"]; f.Ticket == nil || f.Ticket.State != "waiting" || f.Ticket.Ahead == nil || *f.Ticket.Ahead != 0 {
					t.Errorf("%s: first ticket %+v", where, f.Ticket)
				}
				if f := seen["clinic"]; f.Clinic == nil || len(f.Clinic.Boards) != 2 || f.Clinic.Services != nil {
					t.Errorf("%s: first clinic %+v", where, f.Clinic)
				}
			}
			w.callNext(cookie, "1", "1")
			for _, v := range viewers {
				for told := map[string]bool{}; len(told) < 3; {
					f := v.next(func(f wire.Frame) bool {
						return f.Board != nil && len(f.Board.Calling) == 1 ||
							f.Clinic != nil && len(f.Clinic.Boards[0].Calling) == 1 ||
							f.Ticket != nil && f.Ticket.Todo == wire.TodoEnter
					})
					told[f.Type] = true
				}
			}
		})
	}
}

func TestWatch_Refusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie := w.login()
	mine := w.issue("1", wire.IssueRequest{})
	board := "service:" + w.ref("1")
	upgrade := func(more ...string) http.Header {
		h := http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}}
		for i := 0; i < len(more); i += 2 {
			h.Set(more[i], more[i+1])
		}
		return h
	}
	var many []string
	for _, n := range strings.Fields("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17") {
		many = append(many, "service:"+w.ref(n))
	}
	for name, tt := range map[string]struct {
		status int
		code   string
		a      ask
	}{
		"no topic":                    {400, "topic_required", ask{path: "/v1/watch", header: upgrade()}},
		"unknown kind":                {400, "topic_malformed", ask{path: "/v1/watch?topic=news:1", header: upgrade()}},
		"no kind":                     {400, "topic_malformed", ask{path: "/v1/watch?topic=", header: upgrade()}},
		"broken query":                {400, "topic_malformed", ask{path: "/v1/watch?topic=%zz", header: upgrade()}},
		"seventeen topics":            {400, "too_many_topics", ask{path: watchPath(many), header: upgrade()}},
		"pulse too short":             {400, "pulse", ask{path: watchPath([]string{board}) + "&pulse=4", header: upgrade()}},
		"pulse too long":              {400, "pulse", ask{path: watchPath([]string{board}) + "&pulse=61", header: upgrade()}},
		"pulse of words":              {400, "pulse", ask{path: watchPath([]string{board}) + "&pulse=x", header: upgrade()}},
		"malformed service":           {404, "service_unknown", ask{path: "/v1/watch?topic=service:x", header: upgrade()}},
		"unknown service":             {404, "service_unknown", ask{path: "/v1/watch?topic=service:" + w.ref("9"), header: upgrade()}},
		"service of unknown clinic":   {404, "service_unknown", ask{path: "/v1/watch?topic=service:0000-1", header: upgrade()}},
		"unknown clinic":              {404, "clinic_unknown", ask{path: "/v1/watch?topic=clinic:0000", header: upgrade()}},
		"malformed clinic":            {404, "clinic_unknown", ask{path: "/v1/watch?topic=clinic:1", header: upgrade()}},
		"malformed ticket":            {404, "ticket_unknown", ask{path: "/v1/watch?topic=ticket:1", header: upgrade()}},
		"ticket without token":        {401, "token_required", ask{path: "/v1/watch?topic=ticket:" + mine.Ticket.ID, header: upgrade("Sec-WebSocket-Protocol", wire.Subprotocol)}},
		"ticket with wrong token":     {403, "token_wrong", ask{path: "/v1/watch?topic=ticket:" + mine.Ticket.ID, header: upgrade("Sec-WebSocket-Protocol", wire.Subprotocol+", x")}},
		"ticket with wrong bearer":    {403, "token_wrong", ask{path: "/v1/watch?topic=ticket:" + mine.Ticket.ID, token: "x", header: upgrade()}},
		"ticket with only a session":  {401, "token_required", ask{path: "/v1/watch?topic=ticket:" + mine.Ticket.ID, cookie: cookie, header: upgrade()}},
		"one good topic, one bad":     {403, "token_wrong", ask{path: watchPath([]string{board, "ticket:" + mine.Ticket.ID}), token: "x", header: upgrade()}},
		"staff without session":       {401, "session_required", ask{path: "/v1/watch?topic=staff:" + w.number(), header: upgrade()}},
		"staff from another site":     {403, "foreign_origin", ask{path: "/v1/watch?topic=staff:" + w.number(), cookie: cookie, header: upgrade("Origin", "https://evil.example")}},
		"staff from a sibling site":   {403, "foreign_origin", ask{path: "/v1/watch?topic=staff:" + w.number(), cookie: cookie, header: upgrade("Sec-Fetch-Site", "same-site")}},
		"staff from no origin at all": {403, "foreign_origin", ask{path: "/v1/watch?topic=staff:" + w.number(), cookie: cookie, header: upgrade("Origin", "null")}},
		"neither socket nor events":   {426, "upgrade_required", ask{path: watchPath([]string{board})}},
		"socket of another version":   {426, "upgrade_required", ask{path: watchPath([]string{board}), header: upgrade("Sec-Websocket-Version", "8")}},
	} {
		t.Run(name, func(t *testing.T) {
			w := *w
			w.t = t
			tt.a.method = "GET"
			w.refused(tt.status, tt.code, tt.a)
		})
	}
}

func TestWatch_PublicTopicsFromAnyOrigin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, _, err := websocket.Dial(t.Context(), w.url+watchPath([]string{"service:" + w.ref("1")})+"&pulse=5", &websocket.DialOptions{
		HTTPHeader: http.Header{"Origin": {"https://partner.example"}, "Sec-Fetch-Site": {"cross-site"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	if _, text, err := c.Read(t.Context()); err != nil || !strings.Contains(string(text), `"type":"board"`) {
		t.Errorf("%s %v", text, err)
	}
}

func TestWatch_DrainSaysBye(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.socket([]string{"clinic:" + w.number()}, "")
	v.next(func(f wire.Frame) bool { return f.Type == wire.TypeClinic })
	ctx, cancel := context.WithTimeout(context.Background(), waits)
	defer cancel()
	drained := make(chan struct{})
	go func() { defer close(drained); w.api.Drain(ctx, time.Second) }()
	v.next(func(f wire.Frame) bool { return f.Type == wire.TypeBye })
	if _, err := v.read(); websocket.CloseStatus(err) != websocket.StatusServiceRestart {
		t.Errorf("closed with %v", err)
	}
	<-drained
	res := w.refused(503, "node_draining", ask{method: "GET", path: watchPath([]string{"clinic:" + w.number()}), header: http.Header{"Accept": {"text/event-stream"}}})
	if res.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	if strings.Contains(w.log.String(), "level=ERROR") { // expected, and an alert counts `unavailable`
		t.Errorf("the log:\n%s", w.log)
	}
}

// TestWatch_TheDesksStreamEndsWithItsSession logs out under an open console,
// while the patients' watches go on.
func TestWatch_TheDesksStreamEndsWithItsSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := []string{"staff:" + w.number()}
	leaving, staying := w.login(), w.login()
	gone, stays, phone := w.socket(staff, "", leaving), w.socket(staff, "", staying), w.socket([]string{"service:" + w.ref("1")}, "")
	if a := w.do(ask{method: "POST", path: "/v1/logout", cookie: leaving}); a.status != http.StatusNoContent {
		t.Fatalf("logout answers %d", a.status)
	}
	for {
		if _, err := gone.read(); err != nil {
			if code := websocket.CloseStatus(err); code != websocket.StatusPolicyViolation {
				t.Errorf("the stream ended with %v", err)
			}
			break
		}
	}
	w.issue("1", wire.IssueRequest{Patient: wire.Patient{Name: "順番 花子"}})
	stays.next(func(f wire.Frame) bool { return f.Staff != nil && len(f.Staff.Services[0].Tickets) == 1 })
	phone.next(func(f wire.Frame) bool { return f.Board != nil && f.Board.Waiting.Tickets == 1 })
}
