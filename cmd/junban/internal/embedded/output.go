package embedded

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
)

// longestLine is how much of an unfinished line is kept, in bytes.
const longestLine = 4096

// lastLine passes a process's lines on to the log, and remembers the last.
type lastLine struct {
	log *slog.Logger

	mu   sync.Mutex // guards what follows
	rest []byte
	line string
}

// Write takes a piece of output.
func (l *lastLine) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		line, rest, whole := bytes.Cut(l.rest, []byte("\n"))
		if !whole {
			if len(l.rest) > longestLine {
				l.rest = nil
			}
			return len(p), nil
		}
		if text := strings.TrimSpace(string(line)); text != "" {
			l.line = text
			l.log.Debug("redis-server", "said", text)
		}
		l.rest = rest
	}
}

// String is the last whole line.
func (l *lastLine) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.line
}
