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
// included and those of operators not. It speaks to the unix socket of a
// server that we started: redis-server itself, not through junban.
func (s *stage) redisCalls(ctx context.Context) (int, error) {
	if s.redis == "" {
		return 0, errUnknown
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", s.redis)
	if errors.Is(err, fs.ErrNotExist) { // it is elsewhere
		return 0, errUnknown
	}
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return 0, err
	}
	if _, err := io.WriteString(conn, "*2\r\n$4\r\nINFO\r\n$12\r\ncommandstats\r\n"); err != nil {
		return 0, err
	}
	in := bufio.NewReader(conn)
	head, err := in.ReadString('\n')
	if err != nil {
		return 0, err
	}
	if strings.HasPrefix(head, "-") { // not a real Redis, which counts
		return 0, errUnknown
	}
	size, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(head, "$")))
	if err != nil || size < 0 || size > frameMost {
		return 0, fmt.Errorf("redis answered %q", head)
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(in, text); err != nil {
		return 0, err
	}
	return sumCalls(string(text))
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
