package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strconv"
	"strings"
	"time"
)

// redisConn is a connection to a redis-server on a unix socket. It is not safe
// for concurrent use.
type redisConn struct {
	net.Conn
	in *bufio.Reader
}

// redisError is an error reply of Redis.
type redisError string

// Error returns the text of the reply.
func (e redisError) Error() string { return "redis: " + string(e) }

// dialRedis connects. It returns errUnavailable if nothing has made the socket.
func dialRedis(ctx context.Context, socket string) (*redisConn, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", socket)
	if errors.Is(err, fs.ErrNotExist) { // junban runs without redis-server
		return nil, errUnavailable
	}
	if err != nil {
		return nil, err
	}
	return &redisConn{conn, bufio.NewReader(conn)}, nil
}

// do runs a command whose reply is a string or a number.
func (c *redisConn) do(args ...string) (string, error) {
	if err := c.SetDeadline(time.Now().Add(operationTimeout)); err != nil {
		return "", err
	}
	var command strings.Builder
	fmt.Fprintf(&command, "*%d\r\n", len(args))
	for _, arg := range args {
		fmt.Fprintf(&command, "$%d\r\n%s\r\n", len(arg), arg)
	}
	if _, err := io.WriteString(c, command.String()); err != nil {
		return "", err
	}
	head, err := c.in.ReadString('\n')
	if err != nil {
		return "", err
	}
	rest := strings.TrimSpace(head[1:])
	switch head[0] {
	case '+', ':':
		return rest, nil
	case '-':
		return "", redisError(rest)
	}
	size, err := strconv.Atoi(rest)
	if head[0] != '$' || err != nil || size < 0 || size > maxFrameSize {
		return "", fmt.Errorf("redis: unexpected reply %q", head)
	}
	text := make([]byte, size+len("\r\n"))
	if _, err := io.ReadFull(c.in, text); err != nil {
		return "", err
	}
	return string(text[:size]), nil
}
