package embedded

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
)

// maxLine is the length limit of an unfinished line, in bytes.
const maxLine = 4096

// lastLine logs the output lines of a process and keeps the last one.
type lastLine struct {
	log *slog.Logger

	mu   sync.Mutex // guards rest and line
	rest []byte
	line string
}

// Write implements [io.Writer].
func (l *lastLine) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		line, rest, whole := bytes.Cut(l.rest, []byte("\n"))
		if !whole {
			if len(l.rest) > maxLine {
				l.rest = nil
			}
			return len(p), nil
		}
		if text := strings.TrimSpace(string(line)); text != "" {
			l.line = text
			l.log.Debug("redis-server", "output", text)
		}
		l.rest = rest
	}
}

// String returns the last complete line.
func (l *lastLine) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.line
}
