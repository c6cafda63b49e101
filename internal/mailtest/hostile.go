package mailtest

import (
	"bufio"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Hostile is a server that answers as its test asks.
type Hostile struct {
	Addr string

	// Answer is the reply to a command, such as "550 5.1.1 no such user" to "RCPT". The
	// command of the end of a text is ".", and that of a new connection is "". "" is the
	// usual reply, [Drop] ends the connection, and [Stall] never replies.
	answer func(verb, line string) string

	mu       sync.Mutex
	conns    map[net.Conn]bool
	commands []string
	taken    []Taken
	stopped  chan struct{}
}

// Taken is a text that a [Hostile] accepted.
type Taken struct{ Receiver, Text string }

// Taken are the texts that were accepted.
func (h *Hostile) Taken() []Taken {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.taken)
}

// Replies that are none.
const (
	Drop  = "drop"
	Stall = "stall"
)

// Misbehave starts a server with its replies.
func Misbehave(t testing.TB, answer func(verb, line string) string) *Hostile {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &Hostile{Addr: l.Addr().String(), answer: answer, conns: map[net.Conn]bool{}, stopped: make(chan struct{})}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			h.mu.Lock()
			h.conns[conn] = true
			h.mu.Unlock()
			serving.Go(func() { h.serve(conn) })
		}
	})
	t.Cleanup(func() {
		close(h.stopped)
		l.Close()
		h.DropAll()
		serving.Wait()
	})
	return h
}

// URL is the server as --mail takes it.
func (h *Hostile) URL() string { return "smtp://" + h.Addr + "?tls=none" }

// DropAll ends all connections that are open.
func (h *Hostile) DropAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for conn := range h.conns {
		conn.Close()
	}
}

// Count is how many commands had a verb.
func (h *Hostile) Count(verb string) (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.commands {
		if c == verb {
			n++
		}
	}
	return n
}

var usual = map[string]string{"": "220 hostile.example", "EHLO": "250-hostile.example\r\n250 8BITMIME", "DATA": "354 go on", "QUIT": "221 bye"}

func (h *Hostile) serve(conn net.Conn) {
	defer func() {
		h.mu.Lock()
		delete(h.conns, conn)
		h.mu.Unlock()
		conn.Close()
	}()
	in := bufio.NewScanner(conn)
	in.Buffer(nil, 1<<20)
	inText, receiver, text := false, "", []string{}
	reply := func(verb, line string) bool {
		inText = false
		h.mu.Lock()
		h.commands = append(h.commands, verb)
		h.mu.Unlock()
		said := h.answer(verb, line)
		switch said {
		case Drop:
			return false
		case Stall:
			<-h.stopped
			return false
		case "":
			if said = usual[verb]; said == "" {
				said = "250 2.0.0 ok"
			}
		}
		switch verb {
		case "RCPT":
			receiver = line
		case ".":
			if strings.HasPrefix(said, "250") {
				h.mu.Lock()
				h.taken = append(h.taken, Taken{strings.Trim(strings.TrimPrefix(receiver, "RCPT TO:"), "<>"), strings.Join(text, "\r\n")})
				h.mu.Unlock()
			}
			text = nil
		}
		inText = strings.HasPrefix(said, "354")
		_, err := conn.Write([]byte(said + "\r\n"))
		return err == nil && !strings.HasPrefix(said, "421") && verb != "QUIT"
	}
	for verb, line := "", ""; reply(verb, line); {
		for {
			if !in.Scan() {
				return
			}
			if line = in.Text(); !inText || line == "." {
				break
			}
			text = append(text, strings.TrimPrefix(line, "."))
		}
		verb, _, _ = strings.Cut(line, " ")
		verb = strings.ToUpper(verb)
	}
}
