package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"

	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// workshop is where servers of our own come from: a folder and a binary in it.
type workshop struct {
	folder, binary string
	cpu            string   // processors the servers may use; "": any
	env            []string // of the servers, beside ours
}

// newWorkshop builds junban, unless the options name a binary.
func newWorkshop(ctx context.Context, o *options) (*workshop, error) {
	folder, err := os.MkdirTemp("", "junban-loadtest")
	if err != nil {
		return nil, err
	}
	w := &workshop{folder: folder, binary: o.junban, cpu: o.serverCPU, env: o.serverEnv}
	if w.binary == "" {
		w.binary = filepath.Join(folder, "junban")
		if out, err := exec.CommandContext(ctx, "go", "build", "-o", w.binary, "junban/cmd/junban").CombinedOutput(); err != nil {
			w.close()
			return nil, fmt.Errorf("building junban: %w: %s", err, out)
		}
	}
	return w, nil
}

func (w *workshop) close() { _ = os.RemoveAll(w.folder) }

// server is a running junban of our own.
type server struct {
	url, ops, password string
	data               string // its folder
	cmd                *exec.Cmd
	ended              chan struct{} // closed when it has
	last               lastLine
}

// start starts junban on free ports and returns when it is ready. Without
// arguments it serves the demo clinic from an empty store.
func (w *workshop) start(ctx context.Context, args ...string) (*server, error) {
	listen, err := freeAddress()
	if err != nil {
		return nil, err
	}
	return w.startAt(ctx, listen, args...)
}

// startAt starts junban on that address. It runs the binary as anybody would;
// nothing of it is linked in.
func (w *workshop) startAt(ctx context.Context, listen string, args ...string) (*server, error) {
	data, err := os.MkdirTemp(w.folder, "data")
	if err != nil {
		return nil, err
	}
	ops, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s := &server{url: "http://" + listen, ops: "http://" + ops, password: rand.Text(), data: data, ended: make(chan struct{})}
	argv := append(pinned(w.cpu, w.binary, "--listen", listen, "--ops-listen", ops, "--data", data), args...)
	s.cmd = exec.Command(argv[0], argv[1:]...)
	s.cmd.Env = append(append(os.Environ(), "JUNBAN_DEMO_PASSWORD="+s.password), w.env...)
	s.cmd.Stderr = &s.last
	dieWithParent(s.cmd)
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = s.cmd.Wait() // its last line says why
		close(s.ended)
	}()
	if err := s.ready(ctx); err != nil {
		s.stop()
		return nil, fmt.Errorf("starting junban: %w: %s", err, s.last.String())
	}
	return s, nil
}

// ready returns when the server says that it is.
func (s *server) ready(ctx context.Context) error {
	web := http.Client{Timeout: patience}
	defer web.CloseIdleConnections()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if resp, err := web.Get(s.ops + "/readyz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-s.ended:
			return errors.New("it ended")
		default:
		}
		if !sleep(ctx, 20*time.Millisecond) {
			return ctx.Err()
		}
	}
	return fmt.Errorf("not ready after %v", patience)
}

// terminate asks the server to end.
func (s *server) terminate() error { return s.cmd.Process.Signal(terminate) }

// stop ends the server as an operator would, and less kindly if it hangs.
func (s *server) stop() {
	_ = s.terminate() // it may have ended already
	late := time.AfterFunc(patience, func() { _ = s.cmd.Process.Kill() })
	defer late.Stop()
	<-s.ended
}

// freeAddress returns a loopback address on which nothing listens. Its port is below
// those that systems give to connections and listeners without one: none of these
// takes it before its server does.
func freeAddress() (string, error) {
	var last error
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20_000+mathrand.IntN(12_000)))
		if err == nil {
			return l.Addr().String(), l.Close()
		}
		last = err
	}
	return "", last
}

// clinic is the demo clinic, for a Redis that several servers share.
const clinic = `
id: "1234"
name: Load
services:
  - {id: 1, name: One, unit: 組, webCancel: true}
  - {id: 2, name: Two, unit: 人}
rooms:
  - {id: 1, name: Room, services: [1, 2]}
`

// sharedRedis is a private redis-server that keeps nothing, with the clinic in it.
type sharedRedis struct {
	socket, password string
	cmd              *exec.Cmd
}

// startRedis starts it and returns when the clinic can sign in.
func (w *workshop) startRedis(ctx context.Context) (*sharedRedis, error) {
	folder, err := os.MkdirTemp(w.folder, "redis")
	if err != nil {
		return nil, err
	}
	r := &sharedRedis{socket: filepath.Join(folder, "s"), password: rand.Text()}
	r.cmd = exec.Command("redis-server", "--port", "0", "--unixsocket", r.socket, "--dir", folder, "--save", "", "--appendonly", "no")
	dieWithParent(r.cmd)
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(patience); ; {
		conn, err := net.Dial("unix", r.socket)
		if err == nil {
			conn.Close()
			break
		}
		if time.Now().After(deadline) || !sleep(ctx, 10*time.Millisecond) {
			r.stop()
			return nil, fmt.Errorf("redis-server does not listen: %w", err)
		}
	}
	for _, command := range []struct{ args, input string }{
		{"clinic import -", clinic}, {"user set 1234 demo", r.password + "\n"},
	} {
		cmd := exec.CommandContext(ctx, w.binary, append(strings.Fields(command.args), "--redis", r.url())...)
		cmd.Stdin = strings.NewReader(command.input)
		if out, err := cmd.CombinedOutput(); err != nil {
			r.stop()
			return nil, fmt.Errorf("junban %s: %w: %s", command.args, err, out)
		}
	}
	return r, nil
}

func (r *sharedRedis) url() string { return "unix://" + r.socket }

func (r *sharedRedis) stop() {
	_ = r.cmd.Process.Kill() // it keeps nothing
	_ = r.cmd.Wait()
}

// lastLine is a writer that keeps the last line, for an error.
type lastLine struct {
	mu   sync.Mutex // guards line
	line string
}

// Write keeps what is the last line by now.
func (l *lastLine) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for lines := bufio.NewScanner(strings.NewReader(string(p))); lines.Scan(); {
		l.line = lines.Text()
	}
	return len(p), nil
}

// String returns the line.
func (l *lastLine) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.line
}
