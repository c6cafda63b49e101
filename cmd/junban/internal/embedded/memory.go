package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"

	"junban/internal/redisdb"
)

// startMemory runs an in-process Redis. It listens only on the unix socket,
// which commands use too.
func startMemory(path string) (*redisdb.DB, error) {
	m := miniredis.NewMiniRedis()
	m.ClockTTL(true) // keys expire by the clock, not by FastForward
	first, err := m.Dial()
	if err != nil {
		return nil, fmt.Errorf("starting the in-memory store: %w", err)
	}
	first.Close() // Dial has started the server, without a port
	m.Server().SetPreHook(readOnlyScripts(m.Server()))
	os.Remove(path)
	listener, err := net.Listen("unix", path)
	if err != nil {
		m.Close()
		return nil, fmt.Errorf("starting the in-memory store: %w", err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			m.Server().ServeConn(conn)
		}
	}()
	rdb := dialSocket(path)
	return &redisdb.DB{Client: rdb, Where: "memory", Private: true, Memory: true, Close: func(context.Context) error {
		err := errors.Join(rdb.Close(), listener.Close())
		<-done
		m.Close()
		return err
	}}, nil
}

// readOnlyScripts runs a read-only script as an ordinary one. miniredis counts
// TIME as a write, and refuses it in read-only scripts.
func readOnlyScripts(s *server.Server) server.Hook {
	return func(peer *server.Peer, name string, args ...string) bool {
		if name != "EVALSHA_RO" && name != "EVAL_RO" {
			return false
		}
		s.Dispatch(peer, append([]string{strings.TrimSuffix(name, "_RO")}, args...))
		return true
	}
}
