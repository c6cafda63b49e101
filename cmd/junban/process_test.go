//go:build unix

package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/api/wire"
)

// asProgram makes the test binary run main instead of the tests: so they drive
// the real program, with the race detector when they have it themselves.
const asProgram = "JUNBAN_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	code := m.Run()
	for _, s := range []*shared{&shell, &chromium} {
		if s.end != nil {
			s.end()
		}
	}
	os.Exit(code)
}

// long is how long a test waits for one thing. It is only there so that a broken
// program ends the test: a busy machine must not reach it.
const long = 5 * time.Minute

// needs skips a test where a program is missing, or cannot do what the probe
// asks of it; except in the full run.
func needs(t *testing.T, program string, probe ...string) {
	t.Helper()
	_, err := exec.LookPath(program)
	if err == nil && probe != nil {
		err = exec.Command(program, probe...).Run()
	}
	if err == nil {
		return
	}
	what := strings.Join(append([]string{program}, probe...), " ")
	if os.Getenv("JUNBAN_TEST_FULL") != "" {
		t.Fatalf("%s: not installed, and the full run needs it", what)
	}
	t.Skipf("%s: not installed (make test installs it)", what)
}

// fewFiles in the environment of a program is its limit of open files.
const fewFiles = "JUNBAN_TEST_OPEN_FILES"

// command is the program with these arguments and nothing else in its
// environment than PATH and what is given.
func command(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range env {
		if n, ok := strings.CutPrefix(e, fewFiles+"="); ok {
			args = append([]string{"-c", "ulimit -n " + n + `; exec "$0" "$@"`, self}, args...)
			self = "/bin/sh"
		}
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append([]string{asProgram + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + os.TempDir()}, env...)
	return cmd
}

// result runs the program to its end.
func result(t *testing.T, stdin string, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := command(t, env, args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// must runs the program and returns its output; it must exit with 0.
func must(t *testing.T, stdin string, env []string, args ...string) string {
	t.Helper()
	code, stdout, stderr := result(t, stdin, env, args...)
	if code != 0 {
		t.Fatalf("junban %s exits with %d: %s", strings.Join(args, " "), code, stderr)
	}
	return stdout
}

// running is a program that serves.
type running struct {
	cmd      *exec.Cmd
	url, ops string
	data     string
	out, log *transcript
	ended    chan struct{}
}

// serve starts the program on free ports and returns when it serves.
func serve(t *testing.T, data string, env []string, args ...string) *running {
	t.Helper()
	s := &running{data: data, out: &transcript{}, log: &transcript{}, ended: make(chan struct{})}
	args = append([]string{"--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", "--log=json", "--data=" + data}, args...)
	s.cmd = command(t, env, args...)
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		s.cmd.Wait()
		close(s.ended)
	}()
	t.Cleanup(func() {
		s.cmd.Process.Signal(syscall.SIGTERM)
		s.wait(t)
		if strings.Contains(s.log.String(), "DATA RACE") {
			t.Error("the server raced")
		}
		if t.Failed() {
			t.Logf("the log of the server:\n%s", s.log)
		}
	})
	for start := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		for line := range strings.Lines(s.log.String()) {
			var said struct{ Msg, Listen, Ops string }
			if json.Unmarshal([]byte(line), &said) == nil && said.Msg == "serving" {
				s.url, s.ops = "http://"+said.Listen, "http://"+said.Ops
				return s
			}
		}
		select {
		case <-s.ended:
			t.Fatalf("the server ended: %s", s.log)
		default:
		}
		if time.Since(start) > long {
			t.Fatalf("the server does not serve: %s", s.log)
		}
	}
}

// wait waits for the end, and kills the program when it does not come.
func (s *running) wait(t *testing.T) {
	t.Helper()
	select {
	case <-s.ended:
	case <-time.After(long):
		s.cmd.Process.Kill()
		<-s.ended
		t.Error("the server did not end")
	}
}

// stop ends the program as an operator does; it must exit with 0.
func (s *running) stop(t *testing.T) {
	t.Helper()
	s.cmd.Process.Signal(syscall.SIGTERM)
	s.wait(t)
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the server exits with %d: %s", code, s.log)
	}
}

// redisPID is the process of the embedded Redis.
func (s *running) redisPID(t *testing.T) int {
	t.Helper()
	path := filepath.Join(s.data, socketName)
	if note, err := os.ReadFile(filepath.Join(s.data, socketNote)); err == nil {
		path = string(note)
	}
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: path})
	defer rdb.Close()
	info := rdb.Info(t.Context(), "server").Val()
	m := regexp.MustCompile(`process_id:(\d+)`).FindStringSubmatch(info)
	if m == nil {
		t.Fatalf("Redis does not tell its process: %q", info)
	}
	var pid int
	fmt.Sscan(m[1], &pid)
	return pid
}

// alive reports whether a process runs. A dead one that nobody has waited for,
// as in a container without an init, does not.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !strings.Contains(string(stat), ") Z ")
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for start := time.Now(); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Since(start) > long {
			t.Fatalf("still not: %s", what)
		}
	}
}

// client speaks to the server, with a session once it has logged in.
type client struct {
	url     string
	session string
	http    *http.Client // nil: http.DefaultClient
}

// do sends one request and returns the status.
func (c *client) do(t *testing.T, method, path string, header map[string]string, body, into any) int {
	t.Helper()
	content, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if body == nil {
		r.Body, r.ContentLength = http.NoBody, 0
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	for k, v := range header {
		r.Header.Set(k, v)
	}
	if c.session != "" {
		r.AddCookie(&http.Cookie{Name: "junban_session", Value: c.session})
	}
	answer, err := cmp.Or(c.http, http.DefaultClient).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range answer.Cookies() {
		if cookie.Name == "junban_session" {
			c.session = cookie.Value
		}
	}
	if into != nil && answer.StatusCode < 300 {
		if err := json.Unmarshal(got, into); err != nil {
			t.Fatalf("%s %s answers %s: %v", method, path, got, err)
		}
	}
	return answer.StatusCode
}

// issue takes a ticket of service 1234-1 from the web.
func (c *client) issue(t *testing.T, key string) wire.Issued {
	t.Helper()
	return c.issueOf(t, "1234-1", key)
}

// longKey is a name as an Idempotency-Key of the web.
func longKey(name string) string { return "the-key-of-the-test-" + name }

// issueOf takes a ticket of a service from the web.
func (c *client) issueOf(t *testing.T, service, key string) wire.Issued {
	t.Helper()
	var got wire.Issued
	if status := c.do(t, "POST", "/v1/services/"+service+"/tickets", map[string]string{"Idempotency-Key": longKey(key)}, wire.IssueRequest{PartySize: 1}, &got); status != http.StatusCreated {
		t.Fatalf("taking a ticket answers %d", status)
	}
	return got
}

// show reads a ticket as its owner.
func (c *client) show(t *testing.T, of wire.Issued) (wire.Ticket, int) {
	t.Helper()
	var got wire.TicketAnswer
	status := c.do(t, "GET", "/v1/tickets/"+of.Ticket.ID, map[string]string{"Authorization": "Bearer " + of.Token}, nil, &got)
	return got.Ticket, status
}

// transcript is output that may be read while it is written.
type transcript struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (w *transcript) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.Write(p)
}

func (w *transcript) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.String()
}
