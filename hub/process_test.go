package hub

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"junban/hub/internal/socket"
)

// roleVar makes the test program a server controlled by its standard input. So its
// costs are measured apart from those of its clients.
const roleVar = "JUNBAN_HUB_TEST_ROLE"

// The roles.
const (
	roleHub  = "hub"  // a hub behind net/http
	roleTLS  = "tls"  // the same over TLS
	roleBare = "bare" // accepted connections, and writes to all of them
)

// play is the life of the server process.
func play(role string, in io.Reader, out io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := map[string]func(net.Listener) part{roleHub: playHub, roleTLS: playTLS, roleBare: playBare}[role](listener)
	fmt.Fprintln(out, listener.Addr())
	for lines := bufio.NewScanner(in); lines.Scan(); {
		switch lines.Text() {
		case "publish":
			server.publish()
		case "drain":
			server.drain()
		case "settle":
			debug.FreeOSMemory()
			time.Sleep(100 * time.Millisecond)
			debug.FreeOSMemory()
		}
		fmt.Fprintln(out, measure(server.watchers()))
	}
	return nil
}

// part is one command of the server process.
type part struct {
	publish, drain func()
	watchers       func() int
}

func playHub(l net.Listener) part {
	h := &house{Hub: New(Options{Window: -1})}
	go http.Serve(l, serve(nil, h.Hub)) // until the process ends
	return h.part()
}

func playTLS(l net.Listener) part {
	h := &house{Hub: New(Options{Window: -1})}
	h.srv = httptest.NewUnstartedServer(serve(nil, h.Hub)) // until the process ends
	h.srv.Listener = BeneathTLS(l)
	h.srv.StartTLS()
	return h.part()
}

func (h *house) part() part {
	f := Frame{Body: make([]byte, benchBody), At: time.Now()}
	return part{
		publish:  func() { f.Version++; h.Publish("a", f) },
		drain:    func() { h.Drain(context.Background(), drainSpread) },
		watchers: func() int { return h.watching("a") },
	}
}

func playBare(l net.Listener) part {
	var n atomic.Int64
	var conns []net.Conn
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns = append(conns, c)
			n.Add(1)
		}
	}()
	frame := socket.TextFrame(make([]byte, benchBody))
	return part{
		publish: func() {
			for _, c := range conns[:n.Load()] {
				if _, err := c.Write(frame); err != nil {
					panic(err)
				}
			}
		},
		watchers: func() int { return int(n.Load()) },
	}
}

// cost is what a server process has taken so far.
type cost struct {
	watchers            int
	user, system        int64 // nanoseconds
	rss, heap, stack    int   // bytes
	goroutines, threads int
}

func measure(watchers int) cost {
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	user, system := processorTime()
	c := cost{
		watchers: watchers, user: user, system: system,
		heap: int(mem.HeapAlloc), stack: int(mem.StackInuse), goroutines: runtime.NumGoroutine(),
	}
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		fmt.Sscanf(line, "VmRSS: %d kB", &c.rss)
		fmt.Sscanf(line, "Threads: %d", &c.threads)
	}
	c.rss <<= 10
	return c
}

// process is a server of its own.
type process struct {
	t    testing.TB
	tls  bool
	addr string
	in   io.WriteCloser
	out  *bufio.Reader
	got  atomic.Int64 // bytes that reached its clients
}

func startProcess(t testing.TB, role string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVar+"="+role)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, tls: role == roleTLS, in: in, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		in.Close() // ends it
		if err := cmd.Wait(); err != nil {
			t.Errorf("the server process: %v", err)
		}
	})
	p.addr = p.line()
	return p
}

func (p *process) line() string {
	p.t.Helper()
	line, err := p.out.ReadString('\n')
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// tell sends the process a command, and returns the cost after it.
func (p *process) tell(what string) (c cost) {
	p.t.Helper()
	fmt.Fprintln(p.in, what)
	if _, err := fmt.Sscanf(p.line(), "{%d %d %d %d %d %d %d %d}", &c.watchers, &c.user, &c.system,
		&c.rss, &c.heap, &c.stack, &c.goroutines, &c.threads); err != nil {
		p.t.Fatal(err)
	}
	return c
}

// group connects n more clients. Each connection begins with hello and its response,
// and answers a ping. Without hello it does neither.
func (p *process) group(n int, hello string) {
	p.t.Helper()
	for range n {
		conn, err := net.Dial("tcp", p.addr)
		if err != nil {
			p.t.Fatal(err)
		}
		p.t.Cleanup(func() { conn.Close() })
		if p.tls {
			conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
		}
		if hello != "" {
			shake(p.t, conn, hello)
			said := append(append(pong(), pong()...), opPong, 0x80) // and half a pong
			if _, err := conn.Write(said); err != nil {
				p.t.Fatal(err)
			}
		}
		go count(conn, make([]byte, 1024), &p.got)
	}
}
