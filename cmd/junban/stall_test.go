//go:build unix

package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"junban/hub"
)

// pipes is a listener without a network, for a bubble with its own clock.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	nc, ok := <-p
	if !ok {
		return nil, net.ErrClosed
	}
	return nc, nil
}

func (p pipes) Close() error { return nil }

func (p pipes) Addr() net.Addr { return &net.TCPAddr{Port: 443} }

// connect runs a server and returns a connection to it. Nothing is buffered: the server
// waits with each byte until the client reads it.
func connect(t *testing.T, s *http.Server) net.Conn {
	t.Helper()
	client, server := net.Pipe()
	l := make(pipes, 1)
	l <- server
	serve := s.Serve
	if s.TLSConfig != nil {
		serve = func(l net.Listener) error { return s.ServeTLS(hub.BeneathTLS(l), "", "") }
	}
	ended := make(chan struct{})
	go func() { _ = serve(l); close(ended) }()
	t.Cleanup(func() {
		client.Close()
		close(l)
		s.Close()
		<-ended
	})
	return client
}

// TestServer_ClosesAStalledConnectionOfHTTP2 has a client that asks for a page and reads
// nothing of it. The deadline of the page's stream alone leaves the connection open.
func TestServer_ClosesAStalledConnectionOfHTTP2(t *testing.T) {
	t.Parallel()
	file, key, _ := certify(t, t.TempDir(), "stall")
	pair, err := tls.LoadX509KeyPair(file, key)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		s := newServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Minute))
			_, _ = w.Write(make([]byte, 1<<20))
		}), slog.New(slog.DiscardHandler))
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}, SessionTicketsDisabled: true} // the client would have to read a ticket
		ended := make(chan struct{})
		s.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateClosed {
				close(ended)
			}
		}
		client := tls.Client(connect(t, s), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
		request := "\x82\x87\x84\x01\x01h" // GET https / of the authority h
		for _, text := range []string{
			"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
			"\x00\x00\x00\x04\x00\x00\x00\x00\x00", // SETTINGS
			"\x00\x00" + string(rune(len(request))) + "\x01\x05\x00\x00\x00\x01" + request,
		} {
			if _, err := io.WriteString(client, text); err != nil {
				t.Fatal(err)
			}
		}
		<-ended
	})
}

func TestRedirect_ClosesStalledConnections(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a body that does not come": "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 9\r\n\r\n",
		"answers that nobody reads": strings.Repeat("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", 9),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := new(publicTLS).redirectServer(&net.TCPAddr{Port: 443}, slog.New(slog.DiscardHandler))
				ended := make(chan struct{})
				s.ConnState = func(_ net.Conn, state http.ConnState) {
					if state == http.StateClosed {
						close(ended)
					}
				}
				client := connect(t, s)
				go io.WriteString(client, text)
				if strings.HasPrefix(text, "POST") {
					go io.Copy(io.Discard, client)
				}
				<-ended
			})
		})
	}
}

// TestServerLog_LeavesOutWhatClientsCause has a stranger violate TLS and HTTP/2.
func TestServerLog_LeavesOutWhatClientsCause(t *testing.T) {
	t.Parallel()
	file, key, _ := certify(t, t.TempDir(), "log")
	pair, err := tls.LoadX509KeyPair(file, key)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"a greeting that HTTP/2 does not know", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			s := newServer(http.NotFoundHandler(), slog.New(slog.NewTextHandler(&log, nil)))
			s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}}
			client := tls.Client(connect(t, s), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
			go io.WriteString(client, text)
			_, _ = io.Copy(io.Discard, bufio.NewReader(client))
			synctest.Wait()
			if log.Len() > 0 {
				t.Errorf("logged: %s", log.String())
			}
		})
	}
}
