//go:build unix

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
)

// getOn sends a request on an open connection and reads the response.
func getOn(t *testing.T, conn net.Conn, path string) (status int, body string) {
	t.Helper()
	conn.SetDeadline(time.Now().Add(programtest.Long))
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// TestServe_RunsWithFewDescriptors runs the program with a limit of 200 open
// files. It opens more idle connections than that, then more
// watchers.
func TestServe_RunsWithFewDescriptors(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	const files = 200
	s := programtest.Serve(t, t.TempDir(), []string{fmt.Sprintf("%s=%d", programtest.OpenFiles, files)}, "--handshakes=0")
	if !strings.Contains(s.Log.String(), "--max-watchers is lowered") {
		t.Errorf("no warning at the start: %s", s.Log)
	}
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	works := func(when string) {
		t.Helper()
		if status, body := getOn(t, dial(), "/v1/services/1234-1/board"); status != http.StatusOK {
			t.Errorf("%s a new connection gets %d %s", when, status, body)
		}
		ops := programtest.Client{URL: s.Ops}
		programtest.Eventually(t, "/readyz answers 200 "+when, func() bool { return ops.Do(t, "GET", "/readyz", nil, nil, nil) == http.StatusOK })
	}
	for range files + files/2 {
		if status, _ := getOn(t, dial(), "/v1/version"); status != http.StatusOK {
			t.Fatalf("with idle connections, a new one gets %d", status)
		}
	}
	works("among idle connections")

	watching := 0
	for {
		conn := dial()
		conn.SetDeadline(time.Now().Add(programtest.Long))
		if watching%2 == 0 {
			fmt.Fprint(conn, "GET /v1/watch?topic=service:1234-1 HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
		} else {
			fmt.Fprint(conn, "GET /v1/watch?topic=service:1234-1 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
				"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
		}
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode >= http.StatusInternalServerError {
			if text, _ := io.ReadAll(answer.Body); !strings.Contains(string(text), "node_busy") {
				t.Errorf("a watcher beyond the limit gets %d %s", answer.StatusCode, text)
			}
			break
		}
		if watching++; watching > files {
			t.Fatal("no watcher is refused")
		}
	}
	if watching < files/4 {
		t.Errorf("only %d watchers are served", watching)
	}
	works("among watchers")
	c := programtest.Client{URL: s.URL}
	c.Issue(t, "an-act-among-many-watchers")
	if strings.Contains(s.Log.String(), "too many open files") {
		t.Error("the program ran out of descriptors")
	}
}
