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
	bin        string   // redis-server
	dir        string   // of its files
	socket     string   // where it listens, and nowhere else
	lock       *os.File // inherited, held as long as it lives
	log        *slog.Logger
	registerer prometheus.Registerer // nil: nothing is counted
}

// child is a private redis-server: started, watched, and started again when it
// dies, on the same socket, so that clients reconnect and find every answered
// write. Safe for concurrent use.
type child struct {
	childOptions
	exits  *prometheus.CounterVec
	output *lastLine

	up       chan struct{} // closed when it has answered for the first time
	failed   chan error    // its end before that
	stopped  chan struct{} // closed by Stop
	stopOnce sync.Once
	done     chan struct{} // closed when it has ended for good

	mu      sync.Mutex  // guards process
	process *os.Process // nil while none runs
}

// startChild starts redis-server and returns when it answers: loading a large
// file takes as long as it takes. Ending ctx afterwards does not stop it.
func startChild(ctx context.Context, o childOptions) (*child, error) {
	c := &child{
		childOptions: o,
		exits: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "junban_redis_child_exits_total",
			Help: "Ends of the private redis-server that nobody asked for, by reason.",
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

// Stop ends redis-server in its own time, or at once when ctx ends. It returns
// when the process is gone.
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
		c.log.Warn("ending redis-server", "err", err)
	}
}

// supervise runs redis-server again and again until it is stopped. It stays on
// one thread: Linux ends the child when the thread that started it dies.
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
		c.log.Error("redis-server ended; starting it again", "err", err, "said", c.output.String(), "in", wait)
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

// errEnded is the end of a redis-server that found nothing wrong.
var errEnded = errors.New("exit status 0")

// runOnce starts redis-server and returns when it has ended.
func (c *child) runOnce() error {
	cmd := exec.Command(c.bin,
		"--port", "0", "--unixsocket", c.socket, "--unixsocketperm", "700",
		"--dir", c.dir, "--appendonly", "yes", "--appendfsync", "always", "--save", "",
		"--databases", "1", "--maxmemory-policy", "noeviction", "--daemonize", "no")
	cmd.Stdout, cmd.Stderr = c.output, c.output
	cmd.WaitDelay = time.Second // a rewrite of the file may still hold the pipe
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

// start starts the process unless Stop came first: then nobody would end it.
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
