package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// process is a server that runs, with whatever it started itself.
type process struct {
	cmd  *exec.Cmd
	end  context.CancelFunc
	log  *os.File
	gone chan struct{}
}

// start runs cmd, on one core unless cpu is negative, and returns when listen is
// listened on.
func start(ctx context.Context, cmd *exec.Cmd, folder, listen string, cpu int) (*process, error) {
	path, args := cmd.Path, cmd.Args
	if cpu >= 0 {
		var err error
		if path, args, err = pinned(cmd, cpu); err != nil {
			return nil, err
		}
	}
	log, err := os.Create(filepath.Join(folder, "log"))
	if err != nil {
		return nil, err
	}
	ctx, end := context.WithCancel(ctx)
	p := &process{cmd: exec.CommandContext(ctx, path, args[1:]...), end: end, log: log, gone: make(chan struct{})}
	p.cmd.Dir, p.cmd.Env = cmd.Dir, cmd.Env
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = 15 * time.Second
	if err := p.cmd.Start(); err != nil {
		end()
		log.Close()
		return nil, err
	}
	go func() { // ends when the process does, and stop waits for it
		defer close(p.gone)
		_ = p.cmd.Wait() // how it ended is in its log
	}()
	if err := p.listens(listen); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

func (p *process) listens(address string) error {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if c, err := net.Dial("tcp", address); err == nil {
			return c.Close()
		}
		select {
		case <-p.gone:
			return fmt.Errorf("it ended instead of listening: %s", p.said())
		case <-time.After(20 * time.Millisecond):
		}
	}
	return fmt.Errorf("nobody listens on %s: %s", address, p.said())
}

// said returns the end of what the server wrote.
func (p *process) said() string {
	text, err := os.ReadFile(p.log.Name())
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(text[max(0, len(text)-1000):]))
}

// stop ends the server as an operator would, by force when it takes its time.
func (p *process) stop() {
	p.end()
	<-p.gone
	p.log.Close()
}

// freeAddress returns a loopback address on which nothing listens. Its port is below
// those that systems give to connections and listeners without one: none of these
// takes it before its server does.
func freeAddress() (string, error) {
	var last error
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20_000+rand.IntN(12_000)))
		if err == nil {
			return l.Addr().String(), l.Close()
		}
		last = err
	}
	return "", last
}
