package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"time"

	"junban/api/wire"
)

// handshakeError is a response to the handshake with another status than 101.
type handshakeError struct {
	status     int
	retryAfter time.Duration // from the header Retry-After, or 0
}

// Error reports the status.
func (r *handshakeError) Error() string { return fmt.Sprintf("handshake refused with %d", r.status) }

// watchTarget is what a WebSocket watches, and what proves that it may.
type watchTarget struct {
	topics []string
	token  string // of a ticket among the topics; empty: none
	cookie string // of a login; empty: none
}

// dialWatch opens a WebSocket that watches the target, from the given local
// address. It also returns the bytes that followed the handshake. A small
// connection has a small receive buffer in the kernel.
func dialWatch(ctx context.Context, base string, target watchTarget, from net.IP, small bool) (net.Conn, []byte, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, nil, err
	}
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: from}, KeepAlive: -1}
	if small {
		dialer.Control = setSmallReceiveBuffer
	}
	tcp, err := dialer.DialContext(ctx, "tcp", u.Host)
	if err != nil {
		return nil, nil, err
	}
	defer context.AfterFunc(ctx, func() { tcp.Close() })()
	conn := tcp
	if u.Scheme == "https" {
		conn = tls.Client(tcp, loopbackTLS)
	}
	early, err := handshake(conn, u.Host, target)
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	return conn, early, nil
}

// handshake sends the request, checks the response and returns the bytes after it.
func handshake(conn net.Conn, host string, target watchTarget) (early []byte, err error) {
	if err := conn.SetDeadline(time.Now().Add(operationTimeout)); err != nil {
		return nil, err
	}
	nonce := make([]byte, 16)
	_, _ = rand.Read(nonce) // never fails
	key := base64.StdEncoding.EncodeToString(nonce)
	request := "GET /v1/watch?" + url.Values{"topic": target.topics}.Encode() + " HTTP/1.1\r\nHost: " + host +
		"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: " + wire.Subprotocol
	if target.token != "" {
		request += ", " + target.token
	}
	if target.cookie != "" {
		request += "\r\nCookie: " + target.cookie
	}
	request += "\r\nSec-WebSocket-Key: " + key + "\r\n\r\n"
	if _, err := conn.Write([]byte(request)); err != nil {
		return nil, err
	}
	reader := bufio.NewReaderSize(conn, 1024)
	resp, err := http.ReadResponse(reader, nil)
	if err != nil {
		return nil, err
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusSwitchingProtocols {
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		return nil, &handshakeError{resp.StatusCode, time.Duration(seconds) * time.Second}
	}
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	if want := base64.StdEncoding.EncodeToString(sum[:]); resp.Header.Get("Sec-WebSocket-Accept") != want {
		return nil, fmt.Errorf("handshake answered with key %q", resp.Header.Get("Sec-WebSocket-Accept"))
	}
	if got := resp.Header.Get("Sec-WebSocket-Protocol"); got != wire.Subprotocol {
		return nil, fmt.Errorf("handshake answered with subprotocol %q", got)
	}
	if got := resp.Header.Get("Sec-WebSocket-Extensions"); got != "" {
		return nil, fmt.Errorf("handshake answered with extensions %q, which were not offered", got)
	}
	early, _ = reader.Peek(reader.Buffered())
	return bytes.Clone(early), conn.SetDeadline(time.Time{})
}

// loopbackAddress returns the n-th loopback address, so that each client has one
// of its own. It returns nil on systems that have a single one.
func loopbackAddress(n int) net.IP {
	if runtime.GOOS != "linux" {
		return nil
	}
	return net.IPv4(127, byte(1+n>>16), byte(n>>8), byte(n))
}
