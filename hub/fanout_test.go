package hub

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// listener is a connection without a network. It does in wake what a socket
// does: it takes what is new.
type listener struct {
	watcher
	mu     sync.Mutex
	seen   uint64 // version
	back   bool   // a version was not greater than the one before
	onWake func()
}

func (l *listener) wake(s *sub, t *tally) {
	l.mu.Lock()
	for m := s.next(false, t); m != nil; m = s.next(false, t) {
		l.back = l.back || m.Version <= l.seen
		l.seen = m.Version
	}
	l.mu.Unlock()
	if l.onWake != nil {
		l.onWake()
	}
}

func (l *listener) heartbeat(*heartbeat, due) {}
func (l *listener) bye(*message)              {}
func (l *listener) end(string)                {}
func (l *listener) kill(string)               {}

func listenTo(t *testing.T, h *Hub, topic Topic) *listener {
	t.Helper()
	l := &listener{watcher: watcher{hub: h}}
	if err := h.join(l, []Topic{topic}, 0); err != nil {
		t.Error(err)
	}
	return l
}

func TestFanOut_LetsOthersComeAndGo(t *testing.T) {
	t.Parallel()
	h := New(Options{})
	defer h.Close()
	var all []*listener
	for range 50*stride + 1 {
		all = append(all, listenTo(t, h, "a"))
	}
	// The fan-out begins with the last. While it is under way, somebody comes
	// and goes, long before it reaches the first.
	over, done := make(chan struct{}), false
	all[len(all)-1].onWake = func() {
		go func() {
			h.leave(listenTo(t, h, "a"))
			close(over)
		}()
	}
	pause := time.Millisecond // a waiter of that age has precedence; a busy machine starts it late
	for i := stride; i < len(all)-stride; i += stride {
		all[i].onWake = func() {
			select {
			case <-over:
			case <-time.After(pause):
				pause = min(2*pause, 2*time.Second)
			}
		}
	}
	all[0].onWake = func() {
		select {
		case <-over:
			done = true
		default:
		}
	}
	h.Publish("a", version(1))
	if !done {
		t.Error("the fan-out lets nobody in before it is over")
	}
	<-over
	for _, l := range all {
		if l.seen != 1 {
			t.Fatal("a watcher was left out")
		}
		h.leave(l)
	}
}

func TestFanOut_ReachesEverybodyWhileOthersComeAndGo(t *testing.T) {
	t.Parallel()
	h := New(Options{Window: time.Millisecond})
	defer h.Close()
	var fixed []*listener
	var guests sync.WaitGroup
	enough := make(chan struct{})
	for i := range 8 * stride {
		fixed = append(fixed, listenTo(t, h, "a"))
		if i%stride != 0 {
			continue
		}
		guests.Go(func() { // come and go in between, so that places change
			var mine []*listener
			for {
				select {
				case <-enough:
					for _, l := range mine {
						h.leave(l)
					}
					return
				default:
				}
				if len(mine) > 0 && rand.IntN(2) == 0 {
					i := rand.IntN(len(mine))
					h.leave(mine[i])
					mine[i] = mine[len(mine)-1]
					mine = mine[:len(mine)-1]
				} else if len(mine) < 20 {
					mine = append(mine, listenTo(t, h, "a"))
				}
			}
		})
	}
	const last = 500
	for n := range uint64(last) {
		h.Publish("a", version(n+1))
		if n%50 == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	wait(t, "everybody to have the last", func() bool {
		for _, l := range fixed {
			l.mu.Lock()
			seen := l.seen
			l.mu.Unlock()
			if seen != last {
				return false
			}
		}
		return true
	})
	close(enough)
	guests.Wait()
	for _, l := range fixed {
		if l.back {
			t.Error("a watcher saw the topic go back")
		}
		h.leave(l)
	}
}
