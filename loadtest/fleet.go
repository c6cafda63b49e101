package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	"junban/api/wire"
)

// patience is how long a frame may take before the run counts as failed.
const patience = 10 * time.Second

// fleet is many watchers of one topic.
type fleet struct {
	conns []*websocket.Conn
	alive sync.WaitGroup

	mu      sync.Mutex
	newest  []wire.Frame // of each watcher; guarded by mu, as is all below
	count   int
	broken  error
	current *round
}

// watch opens n watchers and returns once each has its first state.
func watch(ctx context.Context, base, topic string, n int) (*fleet, error) {
	f := &fleet{newest: make([]wire.Frame, n)}
	u := "ws" + strings.TrimPrefix(base, "http") + "/v1/watch?topic=" + url.QueryEscape(topic)
	for i := range n {
		c, _, err := websocket.Dial(ctx, u, &websocket.DialOptions{Subprotocols: []string{wire.Subprotocol}})
		if err != nil {
			f.close()
			return nil, fmt.Errorf("watcher %d: %w", i+1, err)
		}
		c.SetReadLimit(1 << 20)
		f.conns = append(f.conns, c)
		f.alive.Go(func() { f.read(ctx, i, c) })
	}
	if err := f.settle(ctx, func(b *wire.Board) bool { return b != nil }); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

// settle waits until the newest board of every watcher fits.
func (f *fleet) settle(ctx context.Context, fits func(*wire.Board) bool) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(2 * time.Millisecond) {
		f.mu.Lock()
		waits := slices.ContainsFunc(f.newest, func(fr wire.Frame) bool { return fr.Board == nil || !fits(fr.Board) })
		err := f.broken
		f.mu.Unlock()
		switch {
		case err != nil:
			return err
		case !waits:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case time.Now().After(deadline):
			return errors.New("some watchers do not have the newest board")
		}
	}
}

// read takes one watcher's frames until its connection ends.
func (f *fleet) read(ctx context.Context, i int, c *websocket.Conn) {
	for {
		_, text, err := c.Read(ctx)
		at := time.Now()
		if err != nil {
			f.mu.Lock()
			if f.broken == nil && f.conns != nil {
				f.broken = fmt.Errorf("watcher %d: %w", i+1, err)
			}
			f.mu.Unlock()
			return
		}
		var fr wire.Frame
		if err := json.Unmarshal(text, &fr); err != nil {
			f.mu.Lock()
			f.broken = fmt.Errorf("watcher %d got %q: %w", i+1, text, err)
			f.mu.Unlock()
			return
		}
		if fr.Type != wire.TypeBoard {
			continue
		}
		f.mu.Lock()
		f.count++
		if last := f.newest[i]; fr.Epoch == last.Epoch && fr.Version < last.Version {
			f.broken = fmt.Errorf("watcher %d went from version %d back to %d", i+1, last.Version, fr.Version)
		}
		f.newest[i] = fr
		if f.current != nil {
			f.current.see(i, fr, at)
		}
		f.mu.Unlock()
	}
}

func (f *fleet) frames() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

// check says what the watchers saw that they must not have seen.
func (f *fleet) check() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken != nil {
		return f.broken
	}
	for i, fr := range f.newest {
		if fr.Version != f.newest[0].Version || fr.Epoch != f.newest[0].Epoch {
			return fmt.Errorf("watcher %d ended on version %d, watcher 1 on %d", i+1, fr.Version, f.newest[0].Version)
		}
	}
	return nil
}

func (f *fleet) close() {
	f.mu.Lock()
	conns := f.conns
	f.conns = nil
	f.mu.Unlock()
	for _, c := range conns {
		c.CloseNow()
	}
	f.alive.Wait()
}

// round is one press: who has seen the number it called, and when. All of it is
// guarded by the fleet's mu.
type round struct {
	f       *fleet
	number  int // 0 until the answer tells it
	settled bool
	early   map[int]map[int]time.Time // number -> watcher -> when, as frames may come before the answer
	done    chan struct{}
}

// expect begins a round; call it before the press.
func (f *fleet) expect() *round {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.current = &round{f: f, early: map[int]map[int]time.Time{}, done: make(chan struct{})}
	return f.current
}

func (r *round) see(watcher int, fr wire.Frame, at time.Time) {
	for _, c := range fr.Board.Calling {
		if r.early[c.Number] == nil {
			r.early[c.Number] = map[int]time.Time{}
		}
		if _, ok := r.early[c.Number][watcher]; !ok {
			r.early[c.Number][watcher] = at
		}
	}
	r.settle()
}

// want says which number the press called.
func (r *round) want(number int) {
	r.f.mu.Lock()
	defer r.f.mu.Unlock()
	r.number = number
	r.settle()
}

func (r *round) settle() {
	if r.number != 0 && !r.settled && len(r.early[r.number]) == len(r.f.newest) {
		r.settled = true
		close(r.done)
	}
}

// wait returns when each watcher saw the number, in order of time.
func (r *round) wait(ctx context.Context) ([]time.Time, error) {
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	select {
	case <-r.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timeout.C:
		r.f.mu.Lock()
		defer r.f.mu.Unlock()
		if r.f.broken != nil {
			return nil, r.f.broken
		}
		return nil, errors.New("not every watcher saw the number")
	}
	r.f.mu.Lock()
	defer r.f.mu.Unlock()
	r.f.current = nil
	return slices.SortedFunc(maps.Values(r.early[r.number]), time.Time.Compare), nil
}
