package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Use is what a store is opened for. The lock of the data folder names it.
type Use string

// The uses.
const (
	Serve   Use = "serve"
	Operate Use = "command" // opens the store for a moment, or uses a server's
)

// Files of the data folder.
const (
	SocketFile     = "redis.sock"
	SocketNoteFile = "redis.sock.path" // has the path of a socket that is elsewhere
)

// Patience is the longest wait for something that another process is about to finish.
const Patience = 10 * time.Second

// socketMost is how long the path of a socket may be on every system, in bytes.
const socketMost = 100

// socket is where the embedded Redis listens.
type socket struct {
	path string
	own  string // a folder made for it alone, when the data folder's path is too long
	note string
}

// newSocket chooses the place, and forgets the one of a server that was killed.
func newSocket(dir string) (socket, error) {
	s := socket{path: filepath.Join(dir, SocketFile), note: filepath.Join(dir, SocketNoteFile)}
	if old, err := os.ReadFile(s.note); err == nil {
		socket{path: string(old), own: filepath.Dir(string(old)), note: s.note}.remove()
	}
	if len(s.path) <= socketMost {
		return s, nil
	}
	own, err := os.MkdirTemp("", "junban-")
	if err != nil {
		return socket{}, fmt.Errorf("creating a folder for the Redis socket: %w", err)
	}
	s.own, s.path = own, filepath.Join(own, SocketFile)
	if err := os.WriteFile(s.note, []byte(s.path), 0o600); err != nil {
		os.Remove(own)
		return socket{}, fmt.Errorf("recording the path of the Redis socket: %w", err)
	}
	return s, nil
}

// remove takes the socket away, and its own folder when that is empty then.
func (s socket) remove() {
	os.Remove(s.path)
	if s.own != "" {
		os.Remove(s.own)
		os.Remove(s.note)
	}
}

// errServed means that a running server holds the data folder.
var errServed = errors.New("another junban serves from the data folder")

var errLocked = errors.New("locked by another process")

// lockFolder takes the data folder for this process. A command ends soon and is
// waited for; a server is not.
func lockFolder(ctx context.Context, dir string, w Use) (*os.File, error) {
	path := filepath.Join(dir, "lock")
	var seen string // a holder is believed when it is read twice: the first may be of the one before
	for start := time.Now(); ; {
		lock, err := tryLock(path)
		if err == nil {
			if err := writeHolder(lock, w); err != nil {
				lock.Close()
				return nil, fmt.Errorf("locking the data folder: %w", err)
			}
			return lock, nil
		}
		if !errors.Is(err, errLocked) {
			return nil, fmt.Errorf("locking the data folder: %w", err)
		}
		held, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("locking the data folder: %w", err)
		}
		holder, pid, _ := strings.Cut(strings.TrimSpace(string(held)), " ")
		if Use(holder) == Serve && seen == string(held) {
			return nil, fmt.Errorf("%w: process %s, %s", errServed, pid, dir)
		}
		seen = string(held)
		if time.Since(start) > Patience {
			return nil, fmt.Errorf("locking the data folder: %s: process %s: %w", path, pid, errLocked)
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

func writeHolder(lock *os.File, w Use) error {
	if err := lock.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(lock, "%s %d\n", w, os.Getpid())
	return err
}

// waitLock takes a lock as soon as it is free.
func waitLock(ctx context.Context, path string, most time.Duration) (*os.File, error) {
	for start := time.Now(); ; {
		lock, err := tryLock(path)
		if err == nil || !errors.Is(err, errLocked) || time.Since(start) > most {
			return lock, err
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
