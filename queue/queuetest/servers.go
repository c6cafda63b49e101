package queuetest

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Server is a redis-server of one test, on a TCP port of this machine. Its files
// stay between [Server.Kill] and [Server.Start]. It ends with the test.
type Server struct {
	Port   int
	Bus    int // the cluster's bus port, where the test has set one
	Addr   string
	Folder string
	Client *redis.Client // of this server alone

	t    testing.TB
	args []string
	cmd  *exec.Cmd
}

// NewServer starts a redis-server with further arguments, or a Sentinel where
// these name a configuration file and --sentinel.
func NewServer(t testing.TB, args ...string) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		Missing(t, "redis-server", err)
	}
	port := FreePort(t)
	s := &Server{Port: port, Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Folder: t.TempDir(), t: t}
	s.args = append(args, "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--dir", s.Folder,
		"--save", "", "--loglevel", "warning", "--logfile", filepath.Join(s.Folder, "log"))
	s.Client = redis.NewClient(&redis.Options{Addr: s.Addr, ContextTimeoutEnabled: true})
	t.Cleanup(func() {
		s.Client.Close()
		s.Kill()
	})
	s.Start()
	return s
}

// Start starts the server, again after [Server.Kill], and returns when it answers.
func (s *Server) Start() {
	s.t.Helper()
	s.cmd = exec.Command("redis-server", s.args...)
	dieWithParent(s.cmd)
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	Eventually(s.t, "redis-server answers", func() bool {
		err := s.Client.Ping(context.Background()).Err()
		return err == nil || strings.HasPrefix(err.Error(), "MASTERDOWN")
	})
}

// Kill ends the server at once, with SIGKILL.
func (s *Server) Kill() {
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

// Pause stops the process: its connections stay open and nothing answers.
func (s *Server) Pause() { s.signal(syscall.SIGSTOP) }

// Resume lets a paused server go on.
func (s *Server) Resume() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// Info returns one field of the server's INFO; "" when it does not answer.
func (s *Server) Info(section, field string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	all, _ := s.Client.InfoMap(ctx, section).Result()
	for _, fields := range all {
		if value, ok := fields[field]; ok {
			return value
		}
	}
	return ""
}

// Replica starts a further server that replicates s, and returns when it has all.
func (s *Server) Replica(args ...string) *Server {
	s.t.Helper()
	r := NewServer(s.t, append([]string{"--replicaof", fmt.Sprintf("127.0.0.1 %d", s.Port), "--repl-diskless-sync-delay", "0"}, args...)...)
	Eventually(s.t, "the replica follows", func() bool { return r.Info("replication", "master_link_status") == "up" })
	return r
}

// Eventually waits until something holds. It fails the test after five minutes,
// which a busy machine does not reach.
func Eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for begun := time.Now(); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > Patience {
			t.Fatalf("still not: %s", what)
		}
	}
}

// FreePort returns a TCP port of this machine that nothing listens on.
func FreePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
