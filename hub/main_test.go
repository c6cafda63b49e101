package hub

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus"
)

// patience is how long a test waits for what must happen. It is only there so
// that a broken hub ends the test: a busy machine must not reach it.
const patience = 5 * time.Minute

// TestMain fails the run if goroutines are left over.
func TestMain(m *testing.M) {
	if role := os.Getenv(roleVar); role != "" {
		if err := play(role, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	before := runtime.NumGoroutine()
	code := m.Run()
	if fuzzing := flag.Lookup("test.fuzz").Value.String() != ""; code == 0 && !fuzzing { // a fuzzer leaves its own
		http.DefaultClient.CloseIdleConnections()
		deadline := time.Now().Add(patience)
		for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
			time.Sleep(10 * time.Millisecond)
		}
		if n := runtime.NumGoroutine(); n > before {
			stacks := make([]byte, 1<<20)
			stacks = stacks[:runtime.Stack(stacks, true)]
			fmt.Fprintf(os.Stderr, "%d goroutines before the tests, %d after:\n%s\n", before, n, stacks)
			code = 1
		}
	}
	os.Exit(code)
}

// house is a hub behind a real server.
type house struct {
	*Hub
	reg *prometheus.Registry
	srv *httptest.Server
}

func newHouse(t testing.TB, o Options) *house {
	return startHouse(t, o, (*httptest.Server).Start)
}

// opener opens a house: newHouse or newTLSHouse.
type opener func(testing.TB, Options) *house

// plainAndTLS runs a test on houses without and with TLS.
func plainAndTLS(t *testing.T, test func(t *testing.T, newHouse opener)) {
	t.Run("plain", func(t *testing.T) {
		t.Parallel()
		test(t, newHouse)
	})
	t.Run("tls", func(t *testing.T) {
		t.Parallel()
		test(t, newTLSHouse)
	})
}

// newTLSHouse is newHouse with a server that speaks TLS, as the program does.
func newTLSHouse(t testing.TB, o Options) *house {
	return startHouse(t, o, func(s *httptest.Server) {
		s.Listener = BeneathTLS(s.Listener)
		s.StartTLS()
	})
}

// dial connects to the house, by TLS if that speaks it.
func (h *house) dial(t testing.TB) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", h.srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if h.srv.TLS != nil {
		return tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
	}
	return conn
}

func startHouse(t testing.TB, o Options, start func(*httptest.Server)) *house {
	t.Helper()
	reg := prometheus.NewRegistry()
	o.Registerer = reg
	if o.Window == 0 {
		o.Window = -1 // so that every change is seen
	}
	if o.WriteTimeout == 0 {
		o.WriteTimeout = patience // a busy machine is no stalled client
	}
	h := &house{Hub: New(o), reg: reg}
	h.srv = httptest.NewUnstartedServer(serve(t, h.Hub))
	h.srv.Config.ConnContext = ConnContext
	start(h.srv)
	t.Cleanup(func() {
		h.Close()
		h.srv.Close()
	})
	return h
}

// serve is a handler as a caller of the hub would write it.
func serve(t testing.TB, h *Hub) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var topics []Topic
		for _, name := range r.URL.Query()["topic"] {
			topics = append(topics, Topic(name))
		}
		pulse, _ := time.ParseDuration(r.URL.Query().Get("pulse"))
		o := WatchOptions{Pulse: pulse, Subprotocol: "junban.v1"}
		for _, key := range r.URL.Query()["limit"] {
			o.Limits = append(o.Limits, Limit{Key: key, Max: 2})
		}
		var err error
		if r.Header.Get("Accept") == "text/event-stream" {
			err = h.ServeEvents(w, r, topics, o)
		} else {
			err = h.ServeWebSocket(w, r, topics, o)
		}
		switch {
		case errors.Is(err, ErrUpgrade):
			http.Error(w, err.Error(), http.StatusUpgradeRequired)
		case errors.Is(err, ErrFull), errors.Is(err, ErrDraining), errors.Is(err, ErrTooManyWatchers):
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		case err != nil:
			t.Errorf("serving: %v", err)
		}
	})
}

