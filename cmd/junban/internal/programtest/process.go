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

// Long limits the wait for a condition. Only a broken program reaches it, not a
// busy machine.
const Long = 5 * time.Minute

// Needs skips the test if a program is missing or its probe fails. With
// JUNBAN_TEST_FULL, it fails the test.
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
		t.Fatalf("%s: not installed, but JUNBAN_TEST_FULL requires it", what)
	}
	t.Skipf("%s: not installed (make tools installs it)", what)
}

// OpenFiles is the environment variable with the limit of open files.
const OpenFiles = "JUNBAN_TEST_OPEN_FILES"

// SmallDisk is the environment variable of a folder on a disk of its own, such as
// /tmp/x=400k. Only the program sees it.
const SmallDisk = "JUNBAN_TEST_DISK"

// Command returns the program with arguments. Its environment has only PATH,
// HOME, TMPDIR and env.
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
		if disk, ok := strings.CutPrefix(e, SmallDisk+"="); ok {
			folder, size, _ := strings.Cut(disk, "=")
			args = append([]string{"-rm", "/bin/sh", "-c", "mount -t tmpfs -o size=" + size + " none " + folder + ` && exec "$0" "$@"`, self}, args...)
			self = "unshare"
		}
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	// The context ends before the test's clean-up. A killed program would leave its
	// redis-server writing into the folder that the clean-up removes.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + os.TempDir()}, env...)
	return cmd
}

// Result runs a command to its end.
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

// Must runs a command that must exit with 0, and returns its output.
func Must(t *testing.T, stdin string, env []string, args ...string) string {
	t.Helper()
	code, stdout, stderr := Result(t, stdin, env, args...)
	if code != 0 {
		t.Fatalf("junban %s exits with %d: %s", strings.Join(args, " "), code, stderr)
	}
	return stdout
}

// Running is a running server.
type Running struct {
	Cmd      *exec.Cmd
	URL, Ops string
	Data     string
	Out, Log *Transcript
	Ended    chan struct{}
}

// Serve starts the program on free ports and waits until it serves.
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
			t.Error("the server has a data race")
		}
		if t.Failed() {
			t.Logf("the log of the server:\n%s", s.Log)
		}
	})
	for start := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		for line := range strings.Lines(s.Log.String()) {
			var entry struct {
				Msg, Listen, Ops string
				TLS              bool
			}
			if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "serving" {
				s.URL, s.Ops = "http://"+entry.Listen, "http://"+entry.Ops
				if entry.TLS {
					s.URL = "https://" + entry.Listen
				}
				return s
			}
		}
		select {
		case <-s.Ended:
			t.Fatalf("the server exited: %s", s.Log)
		default:
		}
		if time.Since(start) > Long {
			t.Fatalf("the server did not start: %s", s.Log)
		}
	}
}

// Wait waits for the exit, and kills the program after [Long].
func (s *Running) Wait(t *testing.T) {
	t.Helper()
	select {
	case <-s.Ended:
	case <-time.After(Long):
		s.Cmd.Process.Kill()
		<-s.Ended
		t.Error("the server did not exit")
	}
}

// Stop stops the program with SIGTERM; it must exit with 0.
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

// Redis returns a client of the embedded Redis, which is closed when the test
// ends.
func (s *Running) Redis(t *testing.T) *redis.Client {
	path := filepath.Join(s.Data, embedded.SocketFile)
	if note, err := os.ReadFile(filepath.Join(s.Data, embedded.SocketNoteFile)); err == nil {
		path = string(note)
	}
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: path})
	t.Cleanup(func() { rdb.Close() })
	return rdb
}

// RedisPID returns the process ID of the embedded Redis.
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

// Alive reports whether a process is running. A zombie is not: in a container
// without an init, nothing reaps it.
func Alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !strings.Contains(string(stat), ") Z ")
}

// Eventually waits until a condition holds.
func Eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for start := time.Now(); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Since(start) > Long {
			t.Fatalf("timeout: %s", what)
		}
	}
}

// Transcript is output that can be read while it is written.
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
