package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"junban/api/wire"
	"junban/internal/refusal"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

func TestRouting_UnknownIsAProblem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.refused(404, "not_found", ask{method: "GET", path: "/v1/nothing"})
	w.refused(404, "not_found", ask{method: "GET", path: "/v1/clinics/"})
	w.refused(404, "not_found", ask{method: "GET", path: "/partner/sample"}) // of a demo only
	if res := w.do(ask{method: "OPTIONS", path: "/v1/lookup"}); res.status != 204 || !strings.Contains(res.header.Get("Allow"), "POST") || res.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("OPTIONS: %d %v", res.status, res.header)
	}
	res := w.refused(405, "method_not_allowed", ask{method: "DELETE", path: "/v1/lookup"})
	if allow := res.header.Get("Allow"); !strings.Contains(allow, "POST") {
		t.Errorf("Allow %q", allow)
	}
}

// TestRouting_AHostThatNoNameHasIsRefused sends one that is too long for a code that
// is drawn, and for a header that repeats it.
func TestRouting_AHostThatNoNameHasIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine := w.issue("1", wire.IssueRequest{})
	for _, tt := range []struct{ method, path string }{
		{"POST", "/v1/pairings"}, {"GET", "/v1/tickets/" + mine.Ticket.ID + "/code"}, {"GET", "/in/" + w.number() + "/sheet"}, {"GET", "/s/" + w.ref("1")}, {"GET", "/nothing"},
	} {
		for host, want := range map[string]int{strings.Repeat("h", maxHost+1): 400, strings.Repeat("h", maxHost): 0} {
			r := httptest.NewRequest(tt.method, tt.path, nil)
			r.Host = host
			r.Header.Set("Authorization", "Bearer "+mine.Token)
			rec := httptest.NewRecorder()
			w.api.ServeHTTP(rec, r)
			if got := rec.Code; want != 0 && got != want || got >= 500 {
				t.Errorf("%s %s with a Host of %d bytes: %d %.200s", tt.method, tt.path, len(host), got, rec.Body)
			}
			if want == 400 && strings.Contains(fmt.Sprint(rec.Header(), rec.Body), host) {
				t.Errorf("%s %s repeats the Host", tt.method, tt.path)
			}
		}
	}
}

func TestHeaders_AreSafeEverywhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, private := range map[string]bool{
		"/v1/session": true, "/v1/clinics": false, "/v1/nothing": true, "/": true, "/s/x": true, "/staff": true, "/v1/watch": false,
	} {
		res := w.do(ask{method: "GET", path: path})
		h := res.header
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("X-Frame-Options") != "DENY" ||
			!strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%s: %v", path, h)
		}
		if h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be stored: %q", path, h.Get("Cache-Control"))
		}
		if open := h.Get("Access-Control-Allow-Origin") == "*"; open == private {
			t.Errorf("%s: any origin %v", path, open)
		}
		if h.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s allows credentials", path)
		}
	}
}

// broken is a line that fails in one way.
type broken struct {
	Line
	err error
}

func (b broken) Snapshot(context.Context, clinic.ID) (*queue.Snapshot, error) {
	if b.err == nil {
		panic("山田 is in this message")
	}
	return nil, b.err
}

