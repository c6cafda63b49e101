package hub

import (
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// stride is the number of connections notified before the lock is released for joins
// and leaves.
const stride = 64

// topic is one watched state and its watchers.
type topic struct {
	name   Topic
	m      *metrics
	window time.Duration // not positive: none
	began  time.Time

	// state is what a watcher should have been sent. It is replaced under mu and read
	// without, so that no connection waits for a fan-out.
	state atomic.Pointer[state]

	mu    sync.Mutex // never held for a whole fan-out
	subs  []*sub
	tally tally

	// The window, guarded by mu as well. The timer runs only while something is held:
	// most windows end without, and ten timers an act cost a node 10 % of its processor
	// time.
	until   time.Time // changes are held until then
	timer   *time.Timer
	runs    bool // the timer does
	ended   bool // nothing is held any more
	windows sync.WaitGroup

	// Guarded by Hub.mu.
	watchers int
	idle     *time.Timer // runs while the topic has no watcher

	stop func() // guarded by Hub.sourceMu
}

// state is immutable. Its numbers only grow, so a connection compares them with what it
// was sent.
type state struct {
	frame  *message // the newest; nil: cold
	notice *message // not nil: stale; then nothing is held
	seq    uint64   // of frame: how many changes there were
	due    uint64   // the newest seq that is no longer held
	round  uint32   // of frame: the fan-out that sends it, or has
	stales uint32   // how many notices there were
}

func newTopic(name Topic, m *metrics, window time.Duration) *topic {
	t := &topic{name: name, m: m, window: window, began: time.Now()}
	t.tally = tally{m: m, frames: m.socketFrames}
	t.state.Store(&state{})
	return t
}

// sub is one connection's watch on one topic.
type sub struct {
	topic *topic
	conn  conn
	at    int32 // place in topic.subs, guarded by topic.mu

	// The state that the connection was last sent, guarded like its writing.
	first  bool // it is owed what was there when it came
	seq    uint64
	round  uint32
	stales uint32
}

// reset makes s owe its connection what the topic has now.
func (s *sub) reset() {
	if st := s.topic.state.Load(); st.frame != nil {
		s.seq, s.round, s.first = st.due-1, st.round-1, true
	}
}

// next returns what the connection was not sent yet, the newest frame first, and marks
// it as sent. It returns nil if there is nothing. A held frame is for watchers that
// lack an earlier one, or for all if held is set.
func (s *sub) next(held bool, t *tally) *message {
	st := s.topic.state.Load()
	switch {
	case s.seq < st.due, held && s.seq < st.seq:
		t.add(st.frame, int(int32(st.round-s.round))-1, s.first)
		s.seq, s.round, s.first = st.seq, st.round, false
		return st.frame
	case st.notice != nil && s.stales != st.stales:
		t.add(st.notice, 0, false)
		s.stales = st.stales
		return st.notice
	}
	return nil
}

func (t *topic) attach(s *sub) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s.at = int32(len(t.subs))
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
	if t.accept(f) {
		t.fanOut()
	}
}

// accept makes f the newest frame, if it is, and reports whether it is to be
// sent now.
func (t *topic) accept(f Frame) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	old := t.state.Load()
	stale := old.notice != nil
	if old.frame != nil {
		was := old.frame.Frame
		again := f.Epoch == was.Epoch && f.Version == was.Version && (stale || f.At.After(was.At))
		if !f.Newer(was) && !again {
			t.m.older.Inc()
			return false
		}
	}
	st := *old
	st.frame, st.notice = newMessage(f), nil
	if old.frame == nil {
		t.m.firstStates.Observe(time.Since(t.began).Seconds())
	} else if !stale && f.sameContent(old.frame.Frame) {
		t.m.unchanged.Inc()
		t.state.Store(&st)
		return false
	}
	st.seq++
	if holds := old.seq > old.due; holds {
		t.m.window.Inc()
	} else {
		st.round++
	}
	now := stale || !t.hold()
	if now {
		st.due = st.seq
		t.openWindow()
	}
	t.state.Store(&st)
	return now
}

func (t *topic) stale(since time.Time) {
	if t.markStale(since) {
		t.fanOut()
	}
}

// markStale sets the notice, and reports whether the topic was not stale before. A held
// frame goes before the notice. After it, the frame would look confirmed.
func (t *topic) markStale(since time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	st := *t.state.Load()
	if st.notice != nil {
		return false
	}
	st.due = st.seq
	st.notice = staleMessage(t.name, since)
	st.stales++
	t.state.Store(&st)
	return true
}

// fanOut notifies every connection of a new state. It goes from the end to the start. A
// watcher that leaves meanwhile is replaced by the last one, which has the frame
// already. A new watcher gets the frame by its join.
func (t *topic) fanOut() {
	for left := math.MaxInt; left > 0; {
		t.mu.Lock()
		left = min(left, len(t.subs))
		for stop := max(0, left-stride); left > stop; left-- {
			s := t.subs[left-1]
			s.conn.wake(s, &t.tally)
		}
		t.tally.settle()
		t.mu.Unlock()
	}
}
