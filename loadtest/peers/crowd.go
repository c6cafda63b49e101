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
	// patience is how long a change, or the next handshake, may take before the
	// run counts as failed.
	patience = 2 * time.Minute
	// atOnce is how many handshakes are open: fewer than the shortest line in
	// which a kernel lets them wait for a server.
	atOnce = 64
	// sources is from how many addresses the watchers come.
	sources = 250
)

// crowd is many watchers of one server, read by one goroutine with as little
// work as can be done: what it spends, the servers' latencies have in common. It
// is not safe for concurrent use.
type crowd struct {
	peer     peer
	address  *net.TCPAddr
	patience time.Duration

	poll     int
	events   []unix.EpollEvent
	buf      []byte
	watchers []watcher

	joined int       // watchers that are ready for changes
	change int       // the one that is awaited
	have   int       // watchers that have it
	last   time.Time // when the last of them got it

	deliveries int // changes that watchers got, in all
	size       int // of the last frame, in bytes
}

// gather opens n watchers and returns when each is ready for changes.
func gather(ctx context.Context, p peer, listen string, n int) (*crowd, error) {
	address, err := net.ResolveTCPAddr("tcp4", listen)
	if err != nil {
		return nil, err
	}
	if !address.IP.IsLoopback() {
		return nil, fmt.Errorf("%s is not on the loopback interface", listen)
	}
	poll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	c := &crowd{
		peer: p, address: address, patience: patience, poll: poll,
		events: make([]unix.EpollEvent, 512), buf: make([]byte, 64<<10), watchers: make([]watcher, 0, n),
	}
	for heard := time.Now(); c.joined < n; {
		for len(c.watchers) < n && len(c.watchers)-c.joined < atOnce {
			if err := c.open(); err != nil {
				c.close()
				return nil, fmt.Errorf("watcher %d: %w", len(c.watchers), err)
			}
		}
		before := c.joined
		err := c.turn(ctx, 100*time.Millisecond)
		if c.joined > before {
			heard = time.Now()
		}
		if err == nil && time.Since(heard) > c.patience {
			err = fmt.Errorf("only %d of %d watchers could join", c.joined, n)
		}
		if err != nil {
			c.close()
			return nil, err
		}
	}
	return c, nil
}

// open connects one more watcher and asks for its WebSocket.
func (c *crowd) open() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	i := len(c.watchers)
	c.watchers = append(c.watchers, watcher{fd: fd})
	from := &unix.SockaddrInet4{Addr: [4]byte{127, 0, 1, byte(1 + i%sources)}}
	to := &unix.SockaddrInet4{Addr: [4]byte(c.address.IP.To4()), Port: c.address.Port}
	return errors.Join(
		unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1),
		unix.Bind(fd, from),
		unix.Connect(fd, to),
		unix.SetNonblock(fd, true),
		c.watchers[i].send([]byte(c.handshake())),
		unix.EpollCtl(c.poll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLET, Fd: int32(i)}),
	)
}

func (c *crowd) handshake() string {
	text := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", c.peer.watch, c.address)
	if c.peer.protocol != "" {
		text += "Sec-WebSocket-Protocol: " + c.peer.protocol + "\r\n"
	}
	return text + "\r\n"
}

// turn reads what has come, or comes within the given time.
func (c *crowd) turn(ctx context.Context, wait time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ms := int((max(wait, 0) + time.Millisecond - 1) / time.Millisecond)
	n, err := unix.EpollWait(c.poll, c.events, ms)
	if err != nil && !errors.Is(err, unix.EINTR) {
		return err
	}
	for _, e := range c.events[:max(n, 0)] {
		if err := c.read(&c.watchers[e.Fd]); err != nil {
			return fmt.Errorf("watcher %d: %w", e.Fd+1, err)
		}
	}
	return nil
}

// rest reads for the given time, so that pings are answered.
func (c *crowd) rest(ctx context.Context, d time.Duration) error {
	for end := time.Now().Add(d); ; {
		left := time.Until(end)
		if left <= 0 {
			return ctx.Err()
		}
		if err := c.turn(ctx, min(left, 100*time.Millisecond)); err != nil {
			return err
		}
	}
}

// expect makes a change and returns how long it took until the last watcher had
// it. A watcher that was skipped or goes back is an error. It looks without
// pause, so that no server pays for waking it.
func (c *crowd) expect(ctx context.Context, change int, desk *caller, r *http.Request) (time.Duration, error) {
	c.change, c.have = change, 0
	begun := time.Now()
	if err := r.Write(desk.conn); err != nil {
		return 0, fmt.Errorf("publishing change %d: %w", change, err)
	}
	for c.have < len(c.watchers) {
		if err := c.turn(ctx, 0); err != nil {
			return 0, err
		}
		if time.Since(begun) > c.patience {
			return 0, errors.Join(fmt.Errorf("change %d reached %d of %d watchers", change, c.have, len(c.watchers)), desk.answer(r, time.Second))
		}
	}
	return c.last.Sub(begun), desk.answer(r, c.patience)
}

// close drops every watcher, without a trace in the kernel's tables.
func (c *crowd) close() {
	for _, w := range c.watchers {
		_ = unix.SetsockoptLinger(w.fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
		_ = unix.Close(w.fd)
	}
	_ = unix.Close(c.poll)
}
