package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// server is a junban of our own, on an empty store.
type server struct {
	url, password string
	cmd           *exec.Cmd
	folder        string
}

// startServer builds junban and starts it on a free port. It runs the binary
// as anybody would; nothing of it is linked in.
func startServer(ctx context.Context) (*server, error) {
	folder, err := os.MkdirTemp("", "junban-loadtest")
	if err != nil {
		return nil, err
	}
	binary := filepath.Join(folder, "junban")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "junban/cmd/junban").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building junban: %w: %s", err, out)
	}
	listen, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s := &server{url: "http://" + listen, password: rand.Text(), folder: folder}
	s.cmd = exec.Command(binary, "--listen", listen, "--ops-listen", "127.0.0.1:0", "--data", filepath.Join(folder, "data"))
	s.cmd.Env = append(os.Environ(), "JUNBAN_DEMO_PASSWORD="+s.password)
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	var last string
	logged := make(chan struct{})
	go func() { // until the server ends
		defer close(logged)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			last = lines.Text()
		}
	}()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		c, err := net.Dial("tcp", listen)
		if err == nil {
			return s, c.Close()
		}
	}
	s.stop()
	<-logged
	return nil, fmt.Errorf("junban does not listen on %s: %s", listen, strings.TrimSpace(last))
}

// freeAddress returns a loopback address that nobody listened on a moment ago.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// stop ends the server as an operator would, and removes what it kept.
func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
	_ = os.RemoveAll(s.folder)
}
