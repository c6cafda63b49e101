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

// startMemory runs a Redis inside this process, for a machine that has none. It
// listens on the unix socket only, where commands find it, too.
func startMemory(path string) (*redisdb.DB, error) {
	m := miniredis.NewMiniRedis()
	m.ClockTTL(true) // keys expire by the clock, not only when a test says so
	first, err := m.Dial()
	if err != nil {
		return nil, fmt.Errorf("starting the in-memory store: %w", err)
	}
	first.Close() // it started the server, without a port
	m.Server().SetPreHook(anyScript(m.Server()))
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
	return &redisdb.DB{Client: rdb, Where: "memory", Private: true, Close: func(context.Context) error {
		err := errors.Join(rdb.Close(), listener.Close())
		<-done
		m.Close()
		return err
	}}, nil
}

// anyScript runs read-only scripts as others: miniredis takes TIME for a write,
// and refuses the script that asks for it.
func anyScript(s *server.Server) server.Hook {
	return func(peer *server.Peer, name string, args ...string) bool {
		if name != "EVALSHA_RO" && name != "EVAL_RO" {
			return false
		}
		s.Dispatch(peer, append([]string{strings.TrimSuffix(name, "_RO")}, args...))
		return true
	}
}
