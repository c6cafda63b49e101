package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/rpc"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"junban/api/wire"
)

const (
	// workerCommand is the hidden command that runs a worker process.
	workerCommand = "worker"
	// watchersPerWorker limits the watchers of one process. Each watcher needs a
	// file descriptor.
	watchersPerWorker = 10_000
)

// worker runs the watchers of one worker process. Its exported methods are the
// net/rpc calls of a [fleet].
type worker struct {
	ctx        context.Context // done when the calling process is gone
	cancel     context.CancelFunc
	running    sync.WaitGroup
	request    WatchRequest
	handshakes chan struct{} // semaphore of the first handshakes
	resumed    chan struct{} // closed by Resume

	watchers []*watcher
	goal     atomic.Pointer[activeGoal]

	frames, bytes, pulses, stale, goodbyes, awaitedClose, refusedHandshakes atomic.Int64

	mu     sync.Mutex // guards the fields below
	err    error      // the first error of a watcher
	closes map[uint16]int
}

func newWorker(ctx context.Context, cancel context.CancelFunc) *worker {
	return &worker{ctx: ctx, cancel: cancel, resumed: make(chan struct{}), closes: map[uint16]int{}}
}

// serveWorker serves the calls of a fleet on in and out. It returns when in ends
// or ctx is done.
func serveWorker(ctx context.Context, in io.ReadCloser, out io.WriteCloser) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	k := newWorker(ctx, cancel)
	server := rpc.NewServer()
	if err := server.RegisterName("Worker", k); err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { in.Close() })
	server.ServeConn(pipes{in, out})
	k.shutDown()
	return nil
}

// pipes joins the two pipes between a worker process and its parent.
type pipes struct {
	io.ReadCloser
	out io.WriteCloser
}

func (p pipes) Write(b []byte) (int, error) { return p.out.Write(b) }
func (p pipes) Close() error                { return errors.Join(p.out.Close(), p.ReadCloser.Close()) }

// None is the argument or reply of a call that has none.
type None struct{}

// WatchRequest describes the watchers to open.
type WatchRequest struct {
	URLs       []string // servers; a watcher takes the next one after each goodbye
	Topic      string
	Count      int  // number of watchers
	FirstID    int  // number of the first watcher among all watchers of a round
	Handshakes int  // limit of concurrent first handshakes
	Stalled    bool // the watchers do not read until Resume
}

// Open starts the watchers and sets the goal that each has a first state. Wait
// waits for it.
func (k *worker) Open(r WatchRequest, _ *None) error {
	if r.Count < 1 || r.Count > watchersPerWorker {
		return fmt.Errorf("%d watchers in one process", r.Count)
	}
	k.request = r
	k.handshakes = make(chan struct{}, max(1, r.Handshakes))
	for i := range r.Count {
		k.watchers = append(k.watchers, &watcher{worker: k, id: i, reconnectAfter: -1})
	}
	k.setGoal(Goal{})
	for _, w := range k.watchers {
		k.running.Go(func() { w.run(k.ctx) })
	}
	return nil
}

// Resume makes stalled watchers read. It must be called once at most.
func (k *worker) Resume(_ None, _ *None) error {
	close(k.resumed)
	return k.firstError()
}

// Outage is the loss of some watchers' network.
type Outage struct {
	Share           float64       // of the watchers, 0 to 1
	ReconnectWithin time.Duration // bound of each watcher's random delay
}

// Disconnect closes the connections of a random share of the watchers.
func (k *worker) Disconnect(o Outage, _ *None) error {
	for _, w := range k.watchers {
		if rand.Float64() >= o.Share {
			continue
		}
		delay := time.Duration(0)
		if o.ReconnectWithin > 0 {
			delay = rand.N(o.ReconnectWithin)
		}
		w.disconnect(delay)
	}
	return k.firstError()
}

// Tally is what the watchers have received since Open.
type Tally struct {
	Frames, Bytes        int64 // of boards
	MaxFrames, MinFrames int   // board frames of one watcher
	Pulses, Stale        int64
	Goodbyes             int64
	AwaitedClose         int64          // goodbyes after which the watcher waited for the close
	RefusedHandshakes    int64          // by the server or the network
	Closes               map[uint16]int // by close code
}

// Count replies with the tally.
func (k *worker) Count(_ None, t *Tally) error {
	// A watcher adds to the sums before it counts its own frames. Reading the
	// watchers first keeps the sums at least as large as their parts.
	var most, least int
	for i, w := range k.watchers {
		w.mu.Lock()
		if i == 0 {
			least = w.boards
		}
		most, least = max(most, w.boards), min(least, w.boards)
		w.mu.Unlock()
	}
	*t = Tally{
		Frames: k.frames.Load(), Bytes: k.bytes.Load(), MaxFrames: most, MinFrames: least,
		Pulses: k.pulses.Load(), Stale: k.stale.Load(), Goodbyes: k.goodbyes.Load(),
		AwaitedClose: k.awaitedClose.Load(), RefusedHandshakes: k.refusedHandshakes.Load(),
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	t.Closes = maps.Clone(k.closes)
	return k.err
}

// View is a board, encoded as JSON, in its epoch. It is empty before the first.
type View struct{ Epoch, Board string }

// Views decodes the newest board of every watcher and counts the equal ones.
func (k *worker) Views(_ None, views *map[View]int) error {
	*views = map[View]int{}
	for _, w := range k.watchers {
		w.mu.Lock()
		newest := slices.Clone(w.newest)
		w.mu.Unlock()
		if newest == nil {
			(*views)[View{}]++
			continue
		}
		var f wire.Frame
		if err := json.Unmarshal(newest, &f); err != nil {
			return fmt.Errorf("watcher %d: %w", w.id, err)
		}
		board, err := json.Marshal(f.Board)
		if err != nil {
			return err
		}
		(*views)[View{f.Epoch, string(board)}]++
	}
	return k.firstError()
}

// shutDown ends every watcher and returns when all have ended.
func (k *worker) shutDown() {
	k.cancel()
	for _, w := range k.watchers {
		w.disconnect(0)
	}
	k.running.Wait()
}

// acquireHandshake waits until a first handshake may begin. It returns false if
// ctx is done.
func (k *worker) acquireHandshake(ctx context.Context) bool {
	select {
	case k.handshakes <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (k *worker) releaseHandshake() { <-k.handshakes }

// failUnlessDone records the error of a watcher that ended before ctx was done.
func (k *worker) failUnlessDone(ctx context.Context, err error) {
	if ctx.Err() == nil {
		k.recordError(err)
	}
}

// recordError keeps the first error of all watchers.
func (k *worker) recordError(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err == nil {
		k.err = err
	}
}

func (k *worker) firstError() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.err
}

func (k *worker) countClose(code uint16) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closes[code]++
}
