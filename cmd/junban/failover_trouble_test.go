//go:build unix

package main

import (
	"net/http"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"testing"
	"time"

	"junban/cmd/junban/internal/programtest"
	"junban/queue/queuetest"
)

// TestFailover_RedisInTrouble makes a Redis refuse acts in several ways, one
// after the other. Acts get 503 meanwhile and succeed afterwards, and no
// acknowledged act is lost. At the end, the test deletes all data.
func TestFailover_RedisInTrouble(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, "prlimit")
	signal.Ignore(syscall.SIGXFSZ) // inherited by redis-server, so that a write beyond the limit fails
	server := queuetest.NewServer(t, "--appendonly", "yes", "--appendfsync", "everysec")
	do := func(args ...any) func() {
		return func() {
			if err := server.Client.Do(t.Context(), args...).Err(); err != nil {
				t.Fatalf("%v: %v", args, err)
			}
		}
	}
	largestFile := func(bytes string) func() {
		return func() {
			out, err := exec.Command("prlimit", "--pid", server.Info("server", "process_id"), "--fsize="+bytes+":").CombinedOutput()
			if err != nil {
				t.Fatalf("limiting the file size of Redis: %v: %s", err, out)
			}
		}
	}
	url := "redis://" + server.Addr
	clinicOn(t, url)
	s := programtest.Serve(t, t.TempDir(), nil, "--redis="+url)
	frames := watchBoard(t, s)
	c := newLoad(t, s)
	c.run()
	for _, trouble := range []struct {
		name       string
		begin, end func()
	}{
		{"out of memory", do("config", "set", "maxmemory", "1"), do("config", "set", "maxmemory", "0")},
		{"read-only", do("replicaof", "127.0.0.1", strconv.Itoa(queuetest.FreePort(t))), do("replicaof", "no", "one")},
		{"stopped process", server.Pause, server.Resume},
		{"append-only file on a full disk", largestFile("1"), largestFile("unlimited")},
		{"SCRIPT FLUSH", do("script", "flush"), nil},
	} {
		acts, refused := c.count(), c.refusals(http.StatusServiceUnavailable)
		queuetest.Eventually(t, "acts before: "+trouble.name, func() bool { return c.count() > acts+5 })
		trouble.begin()
		if trouble.end != nil {
			queuetest.Eventually(t, "refused: "+trouble.name, func() bool { return c.refusals(http.StatusServiceUnavailable) > refused })
			trouble.end()
		}
		ended, acts := time.Now(), c.count()
		queuetest.Eventually(t, "acts after: "+trouble.name, func() bool { return c.count() > acts+5 })
		queuetest.Figure(t, "%s: %d acts refused with 503, acts again %.1f s after its end", trouble.name,
			c.refusals(http.StatusServiceUnavailable)-refused, time.Since(ended).Seconds())
	}
	c.stop()
	lost, twice := c.settle(s)
	c.figure("one Redis in trouble, --min-replicas 0", len(lost), twice)
	if len(lost) > 0 || twice > 0 {
		t.Errorf("%d acknowledged acts are lost, %d numbers were issued twice", len(lost), twice)
	}
	awaitBoard(t, s, frames)
	programtest.Must(t, "", nil, "--redis="+url, "verify", "1234", "today")

	do("flushall")()
	awaitFrame(t, frames, `"stale"`)
	queuetest.Eventually(t, "the clinic is unknown after FLUSHALL", func() bool {
		return (&programtest.Client{URL: s.URL}).Do(t, "GET", "/v1/services/1234-1/board", nil, nil, nil) == http.StatusNotFound
	})
}

// TestFailover_RedisClockJumps sets the clock of Redis an hour ahead and back.
// Acts continue, and the watchers receive all of them.
func TestFailover_RedisClockJumps(t *testing.T) {
	t.Parallel()
	rdb, set := queuetest.Clocked(t)
	url := "unix://" + rdb.Options().Addr
	begun := time.Now()
	set(begun)
	clinicOn(t, url)
	s := programtest.Serve(t, t.TempDir(), nil, "--redis="+url)
	frames := watchBoard(t, s)
	c := newLoad(t, s)
	for _, jump := range []time.Duration{0, time.Hour, 0, -time.Hour} {
		set(begun.Add(jump))
		for n := range 3 {
			if !c.take(s, programtest.Key(jump.String()+strconv.Itoa(c.count()+n))) {
				t.Fatalf("taking a ticket at %s: refused %v", jump, c.refused)
			}
		}
		awaitBoard(t, s, frames)
	}
	lost, twice := c.settle(s)
	c.figure("clock of Redis an hour ahead and back", len(lost), twice)
	if len(lost) > 0 || twice > 0 {
		t.Errorf("%d acknowledged acts are lost, %d numbers were issued twice", len(lost), twice)
	}
	programtest.Must(t, "", nil, "--redis="+url, "verify", "1234", "today")
}