// metric returns the value with the given labels, in the order of the labels' names.
// For a histogram it returns the number of samples.
func (h *house) metric(t testing.TB, name string, labels ...string) float64 {
	t.Helper()
	families, err := h.reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
	metrics:
		for _, m := range family.GetMetric() {
			for i, l := range m.GetLabel() {
				if i >= len(labels) || l.GetValue() != labels[i] {
					continue metrics
				}
			}
			return m.GetGauge().GetValue() + m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return 0
}

// watching returns how many connections watch the topic.
func (h *house) watching(name Topic) int {
	t := h.topic(name)
	if t == nil {
		return 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.subs)
}

// newest returns the newest frame of the topic, also a held one, unless it is stale.
func (h *house) newest(name Topic) (Frame, bool) {
	t := h.topic(name)
	if t == nil {
		return Frame{}, false
	}
	st := t.state.Load()
	if st.frame == nil || st.notice != nil {
		return Frame{}, false
	}
	return st.frame.Frame, true
}

// wait waits until ok, which must happen.
func wait(t testing.TB, what string, ok func() bool) {
	t.Helper()
	pause := time.Millisecond
	for deadline := time.Now().Add(patience); !ok(); pause = min(2*pause, 10*time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
		time.Sleep(pause)
	}
}

func query(topics []Topic) string {
	q := url.Values{}
	for _, topic := range topics {
		q.Add("topic", string(topic))
	}
	return "/?" + q.Encode()
}

// viewer is a WebSocket client.
type viewer struct {
	t    testing.TB
	conn *websocket.Conn
}

// watch returns a viewer once the hub follows its topics.
func (h *house) watch(t testing.TB, topics ...Topic) *viewer {
	t.Helper()
	v := dial(t, h.srv.URL+query(topics), h.srv.Client())
	for _, topic := range topics {
		wait(t, "to be watched: "+string(topic), func() bool { return h.Watched(topic) })
	}
	return v
}

func dial(t testing.TB, address string, client *http.Client) *viewer {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, strings.Replace(address, "http", "ws", 1), &websocket.DialOptions{HTTPClient: client})
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	t.Cleanup(func() { conn.CloseNow() })
	return &viewer{t, conn}
}

// isPulse reports whether a frame may arrive at any time.
func isPulse(message string) bool { return strings.HasPrefix(message, `{"type":"pulse"`) }

// read returns the next message that is not a pulse.
func (v *viewer) read() (string, error) {
	for {
		if body, err := v.readWithin(patience); err != nil || !isPulse(body) {
			return body, err
		}
	}
}

func (v *viewer) readWithin(d time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	typ, body, err := v.conn.Read(ctx)
	if err == nil && typ != websocket.MessageText {
		v.t.Errorf("a message of type %v", typ)
	}
	return string(body), err
}

// sees fails unless the next message is the wanted one.
func (v *viewer) sees(want string) {
	v.t.Helper()
	got, err := v.read()
	if err != nil || got != want {
		v.t.Fatalf("got %q, %v; want %q", got, err, want)
	}
}

// closed reads to the end and returns the code it ended with.
func (v *viewer) closed() websocket.StatusCode {
	for {
		if _, err := v.readWithin(time.Hour); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

// shown is a message that a viewer may get.
type shown struct {
	Type    string
	Topic   string
	Epoch   string
	Version uint64
	Since   string
	Pad     string `json:",omitempty"`

	RetryAfterMs int64
}

func frame(epoch string, version uint64, content string) Frame {
	return Frame{
		Epoch: epoch, Version: version,
		Body:    fmt.Appendf(nil, `{"type":"state","epoch":%q,"version":%d,"pad":%q}`, epoch, version, content),
		Content: []byte(content),
	}
}

func parse(t testing.TB, message string) shown {
	t.Helper()
	var s shown
	if err := json.Unmarshal([]byte(message), &s); err != nil {
		t.Errorf("%v: %.200q", err, message) // not Fatalf: this is called from other goroutines
	}
	return s
}
