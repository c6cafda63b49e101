package queuetest

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed testdata/clock.c
var clockSource []byte

// Clocked returns a client of a real redis-server and a function that sets its clock.
// The clock does not advance between two calls. The server ends with the test. A
// preloaded C library of a dozen lines replaces the clock. libfaketime does not work
// with the allocator of Redis. Without redis-server or cc the test is skipped, or
// failed in the full run.
func Clocked(t testing.TB) (rdb *redis.Client, set func(time.Time)) {
	t.Helper()
	if runtime.GOOS != "linux" {
		Missing(t, "linux", errors.ErrUnsupported)
	}
	dir := t.TempDir()
	source, library, clock := filepath.Join(dir, "clock.c"), filepath.Join(dir, "clock.so"), filepath.Join(dir, "clock")
	if err := os.WriteFile(source, clockSource, 0o600); err != nil {
		t.Fatal(err)
	}
	compiler, err := exec.LookPath("gcc")
	if err != nil {
		Missing(t, "gcc", err)
	}
	if out, err := exec.Command(compiler, "-shared", "-fPIC", "-O1", "-o", library, source).CombinedOutput(); err != nil {
		t.Fatalf("compile the clock: %v\n%s", err, out)
	}
	hand, err := os.Create(clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hand.Close() })
	set = func(now time.Time) {
		if _, err := hand.WriteAt(binary.NativeEndian.AppendUint64(nil, uint64(now.UnixMicro())), 0); err != nil {
			t.Fatal(err)
		}
	}
	set(time.Now())
	socket, server, err := launch(os.TempDir(), []string{"LD_PRELOAD=" + library, "JUNBAN_TEST_CLOCK=" + clock})
	if err != nil {
		Missing(t, "redis-server", err)
	}
	t.Cleanup(func() {
		if err := server.Process.Kill(); err == nil {
			_ = server.Wait()
		}
		os.RemoveAll(filepath.Dir(socket))
	})
	return Client(t, socket), set
}
