package hub

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Source tells the hub how to follow a topic. It is called when the first
// watcher of a topic comes, and must not block; from then on its owner calls
// [Hub.Publish] and [Hub.Stale] for the topic until stop is called, which must
// not block either. Calls of Source and of stop never overlap, and the stop of
// a topic comes before its next start.
type Source func(t Topic) (stop func())

// Options are the settings of a [Hub]. The zero value works.
type Options struct {
	// Source follows topics on demand; nil: somebody publishes anyway.
	Source Source
	// Linger is how long a topic is followed after its last watcher left, so
	// that a reconnect finds it warm; 0: 30 s.
	Linger time.Duration
	// Pulse is the interval of the pulses where the watcher asks for none, in
	// whole seconds from 1 s to 60 s; 0: 20 s.
	Pulse time.Duration
	// Window is how long, after a change of a topic was sent, later changes of
	// it are held, to be sent as one; 0: 100 ms; less: changes are never held.
	Window time.Duration
	// WriteTimeout is how long a connection may take no byte while there is
	// something to write; 0: 30 s.
	WriteTimeout time.Duration
	// MaxConns is how many connections are served at most; 0: 100000.
	MaxConns int
	// Handshakes is how many watches of a priority may begin in a second, and as many at once;
	// 0: 5000; less: no limit. [Hub.AllowHandshake] holds to it.
	Handshakes int
	// Registerer takes the metrics; nil: they are counted for nobody. A
	// registerer can serve one hub only.
	Registerer prometheus.Registerer
	// Log is told of drains; nil: nobody is.
	Log *slog.Logger
}

// Hub holds the newest frame of each watched topic and everybody who watches.
// All methods may be called concurrently. Make one with [New].
type Hub struct {
	o     Options
	m     *metrics
	wheel wheel
	rates rates

	wg      sync.WaitGroup // connections, their writers, the wheel
	closing chan struct{}  // closed by Close
	empty   chan struct{}  // closed when draining and no connection is left
	sockets atomic.Int64   // WebSockets

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
		rates:   rates{perSecond: o.Handshakes},
		closing: make(chan struct{}),
		empty:   make(chan struct{}),
		topics:  make(map[Topic]*topic),
		groups:  make(map[string]*group),
	}
}

// Publish makes f the newest frame of t and sends it to its watchers, without
// waiting for any of them; if another was sent less than [Options.Window] ago,
// at the end of that window, unless a newer one replaces it. A frame that is
// not newer than the newest is dropped, unless it repeats the newest of a stale
// topic and so ends the staleness. A frame of a topic that nobody watches is
// ignored.
func (h *Hub) Publish(t Topic, f Frame) {
	if t := h.topic(t); t != nil {
		t.publish(f)
	}
}

// Stale says that the newest frame of t has not been known to be true since the
// given time. Each watcher, and each that comes later, is told once; neither
// the notice nor the frame that ends it is held by a window. The next
// Publish of t that is not older ends it, and its frame is sent to everybody.
func (h *Hub) Stale(t Topic, since time.Time) {
	if t := h.topic(t); t != nil {
		t.stale(since)
	}
}

// Watched reports whether t is followed: somebody watches it, or did less than
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

// expire forgets the topic, unless somebody came since the timer was set.
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
