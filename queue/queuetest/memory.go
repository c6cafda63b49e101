package queuetest

import (
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
	"github.com/redis/go-redis/v9"
)

// Memory returns a client of a Redis inside the test process, and a function that sets
// its clock. The clock does not advance between two calls. Setting it expires keys. It
// ends with the test.
func Memory(t testing.TB) (rdb *redis.Client, set func(time.Time)) {
	t.Helper()
	m := miniredis.NewMiniRedis()
	m.ClockTTL(true) // what expires goes by that clock, too
	if err := m.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	// miniredis takes TIME for a write, and refuses the reading script that asks for it.
	in := m.Server() // which is gone from m before the last command is answered
	in.SetPreHook(func(peer *server.Peer, name string, args ...string) bool {
		if name != "EVALSHA_RO" && name != "EVAL_RO" {
			return false
		}
		in.Dispatch(peer, append([]string{strings.TrimSuffix(name, "_RO")}, args...))
		return true
	})
	rdb = redis.NewClient(Patient(redis.Options{Addr: m.Addr()}))
	t.Cleanup(func() { rdb.Close() })
	return rdb, m.SetTime
}
