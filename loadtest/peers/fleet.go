package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// operationTimeout limits a change, or the time between two handshakes.
	operationTimeout = 2 * time.Minute
	// maxHandshakes limits the concurrent handshakes. It is below the backlogs of
	// the servers' listeners.
	maxHandshakes = 64
	// sourceAddresses is the number of client addresses.
	sourceAddresses = 250
)

// fleet is the watchers of one server. One goroutine reads all of them by epoll
// with little work, as its time is part of every server's latency. It is not safe
// for concurrent use.
type fleet struct {
	peer    peer
	address *net.TCPAddr
	timeout time.Duration

	epoll    int
	events   []unix.EpollEvent
	buf      []byte
	watchers []watcher

	ready        int       // watchers that are ready for changes
	awaited      int       // number of the change under way
	received     int       // watchers that have received it
	lastReceived time.Time // when the last watcher received it

	deliveries int // changes received by all watchers so far
	frameSize  int // of the last frame, in bytes
}

// openFleet opens n watchers and returns when each is ready for changes.
func openFleet(ctx context.Context, p peer, listen string, n int) (*fleet, error) {
	address, err := net.ResolveTCPAddr("tcp4", listen)
	if err != nil {
		return nil, err
	}
	if !address.IP.IsLoopback() {
		return nil, fmt.Errorf("%s is not on the loopback interface", listen)
	}
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	f := &fleet{
		peer: p, address: address, timeout: operationTimeout, epoll: epoll,
		events: make([]unix.EpollEvent, 512), buf: make([]byte, 64<<10), watchers: make([]watcher, 0, n),
	}
	if err := f.connectAll(ctx, n); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

// connectAll connects n watchers, a few at a time, until each is ready.
func (f *fleet) connectAll(ctx context.Context, n int) error {
	for progress := time.Now(); f.ready < n; {
		for len(f.watchers) < n && len(f.watchers)-f.ready < maxHandshakes {
			if err := f.connect(); err != nil {
				return fmt.Errorf("watcher %d: %w", len(f.watchers), err)
			}
		}
		before := f.ready
		if err := f.poll(ctx, 100*time.Millisecond); err != nil {
			return err
		}
		if f.ready > before {
			progress = time.Now()
		}
		if time.Since(progress) > f.timeout {
			return fmt.Errorf("only %d of %d watchers are ready", f.ready, n)
		}
	}
	return nil
}

// connect opens one more watcher and sends its handshake.
func (f *fleet) connect() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	i := len(f.watchers)
	f.watchers = append(f.watchers, watcher{fd: fd})
	from := &unix.SockaddrInet4{Addr: [4]byte{127, 0, 1, byte(1 + i%sourceAddresses)}}
	to := &unix.SockaddrInet4{Addr: [4]byte(f.address.IP.To4()), Port: f.address.Port}
	if err := errors.Join(
		unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1),
		unix.Bind(fd, from),
		unix.Connect(fd, to),
	); err != nil {
		return err
	}
	if f.peer.tls {
		if f.watchers[i].tls, err = shakeHands(fd); err != nil {
			return err
		}
	}
	return errors.Join(
		unix.SetNonblock(fd, true),
		f.watchers[i].send([]byte(f.handshake())),
		unix.EpollCtl(f.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLET, Fd: int32(i)}),
	)
}

func (f *fleet) handshake() string {
	text := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", f.peer.watch, f.address)
	if f.peer.protocol != "" {
		text += "Sec-WebSocket-Protocol: " + f.peer.protocol + "\r\n"
	}
	return text + "\r\n"
}

// poll reads all available data. It waits up to the given time for the first data.
func (f *fleet) poll(ctx context.Context, wait time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ms := int((max(wait, 0) + time.Millisecond - 1) / time.Millisecond)
	n, err := unix.EpollWait(f.epoll, f.events, ms)
	if err != nil && !errors.Is(err, unix.EINTR) {
		return err
	}
	for _, e := range f.events[:max(n, 0)] {
		if err := f.readSocket(&f.watchers[e.Fd]); err != nil {
			return fmt.Errorf("watcher %d: %w", e.Fd+1, err)
		}
	}
	return nil
}

// idle polls for the given time, so that pings are answered.
func (f *fleet) idle(ctx context.Context, d time.Duration) error {
	for end := time.Now().Add(d); ; {
		left := time.Until(end)
		if left <= 0 {
			return ctx.Err()
		}
		if err := f.poll(ctx, min(left, 100*time.Millisecond)); err != nil {
			return err
		}
	}
}

// publishAndWait makes a change and returns the time until the last watcher
// received it. It polls without sleeping, so no server has the cost of waking it.
func (f *fleet) publishAndWait(ctx context.Context, change int, p *publisher, r *http.Request) (time.Duration, error) {
	f.awaited, f.received = change, 0
	start := time.Now()
	if err := p.send(r); err != nil {
		return 0, fmt.Errorf("publishing change %d: %w", change, err)
	}
	for f.received < len(f.watchers) {
		if err := f.poll(ctx, 0); err != nil {
			return 0, err
		}
		if time.Since(start) > f.timeout {
			return 0, errors.Join(fmt.Errorf("change %d reached %d of %d watchers", change, f.received, len(f.watchers)), p.readResponse(r, time.Second))
		}
	}
	return f.lastReceived.Sub(start), p.readResponse(r, f.timeout)
}

// close resets all connections, so that none remains in the state TIME_WAIT.
func (f *fleet) close() {
	for _, w := range f.watchers {
		_ = unix.SetsockoptLinger(w.fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
		_ = unix.Close(w.fd)
	}
	_ = unix.Close(f.epoll)
}
