package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// publisher is the HTTP connection that makes the changes. Request and response
// are separate steps, so that the fleet can receive between them.
type publisher struct {
	conn      net.Conn
	responses *bufio.Reader
}

func dialPublisher(p peer, listen string) (*publisher, error) {
	conn, err := net.Dial("tcp", listen)
	if err != nil {
		return nil, err
	}
	if p.tls {
		conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) // every server is on this machine
	}
	return &publisher{conn, bufio.NewReader(conn)}, nil
}

// send writes the request.
func (p *publisher) send(r *http.Request) error { return r.Write(p.conn) }

// readResponse reads the response to r. A status of 300 or above is an error.
func (p *publisher) readResponse(r *http.Request, timeout time.Duration) error {
	if err := p.conn.SetReadDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	resp, err := http.ReadResponse(p.responses, r)
	if err != nil {
		return fmt.Errorf("reading the response to %s %s: %w", r.Method, r.URL.Path, err)
	}
	return checkResponse(r, resp)
}

// checkResponse reads and closes the body. A status of 300 or above is an error.
func checkResponse(r *http.Request, resp *http.Response) error {
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

func (p *publisher) close() { _ = p.conn.Close() }
