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

// crewMost is how many watchers one process holds: each needs a file descriptor.
const crewMost = 10_000

// crew is the watchers of one process, told what to do through net/rpc by the
// process that runs the scenario: see [fleet]. Its exported methods are the calls.
type crew struct {
	ctx   context.Context // ends when the teller is gone
	end   context.CancelFunc
	alive sync.WaitGroup
	order Order
	doors chan struct{} // a place for each handshake under way
	awake chan struct{} // closed when the stalled begin to read

	watchers []*watcher
	target   atomic.Pointer[target]

	frames, bytes, pulses, stale, byes, stayed, refused atomic.Int64

	mu     sync.Mutex // guards what follows
	broken error
	closes map[uint16]int // by close code
}

func newCrew(ctx context.Context, end context.CancelFunc) *crew {
	return &crew{ctx: ctx, end: end, awake: make(chan struct{}), closes: map[uint16]int{}}
}

// serveCrew is the hidden command that a fleet starts: it ends with its input.
func serveCrew(ctx context.Context, in io.ReadCloser, out io.WriteCloser) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	c := newCrew(ctx, end)
	server := rpc.NewServer()
	if err := server.RegisterName("Crew", c); err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { in.Close() })
	server.ServeConn(pipes{in, out})
	c.goHome()
	return nil
}

// pipes is the two ends of a conversation with a child or a parent.
type pipes struct {
	io.ReadCloser
	out io.WriteCloser
}

func (p pipes) Write(b []byte) (int, error) { return p.out.Write(b) }
func (p pipes) Close() error                { return errors.Join(p.out.Close(), p.ReadCloser.Close()) }

// None is what a call takes or answers that has nothing to say.
type None struct{}

// Order says what the watchers of a crew do.
type Order struct {
	URLs    []string // where to go, and after each goodbye to the next
	Topic   string
	N       int  // watchers
	First   int  // the first one's number in the whole fleet
	Abreast int  // first handshakes at the same time
	Stalled bool // they do not read until Wake
}

// Open begins to watch; Wait after it for the first state of everybody.
func (c *crew) Open(o Order, _ *None) error {
	if o.N < 1 || o.N > crewMost {
		return fmt.Errorf("%d watchers in one process", o.N)
	}
	c.order = o
	c.doors = make(chan struct{}, max(1, o.Abreast))
	for i := range o.N {
		c.watchers = append(c.watchers, &watcher{crew: c, id: i, back: -1})
	}
	c.setTarget(Goal{})
	for _, w := range c.watchers {
		c.alive.Go(func() { w.run(c.ctx) })
	}
	return nil
}

// Wake has the stalled read. Call it once.
func (c *crew) Wake(_ None, _ *None) error {
	close(c.awake)
	return c.state()
}

// Cut is a network that is lost for some of the watchers.
type Cut struct {
	Share float64       // of the watchers, 0 to 1
	Back  time.Duration // each comes back at some time within it
}

// Lose cuts the watchers off.
func (c *crew) Lose(cut Cut, _ *None) error {
	for _, w := range c.watchers {
		if rand.Float64() >= cut.Share {
			continue
		}
		back := time.Duration(0)
		if cut.Back > 0 {
			back = rand.N(cut.Back)
		}
		w.cut(back)
	}
	return c.state()
}

// Tally is what the watchers counted since they began.
type Tally struct {
	Frames, Bytes           int64 // of boards
	Pulses, Stale           int64
	Byes, Stayed            int64 // goodbyes, and those after which the close was waited for
	Refused                 int64 // handshakes, by the server or by the network
	MostFrames, LeastFrames int   // of boards, of one watcher
	Closes                  map[uint16]int
}

// Count answers with the tally.
func (c *crew) Count(_ None, t *Tally) error {
	// The watchers first: each adds to the sums before it counts for itself, so
	// that the sums hold all that their least and most say.
	var most, least int
	for i, w := range c.watchers {
		w.mu.Lock()
		if i == 0 {
			least = w.boards
		}
		most, least = max(most, w.boards), min(least, w.boards)
		w.mu.Unlock()
	}
	*t = Tally{
		Frames: c.frames.Load(), Bytes: c.bytes.Load(), Pulses: c.pulses.Load(),
		Stale: c.stale.Load(), Byes: c.byes.Load(), Stayed: c.stayed.Load(), Refused: c.refused.Load(),
		MostFrames: most, LeastFrames: least,
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	t.Closes = maps.Clone(c.closes)
	return c.broken
}

// View is what some of the watchers see.
type View struct{ Epoch, Board string }

// Views decodes the newest board of every watcher and counts the different ones.
func (c *crew) Views(_ None, views *map[View]int) error {
	*views = map[View]int{}
	for _, w := range c.watchers {
		w.mu.Lock()
		last := slices.Clone(w.last)
		w.mu.Unlock()
		if last == nil { // it has not seen anything yet
			(*views)[View{}]++
			continue
		}
		var f wire.Frame
		if err := json.Unmarshal(last, &f); err != nil {
			return fmt.Errorf("watcher %d: %w", w.id, err)
		}
		board, err := json.Marshal(f.Board)
		if err != nil {
			return err
		}
		(*views)[View{f.Epoch, string(board)}]++
	}
	return c.state()
}

// goHome ends every watcher.
func (c *crew) goHome() {
	c.end()
	for _, w := range c.watchers {
		w.cut(0)
	}
	c.alive.Wait()
}

// enter waits for a place at the door.
func (c *crew) enter(ctx context.Context) bool {
	select {
	case c.doors <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (c *crew) entered() { <-c.doors }

// fail notes the end of a watcher that was to go on.
func (c *crew) fail(ctx context.Context, err error) {
	if ctx.Err() == nil {
		c.wrong(err)
	}
}

// wrong notes what a watcher must not have seen; the first such stands.
func (c *crew) wrong(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken == nil {
		c.broken = err
	}
}

func (c *crew) closed(code uint16) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closes[code]++
}

func (c *crew) state() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.broken
}
