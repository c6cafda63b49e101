// Package queuetest has the tools for testing package queue and the packages above it.
// It starts private redis-servers, has the line in plain Go ([Model]), and a
// conformance suite that holds both equal.
//
// It promises that tests may run in parallel: each takes a clinic with a number
// of its own. It never touches a Redis that it did not start.
package queuetest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/clinic"
)

var (
	start  sync.Once
	socket string
	failed error
)

// Redis returns a client of the redis-server private to this test process. It is
// started by the first test that asks and dies with the process. Without the binary the
// test is skipped, or fails under JUNBAN_TEST_FULL=1.
func Redis(t testing.TB) *redis.Client {
	t.Helper()
	start.Do(func() { socket, _, failed = Start(os.TempDir()) })
	if failed != nil {
		Missing(t, "redis-server", failed)
	}
	return Client(t, socket)
}

// Client returns a client of the server behind a unix socket, closed with the test.
func Client(t testing.TB, socket string) *redis.Client {
	t.Helper()
	rdb := redis.NewClient(Patient(redis.Options{Network: "unix", Addr: socket}))
	t.Cleanup(func() { rdb.Close() })
	return rdb
}

// Patience is how long a test waits for what must happen.
const Patience = 5 * time.Minute

// Patient returns the options with timeouts that a busy machine does not reach.
// A context still ends a command sooner.
func Patient(o redis.Options) *redis.Options {
	o.ContextTimeoutEnabled = true
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = Patience, Patience, Patience, Patience
	return &o
}

// Missing skips the test for want of a program, or fails it in the full run.
func Missing(t testing.TB, program string, why error) {
	t.Helper()
	if os.Getenv("JUNBAN_TEST_FULL") != "" {
		t.Fatalf("the full run needs %s: %v", program, why)
	}
	t.Skipf("skipped for want of %s: %v", program, why)
}

// Start starts a redis-server that keeps nothing, below folder, and returns its
// unix socket and its process once it answers.
func Start(folder string, args ...string) (socket string, server *exec.Cmd, err error) {
	return launch(folder, nil, args...)
}

// launch is Start with further variables of the environment.
func launch(folder string, env []string, args ...string) (socket string, server *exec.Cmd, err error) {
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp(folder, "junban")
	if err != nil {
		return "", nil, err
	}
	socket = filepath.Join(dir, "s")
	args = append([]string{
		"--port", "0", "--unixsocket", socket, "--dir", dir, "--save", "", "--appendonly", "no", "--loglevel", "warning",
	}, args...)
	server = exec.Command(binary, args...)
	server.Env = append(os.Environ(), env...)
	var out strings.Builder
	server.Stdout, server.Stderr = &out, &out
	dieWithParent(server)
	if err := server.Start(); err != nil {
		return "", nil, err
	}
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: socket})
	defer rdb.Close()
	for begun := time.Now(); time.Since(begun) < Patience; time.Sleep(20 * time.Millisecond) {
		if err = rdb.Ping(context.Background()).Err(); err == nil {
			return socket, server, nil
		}
	}
	server.Process.Kill()
	return "", nil, fmt.Errorf("redis-server does not answer: %w: %s", err, out.String())
}

var numbers atomic.Int64

// NewClinic creates a clinic with a number that no other test of this process has. It
// has services 1 (組) and 2 (人), and rooms 1, 2 and 3 (only for 2).
func NewClinic(t testing.TB, line interface {
	PutClinic(context.Context, clinic.Clinic, queue.Act) error
}) clinic.Clinic {
	t.Helper()
	c := FreshClinic()
	if err := line.PutClinic(t.Context(), c, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	return c
}

// FreshClinic returns the record of such a clinic, for a test that changes it
// before it puts it.
func FreshClinic() clinic.Clinic { return Clinic(int(numbers.Add(1))) }

// Noon returns the name of a time zone in which it was between 12:00 and 13:00 at its
// first call. All of a test process have the same, also when the hour ends under them.
func Noon() string { return noonZone() }

var noonZone = sync.OnceValue(func() string { return fmt.Sprintf("Etc/GMT%+d", time.Now().UTC().Hour()-12) })

// Clinic returns the record of the clinic that tests play with, under the
// number n of four digits.
func Clinic(n int) clinic.Clinic {
	service := func(id, name, unit string) clinic.Service {
		var s clinic.Service
		s.FillDefaults()
		s.ID, s.Name, s.Unit, s.WebCancel, s.ComeAt, s.Hide = id, name, unit, id == "1", 3, []string{}
		return s
	}
	c := clinic.Clinic{
		ID: clinic.ID(fmt.Sprintf("%04d", n%10000)), Name: "ためし医院", Address: "東京都", Phone: "03-0000-0000",
		Hours: "9時から", Listed: true,
		Services: []clinic.Service{service("1", "内科", "組"), service("2", "小児科", "人")},
		Rooms: []clinic.Room{
			{ID: "1", Name: "第1診察室", Services: []string{"1", "2"}},
			{ID: "2", Name: "第2診察室", Services: []string{"1", "2"}},
			{ID: "3", Name: "処置室", Services: []string{"2"}},
		},
		AutoPause: new(0), // tests send requests faster than patients
	}
	c.FillDefaults()
	return c
}
