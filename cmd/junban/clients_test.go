//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"junban/api/wire"
)

// foreignClients installs the clients of other people, as pinned by the lock
// file, into a folder of this test.
func foreignClients(t *testing.T) string {
	t.Helper()
	needs(t, "npm")
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
		t.Skipf("the clients could not be installed: %v", err)
	}
	return folder
}

// TestWatch_ClientsThatAreNotOursSeeTheSameFrames follows one board as the
// README says: with curl, with an EventSource and with a WebSocket of others.
func TestWatch_ClientsThatAreNotOursSeeTheSameFrames(t *testing.T) {
	t.Parallel()
	for _, program := range []string{redisServer, "curl", "node"} {
		needs(t, program)
	}
	folder := foreignClients(t)
	s := serve(t, t.TempDir(), []string{"JUNBAN_DEMO_PASSWORD=a password of mine"})
	desk := client{url: s.url}
	if status := desk.do(t, "POST", "/v1/login", nil, wire.LoginRequest{Clinic: "1234", User: "demo", Password: "a password of mine"}, nil); status != http.StatusOK {
		t.Fatalf("login answers %d", status)
	}
	for _, key := range []string{"one", "two", "three"} {
		desk.issue(t, key)
	}

	const topic = "service:1234-1"
	node := func(kind string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), "node", filepath.Join(folder, "follow.mjs"), kind, s.url, topic, "3")
		cmd.Dir = folder
		return cmd
	}
	clients := map[string]*exec.Cmd{
		"ws":          node("ws"),
		"eventsource": node("eventsource"),
		"curl": exec.CommandContext(t.Context(), "curl", "-sS", "-N", "-H", "Accept: text/event-stream",
			s.url+"/v1/watch?topic="+topic),
	}
	frames := map[string]chan string{}
	for name, cmd := range clients {
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := make(chan string, 100)
		frames[name] = lines
		go func() {
			defer close(lines)
			for text := bufio.NewScanner(out); text.Scan(); {
				line := strings.TrimPrefix(text.Text(), "data: ")
				if strings.HasPrefix(line, "{") { // of curl's stream the data lines
					lines <- line
				}
			}
		}()
		t.Cleanup(func() {
			cmd.Process.Kill()
			cmd.Wait()
		})
	}
	// Everybody has the first state before the desk begins, so that all see all.
	seen := map[string][]string{}
	take := func(name string) wire.Frame {
		t.Helper()
		for text := range frames[name] {
			var f wire.Frame
			if err := json.Unmarshal([]byte(text), &f); err != nil {
				t.Fatalf("%s got %q: %v", name, text, err)
			}
			if f.Type == wire.TypePulse {
				continue
			}
			seen[name] = append(seen[name], text)
			return f
		}
		t.Fatalf("%s ended after %q", name, seen[name])
		return wire.Frame{}
	}
	for name := range clients {
		take(name)
	}
	for number, key := range []string{"call one", "call two", "call three"} {
		if status := desk.do(t, "POST", "/v1/services/1234-1/call", map[string]string{"Idempotency-Key": strings.ReplaceAll(key, " ", "-")}, wire.CallRequest{Room: "1"}, nil); status != http.StatusOK {
			t.Fatalf("calling answers %d", status)
		}
		for name := range clients {
			f := take(name)
			if f.Board == nil || len(f.Board.Calling) != 1 || f.Board.Calling[0].Number != number+1 {
				t.Fatalf("%s got %+v after number %d was called", name, f.Board, number+1)
			}
		}
	}
	for name := range clients {
		if diff := cmp.Diff(seen["curl"], seen[name]); diff != "" {
			t.Errorf("%s saw other frames than curl (-curl +%s):\n%s", name, name, diff)
		}
	}
	var board wire.Frame
	if status := desk.do(t, "GET", "/v1/services/1234-1/board", nil, nil, &board); status != http.StatusOK || board.Board.Calling[0].Number != 3 {
		t.Errorf("GET board answers %d, %+v", status, board.Board)
	}
}
