package api

import (
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"junban/api/wire"
	"junban/queue/queuetest"
)

// TestAnswers_AClientThatReadsNothingIsClosed sends requests for a large document on
// one connection and reads none of the answers. Once the buffers of both sides are
// full, an answer is not written in its time. Then the server closes the connection.
func TestAnswers_AClientThatReadsNothingIsClosed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if w.api.answerWritten != answerWritten {
		t.Errorf("an answer has %s", w.api.answerWritten)
	}
	w.api.answerWritten = 100 * time.Millisecond
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var closed atomic.Bool
	server := &http.Server{Handler: w.api, ConnState: func(_ net.Conn, s http.ConnState) {
		if s == http.StateClosed {
			closed.Store(true)
		}
	}}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })

	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const requests = 500 // of 80 KB each: more than any system buffers
	if _, err := io.WriteString(conn, strings.Repeat("GET /v1/openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n", requests)); err != nil {
		t.Fatal(err)
	}
	queuetest.Eventually(t, "the server closes the connection", closed.Load)
	got, _ := io.ReadAll(conn) // ends in a reset or not, as the system likes
	if n := strings.Count(string(got), "HTTP/1.1 200"); n == 0 || n >= requests {
		t.Errorf("%d of %d answers were written", n, requests)
	}
}

// TestAnswers_AWatchHasNoDeadline lets a watch last for longer than the answer to
// an ordinary request may take.
func TestAnswers_AWatchHasNoDeadline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.api.answerWritten = 50 * time.Millisecond
	topics := []string{"service:" + w.ref("1")}
	watches := map[string]*viewer{"WebSocket": w.socket(topics, ""), "event stream": w.events(topics, "")}
	waiting := func(n int) func(wire.Frame) bool {
		return func(f wire.Frame) bool { return f.Board != nil && f.Board.Waiting.Tickets == n }
	}
	for _, v := range watches {
		v.next(waiting(0))
	}
	time.Sleep(4 * w.api.answerWritten)
	w.api.answerWritten = answerWritten // for the request that follows
	w.issue("1", wire.IssueRequest{})
	for name, v := range watches {
		v.next(waiting(1))
		t.Logf("the %s goes on", name)
	}
}
