package hub

import (
	"context"
	"time"
)

// Drain says goodbye to everybody: new watchers get [ErrDraining]; each
// connection is told `bye` with its own delay, evenly spread from 0 to spread,
// after which it is to come back (elsewhere), and is closed when that delay is
// over: a WebSocket with code 1012. The closes come faster if ctx has less time
// than spread. Until its close, a connection gets every change.
//
// Drain returns when all connections are gone, or closes the rest at once when
// ctx ends. Call [Hub.Close] after it.
func (h *Hub) Drain(ctx context.Context, spread time.Duration) {
	h.mu.Lock()
	h.draining = true
	h.noteEmpty()
	h.mu.Unlock()

	all := h.wheel.all()
	h.o.Log.Info("draining", "connections", len(all), "spread", spread)
	start := time.Now()
	pace := spread
	if deadline, ok := ctx.Deadline(); ok {
		pace = min(pace, time.Until(deadline)*9/10)
	}
	for i, c := range all {
		c.bye(byeMessage(share(spread, i, len(all))))
	}
	for i, c := range all {
		if !sleepUntil(ctx, start.Add(share(pace, i, len(all)))) {
			break
		}
		c.end(closedDrained)
	}
	select {
	case <-h.empty:
	case <-ctx.Done():
		h.killAll(closedDrained)
		<-h.empty
	}
	h.o.Log.Info("drained", "took", time.Since(start))
}

// share returns the i-th of n equal steps through d.
func share(d time.Duration, i, n int) time.Duration {
	return d / time.Duration(n) * time.Duration(i)
}

// sleepUntil reports whether the time came before ctx ended. A few
// milliseconds early is good enough: closes come in small batches.
func sleepUntil(ctx context.Context, at time.Time) bool {
	wait := time.Until(at)
	if wait < 5*time.Millisecond {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Close closes every connection at once, stops following the topics, and
// returns when nothing of the hub runs any more. It may be called again.
func (h *Hub) Close() {
	h.mu.Lock()
	h.draining = true
	h.noteEmpty()
	first := !h.closed
	h.closed = true
	h.mu.Unlock()
	if first {
		close(h.closing)
	}
	h.killAll(closedHub)
	h.wg.Wait()

	h.sourceMu.Lock()
	defer h.sourceMu.Unlock()
	h.mu.Lock()
	topics := h.topics
	h.topics = make(map[Topic]*topic)
	for _, t := range topics {
		t.idle.Stop() // every topic lingers: nobody watches any more
	}
	h.mu.Unlock()
	for _, t := range topics {
		h.forget(t)
	}
}

func (h *Hub) killAll(why string) {
	for _, c := range h.wheel.all() {
		c.kill(why)
	}
}
