package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type childOptions struct {
	bin        string   // path of redis-server
	dir        string   // for its files
	socket     string   // the only address that it listens on
	lock       *os.File // inherited by the process, held until it ends
	log        *slog.Logger
	registerer prometheus.Registerer // nil disables the metrics
}

// child supervises a private redis-server. It restarts the process when it
// exits, on the same socket, so that clients reconnect and find every
// acknowledged write. It is safe for concurrent use.
type child struct {
	childOptions
	exits  *prometheus.CounterVec
	output *lastLine

	up       chan struct{} // closed after the first answer
	failed   chan error    // receives an exit before the first answer
	stopped  chan struct{} // closed by Stop
	stopOnce sync.Once
	done     chan struct{} // closed when supervise has returned

	mu      sync.Mutex  // guards process
	process *os.Process // nil while it is not running
}

// startChild starts redis-server and waits until it answers, however long it
// takes to load its data. Cancelling ctx afterwards does not stop it.
func startChild(ctx context.Context, o childOptions) (*child, error) {
	c := &child{
		childOptions: o,
		exits: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "junban_redis_child_exits_total",
			Help: "Unexpected exits of the private redis-server, by reason.",
		}, []string{"reason"}),
		output: &lastLine{log: o.log},
		up:     make(chan struct{}), failed: make(chan error, 1),
		stopped: make(chan struct{}), done: make(chan struct{}),
	}
	if o.registerer != nil {
		if err := o.registerer.Register(c.exits); err != nil {
			return nil, err
		}
	}
	go c.supervise()

	rdb := dialSocket(o.socket)
	defer rdb.Close()
	late := time.AfterFunc(2*time.Second, func() { o.log.Info("waiting for redis-server to load its data") })
	defer late.Stop()
	for rdb.Ping(ctx).Err() != nil {
		select {
		case err := <-c.failed:
			<-c.done
			return nil, fmt.Errorf("starting redis-server: %w: %s", err, c.output)
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("starting redis-server: %w", ctx.Err()), c.Stop(context.WithoutCancel(ctx)))
		case <-time.After(10 * time.Millisecond):
		}
	}
	close(c.up)
	return c, nil
}

// Stop terminates redis-server gracefully, and kills it when ctx is done. The
// process has ended when Stop returns.
func (c *child) Stop(ctx context.Context) error {
	c.stopOnce.Do(func() { close(c.stopped) })
	c.signal(terminate)
	select {
	case <-c.done:
		return nil
	case <-ctx.Done():
		c.signal((*os.Process).Kill)
		<-c.done
		return fmt.Errorf("redis-server had to be killed: %w", ctx.Err())
	}
}

func (c *child) signal(send func(*os.Process) error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.process == nil {
		return
	}
	if err := send(c.process); err != nil && !errors.Is(err, os.ErrProcessDone) {
		c.log.Warn("signalling redis-server", "err", err)
	}
}

// supervise runs redis-server until Stop. It stays on one thread, because Linux
// sends the parent-death signal when the thread that started the child exits.
func (c *child) supervise() {
	defer close(c.done)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const shortest, longest = 50 * time.Millisecond, 5 * time.Second
	wait := shortest
	for {
		started := time.Now()
		err := c.runOnce()
		select {
		case <-c.stopped:
			return
		default:
		}
		select {
		case <-c.up:
		default:
			c.failed <- err
			return
		}
		c.exits.WithLabelValues(endReason(err)).Inc()
		if time.Since(started) > time.Minute {
			wait = shortest
		}
		c.log.Error("redis-server exited: restarting it", "err", err, "output", c.output.String(), "in", wait)
		select {
		case <-c.stopped:
			return
		case <-time.After(wait):
		}
		wait = min(2*wait, longest)
	}
}

func endReason(err error) string {
	exit, ended := errors.AsType[*exec.ExitError](err)
	switch {
	case ended && exit.ExitCode() < 0:
		return "signal"
	case ended || errors.Is(err, errEnded):
		return "exit"
	default:
		return "start"
	}
}

// errEnded reports an exit with status 0.
var errEnded = errors.New("exit status 0")

// runOnce starts redis-server and waits for its exit.
func (c *child) runOnce() error {
	cmd := exec.Command(c.bin,
		"--port", "0", "--unixsocket", c.socket, "--unixsocketperm", "700",
		"--dir", c.dir, "--appendonly", "yes", "--appendfsync", "always", "--save", "",
		"--databases", "1", "--maxmemory-policy", "noeviction", "--daemonize", "no")
	cmd.Stdout, cmd.Stderr = c.output, c.output
	cmd.WaitDelay = time.Second // the child of an AOF rewrite may keep the pipe open
	detach(cmd, c.lock)
	if err := c.start(cmd); err != nil {
		return err
	}
	err := cmd.Wait()
	c.mu.Lock()
	c.process = nil
	c.mu.Unlock()
	if err == nil {
		return errEnded
	}
	return err
}

// start starts the process, unless Stop was called before.
func (c *child) start(cmd *exec.Cmd) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.stopped:
		return errors.New("stopped")
	default:
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	c.process = cmd.Process
	return nil
}
