package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"time"

	"junban/api/wire"
)

// bareCommand is the hidden command that runs a bare HTTP server.
const bareCommand = "bare"

// bareScript does the least that an act of a line needs in Redis: a version, a
// place in an order, an entry in a log and a message.
const bareScript = `
local version = redis.call('INCR', KEYS[1])
redis.call('ZADD', KEYS[2], version, ARGV[1])
redis.call('XADD', KEYS[3], '*', 'entry', ARGV[2])
redis.call('PUBLISH', KEYS[4], ARGV[2])
return version
`

// bareEntry is an entry of the log, in bytes as long as one of junban's.
var bareEntry = strings.Repeat("e", 200)

// serveBare serves POST / on a loopback address, which it prints: it decodes JSON
// and answers with JSON, as an act's handler does, and does nothing else. It ends
// when in ends or ctx is done.
func serveBare(ctx context.Context, in io.ReadCloser, out io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{ReadHeaderTimeout: operationTimeout, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request wire.ActRequest
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxFrameSize)).Decode(&request); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(wire.TicketAnswer{Rev: request.Rev}) // a client that left needs no answer
	})}
	if _, err := fmt.Fprintln(out, listener.Addr()); err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		server.Close()
	}()
	defer context.AfterFunc(ctx, func() { in.Close() })()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// bareProcess is a running child process of serveBare.
type bareProcess struct {
	client *client
	cmd    *exec.Cmd
	in     io.Closer
}

// startBare starts a bare HTTP server on the given processors. The caller stops it.
func startBare(ctx context.Context, cpu string) (*bareProcess, error) {
	cmd, in, out, err := startSelf(ctx, cpu, bareCommand)
	if err != nil {
		return nil, err
	}
	s := &bareProcess{cmd: cmd, in: in}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err == nil {
		s.client, err = newClient("http://"+strings.TrimSpace(address), nil)
	}
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("starting the bare server: %w", err)
	}
	return s, nil
}

// stop ends the process and waits for it.
func (s *bareProcess) stop() {
	if s.client != nil {
		s.client.close()
	}
	s.in.Close()
	kill := time.AfterFunc(operationTimeout, func() { _ = s.cmd.Process.Kill() })
	defer kill.Stop()
	_ = s.cmd.Wait()
}
