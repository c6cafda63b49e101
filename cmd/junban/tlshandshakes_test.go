//go:build unix

package main

import (
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"junban/cmd/junban/internal/programtest"
	"junban/hub"
)

// addressed is a listener whose connections come from an address that a test chooses.
type addressed struct {
	net.Listener
	from atomic.Pointer[net.TCPAddr]
}

type addressedConn struct {
	net.Conn
	from net.Addr
}

func (c addressedConn) RemoteAddr() net.Addr { return c.from }

func (l *addressed) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return addressedConn{nc, l.from.Load()}, nil
}

func (l *addressed) come(address string) { l.from.Store(&net.TCPAddr{IP: net.ParseIP(address)}) }

// limitedTLS runs a server on this machine with limited handshakes. shake makes one
// handshake with it.
func limitedTLS(t *testing.T, h *tlsHandshakes, change func(*tls.Config)) (l *addressed, shake func() error) {
	t.Helper()
	s := serverOf(t, h, change)
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l = &addressed{Listener: tcp}
	l.come("127.0.0.1")
	ended := make(chan struct{})
	go func() { _ = s.ServeTLS(hub.BeneathTLS(l), "", ""); close(ended) }()
	t.Cleanup(func() { s.Close(); <-ended })
	return l, func() error {
		c, err := tls.Dial("tcp", tcp.Addr().String(), &tls.Config{InsecureSkipVerify: true})
		if err == nil {
			c.Close()
		}
		return err
	}
}

// serverOf returns a server with a certificate and limited handshakes.
func serverOf(t *testing.T, h *tlsHandshakes, change func(*tls.Config)) *http.Server {
	t.Helper()
	cert, key, _ := certify(t, t.TempDir(), "limited")
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &pair, nil }}
	change(config)
	s := newServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	s.TLSConfig = h.limit(config)
	return s
}

func unchanged(*tls.Config) {}

// refusals returns how many handshakes were refused for a reason.
func refusals(t *testing.T, h *tlsHandshakes, reason string) float64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(h.conns)
	all, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, metrics := range all {
		for _, m := range metrics.GetMetric() {
			for _, label := range m.GetLabel() {
				if label.GetName() == "reason" && label.GetValue() == reason {
					return m.GetCounter().GetValue()
				}
			}
		}
	}
	return 0
}

func TestTLSHandshakes_LimitTheRateOfAnAddress(t *testing.T) {
	t.Parallel()
	h := newTLSHandshakes(newConns(1000, nil), 2, 1) // one in a second of an IPv4 address
	l, shake := limitedTLS(t, h, unchanged)
	refused := func(address string, n int) (refused int) {
		l.come(address)
		for range n {
			if shake() != nil {
				refused++
			}
		}
		return refused
	}
	const stranger, patient, thisMachine = "192.0.2.1", "192.0.2.2", "127.0.0.1"
	most := refused(stranger, 100)
	if most == 0 || most == 100 {
		t.Errorf("%d of 100 handshakes of one address are refused", most)
	}
	if got := refusals(t, h, "handshake_rate"); got != float64(most) {
		t.Errorf("%v refusals are counted of %d", got, most)
	}
	if n := refused(patient, 1); n != 0 {
		t.Error("another address is refused")
	}
	if n := refused(thisMachine, 100); n != 0 {
		t.Errorf("%d handshakes of this machine are refused", n)
	}
	programtest.Eventually(t, "the address is served again", func() bool { return refused(stranger, 1) == 0 })
}

// TestTLSHandshakes_ComputeInTurn has many clients at once. Some send a ClientHello and
// no more; they hold up nobody. In one case each client has to send a second ClientHello.
func TestTLSHandshakes_ComputeInTurn(t *testing.T) {
	t.Parallel()
	for name, curves := range map[string][]tls.CurveID{"one ClientHello": nil, "a second ClientHello": {tls.CurveP384}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const atOnce = 2
			var computing, most atomic.Int64
			h := newTLSHandshakes(newConns(1000, nil), handshakesDivided, atOnce)
			l, shake := limitedTLS(t, h, func(c *tls.Config) {
				c.CurvePreferences = curves
				certificate := c.GetCertificate
				c.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
					n := computing.Add(1)
					defer computing.Add(-1)
					for was := most.Load(); n > was && !most.CompareAndSwap(was, n); was = most.Load() {
					}
					for range 1000 { // lets the others come here, if they may
						runtime.Gosched()
					}
					return certificate(hello)
				}
			})
			for range 3 * atOnce {
				c, err := net.Dial("tcp", l.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				silent := &noAnswer{Conn: c, sent: make(chan struct{})}
				go func() { _ = tls.Client(silent, &tls.Config{InsecureSkipVerify: true}).Handshake() }() // until c is closed
				<-silent.sent
			}
			var all sync.WaitGroup
			for range 30 {
				all.Go(func() {
					if err := shake(); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if got := most.Load(); got > atOnce || got == 0 {
				t.Errorf("%d handshakes compute at once, want %d at most", got, atOnce)
			}
			programtest.Eventually(t, "every turn has ended", func() bool { return len(h.turns) == 0 })
		})
	}
}

// TestTLSHandshakes_WaitForATurn has a handshake that gets no turn.
func TestTLSHandshakes_WaitForATurn(t *testing.T) {
	t.Parallel()
	h := newTLSHandshakes(newConns(1000, nil), handshakesDivided, 1)
	s := serverOf(t, h, unchanged)
	synctest.Test(t, func(t *testing.T) {
		h.turns = make(chan struct{}, 1) // of the bubble
		h.turns <- struct{}{}
		if err := tls.Client(connect(t, s), &tls.Config{InsecureSkipVerify: true}).Handshake(); err == nil {
			t.Error("the handshake succeeds")
		}
		if got := refusals(t, h, "handshakes"); got != 1 {
			t.Errorf("%v refusals are counted", got)
		}
	})
}

// TestServer_ClosesASlowHandshake has clients that stop before or within a handshake.
func TestServer_ClosesASlowHandshake(t *testing.T) {
	t.Parallel()
	for name, speak := range map[string]func(net.Conn){
		"nothing is sent":         func(net.Conn) {},
		"a part of a ClientHello": func(c net.Conn) { _, _ = io.WriteString(c, "\x16\x03\x01\x00\xf8\x01") },
		"nothing after the answer": func(c net.Conn) {
			_ = tls.Client(&noAnswer{Conn: c, sent: make(chan struct{})}, &tls.Config{InsecureSkipVerify: true}).Handshake()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newTLSHandshakes(newConns(1000, nil), handshakesDivided, 1)
			s := serverOf(t, h, unchanged)
			synctest.Test(t, func(t *testing.T) {
				h.turns = make(chan struct{}, 1)
				ended := make(chan struct{})
				s.ConnState = func(_ net.Conn, state http.ConnState) {
					if state == http.StateClosed {
						close(ended)
					}
				}
				began := time.Now()
				c := connect(t, s)
				speak(c)
				<-ended
				if took := time.Since(began); took > 5*time.Second { // of the bubble's clock
					t.Errorf("the connection is closed after %v", took)
				}
				if len(h.turns) != 0 {
					t.Error("the turn has not ended")
				}
			})
		})
	}
}

// noAnswer is the connection of a client that sends one ClientHello and no more.
type noAnswer struct {
	net.Conn
	once sync.Once
	sent chan struct{}
}

func (c *noAnswer) Write(p []byte) (n int, err error) {
	n = len(p)
	c.once.Do(func() { n, err = c.Conn.Write(p); close(c.sent) })
	return n, err
}
