// Package sqldbtest gives tests real databases: SQLite in a file and in memory, and a
// private PostgreSQL on a unix socket.
package sqldbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"junban/internal/sqldb"
)

// Each runs a test on every kind of database, each time on an empty one.
func Each(t *testing.T, test func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	for _, kind := range []struct {
		name string
		open func(testing.TB) *sqldb.DB
	}{{"SQLite", SQLite}, {"Memory", Memory}, {"PostgreSQL", Postgres}} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			test(t, kind.open(t))
		})
	}
}

// SQLite is an empty database in a file.
func SQLite(t testing.TB) *sqldb.DB {
	t.Helper()
	return open(t, sqldb.File(filepath.Join(t.TempDir(), "register.db")))
}

// Memory is an empty database in memory.
func Memory(t testing.TB) *sqldb.DB {
	t.Helper()
	return open(t, sqldb.Memory)
}

// Postgres is an empty database of the private PostgreSQL of this test binary. Without
// PostgreSQL the test is skipped, or fails in the full run.
func Postgres(t testing.TB) *sqldb.DB {
	t.Helper()
	return open(t, PostgresURL(t))
}

// PostgresURL is the address of an empty database of it.
func PostgresURL(t testing.TB) string {
	t.Helper()
	folder, err := server()
	if err != nil {
		if os.Getenv("JUNBAN_TEST_FULL") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	name := "test_" + strings.ToLower(rand.Text()[:16])
	address := func(db string) string {
		return "postgres:///" + db + "?" + url.Values{"host": {folder}, "user": {"junban"}, "sslmode": {"disable"}}.Encode()
	}
	admin, err := sql.Open("pgx", address("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return address(name)
}

func open(t testing.TB, address string) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

var running struct {
	sync.Mutex
	folder string
	stop   func()
}

// server starts PostgreSQL once for this binary, and returns the folder of its socket.
func server() (string, error) {
	running.Lock()
	defer running.Unlock()
	if running.folder != "" {
		return running.folder, nil
	}
	bin := programs()
	if bin == "" {
		return "", errors.New("PostgreSQL is not installed (Debian: postgresql)")
	}
	folder, err := os.MkdirTemp("", "junban-postgres-")
	if err != nil {
		return "", err
	}
	as, err := unprivileged(folder)
	if err != nil {
		return "", err
	}
	data := filepath.Join(folder, "data")
	run := func(ctx context.Context, name string, args ...string) error {
		cmd := exec.CommandContext(ctx, filepath.Join(bin, name), args...)
		cmd.SysProcAttr, cmd.Dir = &syscall.SysProcAttr{Credential: as}, folder
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", name, err, out)
		}
		return nil
	}
	ctx := context.Background()
	if err := run(ctx, "initdb", "--pgdata="+data, "--username=junban", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"); err != nil {
		return "", err
	}
	options := "-c listen_addresses= -c unix_socket_directories=" + folder + " -c max_connections=200 -c shared_buffers=32MB"
	if err := run(ctx, "pg_ctl", "start", "--wait", "--pgdata="+data, "--log="+filepath.Join(folder, "log"), "--options="+options); err != nil {
		return "", err
	}
	running.folder = folder
	running.stop = func() {
		_ = run(ctx, "pg_ctl", "stop", "--wait", "--mode=immediate", "--pgdata="+data)
		_ = os.RemoveAll(folder)
	}
	return folder, nil
}

// Stop ends the private PostgreSQL. TestMain calls it after the tests.
func Stop() {
	running.Lock()
	defer running.Unlock()
	if running.stop != nil {
		running.stop()
	}
	running.folder, running.stop = "", nil
}

// programs is the folder of the newest PostgreSQL.
func programs() string {
	if path, err := exec.LookPath("pg_ctl"); err == nil {
		return filepath.Dir(path)
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_ctl")
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
	if len(found) == 0 {
		return ""
	}
	return filepath.Dir(found[len(found)-1])
}

// unprivileged is the user that runs PostgreSQL, which refuses root; it gets the folder.
// Nil: the present user.
func unprivileged(folder string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	if err := os.Chown(folder, int(uid), int(gid)); err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
