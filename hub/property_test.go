package hub

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// witness watches topics and checks every message by itself.
type witness struct {
	v      *viewer
	topics []Topic
	want   chan map[Topic]Frame // what it is to have seen in the end
	err    chan error
}

func testify(v *viewer, topics []Topic) *witness {
	w := &witness{v: v, topics: topics, want: make(chan map[Topic]Frame, 1), err: make(chan error, 1)}
	go func() { w.err <- w.watch() }()
	return w
}

// watch reads until the last frame of every topic has come, and fails if a
// topic ever goes back.
func (w *witness) watch() error {
	seen := make(map[Topic]shown)
	var want map[Topic]Frame
	for want == nil || !w.complete(seen, want) {
		body, err := w.v.read()
		if err != nil {
			return fmt.Errorf("after %v, wanting %v: %w", seen, want, err)
		}
		s := parse(w.v.t, body)
		switch was := seen[Topic(s.Topic)]; s.Type {
		case "state":
			// Epochs are numbers here, so that going back shows.
			if s.Epoch < was.Epoch || s.Epoch == was.Epoch && s.Version < was.Version {
				return fmt.Errorf("%s went from %s/%d to %s/%d", s.Topic, was.Epoch, was.Version, s.Epoch, s.Version)
			}
			seen[Topic(s.Topic)] = s
		case "stale":
			was.Since = s.Since
			seen[Topic(s.Topic)] = was
		}
		select {
		case want = <-w.want:
		default:
		}
	}
	return nil
}

// complete reports whether what was seen is the newest, and not stale.
func (w *witness) complete(seen map[Topic]shown, want map[Topic]Frame) bool {
	for _, topic := range w.topics {
		s, f := seen[topic], want[topic]
		if s.Epoch != f.Epoch || s.Version != f.Version || s.Since != "" {
			return false
		}
	}
	return true
}

// TestWatch_NeverBackAndFinallyTheNewest publishes, marks stale, joins and leaves in
// random order. No watcher sees a topic go back, and each that stays ends with the
// newest frame.
func TestWatch_NeverBackAndFinallyTheNewest(t *testing.T) {
	t.Parallel()
	plainAndTLS(t, func(t *testing.T, newHouse opener) {
		all := []Topic{"a", "b", "c"}
		h := newHouse(t, Options{Linger: time.Millisecond, Window: time.Millisecond})
		client := h.srv.Client()
		rapid.Check(t, func(rt *rapid.T) {
			frames := make(map[Topic]Frame)
			made := func(topic Topic, epoch string, version uint64) Frame {
				return Frame{
					Epoch: epoch, Version: version,
					Body:    fmt.Appendf(nil, `{"type":"state","topic":%q,"epoch":%q,"version":%d}`, topic, epoch, version),
					Content: fmt.Appendf(nil, "%d", version/2), // every other frame looks the same
				}
			}
			next := func(topic Topic, epoch string, version uint64) {
				frames[topic] = made(topic, epoch, version)
				h.Publish(topic, frames[topic])
			}
			epoch := fmt.Sprintf("%019d", time.Now().UnixNano())
			for _, topic := range all {
				next(topic, epoch, 1)
			}
			// A socket that has left and is still counted must not stand for one that has not come.
			connected := func(n int) {
				wait(t, "the sockets to come and go", func() bool { return h.Sockets() == n })
			}
			var witnesses []*witness
			join := func() {
				topics := rapid.Permutation(all).Draw(rt, "order")[:rapid.IntRange(1, 3).Draw(rt, "topics")]
				witnesses = append(witnesses, testify(dial(t, h.srv.URL+query(topics), client), topics))
			}
			join()
			for range rapid.IntRange(1, 40).Draw(rt, "steps") {
				topic := rapid.SampledFrom(all).Draw(rt, "topic")
				f := frames[topic]
				switch rapid.IntRange(0, 9).Draw(rt, "what") {
				case 0:
					join()
				case 1:
					if len(witnesses) > 1 {
						connected(len(witnesses))
						witnesses[0].v.conn.CloseNow()
						<-witnesses[0].err
						witnesses = witnesses[1:]
						connected(len(witnesses))
					}
				case 2:
					h.Stale(topic, time.Now())
				case 3:
					h.Publish(topic, made(topic, f.Epoch, f.Version-1))
				case 4:
					next(topic, fmt.Sprintf("%019d", time.Now().UnixNano()), 1)
				default:
					next(topic, f.Epoch, f.Version+1)
				}
			}
			// Topics without watchers have dropped their frames. When all are connected,
			// one last change reaches them.
			for _, topic := range all {
				n := 0
				for _, w := range witnesses {
					if slices.Contains(w.topics, topic) {
						n++
					}
				}
				wait(t, "all to watch", func() bool { return h.watching(topic) == n })
			}
			for _, topic := range all {
				frames[topic] = made(topic, frames[topic].Epoch, frames[topic].Version+2)
			}
			for _, w := range witnesses { // before the last frames: each witness ends with the last that it reads
				w.want <- frames
			}
			for _, topic := range all {
				h.Publish(topic, frames[topic])
			}
			for _, w := range witnesses {
				if err := <-w.err; err != nil {
					rt.Errorf("%v", err)
				}
				w.v.conn.CloseNow()
			}
			connected(0)
		})
	})
}
