package outbox_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/outbox"
)

// TestTell_ReachesTheDesksSnapshot sends a notice and reports it as shown. A node that
// applies what was published has the snapshot that one reads.
func TestTell_ReachesTheDesksSnapshot(t *testing.T) {
	everywhere(t, func(b *bench) {
		published := b.line.Redis().Subscribe(b.Context(), queue.PokeChannel)
		b.Cleanup(func() { published.Close() })
		if _, err := published.Receive(b.Context()); err != nil {
			b.Fatal(err)
		}
		job, _ := b.chained()
		followed := b.look()
		next := func() {
			b.Helper()
			for {
				m, err := published.ReceiveMessage(b.Context())
				b.fine(err)
				if !strings.HasPrefix(m.Payload, string(b.clinic.ID)+" told ") {
					continue
				}
				var fit queue.Fit
				if followed, fit = followed.Apply(queue.ParseDelta(m.Payload)); fit != queue.FitTold {
					b.Errorf("%q is %s", m.Payload, fit)
				}
				return
			}
		}
		mark := queue.Told{Kind: "approach", Channel: "push"}
		for _, state := range []outbox.State{outbox.Sent, outbox.Shown} {
			if state == outbox.Sent {
				b.tell(b.one(), outbox.Sent)
			} else {
				b.pass(time.Second)
				b.fine(b.box.Shown(b.Context(), job.NoticeID()))
			}
			next()
			mark.State, mark.At = string(state), time.UnixMilli(b.now.UnixMilli())
			if read := b.look(); !reflect.DeepEqual(read.Told, followed.Told) || read.Told[job.Ticket] != mark || read.Version != followed.Version {
				b.Errorf("read %v of version %d, followed %v of %d, want %v", read.Told, read.Version, followed.Told, followed.Version, mark)
			}
		}
	})
}
