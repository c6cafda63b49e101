package mailtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"junban/queue/queuetest"
)

// Domains of a [Relay].
const (
	Patients = "patient.example" // of receivers
	Clinics  = "junban.example"  // of senders, and of bounces
)

// Lost is a receiver whom the relay knows and cannot deliver to. It sends a report of that
// to the return path.
const Lost = "lost@" + Patients

// patience bounds each wait on a busy machine.
const patience = 30 * time.Second

// Relay is a real OpenSMTPD on a loopback port, without TLS.
type Relay struct {
	Addr string

	t      testing.TB
	folder string
	mu     sync.Mutex
	cmd    *exec.Cmd
	log    *os.File
}

// Start starts a relay that knows the receivers, each an address of [Patients], and
// delivers to files. It refuses any other receiver with 550.
func Start(t testing.TB, receivers ...string) *Relay {
	t.Helper()
	binary, err := exec.LookPath("smtpd")
	if err != nil {
		if binary, err = exec.LookPath("/usr/sbin/smtpd"); err != nil {
			queuetest.Missing(t, "opensmtpd", err)
		}
	}
	if err := exec.Command("unshare", "--mount", "--pid", "--fork", "true").Run(); err != nil {
		queuetest.Missing(t, "root, for a mount namespace", err)
	}
	folder, err := os.MkdirTemp("", "junban-relay-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	port := freePort(t)
	r := &Relay{Addr: fmt.Sprintf("127.0.0.1:%d", port), t: t, folder: folder}
	known := []string{`"b@` + Clinics + `"`, `"` + Lost + `"`}
	for _, address := range receivers {
		known = append(known, `"`+address+`"`)
	}
	r.write("deliver", fmt.Sprintf(deliver, folder, folder, folder), 0o755)
	r.write("conf", fmt.Sprintf(config, strings.Join(known, ", "), port, folder), 0o600)
	r.write("start", fmt.Sprintf(start, binary, folder), 0o755)
	for _, name := range []string{"", "new", "tmp"} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(path, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o777); err != nil { // the umask
			t.Fatal(err)
		}
	}
	r.Run()
	t.Cleanup(r.Stop)
	return r
}

const config = `table known { %s }
table users { "@" = nobody }
listen on 127.0.0.1 port %d hostname relay.example
action "deliver" mda "%s/deliver %%{rcpt}" virtual <users>
match from any for rcpt-to <known> action "deliver"
match from any for any reject
`

// deliver writes each mail to a file of its own, whose name begins with the receiver.
const deliver = `#!/bin/sh
case "$1" in lost@*) exit 67;; esac
f=$(mktemp "%s/tmp/XXXXXXXXXX") && cat >"$f" && chmod 644 "$f" && n=$(basename "$f") && mv "%s/tmp/$n" "%s/new/$1 $n"
`

const start = `#!/bin/sh
set -e
mount -t tmpfs -o mode=755 tmpfs /var/spool
mkdir -m 711 /var/spool/smtpd
mount -t tmpfs -o mode=755 tmpfs /run
exec %s -d -f %s/conf
`

func (r *Relay) write(name, text string, mode os.FileMode) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.folder, name), []byte(text), mode); err != nil {
		r.t.Fatal(err)
	}
}

// URL is the relay as --mail takes it.
func (r *Relay) URL() string { return "smtp://" + r.Addr + "?tls=none" }

// Run starts the relay again after [Relay.Stop]. Mail that it had not delivered is gone.
func (r *Relay) Run() {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	var err error
	if r.log, err = os.OpenFile(filepath.Join(r.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		r.t.Fatal(err)
	}
	r.cmd = exec.Command("unshare", "--mount", "--pid", "--fork", "--kill-child", filepath.Join(r.folder, "start"))
	r.cmd.Stdout, r.cmd.Stderr = r.log, r.log
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", r.Addr)
		if err == nil {
			conn.Close()
			return
		}
		if time.Now().After(end) {
			r.kill()
			r.t.Fatalf("OpenSMTPD does not answer: %v\n%s", err, r.tail())
		}
	}
}

// Stop ends the relay with all of its processes.
func (r *Relay) Stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cmd != nil {
		r.kill()
	}
}

func (r *Relay) kill() {
	r.cmd.Process.Kill() // ends the namespace, and all of its processes with it
	r.cmd.Wait()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		conn, err := net.Dial("tcp", r.Addr)
		if err != nil {
			break
		}
		conn.Close()
	}
	r.log.Close()
	r.cmd = nil
}

// tail is the end of the relay's log.
func (r *Relay) tail() string {
	log, _ := os.ReadFile(filepath.Join(r.folder, "log")) // of a test that has failed already
	return string(log[max(0, len(log)-4000):])
}

// Mails are the mails that an address has, in the order of their delivery.
func (r *Relay) Mails(address string) (mails []Mail) {
	r.t.Helper()
	entries, err := os.ReadDir(filepath.Join(r.folder, "new"))
	if err != nil {
		r.t.Fatal(err)
	}
	written := func(e os.DirEntry) time.Time {
		info, err := e.Info()
		if err != nil {
			r.t.Fatal(err)
		}
		return info.ModTime()
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return written(a).Compare(written(b)) })
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), address+" ") {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(r.folder, "new", e.Name()))
		if err != nil {
			r.t.Fatal(err)
		}
		m, err := Parse(raw)
		if err != nil {
			r.t.Fatal(err)
		}
		mails = append(mails, m)
	}
	return mails
}

// Wait waits until an address has that many mails.
func (r *Relay) Wait(address string, n int) []Mail {
	r.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		mails := r.Mails(address)
		if len(mails) >= n {
			return mails
		}
		if time.Now().After(end) {
			r.t.Fatalf("%s has %d mails, not %d\n%s", address, len(mails), n, r.tail())
		}
	}
}

// freePort is a port that was free a moment ago.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
