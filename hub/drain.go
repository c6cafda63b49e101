package hub

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"time"
)

const (
	// A watcher gets `bye` this part of the spread before its reconnect time. A load
	// balancer has the same time to remove this node. leadMost limits it, because many
	// watchers leave at once and a screen reports seconds of silence.
	leadShare = 8
	leadMost  = 2 * time.Second
	// returnsPerSecond is how many watchers return in a second after a restart.
	returnsPerSecond = 2000
	// drainStep is how often the drain looks for connections that are due.
	drainStep = 5 * time.Millisecond
)

// Drain closes all connections, one after another. New watchers get [ErrDraining]. Each
// connection has its own reconnect time within spread, evenly spaced. An eighth of
// spread before it, 2 s at most, the connection is sent `bye` with the time left. At
// the reconnect time it is closed, a WebSocket with code 1012. So byes, closes and
// reconnects are spread alike, and no watcher is disconnected for long. Until its
// close, a connection gets every change. The spread is shorter if ctx has less time.
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
	if deadline, ok := ctx.Deadline(); ok {
		spread = max(0, min(spread, time.Until(deadline)*9/10))
	}
	sendAway(ctx, all, start, spread)
	select {
	case <-h.empty:
	case <-ctx.Done():
		h.killAll(closedDrained)
		<-h.empty
	}
	h.o.Log.Info("drained", "took", time.Since(start))
}

// Restart closes every connection at once. It is for a node that is alone, so its
// watchers have no other node. Until then all of them get every change. Each is
// sent `bye` with the time until the node is back (away), plus a delay of its own. The
// delays keep the reconnects below the handshake rate.
//
// Restart returns when all connections are gone, or cuts the rest when ctx ends.
// Call [Hub.Close] after it.
func (h *Hub) Restart(ctx context.Context, away time.Duration) {
	h.mu.Lock()
	h.draining = true
	h.noteEmpty()
	h.mu.Unlock()

	h.mu.RLock()
	topics := slices.Collect(maps.Values(h.topics))
	h.mu.RUnlock()
	for _, t := range topics {
		t.sendHeld()
	}
	all := h.wheel.all()
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	gap := time.Second / returnsPerSecond
	if h.o.Handshakes > 0 {
		gap = max(gap, 2*time.Second/time.Duration(h.o.Handshakes))
	}
	h.o.Log.Info("restarting", "connections", len(all), "away", away, "spread", time.Duration(len(all))*gap)
	for i, c := range all {
		c.bye(byeMessage(away + time.Duration(i)*gap))
		c.end(closedDrained)
	}
	select {
	case <-h.empty:
	case <-ctx.Done():
		h.killAll(closedDrained)
		<-h.empty
	}
}

// sendAway sends each connection its reconnect time and closes it then, until ctx ends.
func sendAway(ctx context.Context, all []conn, start time.Time, spread time.Duration) {
	lead := min(spread/leadShare, leadMost)
	back := func(i int) time.Duration { // when the i-th is to come back
		return lead + time.Duration(float64(spread-lead)*float64(i)/float64(len(all)))
	}
	ticker := time.NewTicker(drainStep)
	defer ticker.Stop()
	warned, closed := 0, 0
	for {
		now := time.Since(start)
		for ; warned < len(all) && back(warned)-lead <= now; warned++ {
			all[warned].bye(byeMessage(max(0, back(warned)-now)))
		}
		for ; closed < warned && back(closed) <= now; closed++ {
			all[closed].end(closedDrained)
		}
		if closed == len(all) {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
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
	h.poller.Close()

	h.sourceMu.Lock()
	defer h.sourceMu.Unlock()
	h.mu.Lock()
	topics := h.topics
	h.topics = make(map[Topic]*topic)
	for _, t := range topics {
		t.idle.Stop() // every topic lingers: it has no watcher
	}
	h.mu.Unlock()
	for _, t := range topics {
		h.forget(t)
	}
}

func (h *Hub) killAll(reason string) {
	for _, c := range h.wheel.all() {
		c.kill(reason)
	}
}
