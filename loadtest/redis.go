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

// redisCalls reads how many commands Redis has run, those inside scripts
// included and those of operators not.
func (s *stage) redisCalls(ctx context.Context) (int, error) {
	text, err := s.redisInfo(ctx, "commandstats")
	if err != nil {
		return 0, err
	}
	return sumCalls(text)
}

// redisReads reads how often Redis has read from a socket: once for all that one
// client sends at a time, so once a round trip. Its own asking is two of them,
// the end of its connection is read too.
func (s *stage) redisReads(ctx context.Context) (int, error) {
	text, err := s.redisInfo(ctx, "stats")
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(text, "total_reads_processed:")
	digits, _, _ := strings.Cut(rest, "\r\n")
	return strconv.Atoi(digits)
}

// redisInfo asks for a section of INFO. It speaks to the unix socket of a server
// that we started: redis-server itself, not through junban.
func (s *stage) redisInfo(ctx context.Context, section string) (string, error) {
	if s.redis == "" {
		return "", errUnknown
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", s.redis)
	if errors.Is(err, fs.ErrNotExist) { // it is elsewhere
		return "", errUnknown
	}
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
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
	if strings.HasPrefix(head, "-") { // not a real Redis, which counts
		return "", errUnknown
	}
	size, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(head, "$")))
	if err != nil || size < 0 || size > frameMost {
		return "", fmt.Errorf("redis answered %q", head)
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
