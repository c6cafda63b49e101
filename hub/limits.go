package hub

import (
	"errors"
	"fmt"
)

// The reasons for not serving a watcher. They are returned before the response
// is begun.
var (
	// ErrDraining says that the hub takes no watchers any more.
	ErrDraining = errors.New("the hub is draining")
	// ErrFull says that the hub serves as many watchers as it may.
	ErrFull = errors.New("the hub is full")
	// ErrCrowded says that one of the watcher's limits is reached. The error is
	// a [*CrowdedError], which names it.
	ErrCrowded = errors.New("too many watchers")
	// ErrUpgrade says that the request cannot become a WebSocket.
	ErrUpgrade = errors.New("not a WebSocket handshake")
)

// CrowdedError says which limit refused a watcher. It wraps [ErrCrowded].
type CrowdedError struct {
	Key string // of the limit
}

// Error names the limit.
func (e *CrowdedError) Error() string { return fmt.Sprintf("%v of %q", ErrCrowded, e.Key) }

// Unwrap returns [ErrCrowded].
func (e *CrowdedError) Unwrap() error { return ErrCrowded }

// Limit bounds how many watchers there are of one kind, of an address say. The
// hub gives its key no meaning, and knows it only while somebody is counted.
type Limit struct {
	Key string // whoever names the same key is counted together
	Max int    // how many may be connected, this watcher included; 0: no limit
}

// crowd is those who are counted under one key.
type crowd struct {
	key string
	n   int
}

// admit reserves a place for a connection; discharge gives it back, with what
// admit has returned.
func (h *Hub) admit(limits []Limit) ([]*crowd, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.draining:
		h.m.refusedDraining.Inc()
		return nil, ErrDraining
	case h.conns >= h.o.MaxConns:
		h.m.refusedFull.Inc()
		return nil, ErrFull
	}
	var counted []*crowd
	for _, l := range limits {
		if l.Max <= 0 {
			continue
		}
		c := h.crowds[l.Key]
		if c == nil {
			c = &crowd{key: l.Key}
			h.crowds[l.Key] = c
		}
		if c.n >= l.Max {
			h.uncount(counted)
			h.m.refusedCrowded.Inc()
			return nil, &CrowdedError{l.Key}
		}
		c.n++
		counted = append(counted, c)
	}
	h.conns++
	h.wg.Add(1)
	if !h.running {
		h.running = true
		h.wg.Add(1)
		go h.turn()
	}
	return counted, nil
}

func (h *Hub) discharge(counted []*crowd) {
	h.mu.Lock()
	h.conns--
	h.uncount(counted)
	h.noteEmpty()
	h.mu.Unlock()
	h.wg.Done()
}

// uncount forgets the keys that nobody has any more. h.mu is held.
func (h *Hub) uncount(counted []*crowd) {
	for _, c := range counted {
		if c.n--; c.n == 0 {
			delete(h.crowds, c.key)
		}
	}
}

// noteEmpty follows a drain to its end. h.mu is held.
func (h *Hub) noteEmpty() {
	if !h.draining {
		return
	}
	h.m.remaining.Set(float64(h.conns))
	if h.conns == 0 && !h.gone {
		h.gone = true
		close(h.empty)
	}
}
