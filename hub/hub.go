package hub

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"junban/hub/internal/socket"
)

// Source follows a topic for the hub. The hub calls it for the first watcher of a
// topic. From then on its owner calls [Hub.Publish] and [Hub.Stale] until stop is
// called. Neither may block. Calls of Source and of stop never overlap, and the stop of
// a topic comes before its next start.
type Source func(t Topic) (stop func())

// Options are the settings of a [Hub]. The zero value works.
type Options struct {
	// Source follows topics on demand; nil: the owner publishes without it.
	Source Source
	// Linger is how long a topic is followed after its last watcher left, for fast
	// reconnects; 0: 30 s.
	Linger time.Duration
	// Pulse is the default interval of the pulses, in whole seconds from 1 s to 60 s;
	// 0: 20 s.
	Pulse time.Duration
	// Window is the time after a change during which later changes of the topic are
	// held and sent as one. 0: 100 ms; less: changes are never held.
	Window time.Duration
	// WriteTimeout is how long a connection may take no byte while there is
	// something to write; 0: 30 s.
	WriteTimeout time.Duration
	// MaxConns is how many connections are served at most; 0: 100000.
	MaxConns int
	// Handshakes is the rate of new watches of a priority per second, and the burst; 0:
	// 5000; less: no limit. [Hub.AllowHandshake] holds to it.
	Handshakes int
	// Registerer gets the metrics; nil: they are not registered. A registerer can serve
	// one hub only.
	Registerer prometheus.Registerer
	// Log gets the log lines of drains; nil: none are written.
	Log *slog.Logger
}

// Hub holds the newest frame of each watched topic, and its watchers. All methods may
// be called concurrently. Make one with [New].
type Hub struct {
	o     Options
	m     *metrics
	wheel wheel
	rates Rates

	wg      sync.WaitGroup // connections, their writers, the wheel
	closing chan struct{}  // closed by Close
	empty   chan struct{}  // closed when draining and no connection is left
	sockets atomic.Int64   // WebSockets
	poller  socket.Poller  // reads them

	// sourceMu orders the calls of Source and stop. Taken before mu.
	sourceMu sync.Mutex

	mu       sync.RWMutex
	topics   map[Topic]*topic
	groups   map[string]*group // by Limit.Key
	conns    int               // admitted and not yet gone
	running  bool              // the wheel turns
	draining bool
	closed   bool
	gone     bool // empty is closed
}

// New makes a hub. It starts nothing; the first watcher does. It panics if
// o.Registerer already has the hub's metrics.
func New(o Options) *Hub {
	if o.Linger <= 0 {
		o.Linger = 30 * time.Second
	}
	if o.Pulse <= 0 {
		o.Pulse = 20 * time.Second
	}
	if o.Window == 0 {
		o.Window = 100 * time.Millisecond
	}
	if o.WriteTimeout <= 0 {
		o.WriteTimeout = 30 * time.Second
	}
	if o.MaxConns <= 0 {
		o.MaxConns = 100_000
	}
	if o.Handshakes == 0 {
		o.Handshakes = 5000
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Hub{
		o:       o,
		m:       newMetrics(o.Registerer),
		rates:   Rates{PerSecond: o.Handshakes},
		closing: make(chan struct{}),
		empty:   make(chan struct{}),
		topics:  make(map[Topic]*topic),
		groups:  make(map[string]*group),
	}
}

// Publish makes f the newest frame of t and sends it to its watchers, without waiting
// for them. Within [Options.Window] of the last frame it is held until the window ends,
// unless a newer one replaces it. A frame that is not newer is dropped. Only a repeat
// of the newest frame of a stale topic is sent, because it ends the staleness. A frame
// of a topic without watchers is ignored.
func (h *Hub) Publish(t Topic, f Frame) {
	if t := h.topic(t); t != nil {
		t.publish(f)
	}
}

// Stale reports that the newest frame of t has not been confirmed since the given time.
// Each present and later watcher is notified once. No window holds the notice or the
// frame that ends it. The next Publish of t that is not older ends it, and its frame is
// sent to all watchers.
func (h *Hub) Stale(t Topic, since time.Time) {
	if t := h.topic(t); t != nil {
		t.stale(since)
	}
}

// Watched reports whether t is followed: it has a watcher, or had one less than
// [Options.Linger] ago.
func (h *Hub) Watched(t Topic) bool { return h.topic(t) != nil }

// Sockets returns how many WebSockets are open. The server that accepted them no
// longer counts them.
func (h *Hub) Sockets() int { return int(h.sockets.Load()) }

func (h *Hub) topic(name Topic) *topic {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.topics[name]
}

// acquire returns the topic with one more watcher on it, and follows it if it
// was not followed. Give it back with release.
func (h *Hub) acquire(name Topic) *topic {
	if t := h.hold(name); t != nil {
		return t
	}
	h.sourceMu.Lock()
	defer h.sourceMu.Unlock()
	if t := h.hold(name); t != nil {
		return t
	}
	t := newTopic(name, h.m, h.o.Window)
	t.watchers = 1
	h.mu.Lock()
	h.topics[name] = t
	h.mu.Unlock()
	h.m.topics.Inc()
	if h.o.Source != nil {
		t.stop = h.o.Source(name)
	}
	return t
}

// hold returns the topic with one more watcher on it, or nil if it is unknown.
func (h *Hub) hold(name Topic) *topic {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[name]
	if t == nil {
		return nil
	}
	t.watchers++
	if t.idle != nil {
		t.idle.Stop()
		t.idle = nil
	}
	return t
}

// release takes a watcher off; after the last, the topic lingers.
func (h *Hub) release(t *topic) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t.watchers--
	if t.watchers > 0 {
		return
	}
	t.idle = time.AfterFunc(h.o.Linger, func() { h.expire(t) })
}

// expire forgets the topic, unless a watcher came since the timer was set.
func (h *Hub) expire(t *topic) {
	h.sourceMu.Lock()
	defer h.sourceMu.Unlock()
	h.mu.Lock()
	unwanted := t.watchers == 0 && h.topics[t.name] == t
	if unwanted {
		delete(h.topics, t.name)
	}
	h.mu.Unlock()
	if unwanted {
		h.forget(t)
	}
}

// forget ends the following of a topic that is in the map no more. h.sourceMu
// is held.
func (h *Hub) forget(t *topic) {
	h.m.topics.Dec()
	t.end()
	if t.stop != nil {
		t.stop()
	}
}
