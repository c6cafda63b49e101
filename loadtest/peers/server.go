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

// serverProcess is a running server, with the processes that it started.
type serverProcess struct {
	cmd    *exec.Cmd
	cancel context.CancelFunc
	log    *os.File
	exited chan struct{}
}

// startServer runs cmd and returns when it listens on the address. The server
// runs on core cpu, or on all cores if cpu is negative.
func startServer(ctx context.Context, cmd *exec.Cmd, folder, listen string, cpu int) (*serverProcess, error) {
	path, args := cmd.Path, cmd.Args
	if cpu >= 0 {
		var err error
		if path, args, err = pinnedCommand(cmd, cpu); err != nil {
			return nil, err
		}
	}
	log, err := os.Create(filepath.Join(folder, "log"))
	if err != nil {
		return nil, err
	}
	ctx, end := context.WithCancel(ctx)
	p := &serverProcess{cmd: exec.CommandContext(ctx, path, args[1:]...), cancel: end, log: log, exited: make(chan struct{})}
	p.cmd.Dir, p.cmd.Env = cmd.Dir, cmd.Env
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = 15 * time.Second
	if err := p.cmd.Start(); err != nil {
		end()
		log.Close()
		return nil, err
	}
	go func() { // ends with the process; stop waits for it
		defer close(p.exited)
		_ = p.cmd.Wait() // the log has the cause
	}()
	if err := p.waitListening(listen); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

// waitListening returns when the server accepts connections.
func (p *serverProcess) waitListening(address string) error {
	for deadline := time.Now().Add(operationTimeout); time.Now().Before(deadline); {
		if c, err := net.Dial("tcp", address); err == nil {
			return c.Close()
		}
		select {
		case <-p.exited:
			return fmt.Errorf("the server ended before it listened: %s", p.logTail())
		case <-time.After(20 * time.Millisecond):
		}
	}
	return fmt.Errorf("the server does not listen on %s: %s", address, p.logTail())
}

// logTail returns the last 1,000 bytes of the server's log.
func (p *serverProcess) logTail() string {
	text, err := os.ReadFile(p.log.Name())
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(text[max(0, len(text)-1000):]))
}

// stop terminates the server and waits. It kills the server after a timeout.
func (p *serverProcess) stop() {
	p.cancel()
	<-p.exited
	p.log.Close()
}

// freeAddress returns an unused loopback address. Its port is below the ephemeral
// ports, so no other connection takes it before the server listens.
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
