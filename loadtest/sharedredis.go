package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// clinicFile is a clinic in the format of junban clinic import, with a place for
// its number.
const clinicFile = `---
id: "%s"
name: Load
autoPause: 0
services:
  - {id: 1, name: One, unit: 組, webCancel: true}
  - {id: 2, name: Two, unit: 人}
rooms:
  - {id: 1, name: Room, services: [1, 2]}
`

// sharedRedis is a redis-server for several servers. What it persists ends with the
// folder of the launcher.
type sharedRedis struct {
	socket   string
	password string // of each clinic's user demo
	cmd      *exec.Cmd
}

// startRedis starts a redis-server and stores the clinics, each with the user demo. If
// it is durable, it has an append-only file as the Redis that junban starts for itself.
// Otherwise it persists nothing.
func (l *launcher) startRedis(ctx context.Context, durable bool, clinics ...string) (*sharedRedis, error) {
	folder, err := os.MkdirTemp(l.folder, "redis")
	if err != nil {
		return nil, err
	}
	r := &sharedRedis{socket: filepath.Join(folder, "s"), password: rand.Text()}
	args := []string{"--port", "0", "--unixsocket", r.socket, "--dir", folder, "--save", "", "--appendonly", "no"}
	if durable {
		args = append(args[:len(args)-1], "yes", "--appendfsync", "always")
	}
	r.cmd = exec.Command("redis-server", args...)
	terminateWithParent(r.cmd)
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	if err := l.prepareRedis(ctx, r, clinics); err != nil {
		r.stop()
		return nil, err
	}
	return r, nil
}

// prepareRedis waits until the redis-server listens, and stores the clinics.
func (l *launcher) prepareRedis(ctx context.Context, r *sharedRedis, clinics []string) error {
	for deadline := time.Now().Add(operationTimeout); ; {
		conn, err := net.Dial("unix", r.socket)
		if err == nil {
			conn.Close()
			break
		}
		if time.Now().After(deadline) || !sleep(ctx, 10*time.Millisecond) {
			return fmt.Errorf("redis-server does not listen: %w", err)
		}
	}
	var file strings.Builder
	for _, id := range clinics {
		fmt.Fprintf(&file, clinicFile, id)
	}
	if err := l.runCommand(ctx, r, "clinic import -", file.String()); err != nil {
		return err
	}
	for _, id := range clinics {
		if err := l.runCommand(ctx, r, "user set "+id+" demo", r.password+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// runCommand runs a command of junban on the redis-server, with an input.
func (l *launcher) runCommand(ctx context.Context, r *sharedRedis, args, input string) error {
	cmd := exec.CommandContext(ctx, l.binary, append(strings.Fields(args), "--redis", r.url())...)
	cmd.Stdin = strings.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("junban %s: %w: %s", args, err, out)
	}
	return nil
}

// nodesOf starts the servers of a redis-server. They share a register, a file beside the
// files of Redis; a program from before the register ignores that.
func (l *launcher) nodesOf(r *sharedRedis) *launcher {
	nodes := *l
	nodes.env = append(l.env[:len(l.env):len(l.env)], "JUNBAN_DATABASE=sqlite:"+filepath.Join(filepath.Dir(r.socket), "register.db"))
	return &nodes
}

func (r *sharedRedis) url() string { return "unix://" + r.socket }

// stop kills the redis-server.
func (r *sharedRedis) stop() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
}
