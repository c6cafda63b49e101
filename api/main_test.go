package api

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/crypto/argon2"

	"junban/account"
	"junban/api/desk"
	"junban/api/office"
	"junban/api/secret"
	"junban/api/wire"
	"junban/device"
	"junban/hub"
	"junban/internal/sqldb/sqldbtest"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/feed"
	"junban/queue/journal"
	"junban/queue/lessons"
	"junban/queue/outbox"
	"junban/queue/queuetest"
	"junban/register"
)

// TestMain checks that the tests' servers leave no goroutine behind.
func TestMain(m *testing.M) {
	before := runtime.NumGoroutine()
	code := m.Run()
	sqldbtest.Stop()
	for begun := time.Now(); time.Since(begun) < waits; time.Sleep(50 * time.Millisecond) {
		if runtime.NumGoroutine() <= before+2 { // the runtime's own
			os.Exit(code)
		}
	}
	if code == 0 {
		buf := make([]byte, 1<<20)
		os.Stderr.Write(buf[:runtime.Stack(buf, true)])
		os.Stderr.WriteString("goroutines are left\n")
		code = 1
	}
	os.Exit(code)
}

const (
	testUser     = "受付 1"
	testPassword = "ひみつのことば"

	loginCookie  = "junban_session"
	deviceCookie = "junban_device"
)

// world is a server on a line of its own with one clinic in it, seen from outside.
type world struct {
	t      *testing.T
	line   Line
	put    putter
	users  *account.Store
	clinic clinic.Clinic
	api    *Server
	log    *logged
	url    string
	client *http.Client
}

type putter interface {
	PutClinic(context.Context, clinic.Clinic, queue.Act) error
}

// modelClinics are the clinics of the line in plain Go, for accounts and devices.
type modelClinics struct{ *queuetest.Model }

func (m modelClinics) Now() time.Time { return m.Model.Now() }

// noPast is the past of the line in plain Go, which keeps no log and learns nothing.
type noPast struct{}

func (noPast) Accuracy(context.Context, clinic.ID) ([]lessons.Accuracy, error) { return nil, nil }

func (noPast) Page(context.Context, clinic.ID, clinic.Day, journal.Query) (journal.Page, error) {
	return journal.Page{}, nil
}

// wellFeed is a feed whose probe always came back just now.
type wellFeed struct{ *queuetest.Model }

func (wellFeed) Probe() (time.Duration, time.Time, error) {
	return 400 * time.Microsecond, time.Now(), nil
}

// logged keeps what was logged.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// newWorld serves the line in plain Go; change may set what the test needs.
func newWorld(t *testing.T, change ...func(*Config)) *world {
	t.Helper()
	model := queuetest.NewModel()
	return onModel(t, model, model, wellFeed{model}, change...)
}

// onModel serves a line that stands on a model. Accounts and devices are on a Redis in
// memory.
func onModel(t *testing.T, line Line, model *queuetest.Model, feed Feed, change ...func(*Config)) *world {
	t.Helper()
	rdb, _ := queuetest.Memory(t)
	clinics := modelClinics{model}
	return serve(t, line, noPast{}, model, account.NewStore(rdb, clinics), device.NewStore(rdb, clinics), feed, outbox.New(rdb, clinics, outbox.Options{Secret: testSecret}), change...)
}

// newRealWorld serves the line on Redis.
func newRealWorld(t *testing.T, change ...func(*Config)) *world {
	t.Helper()
	return onRedis(t, queuetest.Redis(t), change...)
}

