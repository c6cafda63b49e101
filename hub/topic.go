package hub

import (
	"sync"
	"sync/atomic"
	"time"
)

// topic is one watched state and those who watch it.
type topic struct {
	name Topic
	m    *metrics

	// state is what a watcher should have been told. It is replaced under mu
	// and read without, so that no connection waits for a fan-out.
	state atomic.Pointer[state]

	mu   sync.Mutex // held for a whole fan-out
	subs []*sub

	// Guarded by Hub.mu.
	watchers int
	idle     *time.Timer // runs while nobody watches

	stop func() // guarded by Hub.sourceMu
}

// state is immutable. frames and stales count, so that a connection knows by
// comparing numbers whether it has been told.
type state struct {
	frame  *message // nil: cold
	frames uint64   // frames that were to be sent
	notice *message // not nil: stale
	stales uint64
}

func newTopic(name Topic, m *metrics) *topic {
	t := &topic{name: name, m: m}
	t.state.Store(&state{})
	return t
}

// sub is one connection's watch on one topic.
type sub struct {
	topic *topic
	conn  conn
	at    int // place in topic.subs, guarded by topic.mu

	// What the connection was last told, guarded by what guards its writing.
	frames, stales uint64
}

// reset makes s owe its connection what the topic has now.
func (s *sub) reset() {
	if st := s.topic.state.Load(); st.frame != nil {
		s.frames = st.frames - 1
	}
}

// next returns what the connection has not been told yet, the newest frame
// first, and counts it as told; nil when there is nothing.
func (s *sub) next() *message {
	st := s.topic.state.Load()
	switch {
	case s.frames < st.frames:
		if missed := st.frames - s.frames - 1; missed > 0 {
			s.topic.m.conflated.Add(float64(missed))
		}
		s.frames = st.frames
		return st.frame
	case st.notice != nil && s.stales < st.stales:
		s.stales = st.stales
		return st.notice
	}
	return nil
}

func (t *topic) attach(s *sub) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s.at = len(t.subs)
	t.subs = append(t.subs, s)
}

func (t *topic) detach(s *sub) {
	t.mu.Lock()
	defer t.mu.Unlock()
	last := len(t.subs) - 1
	t.subs[s.at] = t.subs[last]
	t.subs[s.at].at = s.at
	t.subs[last] = nil
	t.subs = t.subs[:last]
}

func (t *topic) publish(f Frame) {
	t.mu.Lock()
	defer t.mu.Unlock()
	old := t.state.Load()
	stale := old.notice != nil
	if old.frame != nil {
		was := old.frame.Frame
		vouches := stale && f.Epoch == was.Epoch && f.Version == was.Version
		if !f.Newer(was) && !vouches {
			t.m.older.Inc()
			return
		}
		if !stale && f.sameContent(was) {
			t.m.unchanged.Inc()
			t.state.Store(&state{frame: newMessage(f), frames: old.frames, stales: old.stales})
			return
		}
	}
	t.state.Store(&state{frame: newMessage(f), frames: old.frames + 1, stales: old.stales})
	t.wake()
}

func (t *topic) stale(since time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	old := t.state.Load()
	if old.notice != nil {
		return
	}
	t.state.Store(&state{
		frame: old.frame, frames: old.frames,
		notice: staleMessage(t.name, since), stales: old.stales + 1,
	})
	t.wake()
}

// wake tells every connection that there is something new. t.mu is held.
func (t *topic) wake() {
	for _, s := range t.subs {
		s.conn.wake(s)
	}
}
