package feed_test

import (
	"fmt"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"junban/queue"
	"junban/queue/feed"
	"junban/queue/queuetest"
)

// TestFollow_ANoticeCostsANodeNoCommand publishes notices as package outbox does. The
// viewers get them in the same version, and the node reads nothing for them.
func TestFollow_ANoticeCostsANodeNoCommand(t *testing.T) {
	t.Parallel()
	const notices = 50
	s := queuetest.Store(t)
	c := queuetest.NewClinic(t, s)
	issue(t, s, c.ID)
	rdb := queuetest.Redis(t)
	node := &commands{all: map[string]int{}}
	rdb.AddHook(node)
	registry := prometheus.NewRegistry()
	w := newSeen(t)
	w.follow(queuetest.StoreOn(t, rdb), c.ID, feed.Options{Registerer: registry})
	first := w.until("the ticket", waiting(1))
	id := first.Lines[0].Waiting[0].ID
	before, ms := node.read(), first.At.UnixMilli()
	for n := range notices {
		text := fmt.Sprintf("%d approach push sent", ms+int64(n)+1)
		if err := s.Redis().HSet(t.Context(), queue.DayKey(c.ID, first.Day, "told"), string(id), text).Err(); err != nil {
			t.Fatal(err)
		}
		if err := s.Redis().Publish(t.Context(), queue.PokeChannel, fmt.Sprintf("%s told %s %s %s", c.ID, first.Day, id, text)).Err(); err != nil {
			t.Fatal(err)
		}
	}
	last := w.until("the last notice", func(s *queue.Snapshot) bool { return s.Told[id].At.UnixMilli() == ms+notices })
	if last.Version != first.Version || last.Epoch != first.Epoch {
		t.Errorf("the notices have made version %d of %d", last.Version, first.Version)
	}
	reads := counted(t, registry, "junban_feed_reads_total", "")
	for _, reason := range []string{string(queue.FitOrder), string(queue.FitGap), string(queue.FitMark), string(queue.FitBroken)} {
		if n := counted(t, registry, "junban_feed_reads_total", reason); n != 0 {
			t.Errorf("%v snapshots were read for %s", n, reason)
		}
	}
	if n, most := node.read()-before, int(reads-1)*2; n > most { // what time and connections read
		t.Errorf("%d commands for %d notices and %v reads: %v", n, notices, reads, node.all)
	}
}