func onRedis(t *testing.T, rdb redis.UniversalClient, change ...func(*Config)) *world {
	t.Helper()
	store, err := queue.NewStore(rdb, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	feed, err := feed.New(store, feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- feed.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return serve(t, store, struct {
		*journal.Reader
		*lessons.Store
	}{journal.New(store), store.Lessons()}, store, account.NewStore(rdb, store), device.NewStore(rdb, store), feed, outbox.New(rdb, store, outbox.Options{Secret: testSecret}), change...)
}

// testSecret is that of the tests' servers.
var testSecret = bytes.Repeat([]byte("s"), 32)

// noPatients is a line that keeps nobody.
type noPatients struct{}

func (noPatients) ErasePatients(context.Context, clinic.ID, []queue.TicketID) (int, error) {
	return 0, nil
}

func (noPatients) RewriteFile(context.Context, clinic.ID) (queue.Rewrite, error) {
	return queue.NoFile, nil
}

type past interface {
	desk.Journal
	office.Lessons
}

func serve(t *testing.T, line Line, past past, put putter, users *account.Store, devices *device.Store, feed Feed, outbox *outbox.Store, change ...func(*Config)) *world {
	t.Helper()
	log := &logged{}
	c := Config{
		Line: line, Journal: past, Lessons: past, Accounts: users, Devices: devices, Feed: feed, Log: slog.New(slog.NewTextHandler(log, nil)), Secret: testSecret, Version: "v0-test",
		Hub: hub.Options{Linger: time.Millisecond},
	}
	books, err := register.Open(t.Context(), sqldbtest.Memory(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Books, c.Erasing = books, noPatients{}
	c.Notices, c.Outbox = testNotices(outbox), outbox
	for _, f := range change {
		f(&c)
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	tr := &http.Transport{}
	t.Cleanup(func() {
		s.Close()
		tr.CloseIdleConnections()
		server.Close()
	})
	w := &world{
		t: t, line: line, put: put, users: users, api: s, log: log, url: server.URL, clinic: queuetest.NewClinic(t, put),
		client: &http.Client{Transport: contract{t, readSpec(t), tr}, Timeout: waits},
	}
	hash := testHash()
	if err := users.PutUser(t.Context(), w.clinic.ID, testUser, account.RoleAdmin, hash, clinic.Actor{}); err != nil {
		t.Fatal(err)
	}
	return w
}

// testHash is the hash of testPassword at the lowest cost that the server accepts. A
// login of the tests is no test of argon2id. The tests of passwords themselves make
// theirs with HashPassword.
var testHash = sync.OnceValue(func() string {
	const memory, passes, lanes = 8, 1, 1
	salt := []byte("salt of the tests")
	b64 := base64.RawStdEncoding.EncodeToString
	sum := argon2.IDKey([]byte(testPassword), salt, passes, memory, lanes, 32)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, lanes, b64(salt), b64(sum))
})

// plainToken is a ticket's token as older nodes made it: a MAC of its id, without a claim.
func plainToken(k secret.Keys, id queue.TicketID) string {
	return secret.Short(k.MAC("ticket", string(id)))
}

func (w *world) number() string { return string(w.clinic.ID) }

// ref is the 情報番号 of the clinic's nth service.
func (w *world) ref(n string) string { return w.number() + "-" + n }

// ask is one request and what must come of it.
type ask struct {
	method, path string
	body         any // a string is sent as it is
	key          string
	token        string
	cookie       string
	header       http.Header
	loose        bool // not as in openapi.yaml, and accepted all the same
}

// answer is what came.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// request is the HTTP request of an ask.
func (w *world) request(a ask, body io.Reader) *http.Request {
	w.t.Helper()
	r, err := http.NewRequestWithContext(context.WithValue(w.t.Context(), loose{}, a.loose), a.method, w.url+a.path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	for name, values := range a.header {
		r.Header[name] = values
	}
	if a.key != "" {
		r.Header.Set("Idempotency-Key", a.key)
	}
	if a.token != "" {
		r.Header.Set("Authorization", "Bearer "+a.token)
	}
	if a.cookie != "" {
		r.Header.Set("Cookie", loginCookie+"="+a.cookie)
	}
	return r
}

func (w *world) do(a ask) answer {
	w.t.Helper()
	var body io.Reader
	switch b := a.body.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			w.t.Fatal(err)
		}
		body = bytes.NewReader(text)
	}
	r := w.request(a, body)
	res, err := w.client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	got := answer{res.StatusCode, res.Header, text}
	w.checkAudience(a, got)
	return got
}

// get decodes the answer, which must have that status.
func get[T any](w *world, status int, a ask) T {
	w.t.Helper()
	res := w.do(a)
	if res.status != status {
		w.t.Fatalf("%s %s: status %d, want %d: %s", a.method, a.path, res.status, status, res.body)
	}
	var v T
	if err := json.Unmarshal(res.body, &v); err != nil {
		w.t.Fatalf("%s %s: %v: %s", a.method, a.path, err, res.body)
	}
	return v
}

// refused checks that the answer is the problem of that status and code.
func (w *world) refused(status int, code string, a ask) answer {
	w.t.Helper()
	res := w.do(a)
	var p wire.Problem
	if err := json.Unmarshal(res.body, &p); err != nil {
		w.t.Fatalf("%s %s: no problem but %d %s", a.method, a.path, res.status, res.body)
	}
	if res.status != status || p.Code != code || p.Status != status {
		w.t.Errorf("%s %s: %d %s, want %d %s: %s", a.method, a.path, res.status, p.Code, status, code, p.Detail)
	}
	if kind := res.header.Get("Content-Type"); kind != "application/problem+json" {
		w.t.Errorf("%s %s: a problem of type %q", a.method, a.path, kind)
	}
	if p.Title == "" || p.Type == "" || p.ID == "" || p.ID != res.header.Get(requestID) {
		w.t.Errorf("%s %s: incomplete problem %s", a.method, a.path, res.body)
	}
	return res
}

// login returns the session's cookie.
func (w *world) login() string {
	w.t.Helper()
	res := w.do(ask{method: "POST", path: "/v1/login", body: wire.LoginRequest{Clinic: w.number(), User: testUser, Password: testPassword}})
	if res.status != 200 {
		w.t.Fatalf("login: %d %s", res.status, res.body)
	}
	value, _, _ := strings.Cut(strings.TrimPrefix(res.header.Get("Set-Cookie"), loginCookie+"="), ";")
	return value
}

// onBoth runs a test on the line in plain Go and on Redis.
func onBoth(t *testing.T, test func(*testing.T, *world)) {
	t.Helper()
	onBothWith(t, test)
}

// onBothBehindProxy is onBoth for requests that come through a trusted proxy.
func onBothBehindProxy(t *testing.T, test func(*testing.T, *world)) {
	t.Helper()
	onBothWith(t, test, behindProxy)
}

func onBothWith(t *testing.T, test func(*testing.T, *world), change ...func(*Config)) {
	t.Helper()
	for name, world := range map[string]func(*testing.T) *world{
		"model": func(t *testing.T) *world { return newWorld(t, change...) },
		"redis": func(t *testing.T) *world { return newRealWorld(t, change...) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, world(t))
		})
	}
}

// record changes the clinic's record, as its operator does.
func (w *world) record(change func(*clinic.Clinic)) {
	w.t.Helper()
	c, err := w.line.Clinic(w.t.Context(), w.clinic.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	c.Services, c.Rooms = slices.Clone(c.Services), slices.Clone(c.Rooms)
	change(&c)
	if err := w.put.PutClinic(w.t.Context(), c, queue.Act{By: clinic.Actor{Kind: "operator"}}); err != nil {
		w.t.Fatal(err)
	}
	w.api.clinics.Touch(c.ID) // it would learn of it in a moment
	if _, err := w.api.clinics.Refresh(w.t.Context(), c.ID); err != nil {
		w.t.Fatal(err)
	}
	w.clinic = c
}

// web is a request for a number from the web.
func (w *world) web(service string, q wire.IssueRequest) ask {
	return ask{method: "POST", path: "/v1/services/" + w.ref(service) + "/tickets", key: freshKey(), body: q}
}

// walkIn is a request for a number at the desk.
func (w *world) walkIn(cookie, service string, q wire.IssueRequest) ask {
	return ask{method: "POST", path: "/v1/services/" + w.ref(service) + "/walkins", key: freshKey(), cookie: cookie, body: q}
}

// actWith does something to a ticket that needs a body, as the desk.
func (w *world) actWith(cookie, id, act string, body any) wire.Ticket {
	w.t.Helper()
	return get[wire.TicketAnswer](w, 200, ask{method: "POST", path: "/v1/tickets/" + id + "/" + act, cookie: cookie, body: body}).Ticket
}

// staff is what the desk sees, after all that was done.
func (w *world) staff(cookie string) wire.Staff {
	w.t.Helper()
	done := get[wire.Frame](w, 200, ask{method: "GET", path: "/v1/services/" + w.ref("1") + "/board"}).Version
	desk := w.socket([]string{"staff:" + w.number()}, "", cookie)
	return *desk.next(func(f wire.Frame) bool { return f.Staff != nil && f.Version >= done }).Staff
}

// someKey is as short as an Idempotency-Key of the web may be.
const someKey = "0123456789abcdef"

// freshKey is an Idempotency-Key that no other request has.
func freshKey() string { return rand.Text() }

// issue takes a number at a service's web desk.
func (w *world) issue(service string, q wire.IssueRequest) wire.Issued {
	w.t.Helper()
	return get[wire.Issued](w, 201, ask{method: "POST", path: "/v1/services/" + w.ref(service) + "/tickets", key: freshKey(), body: q})
}

// callNext presses "next".
func (w *world) callNext(cookie, service, room string) wire.Ticket {
	w.t.Helper()
	return get[wire.TicketAnswer](w, 200, ask{
		method: "POST", path: "/v1/services/" + w.ref(service) + "/call", key: freshKey(), cookie: cookie,
		body: wire.CallRequest{Room: cmp.Or(room, "1")},
	}).Ticket
}

// act does something to a ticket as the desk.
func (w *world) act(cookie, id, act string) wire.Ticket {
	w.t.Helper()
	return get[wire.TicketAnswer](w, 200, ask{method: "POST", path: "/v1/tickets/" + id + "/" + act, cookie: cookie}).Ticket
}

// board reads a service's board.
func (w *world) board(service string) wire.Board {
	w.t.Helper()
	f := get[wire.Frame](w, 200, ask{method: "GET", path: "/v1/services/" + w.ref(service) + "/board"})
	if f.Board == nil {
		w.t.Fatal("a board frame without a board")
	}
	return *f.Board
}
