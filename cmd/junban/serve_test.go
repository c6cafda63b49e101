//go:build unix

package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"junban/api/wire"
	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
)

func TestServe_PrintsTheURLsOfTheDemo(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	data := t.TempDir()
	for _, password := range []string{"", "a password of mine"} { // the second start finds the demo of the first
		s := programtest.Serve(t, data, []string{"JUNBAN_DEMO_PASSWORD=" + password})
		programtest.Eventually(t, "the URLs are printed", func() bool { return strings.Contains(s.Out.String(), "partner") })
		if password == "" {
			printed := regexp.MustCompile(`user demo   password (\S+)\n`).FindStringSubmatch(s.Out.String())
			if printed == nil {
				t.Fatalf("no password is printed: %s", s.Out)
			}
			password = printed[1]
		}
		c := programtest.Client{URL: s.URL}
		if status := c.Do(t, "POST", "/v1/login", nil, wire.LoginRequest{Clinic: "1234", User: "demo", Password: password}, nil); status != http.StatusOK {
			t.Errorf("the demo user logs in: %d", status)
		}
		var clinic wire.Clinic
		if status := c.Do(t, "GET", "/v1/clinics/1234", nil, nil, &clinic); status != http.StatusOK || len(clinic.Services) != 2 {
			t.Errorf("the demo clinic is %d %+v", status, clinic)
		}
		for _, path := range regexp.MustCompile(`http://[a-z0-9.:]+(/\S*)`).FindAllStringSubmatch(s.Out.String(), -1) {
			if status := c.Do(t, "GET", path[1], nil, nil, nil); status != http.StatusOK {
				t.Errorf("the printed URL %s answers %d", path[1], status)
			}
		}
		s.Stop(t)
	}
}

func TestServe_CreatesNoDemoInAStoreWithClinics(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	data := t.TempDir()
	programtest.Must(t, one("2001"), nil, "--data="+data, "clinic", "import", "-")
	s := programtest.Serve(t, data, nil)
	c := programtest.Client{URL: s.URL}
	if status := c.Do(t, "GET", "/v1/clinics/1234", nil, nil, nil); status != http.StatusNotFound {
		t.Errorf("the demo clinic answers %d", status)
	}
	s.Stop(t)
	code, _, stderr := programtest.Result(t, "", nil, "--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", "--data="+data, "--simulate")
	if code != exitError || !strings.Contains(stderr, "--simulate needs the demo clinic") {
		t.Errorf("--simulate exits with %d: %s", code, stderr)
	}
}

func TestServe_ReportsAnAddressInUse(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	code, _, stderr := programtest.Result(t, "", nil, "--listen", l.Addr().String(), "--ops-listen=127.0.0.1:0", "--data="+t.TempDir())
	if code != exitError || !strings.Contains(stderr, "--listen: ") || !strings.Contains(stderr, "in use") {
		t.Errorf("exits with %d: %s", code, stderr)
	}
}

func TestServe_NotifiesWatchersAndCleansUp(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	s := programtest.Serve(t, t.TempDir(), nil)
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/v1/watch?topic=service:1234-1", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	stream, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	lines := bufio.NewScanner(stream.Body)
	seen := func(what string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), what) {
				return
			}
		}
		t.Fatalf("the stream ended without %s", what)
	}
	seen(`"type":"board"`)
	pid := s.RedisPID(t)
	s.Cmd.Process.Signal(syscall.SIGTERM)
	s.Cmd.Process.Signal(syscall.SIGTERM) // as timeout(1) does
	seen(`"type":"bye"`)
	s.Stop(t)
	if programtest.Alive(pid) {
		t.Error("redis-server is still running")
	}
	if _, err := os.Stat(filepath.Join(s.Data, embedded.SocketFile)); err == nil {
		t.Error("the socket still exists")
	}
}

func TestServe_StopsGracefullyOnCtrlC(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	s := programtest.Serve(t, t.TempDir(), nil)
	c := programtest.Client{URL: s.URL}
	c.Issue(t, "a")
	syscall.Kill(-s.Cmd.Process.Pid, syscall.SIGINT) // a terminal signals the whole group
	s.Wait(t)
	if code := s.Cmd.ProcessState.ExitCode(); code != 0 || strings.Contains(s.Log.String(), "restarting it") {
		t.Errorf("exits with %d: %s", code, s.Log)
	}
}

