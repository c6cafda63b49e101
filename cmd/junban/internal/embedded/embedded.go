package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"junban/internal/redisdb"
)

// Program is the executable that the embedded store runs.
const Program = "redis-server"

// Open opens the store in a data folder.
//
// A lock on the folder admits one process at a time. A command that finds the
// folder locked by a server connects to the server's Redis over its unix
// socket.
//
// A second lock guards the Redis files. redis-server inherits it, so it is free
// only when the process that writes the files has ended. After a crash, the
// next server waits for the orphaned redis-server to finish its last write.
func Open(ctx context.Context, dir string, w Use, log *slog.Logger, reg prometheus.Registerer) (*redisdb.DB, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, "redis"), 0o700); err != nil {
		return nil, fmt.Errorf("creating the data folder: %w", err)
	}
	lock, err := lockFolder(ctx, dir, w)
	if errors.Is(err, errServed) && w == Operate {
		return joinServer(ctx, dir)
	}
	if err != nil {
		return nil, err
	}
	socket, err := newSocket(dir)
	if err != nil {
		lock.Close()
		return nil, err
	}
	s, err := startEmbedded(ctx, dir, socket, w, log, reg)
	if err != nil {
		socket.remove()
		lock.Close()
		return nil, err
	}
	end := s.Close
	s.Close = func(ctx context.Context) error {
		defer lock.Close()
		defer socket.remove()
		return end(ctx)
	}
	return s, nil
}

func startEmbedded(ctx context.Context, dir string, socket socket, w Use, log *slog.Logger, reg prometheus.Registerer) (*redisdb.DB, error) {
	bin, err := exec.LookPath(Program)
	if err != nil {
		if w == Operate {
			return nil, errors.New("redis-server is not installed and no server uses this data folder: changes would be lost")
		}
		log.Warn("redis-server is not installed: tickets are kept in memory only and are lost when junban stops")
		return startMemory(socket.path)
	}
	files := filepath.Join(dir, "redis")
	lock, err := waitLock(ctx, filepath.Join(files, "lock"), StopTimeout)
	if err != nil {
		return nil, fmt.Errorf("another redis-server still uses %s (stop it): %w", files, err)
	}
	child, err := startChild(ctx, childOptions{bin: bin, dir: files, socket: socket.path, lock: lock, log: log, registerer: reg})
	if err != nil {
		lock.Close()
		return nil, err
	}
	rdb := dialSocket(socket.path)
	upkeep := func(ctx context.Context) error { return rewriteDaily(ctx, rdb, log) }
	return &redisdb.DB{Client: rdb, Where: files, Private: true, Upkeep: upkeep, Close: func(ctx context.Context) error {
		defer lock.Close()
		return errors.Join(rdb.Close(), child.Stop(ctx))
	}}, nil
}

const (
	rewriteEvery = 24 * time.Hour
	rewriteRetry = 10 * time.Minute
)

// rewriteDaily rewrites the append-only file at once and then every day, until
// ctx is done. Expired and deleted names stay in the file until a rewrite.
// Redis starts one by itself only from 64 MiB on. Most names expire by
// TTL, which runs no code of ours, so the interval is fixed. A failed rewrite
// is logged and retried. It returns nil.
func rewriteDaily(ctx context.Context, rdb redis.UniversalClient, log *slog.Logger) error {
	for {
		next := rewriteEvery
		if err := rdb.BgRewriteAOF(ctx).Err(); err != nil && ctx.Err() == nil {
			log.Warn("rewriting the append-only file: it may still contain expired names", "err", err, "retry", rewriteRetry)
			next = rewriteRetry
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(next):
		}
	}
}

// joinServer connects to the Redis of the server that owns the folder. It waits
// for the socket, because the server may still be starting.
func joinServer(ctx context.Context, dir string) (*redisdb.DB, error) {
	ctx, cancel := context.WithTimeout(ctx, StopTimeout)
	defer cancel()
	for {
		path := filepath.Join(dir, SocketFile)
		if note, err := os.ReadFile(filepath.Join(dir, SocketNoteFile)); err == nil {
			path = string(note)
		}
		rdb := dialSocket(path)
		err := rdb.Ping(ctx).Err()
		if err == nil {
			return &redisdb.DB{Client: rdb, Where: path, Close: func(context.Context) error { return rdb.Close() }}, nil
		}
		rdb.Close()
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("connecting to the Redis of the server that uses %s: %w", dir, err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func dialSocket(path string) redis.UniversalClient {
	return redisdb.Dial(&redis.UniversalOptions{
		Addrs: []string{path},
		Dialer: func(ctx context.Context, _, addr string) (net.Conn, error) {
			d := net.Dialer{Timeout: redisdb.DialTimeout}
			return d.DialContext(ctx, "unix", addr)
		},
	})
}
