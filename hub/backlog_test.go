package hub

import (
	"net"
	"strings"
	"testing"
	"time"
)

// slowReader is a client that reads nothing until it is asked for the next
// version.
type slowReader func() (version uint64, size int, err error)

// slowReaders returns a reader per transport (the same rules hold for both).
func slowReaders() map[string]func(*testing.T, *house) slowReader {
	return map[string]func(*testing.T, *house) slowReader{
		webSocket: func(t *testing.T, h *house) slowReader {
			c := h.raw(t, nil, "a")
			return func() (uint64, int, error) {
				_, payload, err := c.frame()
				if err != nil {
					return 0, 0, err
				}
				return parse(t, string(payload)).Version, len(payload), nil
			}
		},
		events: func(t *testing.T, h *house) slowReader {
			s := h.events(t, "a")
			return func() (uint64, int, error) {
				event := s.next()
				if event == "" {
					return 0, 0, net.ErrClosed
				}
				return parse(t, strings.TrimPrefix(event, "data: ")).Version, len(event), nil
			}
		},
	}
}

const backlogVersions, backlogMost = 4096, 1 << 20

// kilobyte is a frame of 1 KiB that is always sent.
func kilobyte(version uint64) Frame {
	f := frame("e", version, strings.Repeat("x", 1<<10))
	f.Content = nil
	return f
}

// TestServe_KernelHoldsLittleForASlowReader publishes many more small frames than a
// stopped reader takes. The reader then finds no more old frames than the buffers on
// the way hold.
func TestServe_KernelHoldsLittleForASlowReader(t *testing.T) {
	t.Parallel()
	plainAndTLS(t, func(t *testing.T, newHouse opener) {
		for name, connect := range slowReaders() {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				h := newHouse(t, Options{})
				next := connect(t, h)
				for v := range uint64(backlogVersions) {
					h.Publish("a", kilobyte(v+1))
					time.Sleep(20 * time.Microsecond) // a stream of events writes on another goroutine
				}
				for old := 0; ; {
					version, size, err := next()
					if err != nil {
						t.Fatal(err)
					}
					if version == backlogVersions {
						return
					}
					if old += size; old > backlogMost {
						t.Fatalf("more than %d bytes of old frames", backlogMost)
					}
				}
			})
		}
	})
}

// TestServe_ReaderThatStopsIsClosed publishes small frames to a reader that reads
// nothing more. It is closed as stalled, and few frames were written for it.
func TestServe_ReaderThatStopsIsClosed(t *testing.T) {
	t.Parallel()
	plainAndTLS(t, func(t *testing.T, newHouse opener) {
		for name, connect := range slowReaders() {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				h := newHouse(t, Options{WriteTimeout: 200 * time.Millisecond})
				connect(t, h)
				version := uint64(0)
				wait(t, "the reader to be closed", func() bool {
					for range 8 {
						version++
						h.Publish("a", kilobyte(version))
					}
					// The kernel gives up a little later than the hub, and is named otherwise.
					return h.metric(t, "junban_hub_closed_total", closedStalled, name)+h.metric(t, "junban_hub_closed_total", closedLeft, name) == 1
				})
				if n := h.metric(t, "junban_hub_frames_total", name); n > backlogMost>>10 {
					t.Errorf("%v frames of 1 KiB were written to it", n)
				}
			})
		}
	})
}
