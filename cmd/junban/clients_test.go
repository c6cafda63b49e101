//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"junban/api/wire"
	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
)

// foreignClients installs third-party clients, pinned by the lock file, into a
// temporary folder.
func foreignClients(t *testing.T) string {
	t.Helper()
	programtest.Needs(t, "npm")
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("testdata/clients")); err != nil {
		t.Fatal(err)
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline")
	install.Dir = folder
	if out, err := install.CombinedOutput(); err != nil {
		if os.Getenv("JUNBAN_TEST_FULL") != "" {
			t.Fatalf("npm ci: %v: %s", err, out)
		}
		t.Skipf("installing the clients: %v", err)
	}
	return folder
}

// foreign is a third-party client that follows a board.
type foreign struct {
	name   string
	lines  chan string // closed when the client exits
	states []string
	pulses int
}

// received is a line of a client: a frame, or the close code of its socket.
type received struct {
	wire.Frame
	Code int
}

// follow starts a client that prints a line per frame.
func follow(t *testing.T, name, folder, program string, args ...string) *foreign {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir, cmd.Stderr = folder, os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &foreign{name: name, lines: make(chan string, 100)}
	go func() {
		defer close(c.lines)
		for text := bufio.NewScanner(out); text.Scan(); {
			line := strings.TrimPrefix(text.Text(), "data: ")
			if strings.HasPrefix(line, "{") { // curl prints other lines of the stream too
				c.lines <- line
			}
		}
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return c
}

// next returns the client's next frame of a type. It skips pulses.
func (c *foreign) next(t *testing.T, kind string) received {
	t.Helper()
	for text := range c.lines {
		var h received
		if err := json.Unmarshal([]byte(text), &h); err != nil {
			t.Fatalf("%s got %q: %v", c.name, text, err)
		}
		switch h.Type {
		case wire.TypePulse:
			c.pulses++
		case wire.TypeBoard:
			c.states = append(c.states, text)
		}
		if h.Type == kind {
			return h
		}
		if h.Type != wire.TypePulse {
			t.Fatalf("%s got %s instead of a %s", c.name, text, kind)
		}
	}
	t.Fatalf("%s ended before a %s, after %q", c.name, kind, c.states)
	return received{}
}

// TestWatch_ThirdPartyClientsSeeTheSameFrames follows a board from the first frame to
// the bye, as README.md shows. It uses curl, an EventSource and other WebSocket
// libraries.
func TestWatch_ThirdPartyClientsSeeTheSameFrames(t *testing.T) {
	t.Parallel()
	for _, program := range []string{embedded.Program, "curl", "node"} {
		programtest.Needs(t, program)
	}
	const python = "/usr/bin/python3" // the interpreter that Debian's packages belong to
	programtest.Needs(t, python, "-c", "import websockets")
	folder := foreignClients(t)
	s := programtest.Serve(t, t.TempDir(), []string{"JUNBAN_DEMO_PASSWORD=" + programtest.Password}, "--drain=3s")
	desk := programtest.Client{URL: s.URL}
	if status := desk.Do(t, "POST", "/v1/login", nil, wire.LoginRequest{Clinic: "1234", User: "demo", Password: programtest.Password}, nil); status != http.StatusOK {
		t.Fatalf("login answers %d", status)
	}
	for _, key := range []string{"one", "two", "three"} {
		desk.Issue(t, key)
	}

	url := s.URL + "/v1/watch?pulse=5&topic=service:1234-1"
	curl := follow(t, "curl", folder, "curl", "-sS", "-N", "-H", "Accept: text/event-stream", url)
	sockets := []*foreign{
		follow(t, "Node's ws", folder, "node", "follow.mjs", "ws", url),
		follow(t, "Python's websockets", folder, python, "follow.py", url),
	}
	all := append([]*foreign{curl, follow(t, "eventsource", folder, "node", "follow.mjs", "eventsource", url)}, sockets...)

	// All clients have the first state before the desk begins.
	for _, c := range all {
		c.next(t, wire.TypeBoard)
	}
	for number, key := range []string{"call-one", "call-two", "call-three"} {
		if status := desk.Do(t, "POST", "/v1/services/1234-1/call", map[string]string{"Idempotency-Key": key}, wire.CallRequest{Room: "1"}, nil); status != http.StatusOK {
			t.Fatalf("calling answers %d", status)
		}
		for _, c := range all {
			f := c.next(t, wire.TypeBoard)
			if f.Board == nil || len(f.Board.Calling) != 1 || f.Board.Calling[0].Number != number+1 {
				t.Fatalf("%s got %+v after number %d was called", c.name, f.Board, number+1)
			}
		}
	}
	for _, c := range all {
		if diff := cmp.Diff(curl.states, c.states); diff != "" {
			t.Errorf("%s saw other frames than curl (-curl +%s):\n%s", c.name, c.name, diff)
		}
		if c.pulses == 0 {
			c.next(t, wire.TypePulse)
		}
	}
	var board wire.Frame
	if status := desk.Do(t, "GET", "/v1/services/1234-1/board", nil, nil, &board); status != http.StatusOK || board.Board.Calling[0].Number != 3 {
		t.Errorf("GET board answers %d, %+v", status, board.Board)
	}

	s.Stop(t)
	for _, c := range all {
		if bye := c.next(t, wire.TypeBye); bye.RetryAfterMs < 1000 || bye.RetryAfterMs > 90_000 {
			t.Errorf("%s is asked to reconnect after %d ms", c.name, bye.RetryAfterMs)
		}
	}
	for _, c := range sockets {
		if closed := c.next(t, "closed"); closed.Code != 1012 {
			t.Errorf("%s was closed with %d", c.name, closed.Code)
		}
	}
	for _, c := range all {
		for text := range c.lines {
			t.Errorf("%s received %s after the bye", c.name, text)
		}
	}
}
