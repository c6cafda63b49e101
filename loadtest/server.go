package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// server is a running junban that loadtest started.
type server struct {
	url, operatorURL string
	password         string // of the user demo
	data             string // folder
	cmd              *exec.Cmd
	exited           chan struct{} // closed when the process has ended
	last             lastLine
}

// waitReady returns when the server reports that it is ready.
func (s *server) waitReady(ctx context.Context) error {
	client := http.Client{Timeout: operationTimeout}
	defer client.CloseIdleConnections()
	for deadline := time.Now().Add(operationTimeout); time.Now().Before(deadline); {
		if resp, err := client.Get(s.operatorURL + "/readyz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-s.exited:
			return errors.New("the process ended")
		default:
		}
		if !sleep(ctx, 20*time.Millisecond) {
			return ctx.Err()
		}
	}
	return fmt.Errorf("not ready after %v", operationTimeout)
}

// terminate asks the server to shut down, and does not wait.
func (s *server) terminate() error { return s.cmd.Process.Signal(terminateSignal) }

// stop shuts the server down and waits. It kills the server after a timeout.
func (s *server) stop() {
	_ = s.terminate() // fails if the process has ended
	kill := time.AfterFunc(operationTimeout, func() { _ = s.cmd.Process.Kill() })
	defer kill.Stop()
	<-s.exited
}

// lastLine is an io.Writer that keeps the last line, for use in an error. It is
// safe for concurrent use.
type lastLine struct {
	mu   sync.Mutex // guards line
	line string
}

// Write keeps the last line of b.
func (l *lastLine) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for lines := bufio.NewScanner(strings.NewReader(string(b))); lines.Scan(); {
		l.line = lines.Text()
	}
	return len(b), nil
}

// String returns the last line.
func (l *lastLine) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.line
}
