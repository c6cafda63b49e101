package hub

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"junban/hub/internal/socket"
)

const (
	tick      = time.Second
	pingEvery = 20 // ticks between two pings of a connection
	maxPings  = 3  // without a sign of life in between

	// A connection's next turn is never further away than pingEvery.
	wheelSlots = 32
)

// wheel holds every connection in the slot of the tick at which it is to be
// spoken to next. It is also the list of all connections. It stands in for two
// timers per connection.
type wheel struct {
	now atomic.Uint32 // ticks since the first watcher

	mu    sync.Mutex
	slots [wheelSlots][]conn
	turn  []turn // reused by advance
}

// place is where a connection is in the wheel, guarded by wheel.mu.
type place struct {
	every       uint32 // ticks between two pulses
	pulse, ping uint32 // the ticks of the next ones
	slot, at    int
}

// due lists what is due for a connection.
type due struct{ pulse, ping bool }

type turn struct {
	conn conn
	due  due
}

// add puts c into the wheel at a random phase. So connections that began together get
// their pulses in different ticks.
func (w *wheel) add(c conn, every uint32) {
	w.mu.Lock()
	defer w.mu.Unlock()
	phase := rand.Uint32N(every)
	now := w.now.Load()
	p := &c.base().wheel
	p.every = every
	p.pulse = now + 1 + phase
	p.ping = now + 1 + phase%pingEvery // so that a ping travels with a pulse where it can
	w.put(c)
}

func (w *wheel) put(c conn) {
	p := &c.base().wheel
	p.slot = int(min(p.pulse, p.ping) % wheelSlots)
	p.at = len(w.slots[p.slot])
	w.slots[p.slot] = append(w.slots[p.slot], c)
}

func (w *wheel) remove(c conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := &c.base().wheel
	slot := w.slots[p.slot]
	last := len(slot) - 1
	slot[p.at] = slot[last]
	slot[p.at].base().wheel.at = p.at
	slot[last] = nil
	w.slots[p.slot] = slot[:last]
}

// all returns every connection.
func (w *wheel) all() []conn {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []conn
	for _, slot := range w.slots {
		all = append(all, slot...)
	}
	return all
}

// advance turns the wheel by one tick and returns whose turn it is. The result
// is good until the next advance.
func (w *wheel) advance() []turn {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now.Add(1)
	w.turn = w.turn[:0]
	slot := &w.slots[now%wheelSlots]
	for _, c := range *slot {
		p := &c.base().wheel
		on := due{pulse: p.pulse == now, ping: p.ping == now}
		if on.pulse {
			p.pulse += p.every
		}
		if on.ping {
			p.ping += pingEvery
		}
		w.turn = append(w.turn, turn{c, on})
		w.put(c) // into another slot: the next turn is 1 to pingEvery ticks away
	}
	clear(*slot)
	*slot = (*slot)[:0]
	return w.turn
}

// heartbeat is what all connections get in one tick, encoded once.
type heartbeat struct {
	pulse *message
	ping  []byte // a ping alone
	both  []byte // the pulse and a ping
}

func newHeartbeat(at time.Time) *heartbeat {
	b := &heartbeat{pulse: pulseMessage(at), ping: socket.Ping()}
	b.both = append(append([]byte(nil), b.pulse.ws...), b.ping...)
	return b
}

// turn turns the wheel until the hub closes. After a pause of the process it
// makes up for the ticks that were lost.
func (h *Hub) turn() {
	defer h.wg.Done()
	start := time.Now()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-h.closing:
			return
		case now := <-ticker.C:
			for h.wheel.now.Load() < uint32(now.Sub(start)/tick) {
				h.heartbeat(now)
			}
		}
	}
}

func (h *Hub) heartbeat(at time.Time) {
	turns := h.wheel.advance()
	if len(turns) == 0 {
		return
	}
	b := newHeartbeat(at)
	for _, t := range turns {
		t.conn.heartbeat(b, t.due)
	}
	clear(turns) // so that they can be freed
}
