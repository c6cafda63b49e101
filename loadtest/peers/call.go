package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// caller is the publisher's connection. It is spoken to by hand, so that the
// thread that watches can send, watch, and only then read the answer.
type caller struct {
	conn    net.Conn
	answers *bufio.Reader
}

func dial(listen string) (*caller, error) {
	conn, err := net.Dial("tcp", listen)
	if err != nil {
		return nil, err
	}
	return &caller{conn, bufio.NewReader(conn)}, nil
}

// answer reads the answer to r, and is content with any good status.
func (c *caller) answer(r *http.Request, patience time.Duration) error {
	if err := c.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	resp, err := http.ReadResponse(c.answers, r)
	if err != nil {
		return fmt.Errorf("reading the answer to %s %s: %w", r.Method, r.URL.Path, err)
	}
	return good(r, resp)
}

// good drains an answer and tells what is wrong with it.
func good(r *http.Request, resp *http.Response) error {
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %.200s", r.Method, r.URL.Path, resp.Status, text)
	}
	return nil
}

func (c *caller) close() { _ = c.conn.Close() }
