package main

import (
	"context"
	_ "embed"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed proxy.conf
var proxyConf string

// proxiedPeer is junban behind nginx, which serves TLS. The cost is that of both.
func proxiedPeer() peer {
	p := junbanAt("nginx-tls", "the same, behind nginx with TLS", true)
	needsRedis := p.missing
	p.missing = func() string {
		if _, err := nginx(); err != nil {
			return "nginx (Debian: nginx)"
		}
		return needsRedis()
	}
	junban := p.command
	p.command = func(folder, listen string) (*exec.Cmd, error) {
		backend, err := freeAddress()
		if err != nil {
			return nil, err
		}
		cmd, err := junban(folder, backend)
		if err != nil {
			return nil, err
		}
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		cmd.Args = append(cmd.Args, "--trusted-proxies", "127.0.0.1")
		return exec.Command(self, append([]string{"serve", "nginx-tls", listen, backend, folder}, cmd.Args...)...), nil
	}
	return p
}

// serveProxied runs a server on the address backend, and nginx in front of it, until
// ctx is done. The arguments are ADDRESS BACKEND FOLDER COMMAND….
func serveProxied(ctx context.Context, args []string) error {
	if len(args) < 4 {
		return errors.New("nginx-tls: ADDRESS BACKEND FOLDER COMMAND")
	}
	listen, backend, folder, command := args[0], args[1], args[2], args[3:]
	folders := [2]string{filepath.Join(folder, "backend"), filepath.Join(folder, "front")}
	for _, f := range folders {
		if err := os.MkdirAll(f, 0o700); err != nil {
			return err
		}
	}
	server, err := startServer(ctx, exec.Command(command[0], command[1:]...), folders[0], backend, -1)
	if err != nil {
		return err
	}
	defer server.stop()
	program, err := nginx()
	if err != nil {
		return err
	}
	certificate, key := certificateFiles(folder)
	conf := filepath.Join(folders[1], "nginx.conf")
	text := strings.NewReplacer("ACCOUNT", nginxAccount(), "FOLDER", folders[1], "LISTEN", listen, "BACKEND", backend,
		"CERTIFICATE", certificate, "KEY", key).Replace(proxyConf)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		return err
	}
	front, err := startServer(ctx, exec.Command(program, "-p", folders[1], "-c", conf, "-e", "stderr"), folders[1], listen, -1)
	if err != nil {
		return err
	}
	defer front.stop()
	select {
	case <-ctx.Done():
		return nil
	case <-server.exited:
		return errors.New("the server ended: " + server.logTail())
	case <-front.exited:
		return errors.New("nginx ended: " + front.logTail())
	}
}