func TestServe_NodesShareARedis(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	a := programtest.Serve(t, t.TempDir(), nil)
	redis := "--redis=unix://" + filepath.Join(a.Data, embedded.SocketFile)
	code, _, stderr := programtest.Result(t, "", nil, "--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", "--data="+t.TempDir(), redis)
	if code != exitError || !strings.Contains(stderr, "--database postgres://") {
		t.Errorf("a node with a register of its own exits with %d: %s", code, stderr)
	}
	b := programtest.Serve(t, t.TempDir(), nil, redis, "--database=sqlite:"+filepath.Join(a.Data, booksFile))
	first, second := programtest.Client{URL: a.URL}, programtest.Client{URL: b.URL}
	of := first.Issue(t, "a")
	if got, status := second.Show(t, of); status != http.StatusOK || got.Number != of.Ticket.Number {
		t.Errorf("the other node shows the ticket as %d %+v", status, got)
	}
	if diff := cmp.Diff(of, second.Issue(t, "a")); diff != "" {
		t.Errorf("a retry at the other node gets another answer: %s", diff)
	}
	if strings.Contains(b.Out.String(), "password") {
		t.Errorf("a node on a shared Redis has a demo: %s", b.Out)
	}
	if out := programtest.Must(t, "", nil, redis, "clinic", "list"); !strings.HasPrefix(out, "1234\t") {
		t.Errorf("a command lists: %s", out)
	}
	b.Stop(t)
}

func TestServe_ContinuesAfterAKill(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	s := programtest.Serve(t, t.TempDir(), nil)
	c := programtest.Client{URL: s.URL}
	first, second := c.Issue(t, "a"), c.Issue(t, "b")
	if first.Ticket.Number == second.Ticket.Number {
		t.Fatalf("number %d is issued twice", first.Ticket.Number)
	}
	pid := s.RedisPID(t)
	s.Cmd.Process.Kill()
	<-s.Ended
	programtest.Eventually(t, "redis-server has exited", func() bool { return !programtest.Alive(pid) })

	c.URL = programtest.Serve(t, s.Data, nil).URL
	for _, of := range []wire.Issued{first, second} {
		if got, status := c.Show(t, of); status != http.StatusOK || got.Number != of.Ticket.Number || got.State != "waiting" {
			t.Errorf("ticket %d is %d %+v after the restart", of.Ticket.Number, status, got)
		}
	}
	if diff := cmp.Diff(first, c.Issue(t, "a")); diff != "" {
		t.Errorf("a retry over the restart gets another answer: %s", diff)
	}
	if third := c.Issue(t, "c"); third.Ticket.Number != second.Ticket.Number+1 {
		t.Errorf("after %d comes %d", second.Ticket.Number, third.Ticket.Number)
	}
}

func TestServe_StartsImmediatelyAfterAKill(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	s := programtest.Serve(t, t.TempDir(), nil)
	c := programtest.Client{URL: s.URL}
	for n := range 3 { // the test does not wait for the orphaned redis-server; the next start must
		of := c.Issue(t, fmt.Sprint(n))
		s.Cmd.Process.Kill()
		<-s.Ended
		s = programtest.Serve(t, s.Data, nil)
		c.URL = s.URL
		if got, status := c.Show(t, of); status != http.StatusOK || got.Number != n+1 {
			t.Errorf("start %d: ticket is %d %+v", n, status, got)
		}
	}
}

func TestServe_RestartsRedis(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	s := programtest.Serve(t, t.TempDir(), nil)
	c := programtest.Client{URL: s.URL}
	first := c.Issue(t, "a")
	syscall.Kill(s.RedisPID(t), syscall.SIGKILL)
	programtest.Eventually(t, "the ticket is there again", func() bool {
		got, status := c.Show(t, first)
		return status == http.StatusOK && got.Number == first.Ticket.Number
	})
	if next := c.Issue(t, "b"); next.Ticket.Number != first.Ticket.Number+1 {
		t.Errorf("after %d comes %d", first.Ticket.Number, next.Ticket.Number)
	}
	ops := programtest.Client{URL: s.Ops}
	programtest.Eventually(t, "the node is ready again", func() bool { return ops.Do(t, "GET", "/readyz", nil, nil, nil) == http.StatusOK })
	answer, err := http.Get(s.Ops + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); ; {
		if !lines.Scan() {
			t.Fatal("the exit of redis-server is not counted")
		}
		if lines.Text() == `junban_redis_child_exits_total{reason="signal"} 1` {
			break
		}
	}
	s.Stop(t)
}

