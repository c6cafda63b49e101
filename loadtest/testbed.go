package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"sync"
	"time"
)

// defaultLine is the number of waiting tickets in most scenarios.
const defaultLine = 30

// testbed is the environment of one round: a server, its desk, the watchers,
// and the sources of the server's figures. It is not safe for concurrent use.
type testbed struct {
	*options
	progress
	launcher *launcher // nil with --url

	url          string
	operatorURL  string // empty if unknown
	pid          int    // of the server; 0 if unknown
	redisSocket  string // empty if unknown
	operatorHTTP *http.Client
	demoPassword string // of the server that was started
	desk         *desk
	fleets       []*fleet
	cleanups     []func() // run in reverse order
}

// newTestbed returns an empty testbed. The caller closes it.
func newTestbed(o *options, l *launcher, p progress) *testbed {
	return &testbed{options: o, progress: p, launcher: l, operatorHTTP: &http.Client{Timeout: operationTimeout}}
}

// prepare opens the testbed, adds tickets to the line and opens the watchers.
func (t *testbed) prepare(ctx context.Context, tickets, watchers int) (*fleet, error) {
	if err := t.open(ctx); err != nil {
		return nil, err
	}
	if err := t.desk.addWalkIns(ctx, tickets); err != nil {
		return nil, err
	}
	return t.watch(ctx, WatchRequest{Count: watchers})
}

// open signs in at the server of --url, or starts a server and signs in there.
func (t *testbed) open(ctx context.Context) error {
	t.url, t.operatorURL, t.pid = t.options.url, t.opsURL, t.serverPID
	password := t.password
	if t.operatorURL != "" {
		if err := requireLoopback(t.operatorURL); err != nil {
			return err
		}
	}
	if t.launcher != nil {
		s, err := t.launcher.start(ctx)
		if err != nil {
			return err
		}
		t.onClose(s.stop)
		t.url, t.operatorURL, t.pid, password = s.url, s.operatorURL, s.cmd.Process.Pid, s.password
		t.redisSocket, t.demoPassword = filepath.Join(s.data, "redis.sock"), s.password
	}
	return t.signIn(ctx, password)
}

// signIn replaces the desk by one that is signed in at the testbed's URL.
func (t *testbed) signIn(ctx context.Context, password string) error {
	d, err := openDesk(ctx, t.url, t.clinic, t.service, t.user, password)
	if err != nil {
		return err
	}
	t.desk = d
	t.onClose(d.close)
	return nil
}

// watch opens watchers of the desk's board. Without URLs they use the testbed's.
func (t *testbed) watch(ctx context.Context, request WatchRequest) (*fleet, error) {
	request.Topic = t.desk.topic()
	if request.URLs == nil {
		request.URLs = []string{t.url}
	}
	start := time.Now()
	f, err := openFleet(ctx, t.clientCPU, request)
	if err != nil {
		return nil, err
	}
	t.onClose(f.close)
	t.fleets = append(t.fleets, f)
	t.progressf("%d watchers after %v", request.Count, time.Since(start).Round(time.Millisecond))
	return f, nil
}

// verify waits until every watcher shows the current board.
func (t *testbed) verify(ctx context.Context) error {
	for _, f := range t.fleets {
		if err := t.desk.verify(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// onClose registers a function that close calls.
func (t *testbed) onClose(f func()) { t.cleanups = append(t.cleanups, f) }

// close releases everything in the reverse order of its start.
func (t *testbed) close() {
	for len(t.cleanups) > 0 {
		last := len(t.cleanups) - 1
		t.cleanups[last]()
		t.cleanups = t.cleanups[:last]
	}
	t.operatorHTTP.CloseIdleConnections()
}

// progress writes what is running to the terminal.
type progress struct {
	out     io.Writer
	subject string
	start   time.Time
}

// progressf writes one line with the time since the start of the run.
func (p progress) progressf(format string, args ...any) {
	fmt.Fprintf(p.out, "%8.1fs %s: %s\n", time.Since(p.start).Seconds(), p.subject, fmt.Sprintf(format, args...))
}

// of returns the progress of another subject.
func (p progress) of(subject string) progress {
	p.subject = subject
	return p
}

// lockedWriter writes whole lines of scenarios that run at once.
type lockedWriter struct {
	mu  sync.Mutex
	out io.Writer
}

// Write writes a line.
func (w *lockedWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(line)
}