func TestFailures_AreSaidWithoutTheirCause(t *testing.T) {
	t.Parallel()
	timeout := &net.OpError{Op: "dial", Err: errors.New("secret address")}
	for name, tt := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"redis does not answer": {fmt.Errorf("read: %w", timeout), 503, "unavailable"},
		"out of time":           {fmt.Errorf("read: %w", context.DeadlineExceeded), 503, "unavailable"},
		"redis went away":       {fmt.Errorf("read: %w", io.EOF), 503, "unavailable"},
		"redis is loading":      {fmt.Errorf("read: %w", errors.New("LOADING Redis is loading the dataset in memory")), 503, "unavailable"},
		"redis has a full disk": {fmt.Errorf("act: %w", errors.New("MISCONF Errors writing to the AOF file: No space left on device")), 503, "unavailable"},
		"redis wants a login":   {fmt.Errorf("act: %w", errors.New("NOAUTH Authentication required.")), 503, "unavailable"},
		"a slot is moving":      {fmt.Errorf("act: %w", errors.New("TRYAGAIN Multiple keys request during rehashing of slot")), 503, "unavailable"},
		"a slot is asked for":   {fmt.Errorf("act: %w", errors.New("ASK 12182 127.0.0.1:7002")), 503, "unavailable"},
		"a slot has moved":      {fmt.Errorf("act: %w", errors.New("MOVED 12182 127.0.0.1:7002")), 503, "unavailable"},
		"a joined full disk":    {errors.Join(fmt.Errorf("limit: %w", errors.New("MISCONF Errors writing to the AOF file")), nil), 503, "unavailable"},
		"replicas are silent":   {fmt.Errorf("act: %w", queue.ErrUnconfirmed), 503, "unconfirmed"},
		"pool is empty":         {fmt.Errorf("read: %w", errors.New("redis: connection pool timeout")), 503, "unavailable"},
		"a bug":                 {errors.New("secret detail"), 500, "internal"},
		"a new refusal":         {refusal.New("not_in_the_table", "nobody knows it"), 500, "internal"},
		"a panic":               {nil, 500, "internal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(c *Config) { c.Line = broken{c.Line, tt.err} })
			res := w.refused(tt.status, tt.code, ask{method: "GET", path: "/v1/services/" + w.ref("1") + "/board"})
			if bytes.Contains(res.body, []byte("secret")) || bytes.Contains(res.body, []byte("山田")) {
				t.Errorf("the cause is said: %s", res.body)
			}
			if (res.header.Get("Retry-After") != "") != (tt.status == 503) {
				t.Errorf("Retry-After %q", res.header.Get("Retry-After"))
			}
			if !strings.Contains(w.log.String(), res.header.Get(requestID)) {
				t.Error("the request's id is not in the log")
			}
		})
	}
}

func TestFailures_RedisThatDiedIsSaidEverywhere(t *testing.T) {
	t.Parallel()
	socket, server, err := queuetest.Start(os.TempDir())
	if err != nil {
		queuetest.Missing(t, "redis-server", err)
	}
	t.Cleanup(func() { os.RemoveAll(filepath.Dir(socket)) })
	w := onRedis(t, queuetest.Client(t, socket))
	cookie := w.login()
	a := ask{method: "GET", path: "/v1/clinics/" + w.number() + "/settings", cookie: cookie}
	set := get[wire.ClinicSettings](w, 200, a)
	set.Language = "vi"
	a.method, a.body = "PUT", set
	get[wire.ClinicSettings](w, 200, a)
	mine := w.issue("1", wire.IssueRequest{})
	v := w.socket([]string{"service:" + w.ref("1")}, "")
	v.next(func(f wire.Frame) bool { return f.Board != nil })
	if err := server.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = server.Wait() // it was killed
	v.next(func(f wire.Frame) bool { return f.Type == wire.TypeStale })
	for _, a := range []ask{
		{method: "POST", path: "/v1/services/" + w.ref("1") + "/tickets", key: someKey, body: "{}"},
		{method: "GET", path: "/v1/tickets/" + mine.Ticket.ID, token: mine.Token},
		{method: "GET", path: "/v1/services/" + w.ref("1") + "/board"},
		{method: "POST", path: "/v1/services/" + w.ref("1") + "/call", key: "k", cookie: cookie, body: wire.CallRequest{Room: "1"}},
		{method: "POST", path: "/v1/login", body: wire.LoginRequest{Clinic: w.number(), User: testUser, Password: testPassword}},
	} {
		if res := w.refused(503, "unavailable", a); res.header.Get("Retry-After") == "" {
			t.Errorf("%s: no Retry-After", a.path)
		}
	}
	// Who comes now is told what was last known, and since when it is in doubt.
	late := w.socket([]string{"service:" + w.ref("1")}, "")
	late.next(func(f wire.Frame) bool { return f.Board != nil })
	late.next(func(f wire.Frame) bool { return f.Type == wire.TypeStale })
	// A screen that starts now is in the language that was last known.
	if res := w.do(ask{method: "GET", path: "/display/" + w.number()}); res.status != 503 || !strings.Contains(string(res.body), `<html lang="vi"`) {
		t.Errorf("the display is %d: %.200s", res.status, res.body)
	}
}

