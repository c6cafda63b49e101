// Package idle has a map that drops unused entries.
//
// It limits the memory of a process to the clinics in use, and removes personal
// data of the others. It has no size limit: callers limit the number of keys.
package idle

import (
	"sync"
	"time"
)

// Map is a map that drops an entry when it has not been used for Age. The zero
// value with an Age is ready to use. It is safe for concurrent use.
type Map[K comparable, V any] struct {
	Age time.Duration // above zero

	mu       sync.Mutex
	entries  map[K]*entry[V] // guarded by mu
	sweeping bool            // a sweep is due; guarded by mu
}

type entry[V any] struct {
	value V
	used  time.Time
}

// Get returns the value of k, and counts as a use.
func (m *Map[K, V]) Get(k K) (v V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[k]
	if !ok {
		return v, false
	}
	e.used = time.Now()
	return e.value, true
}

// GetOrSet returns the value of k. If there was none, it sets and returns v.
func (m *Map[K, V]) GetOrSet(k K, v V) V {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.entries[k]; ok {
		e.used = time.Now()
		return e.value
	}
	m.set(k, v)
	return v
}

// Set sets the value of k.
func (m *Map[K, V]) Set(k K, v V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.set(k, v)
}

func (m *Map[K, V]) set(k K, v V) {
	if m.entries == nil {
		m.entries = map[K]*entry[V]{}
	}
	m.entries[k] = &entry[V]{v, time.Now()}
	if !m.sweeping {
		m.sweeping = true
		time.AfterFunc(m.Age, m.sweep)
	}
}

// Delete removes k.
func (m *Map[K, V]) Delete(k K) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.entries, k)
}

// sweep drops the unused entries, and reschedules itself while entries remain.
func (m *Map[K, V]) sweep() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k, e := range m.entries {
		if time.Since(e.used) >= m.Age {
			delete(m.entries, k)
		}
	}
	m.sweeping = len(m.entries) > 0
	if m.sweeping {
		time.AfterFunc(m.Age, m.sweep)
	}
}
