//go:build unix

package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
	"junban/queue/queuetest"
)

// nginxFile is the configuration in README.md.
const nginxFile = "proxy/nginx.conf"

// freePort returns a free port of 127.0.0.1, below the range of ephemeral
// ports.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := strconv.Itoa(20_000 + mathrand.IntN(12_000))
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return ""
}

// startNginx runs the configuration of README.md in nginx, with the addresses
// and files of this test. It returns its URL, and a client that accepts its
// certificate. Both nodes listen on 127.0.0.1.
func startNginx(t *testing.T, firstPort, secondPort string) (url string, over *http.Client) {
	t.Helper()
	programtest.Needs(t, "nginx")
	content, err := os.ReadFile(nginxFile)
	if err != nil {
		t.Fatal(err)
	}
	folder, port := t.TempDir(), freePort(t)
	certificate, key, _ := certify(t, folder, "nginx")
	site := string(content)
	for from, to := range map[string]string{
		"127.0.0.1:8080 ":             "127.0.0.1:" + firstPort + " ",
		"127.0.0.1:8081 ":             "127.0.0.1:" + secondPort + " ",
		"listen 443 ssl;":             "listen 127.0.0.1:" + port + " ssl;",
		"/etc/ssl/junban.example.crt": certificate,
		"/etc/ssl/junban.example.key": key,
	} {
		if !strings.Contains(site, from) {
			t.Fatalf("%s has no %q", nginxFile, from)
		}
		site = strings.ReplaceAll(site, from, to)
	}
	main := fmt.Sprintf("daemon off; pid %[1]s/pid; error_log stderr warn; worker_processes 1;\nevents { worker_connections 4096; }\n"+
		"http { access_log off; client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/fcgi; uwsgi_temp_path %[1]s/uwsgi; scgi_temp_path %[1]s/scgi;\n%[2]s\n}\n", folder, site)
	file := filepath.Join(folder, "nginx.conf")
	if err := os.WriteFile(file, []byte(main), 0o600); err != nil {
		t.Fatal(err)
	}
	log := &programtest.Transcript{}
	nginx := exec.Command("nginx", "-c", file, "-p", folder)
	nginx.Stdout, nginx.Stderr = log, log
	nginx.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := nginx.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		nginx.Process.Signal(syscall.SIGTERM)
		nginx.Wait()
		if t.Failed() {
			t.Logf("the log of nginx:\n%s", log)
		}
	})
	over = &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, MaxIdleConnsPerHost: 100,
	}}
	t.Cleanup(over.CloseIdleConnections)
	programtest.Eventually(t, "nginx accepts connections", func() bool {
		c, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	return "https://127.0.0.1:" + port, over
}

// startRedis starts a redis-server with clinic 2001. It returns the flag with
// its address, and its process.
func startRedis(t *testing.T) (flag string, server *exec.Cmd) {
	t.Helper()
	socket, server, err := queuetest.Start(t.TempDir())
	if err != nil {
		queuetest.Missing(t, "redis-server", err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	flag = "--redis=unix://" + socket
	programtest.Must(t, one("2001"), nil, flag, "clinic", "import", "-")
	return flag, server
}

// readBoard reads the board of service 2001-1. It returns 0 if the request
// fails below HTTP.
func readBoard(t *testing.T, over *http.Client, url string) (status int, board wire.Frame) {
	answer, err := over.Get(url + "/v1/services/2001-1/board")
	if err != nil {
		return 0, board
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, board
	}
	if answer.StatusCode == http.StatusOK {
		if err := json.Unmarshal(body, &board); err != nil {
			t.Errorf("the board is %s: %v", body, err)
		}
	}
	return answer.StatusCode, board
}

// readers is the number of concurrent requests. It exceeds the connections that
// nginx keeps to the nodes.
const readers = 60

// readBoards reads the board with all readers and counts the responses with a
// number of waiting tickets.
func readBoards(t *testing.T, over *http.Client, url string, waiting int) (right int) {
	var n atomic.Int64
	var all sync.WaitGroup
	for range readers {
		all.Go(func() {
			if status, board := readBoard(t, over, url); status == http.StatusOK && board.Board != nil && len(board.Board.Line) == waiting {
				n.Add(1)
			}
		})
	}
	all.Wait()
	return int(n.Load())
}

// TestProxy_StallOfRedisBreaksNoConnection stops Redis for longer than the
// timeout of a request, while requests use every connection of nginx.
func TestProxy_StallOfRedisBreaksNoConnection(t *testing.T) {
	t.Parallel()
	redis, server := startRedis(t)
	port := freePort(t)
	s := programtest.Serve(t, t.TempDir(), nil, redis, "--listen=127.0.0.1:"+port, "--trusted-proxies=127.0.0.0/8")
	url, over := startNginx(t, port, port)

	c := programtest.Client{URL: url, HTTP: over}
	c.IssueOf(t, "2001-1", "before-the-stall-of-redis")
	if right := readBoards(t, over, url, 1); right != readers {
		t.Fatalf("before the stall %d of %d reads are right", right, readers)
	}
	if err := server.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	const stall = 12 * time.Second // longer than answerWithin of package api
	for end := time.Now().Add(stall); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		readBoards(t, over, url, 0) // these may fail
	}
	if err := server.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	back := time.Now()
	programtest.Eventually(t, "the node is ready again", func() bool {
		answer, err := http.Get(s.Ops + "/readyz")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
	c.IssueOf(t, "2001-1", "after-the-stall-of-redis")
	right := 0
	programtest.Eventually(t, "all reads through all connections are right", func() bool {
		right = readBoards(t, over, url, 2)
		return right == readers
	})
	queuetest.Figure(t, "all of %d reads behind nginx right %.1f s after a stall of Redis", right, time.Since(back).Seconds())
}

// lossyProxy is a proxy between nginx and a node that drops responses. The node has
// handled the request, but the connection closes without a response.
type lossyProxy struct {
	port  string
	close func() // refuses connections afterwards

	lose atomic.Int64 // number of responses to drop

	mu   sync.Mutex
	sent map[string]int // requests that reached the node, by method and path; guarded by mu
}

func newLossyProxy(t *testing.T, node string) *lossyProxy {
	t.Helper()
	to, err := url.Parse(node)
	if err != nil {
		t.Fatal(err)
	}
	l := &lossyProxy{sent: map[string]int{}}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ModifyResponse = func(r *http.Response) error {
		l.mu.Lock()
		l.sent[r.Request.Method+" "+r.Request.URL.Path]++
		l.mu.Unlock()
		if l.lose.Add(-1) >= 0 {
			return errors.New("lost")
		}
		return nil
	}
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	l.close, l.port = server.Close, fmt.Sprint(server.Listener.Addr().(*net.TCPAddr).Port)
	return l
}

// TestProxy_CountedRequestsAreNotRepeated drops responses behind the
// configuration of README.md. An act is repeated on the other node, which
// recognizes its key. A login, a lookup, a screen's code and a change of the
// password reach only one node. A login still reaches the other node if one is
// down.
func TestProxy_CountedRequestsAreNotRepeated(t *testing.T) {
	t.Parallel()
	redis, _ := startRedis(t)
	programtest.Must(t, programtest.Password+"\n", nil, redis, "user", "set", "2001", "desk")
	books := sharedBooks(t)
	start := func() *programtest.Running {
		return programtest.Serve(t, t.TempDir(), nil, redis, books, "--trusted-proxies=127.0.0.0/8")
	}
	nodes := [2]*programtest.Running{start(), start()}
	proxies := [2]*lossyProxy{newLossyProxy(t, nodes[0].URL), newLossyProxy(t, nodes[1].URL)}
	url, over := startNginx(t, proxies[0].port, proxies[1].port)
	c := programtest.Client{URL: url, HTTP: over}
	reached := func(request string) (n int) {
		for _, d := range proxies {
			d.mu.Lock()
			n += d.sent[request]
			d.mu.Unlock()
		}
		return n
	}
	// lost sends a request whose first response is dropped at either node.
	lost := func(method, path string, body any) (status int) {
		for _, d := range proxies {
			d.lose.Store(1)
		}
		status = c.Do(t, method, path, nil, body, nil)
		for _, d := range proxies {
			d.lose.Store(0)
		}
		return status
	}
	for _, test := range []struct {
		method, path string
		body         any
	}{
		{"POST", "/v1/login", wire.LoginRequest{Clinic: "2001", User: "desk", Password: "a wrong password"}},
		{"POST", "/v1/lookup", wire.LookupRequest{Service: "2001-1", Number: 1, PhoneEnd: "0000"}},
		{"POST", "/lookup", nil},
		{"POST", "/v1/clinics/2001/screens", struct{}{}},
		{"PUT", "/v1/password", wire.OwnPasswordRequest{Old: "wrong", New: "a long password"}},
	} {
		status := lost(test.method, test.path, test.body)
		if n := reached(test.method + " " + test.path); n != 1 || status != http.StatusBadGateway {
			t.Errorf("%s %s reached the nodes %d times and got the status %d", test.method, test.path, n, status)
		}
	}

	proxies[0].lose.Store(1)
	proxies[1].lose.Store(0)
	for n := 1; proxies[0].lose.Load() > 0; n++ { // nginx selects the node
		if got := c.IssueOf(t, "2001-1", fmt.Sprintf("whose-answer-is-lost-%d", n)); got.Ticket.Number != n {
			t.Fatalf("ticket %d has number %d", n, got.Ticket.Number)
		}
	}

	proxies[0].close()
	if status, _ := readBoard(t, over, url); status != http.StatusOK { // nginx has noticed by then
		t.Errorf("a board with one node down gets the status %d", status)
	}
	for range 4 {
		if status := c.Do(t, "POST", "/v1/login", nil, wire.LoginRequest{Clinic: "2001", User: "desk", Password: programtest.Password}, nil); status != http.StatusOK {
			t.Errorf("a login with one node down gets the status %d", status)
		}
	}
}

// restartWatchers is the number of event streams during a rolling restart.
const restartWatchers = 20

// TestProxy_RollingRestartLosesNoAct restarts both nodes, one after the other,
// behind the configuration of README.md, while patients take numbers and watch.
func TestProxy_RollingRestartLosesNoAct(t *testing.T) {
	t.Parallel()
	redis, _ := startRedis(t)
	ports := [2]string{freePort(t), freePort(t)}
	books := sharedBooks(t)
	start := func(port string) *programtest.Running {
		return programtest.Serve(t, t.TempDir(), nil, redis, books, "--listen=127.0.0.1:"+port, "--trusted-proxies=127.0.0.0/8", "--drain=3s")
	}
	nodes := [2]*programtest.Running{start(ports[0]), start(ports[1])}
	url, over := startNginx(t, ports[0], ports[1])

	done := make(chan struct{})
	var acts sync.WaitGroup
	taken, newest := 0, atomic.Int64{}
	acts.Go(func() {
		for ; ; taken++ {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
			c := programtest.Client{URL: url, HTTP: over}
			issued := c.IssueOf(t, "2001-1", fmt.Sprintf("rolling-restart-%06d", taken))
			newest.Store(int64(issued.Ticket.Number))
		}
	})
	var streams sync.WaitGroup
	for range restartWatchers {
		streams.Go(func() { watchUntil(t, over, url, done, &newest) })
	}
	for i := range nodes {
		before := newest.Load()
		programtest.Eventually(t, "patients take numbers", func() bool { return newest.Load() > before+2 })
		nodes[i].Stop(t)
		nodes[i] = start(ports[i])
	}
	before := newest.Load()
	programtest.Eventually(t, "patients take numbers after the restarts", func() bool { return newest.Load() > before+2 })
	close(done)
	acts.Wait()
	if int64(taken) != newest.Load() {
		t.Errorf("%d numbers were taken, and the newest is %d", taken, newest.Load())
	}
	taken++
	newest.Store(int64(taken)) // each watcher waits for the board with this number
	c := programtest.Client{URL: url, HTTP: over}
	c.IssueOf(t, "2001-1", "after-the-rolling-restart")
	streams.Wait()
	queuetest.Figure(t, "%d numbers taken behind nginx while both nodes restart, none refused; %d watchers right", taken, restartWatchers)
}

// watchUntil follows the board with event streams and reconnects. It returns
// when done is closed and it has received the newest number.
func watchUntil(t *testing.T, over *http.Client, url string, done <-chan struct{}, newest *atomic.Int64) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*programtest.Long)
	defer cancel()
	for ; ctx.Err() == nil; time.Sleep(50 * time.Millisecond) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/v1/watch?topic=service:2001-1&pulse=5", nil)
		if err != nil {
			t.Error(err)
			return
		}
		r.Header.Set("Accept", "text/event-stream")
		answer, err := over.Do(r)
		if err != nil {
			continue
		}
		lines := bufio.NewScanner(answer.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var f wire.Frame
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok || json.Unmarshal([]byte(data), &f) != nil || f.Board == nil || f.Board.Waiting == nil {
				continue
			}
			select {
			case <-done:
				if int64(f.Board.Waiting.Tickets) == newest.Load() {
					answer.Body.Close()
					return
				}
			default:
			}
		}
		answer.Body.Close()
	}
	t.Error("a watcher did not receive the newest number")
}