func TestOps_HealthReadinessMetrics(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ops := w.api.Ops()
	get := func(path string) (int, string) {
		t.Helper()
		rec := httptest.NewRecorder()
		ops.ServeHTTP(rec, httptest.NewRequest("GET", "http://localhost"+path, nil))
		return rec.Code, rec.Body.String()
	}
	if code, body := get("/healthz"); code != 200 || body != "ok\n" {
		t.Errorf("healthz: %d %s", code, body)
	}
	if code, body := get("/readyz"); code != 200 || !strings.Contains(body, `"ready":true`) || !strings.Contains(body, `"rttMs":0.4`) {
		t.Errorf("readyz: %d %s", code, body)
	}
	mine := w.issue("1", wire.IssueRequest{})
	w.refused(403, "token_wrong", ask{method: "GET", path: "/v1/tickets/" + mine.Ticket.ID, token: "x"})
	w.refused(404, "not_found", ask{method: "GET", path: "/v1/nothing"})
	w.refused(401, "session_required", ask{method: "DELETE", path: "/v1/clinics/" + w.number() + "/users/x"})
	w.socket([]string{"service:" + w.ref("1")}, "").next(func(f wire.Frame) bool { return f.Board != nil })
	var metrics string
	queuetest.Eventually(t, "the watch is counted", func() bool { // after its first frame, perhaps
		_, metrics = get("/metrics")
		return strings.Contains(metrics, `junban_http_requests_total{code="101",method="GET",route="/v1/watch"} 1`+"\n")
	})
	for _, line := range []string{
		`junban_http_requests_total{code="201",method="POST",route="/v1/services/:service/tickets"} 1`,
		`junban_http_requests_total{code="403",method="GET",route="/v1/tickets/:ticket"} 1`,
		`junban_http_requests_total{code="404",method="GET",route="unmatched"} 1`,
		`junban_http_requests_total{code="401",method="DELETE",route="/v1/clinics/:clinic/users/:user"} 1`,
		`junban_http_problems_total{code="token_wrong"} 1`,
		`junban_http_request_seconds_count{route="/v1/tickets/:ticket"} 1`,
	} {
		if !strings.Contains(metrics, line+"\n") {
			t.Errorf("no %s in the metrics", line)
		}
	}
	if strings.Contains(metrics, mine.Ticket.ID) || strings.Contains(metrics, w.ref("1")) {
		t.Error("a clinic or a ticket is in the metrics")
	}
	for _, path := range []string{"/debug/", "/debug/pprof/", "/debug/pprof/goroutine?debug=1"} {
		if code, _ := get(path); code != 200 {
			t.Errorf("%s: %d", path, code)
		}
	}
	for _, path := range []string{"/debug/vars", "/debug/pprof/cmdline"} { // a command line may hold a password
		if code, body := get(path); code != 404 {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	if _, body := get("/debug/version"); !strings.Contains(body, "v0-test") {
		t.Errorf("version: %s", body)
	}
	ctx, cancel := context.WithTimeout(context.Background(), waits)
	defer cancel()
	w.api.Drain(ctx, 0)
	if code, body := get("/readyz"); code != 503 || !strings.Contains(body, `"draining":true`) {
		t.Errorf("readyz while draining: %d %s", code, body)
	}
}

// deafFeed is a feed whose probe does not come back.
type deafFeed struct {
	wellFeed
	at  time.Time
	err error
}

func (f deafFeed) Probe() (time.Duration, time.Time, error) { return 0, f.at, f.err }

func TestReadyz_NeedsAFreshProbe(t *testing.T) {
	t.Parallel()
	for name, feed := range map[string]deafFeed{
		"failed": {at: time.Now(), err: errors.New("no answer")}, "old": {at: time.Now().Add(-time.Minute)}, "never": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(c *Config) { feed.wellFeed = c.Feed.(wellFeed); c.Feed = feed })
			rec := httptest.NewRecorder()
			w.api.Ops().ServeHTTP(rec, httptest.NewRequest("GET", "http://localhost/readyz", nil))
			if rec.Code != 503 || !strings.Contains(rec.Body.String(), `"ready":false`) {
				t.Errorf("%d %s", rec.Code, rec.Body)
			}
		})
	}
}