func TestServe_LocksItsDataFolder(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	s := programtest.Serve(t, t.TempDir(), nil)
	code, _, stderr := programtest.Result(t, "", nil, "--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", "--data="+s.Data)
	if code != exitError || !strings.Contains(stderr, fmt.Sprintf("another server uses the data folder: process %d", s.Cmd.Process.Pid)) {
		t.Errorf("a second server exits with %d: %s", code, stderr)
	}
	if out := programtest.Must(t, "", nil, "--data="+s.Data, "clinic", "list"); !strings.HasPrefix(out, "1234\t") {
		t.Errorf("a command beside the server lists: %s", out)
	}
	c := programtest.Client{URL: s.URL}
	c.Issue(t, "a") // the command must not stop Redis
}

func TestServe_AcceptsALongDataPath(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	s := programtest.Serve(t, filepath.Join(t.TempDir(), strings.Repeat("deep/", 30)), nil)
	c := programtest.Client{URL: s.URL}
	c.Issue(t, "a")
	if out := programtest.Must(t, "", nil, "--data="+s.Data, "clinic", "list"); !strings.HasPrefix(out, "1234\t") {
		t.Errorf("a command beside the server lists: %s", out)
	}
	path, err := os.ReadFile(filepath.Join(s.Data, embedded.SocketNoteFile))
	if err != nil {
		t.Fatal(err)
	}
	s.Stop(t)
	if _, err := os.Stat(filepath.Dir(string(path))); err == nil {
		t.Errorf("%s still exists", path)
	}
}

func TestServe_WithoutRedisServerWarnsAndUsesMemory(t *testing.T) {
	t.Parallel()
	noRedis := []string{"PATH=" + t.TempDir()}
	s := programtest.Serve(t, t.TempDir(), noRedis)
	if !strings.Contains(s.Log.String(), "redis-server is not installed: tickets are kept in memory only and are lost when junban stops") {
		t.Errorf("the log has no warning: %s", s.Log)
	}
	c := programtest.Client{URL: s.URL}
	first := c.Issue(t, "a")
	if got, status := c.Show(t, first); status != http.StatusOK || got.State != "waiting" {
		t.Errorf("the ticket is %d %+v", status, got)
	}
	programtest.Must(t, one("2001"), noRedis, "--data="+s.Data, "clinic", "import", "-")
	if status := c.Do(t, "GET", "/v1/clinics/2001", nil, nil, nil); status != http.StatusOK {
		t.Errorf("an imported clinic answers %d", status)
	}
	s.Stop(t)
	code, _, stderr := programtest.Result(t, "", noRedis, "--data="+s.Data, "clinic", "list")
	if code != exitError || !strings.Contains(stderr, "changes would be lost") {
		t.Errorf("a command without a server exits with %d: %s", code, stderr)
	}
}

func TestSimulate_PlaysADay(t *testing.T) {
	t.Parallel()
	s := programtest.Serve(t, t.TempDir(), []string{"JUNBAN_DEMO_PASSWORD=" + programtest.Password}, "--simulate=1000", "--log-level=info")
	c := programtest.Client{URL: s.URL}
	programtest.Eventually(t, "patients wait and are called", func() bool {
		var f wire.Frame
		if status := c.Do(t, "GET", "/v1/services/1234-1/board", nil, nil, &f); status != http.StatusOK {
			t.Fatalf("the board answers %d", status)
		}
		return f.Board.Waiting.Tickets > 0 && len(f.Board.Calling) > 0 && f.Board.Calling[0].Number > 5
	})
	desk := programtest.Client{URL: s.URL}
	desk.LogIn(t, "1234", "demo")
	programtest.Eventually(t, "patients of slots are called, and book days to come", func() bool {
		var f wire.Frame
		var all wire.Bookings
		desk.Do(t, "GET", "/v1/services/1234-2/board", nil, nil, &f)
		desk.Do(t, "GET", "/v1/clinics/1234/bookings", nil, nil, &all)
		called := f.Board != nil && f.Board.Slots != nil && f.Board.Slots.Called != nil && *f.Board.Slots.Called > 0
		return called && len(all.Tickets) > 2
	})
	s.Stop(t)
}
