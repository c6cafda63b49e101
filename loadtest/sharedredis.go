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

// clinicFile is the demo clinic in the format of junban clinic import.
const clinicFile = `
id: "1234"
name: Load
services:
  - {id: 1, name: One, unit: 組, webCancel: true}
  - {id: 2, name: Two, unit: 人}
rooms:
  - {id: 1, name: Room, services: [1, 2]}
`

// sharedRedis is a redis-server for several servers. It persists nothing.
type sharedRedis struct {
	socket   string
	password string // of the user demo
	cmd      *exec.Cmd
}

// startRedis starts a redis-server and stores the demo clinic with its user.
func (l *launcher) startRedis(ctx context.Context) (*sharedRedis, error) {
	folder, err := os.MkdirTemp(l.folder, "redis")
	if err != nil {
		return nil, err
	}
	r := &sharedRedis{socket: filepath.Join(folder, "s"), password: rand.Text()}
	r.cmd = exec.Command("redis-server", "--port", "0", "--unixsocket", r.socket, "--dir", folder, "--save", "", "--appendonly", "no")
	terminateWithParent(r.cmd)
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	if err := l.prepareRedis(ctx, r); err != nil {
		r.stop()
		return nil, err
	}
	return r, nil
}

// prepareRedis waits until the redis-server listens, and stores the clinic.
func (l *launcher) prepareRedis(ctx context.Context, r *sharedRedis) error {
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
	for _, command := range []struct{ args, input string }{
		{"clinic import -", clinicFile}, {"user set 1234 demo", r.password + "\n"},
	} {
		cmd := exec.CommandContext(ctx, l.binary, append(strings.Fields(command.args), "--redis", r.url())...)
		cmd.Stdin = strings.NewReader(command.input)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("junban %s: %w: %s", command.args, err, out)
		}
	}
	return nil
}

func (r *sharedRedis) url() string { return "unix://" + r.socket }

// stop kills the redis-server, which has nothing to save.
func (r *sharedRedis) stop() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
}