func TestNew_RefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := Config{Line: w.line, Journal: w.api.desk.Journal, Lessons: w.api.office.Lessons, Accounts: w.api.accounts, Devices: w.api.devices, Feed: w.api.feed, Secret: bytes.Repeat([]byte("s"), 32)}
	for name, spoil := range map[string]func(*Config){
		"no line":      func(c *Config) { c.Line = nil },
		"no accounts":  func(c *Config) { c.Accounts = nil },
		"no devices":   func(c *Config) { c.Devices = nil },
		"no journal":   func(c *Config) { c.Journal = nil },
		"no lessons":   func(c *Config) { c.Lessons = nil },
		"no feed":      func(c *Config) { c.Feed = nil },
		"short secret": func(c *Config) { c.Secret = c.Secret[:31] },
		"used metrics": func(c *Config) { c.Registry = w.api.registry },
	} {
		c := good
		spoil(&c)
		if _, err := New(c); err == nil {
			t.Errorf("%s: made all the same", name)
		}
	}
	s, err := New(good)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}

func TestPages_PaintWithoutScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.Demo = true })
	w.issue("1", wire.IssueRequest{})
	w.issue("1", wire.IssueRequest{})
	cookie := w.login()
	w.callNext(cookie, "1", "1")
	get[wire.MessageRequest](w, 200, ask{method: "PUT", path: "/v1/services/" + w.ref("1") + "/message", cookie: cookie, body: wire.MessageRequest{Text: "</script><b>午後休診</b>"}})
	for path, words := range map[string][]string{
		"/":                      {"ためし医院", "/c/" + w.number()},
		"/s/" + w.ref("1"):       {"内科", "第1診察室", "&lt;b&gt;午後休診", `"topic":"service:`},
		"/c/" + w.number():       {"ためし医院", "内科", "小児科", "第1診察室", "/s/" + w.ref("2"), "&lt;b&gt;午後休診", `"topic":"clinic:`},
		"/display/" + w.number(): {"内科", "小児科", `"topic":"clinic:`},
		"/staff":                 {"<html"},
		"/partner/sample":        {"junban-board", w.ref("1")},
	} {
		res := w.do(ask{method: "GET", path: path})
		if res.status != 200 || !strings.HasPrefix(res.header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %v", path, res.status, res.header)
		}
		for _, word := range words {
			if !bytes.Contains(res.body, []byte(word)) {
				t.Errorf("%s does not say %q", path, word)
			}
		}
		if bytes.Contains(res.body, []byte("</script><b>")) {
			t.Errorf("%s: a message escapes into the page", path)
		}
		if policy := res.header.Get("Content-Security-Policy"); !strings.Contains(policy, "script-src") {
			t.Errorf("%s: policy %q", path, policy)
		}
	}
	partner := w.do(ask{method: "GET", path: "/partner/sample"})
	there := strings.Replace(w.url, "127.0.0.1", "localhost", 1)
	if !bytes.Contains(partner.body, []byte(there+"/embed/v1.js")) || !strings.Contains(partner.header.Get("Content-Security-Policy"), "script-src "+there) {
		t.Errorf("the sample does not take the element from another origin: %v", partner.header)
	}
	for path, status := range map[string]int{"/s/x": 404, "/s/" + w.ref("9"): 404, "/display/0000": 404, "/assets/nothing.js": 404, "/embed/v1.js": 200} {
		if res := w.do(ask{method: "GET", path: path}); res.status != status {
			t.Errorf("%s: %d, want %d", path, res.status, status)
		}
	}
	embed := w.do(ask{method: "GET", path: "/embed/v1.js"})
	if embed.header.Get("Access-Control-Allow-Origin") != "*" || embed.header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
		t.Errorf("embed: %v", embed.header)
	}
	css := w.do(ask{method: "GET", path: w.api.site.URL("patient.css")})
	if css.status != 200 || !strings.Contains(css.header.Get("Cache-Control"), "immutable") {
		t.Errorf("asset: %d %v", css.status, css.header)
	}
}

// TestErrorPage_IsAPageOfOurs asks as a browser does: a person gets a page with
// its style, a program a problem.
func TestErrorPage_IsAPageOfOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	browser := map[string][]string{"Accept": {"text/html,application/xhtml+xml,*/*;q=0.8"}}
	for _, path := range []string{"/nope", "/s/9999-1", "/display/9999", "/s/"} {
		res := w.do(ask{path: path, header: browser})
		if res.status != 404 || !strings.HasPrefix(res.header.Get("Content-Type"), "text/html") || !strings.Contains(res.header.Get("Content-Security-Policy"), "style-src 'self'") {
			t.Errorf("%s: %d %v", path, res.status, res.header)
		}
	}
	w.refused(404, "not_found", ask{path: "/nope"})
	w.refused(404, "service_unknown", ask{path: "/v1/services/9999-1/board", header: browser})
}
