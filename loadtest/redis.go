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

// redisCalls reads the number of commands that Redis has run. It includes
// commands in scripts, and excludes INFO.
func (t *testbed) redisCalls(ctx context.Context) (int, error) {
	text, err := t.redisInfo(ctx, "commandstats")
	if err != nil {
		return 0, err
	}
	return sumCalls(text)
}

// redisReads reads how often Redis has read from a socket, which is once for each
// round trip. A call of redisReads adds two: its command, and the end of its
// connection.
func (t *testbed) redisReads(ctx context.Context) (int, error) {
	text, err := t.redisInfo(ctx, "stats")
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(text, "total_reads_processed:")
	digits, _, _ := strings.Cut(rest, "\r\n")
	return strconv.Atoi(digits)
}

// redisInfo reads a section of INFO from the Redis of a server that loadtest
// started. It returns errUnavailable without a redis-server on a unix socket.
func (t *testbed) redisInfo(ctx context.Context, section string) (string, error) {
	if t.redisSocket == "" {
		return "", errUnavailable
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", t.redisSocket)
	if errors.Is(err, fs.ErrNotExist) { // junban runs without redis-server
		return "", errUnavailable
	}
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(operationTimeout)); err != nil {
		return "", err
	}
	if _, err := fmt.Fprintf(conn, "INFO %s\r\n", section); err != nil {
		return "", err
	}
	in := bufio.NewReader(conn)
	head, err := in.ReadString('\n')
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(head, "-") { // the in-process Redis does not count
		return "", errUnavailable
	}
	size, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(head, "$")))
	if err != nil || size < 0 || size > maxFrameSize {
		return "", fmt.Errorf("redis: unexpected reply %q", head)
	}
	text := make([]byte, size)
	_, err = io.ReadFull(in, text)
	return string(text), err
}

// sumCalls adds up lines such as "cmdstat_evalsha:calls=12,usec=340,…".
func sumCalls(commandstats string) (int, error) {
	sum := 0
	for line := range strings.Lines(commandstats) {
		name, values, ok := strings.Cut(strings.TrimPrefix(line, "cmdstat_"), ":calls=")
		if !ok || name == "info" {
			continue
		}
		digits, _, _ := strings.Cut(values, ",")
		n, err := strconv.Atoi(digits)
		if err != nil {
			return 0, fmt.Errorf("commandstats of %s: %w", name, err)
		}
		sum += n
	}
	return sum, nil
}
