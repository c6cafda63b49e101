package hub

import (
	"strings"
	"testing"
)

// TestServeWebSocket_KernelHoldsLittleForASlowReader publishes far more small
// frames than a reader that has stopped takes: of the old ones it finds no more
// than the buffers between here and there hold, its own above all.
func TestServeWebSocket_KernelHoldsLittleForASlowReader(t *testing.T) {
	t.Parallel()
	const versions, most = 8192, 1 << 20
	h := newHouse(t, Options{})
	slow := h.raw(t, nil, "a")
	pad := strings.Repeat("x", 1<<10)
	for v := range uint64(versions) {
		f := frame("e", v+1, pad)
		f.Content = nil
		h.Publish("a", f)
	}
	for old := 0; ; {
		_, payload, err := slow.frame()
		if err != nil {
			t.Fatal(err)
		}
		if parse(t, string(payload)).Version == versions {
			return
		}
		if old += len(payload); old > most {
			t.Fatalf("more than %d bytes of old frames", most)
		}
	}
}
