package hub

import (
	"errors"
	"fmt"
)

// The reasons for not serving a watcher. They are returned before the response
// begins.
var (
	// ErrDraining means that the hub accepts no more watchers.
	ErrDraining = errors.New("the hub is draining")
	// ErrFull means that the hub has its maximum of watchers.
	ErrFull = errors.New("the hub is full")
	// ErrTooManyWatchers means that one of the watcher's limits is reached. The error
	// names the limit.
	ErrTooManyWatchers = errors.New("too many watchers")
	// ErrBusy means that watches begin faster than [Options.Handshakes].
	ErrBusy = errors.New("too many handshakes in all")
	// ErrHandshakeRate means that watches begin faster than one of the watcher's limits
	// allows. The error names the limit.
	ErrHandshakeRate = errors.New("too many handshakes")
	// ErrUpgrade means that the request cannot become a WebSocket.
	ErrUpgrade = errors.New("not a WebSocket handshake")
)

// Priority selects the reserve of a watcher when others fill a limit. The zero
// value has none.
type Priority uint8

// The priorities.
const (
	Ordinary   Priority = iota // no reserve
	Preferred                  // may use half of the reserve
	Privileged                 // may use all of it
	priorities
)

// reservePart is the part of a limit that ordinary watchers cannot use.
const reservePart = 10

// Share is how much of a limit the priority may use.
func (p Priority) Share(most int) int {
	reserve := most / reservePart
	switch p {
	case Privileged:
		return most
	case Preferred:
		return most - reserve/2
	default:
		return most - reserve
	}
}

// limitError has the limit that refused a watcher, and the reason.
type limitError struct {
	reason error  // [ErrTooManyWatchers] or [ErrHandshakeRate], which it wraps
	key    string // of the limit
}

// Error names the limit.
func (e *limitError) Error() string { return fmt.Sprintf("%v of %q", e.reason, e.key) }

// Unwrap returns the reason.
func (e *limitError) Unwrap() error { return e.reason }

// Limit bounds the watchers of one kind, such as one address. The hub does not
// interpret the key. It stores a key only while it has watchers or recent handshakes.
type Limit struct {
	Key string // watchers with the same key are counted together
	Max int    // how many may be connected, this watcher included; 0: no limit
	// Rate is how many may begin in a second, and twice that at once; 0: no limit.
	// [Hub.AllowHandshake] applies it.
	Rate int
}

// AllowHandshake counts a handshake and returns an error if the rate is exceeded. Call
// it once for each valid request to watch, before any costly work. It looks at nothing
// of the limits but their rates. Each priority has a rate of its own, of all its
// watchers together. The error wraps [ErrDraining], [ErrFull], [ErrBusy] or
// [ErrHandshakeRate].
func (h *Hub) AllowHandshake(p Priority, limits ...Limit) error {
	h.mu.RLock()
	err := h.checkCapacity(p)
	h.mu.RUnlock()
	if err == nil {
		err = h.rates.Take(p, limits...)
	}
	return h.m.refuse(err)
}

// checkCapacity returns an error if no watcher of that priority can be served. h.mu is
// held.
func (h *Hub) checkCapacity(p Priority) error {
	switch {
	case h.draining:
		return ErrDraining
	case h.conns >= p.Share(h.o.MaxConns):
		return ErrFull
	}
	return nil
}

// group is the watchers that are counted under one key.
type group struct {
	key string
	n   int
}

// admit reserves a place for a connection; discharge gives it back, with what
// admit has returned.
func (h *Hub) admit(p Priority, limits []Limit) ([]*group, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.checkCapacity(p); err != nil {
		return nil, h.m.refuse(err)
	}
	var counted []*group
	for _, l := range limits {
		if l.Max <= 0 {
			continue
		}
		c := h.groups[l.Key]
		if c == nil {
			c = &group{key: l.Key}
			h.groups[l.Key] = c
		}
		if c.n >= l.Max {
			h.uncount(counted)
			return nil, h.m.refuse(&limitError{ErrTooManyWatchers, l.Key})
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

func (h *Hub) discharge(counted []*group) {
	h.mu.Lock()
	h.conns--
	h.uncount(counted)
	h.noteEmpty()
	h.mu.Unlock()
	h.wg.Done()
}

// uncount removes the keys without watchers. h.mu is held.
func (h *Hub) uncount(counted []*group) {
	for _, c := range counted {
		if c.n--; c.n == 0 {
			delete(h.groups, c.key)
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
