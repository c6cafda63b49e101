package main

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
)

// launcher starts junban servers from one binary, with data below one folder.
type launcher struct {
	folder, binary string
	cpu            string   // processors of the servers; empty for all
	env            []string // additional environment of the servers
	scheme         string   // of the servers' URLs
	tls            []string // arguments for that scheme
}

// newLauncher builds junban, unless the options name a binary. The caller closes
// the launcher.
func newLauncher(ctx context.Context, o *options) (*launcher, error) {
	folder, err := os.MkdirTemp("", "junban-loadtest")
	if err != nil {
		return nil, err
	}
	l := &launcher{folder: folder, binary: o.junban, cpu: o.serverCPU, env: o.serverEnv, scheme: "http://"}
	if o.tls {
		certificate, key, err := writeCertificate(folder)
		if err != nil {
			l.close()
			return nil, err
		}
		l.scheme, l.tls = "https://", []string{"--tls-cert", certificate, "--tls-key", key}
	}
	if l.binary == "" {
		l.binary = filepath.Join(folder, "junban")
		if out, err := exec.CommandContext(ctx, "go", "build", "-o", l.binary, "junban/cmd/junban").CombinedOutput(); err != nil {
			l.close()
			return nil, fmt.Errorf("building junban: %w: %s", err, out)
		}
	}
	return l, nil
}

// close removes the folder.
func (l *launcher) close() { _ = os.RemoveAll(l.folder) }

// start starts junban on free ports and returns when it is ready. Without
// arguments it serves the demo clinic from an empty store.
func (l *launcher) start(ctx context.Context, args ...string) (*server, error) {
	listen, err := freeAddress()
	if err != nil {
		return nil, err
	}
	return l.startAt(ctx, listen, args...)
}

// startAt starts junban on the given address and returns when it is ready.
func (l *launcher) startAt(ctx context.Context, listen string, args ...string) (*server, error) {
	data, err := os.MkdirTemp(l.folder, "data")
	if err != nil {
		return nil, err
	}
	operator, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s := &server{url: l.scheme + listen, operatorURL: "http://" + operator, password: rand.Text(), data: data, exited: make(chan struct{})}
	argv := append(pinnedCommand(l.cpu, l.binary, "--listen", listen, "--ops-listen", operator, "--data", data), l.tls...)
	argv = append(argv, args...)
	s.cmd = exec.Command(argv[0], argv[1:]...)
	s.cmd.Env = append(append(os.Environ(), "JUNBAN_DEMO_PASSWORD="+s.password), l.env...)
	s.cmd.Stderr = &s.last
	terminateWithParent(s.cmd)
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = s.cmd.Wait() // the last line of its log has the cause
		close(s.exited)
	}()
	if err := s.waitReady(ctx); err != nil {
		s.stop()
		return nil, fmt.Errorf("starting junban: %w: %s", err, s.last.String())
	}
	return s, nil
}

// freeAddress returns an unused loopback address. Its port is below the ephemeral
// ports, so no other connection takes it before the server listens.
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
