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

// Use is the purpose of opening a store. The lock file records it.
type Use string

// The purposes.
const (
	Serve   Use = "serve"
	Operate Use = "command" // a short use, alone or beside a server
)

// Files of the data folder.
const (
	SocketFile     = "redis.sock"
	SocketNoteFile = "redis.sock.path" // contains the path of a socket outside the folder
)

// StopTimeout limits the wait for another process that is about to end.
const StopTimeout = 10 * time.Second

// maxSocketPath is the path length of a unix socket, in bytes, that every
// system allows.
const maxSocketPath = 100

// socket is the unix socket of the embedded Redis.
type socket struct {
	path string
	own  string // separate folder, if the path in the data folder is too long
	note string // file with the path
}

// newSocket chooses the path, and removes the socket of a server that was
// killed.
func newSocket(dir string) (socket, error) {
	s := socket{path: filepath.Join(dir, SocketFile), note: filepath.Join(dir, SocketNoteFile)}
	if old, err := os.ReadFile(s.note); err == nil {
		socket{path: string(old), own: filepath.Dir(string(old)), note: s.note}.remove()
	}
	if len(s.path) <= maxSocketPath {
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

// remove deletes the socket and its own folder, if that is empty.
func (s socket) remove() {
	os.Remove(s.path)
	if s.own != "" {
		os.Remove(s.own)
		os.Remove(s.note)
	}
}

// errServed means that a running server owns the data folder.
var errServed = errors.New("another server uses the data folder")

var errLocked = errors.New("locked by another process")

// lockFolder locks the data folder. It waits for a command, which ends soon,
// but not for a server.
func lockFolder(ctx context.Context, dir string, w Use) (*os.File, error) {
	path := filepath.Join(dir, "lock")
	var seen string // content of the lock file; a single read may show the previous holder
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
		if time.Since(start) > StopTimeout {
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

// waitLock waits until a lock is free, for limit at most.
func waitLock(ctx context.Context, path string, limit time.Duration) (*os.File, error) {
	for start := time.Now(); ; {
		lock, err := tryLock(path)
		if err == nil || !errors.Is(err, errLocked) || time.Since(start) > limit {
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
