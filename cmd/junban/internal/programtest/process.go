//go:build unix

package programtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
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

	"junban/cmd/junban/internal/embedded"
)

// Long is how long a test waits for one thing. It is only there so that a broken
// program ends the test: a busy machine must not reach it.
const Long = 5 * time.Minute

// Needs skips a test where a program is missing, or cannot do what the probe
// asks of it; except in the full run.
func Needs(t *testing.T, program string, probe ...string) {
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

// OpenFiles names the variable that limits the open files of a program.
const OpenFiles = "JUNBAN_TEST_OPEN_FILES"

// Command is the program with these arguments and nothing else in its
// environment than PATH and what is given.
func Command(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := build()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range env {
		if n, ok := strings.CutPrefix(e, OpenFiles+"="); ok {
			args = append([]string{"-c", "ulimit -n " + n + `; exec "$0" "$@"`, self}, args...)
			self = "/bin/sh"
		}
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + os.TempDir()}, env...)
	return cmd
}

// Result runs the program to its end.
func Result(t *testing.T, stdin string, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := Command(t, env, args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// Must runs the program and returns its output; it must exit with 0.
func Must(t *testing.T, stdin string, env []string, args ...string) string {
	t.Helper()
	code, stdout, stderr := Result(t, stdin, env, args...)
	if code != 0 {
		t.Fatalf("junban %s exits with %d: %s", strings.Join(args, " "), code, stderr)
	}
	return stdout
}

// Running is a program that serves.
type Running struct {
	Cmd      *exec.Cmd
	URL, Ops string
	Data     string
	Out, Log *Transcript
	Ended    chan struct{}
}

// Serve starts the program on free ports and returns when it serves.
func Serve(t *testing.T, data string, env []string, args ...string) *Running {
	t.Helper()
	s := &Running{Data: data, Out: &Transcript{}, Log: &Transcript{}, Ended: make(chan struct{})}
	args = append([]string{"--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", "--log=json", "--data=" + data}, args...)
	s.Cmd = Command(t, env, args...)
	s.Cmd.Stdout, s.Cmd.Stderr = s.Out, s.Log
	s.Cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.Cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		s.Cmd.Wait()
		close(s.Ended)
	}()
	t.Cleanup(func() {
		s.Cmd.Process.Signal(syscall.SIGTERM)
		s.Wait(t)
		if strings.Contains(s.Log.String(), "DATA RACE") {
			t.Error("the server raced")
		}
		if t.Failed() {
			t.Logf("the log of the server:\n%s", s.Log)
		}
	})
	for start := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		for line := range strings.Lines(s.Log.String()) {
			var said struct{ Msg, Listen, Ops string }
			if json.Unmarshal([]byte(line), &said) == nil && said.Msg == "serving" {
				s.URL, s.Ops = "http://"+said.Listen, "http://"+said.Ops
				return s
			}
		}
		select {
		case <-s.Ended:
			t.Fatalf("the server ended: %s", s.Log)
		default:
		}
		if time.Since(start) > Long {
			t.Fatalf("the server does not serve: %s", s.Log)
		}
	}
}

// Wait waits for the end, and kills the program when it does not come.
func (s *Running) Wait(t *testing.T) {
	t.Helper()
	select {
	case <-s.Ended:
	case <-time.After(Long):
		s.Cmd.Process.Kill()
		<-s.Ended
		t.Error("the server did not end")
	}
}

// Stop ends the program as an operator does; it must exit with 0.
func (s *Running) Stop(t *testing.T) {
	t.Helper()
	s.Cmd.Process.Signal(syscall.SIGTERM)
	s.Wait(t)
	if code := s.Cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the server exits with %d: %s", code, s.Log)
	}
}

// Client returns a client of the server, without a login.
func (s *Running) Client() *Client { return &Client{URL: s.URL} }

// Redis returns a client of the embedded Redis, until the test ends.
func (s *Running) Redis(t *testing.T) *redis.Client {
	path := filepath.Join(s.Data, embedded.SocketFile)
	if note, err := os.ReadFile(filepath.Join(s.Data, embedded.SocketNoteFile)); err == nil {
		path = string(note)
	}
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: path})
	t.Cleanup(func() { rdb.Close() })
	return rdb
}

// RedisPID is the process of the embedded Redis.
func (s *Running) RedisPID(t *testing.T) int {
	t.Helper()
	info := s.Redis(t).Info(t.Context(), "server").Val()
	m := regexp.MustCompile(`process_id:(\d+)`).FindStringSubmatch(info)
	if m == nil {
		t.Fatalf("Redis does not report its process: %q", info)
	}
	var pid int
	fmt.Sscan(m[1], &pid)
	return pid
}

// Alive reports whether a process runs. A dead one that nobody has waited for,
// as in a container without an init, does not.
func Alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !strings.Contains(string(stat), ") Z ")
}

// Eventually waits until something holds.
func Eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for start := time.Now(); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Since(start) > Long {
			t.Fatalf("still not: %s", what)
		}
	}
}

// Transcript is output that may be read while it is written.
type Transcript struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (w *Transcript) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.Write(p)
}

func (w *Transcript) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.String()
}
