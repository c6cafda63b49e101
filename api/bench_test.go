package api

import (
	"testing"

	"junban/hub"
	"junban/queue"
	"junban/queue/queuetest"
)

// BenchmarkEmit publishes one change of a line that a thousand owners watch:
// one ticket was issued, and nobody's place has changed.
func BenchmarkEmit(b *testing.B) {
	model := queuetest.NewModel()
	clinic := queuetest.NewClinic(b, model)
	ref := queue.Ref{Clinic: clinic.ID, Service: "1"}
	s, err := New(Config{Line: quiet{model}, Feed: wellFeed{model}, Secret: make([]byte, minSecret)})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	f := &follower{clinic: clinic.ID, ctx: b.Context(), topics: map[hub.Topic]*watched{}}
	issue := func() *queue.Snapshot {
		i, err := model.Issue(b.Context(), ref, queue.Request{Channel: "desk", Party: 1}, queue.Act{})
		if err != nil {
			b.Fatal(err)
		}
		t, err := parseTopic("ticket:" + string(i.ID))
		if err != nil {
			b.Fatal(err)
		}
		f.topics[t.name] = &watched{topic: t}
		snap, err := model.Snapshot(b.Context(), clinic.ID)
		if err != nil {
			b.Fatal(err)
		}
		return snap
	}
	for range 999 {
		issue()
	}
	snap := issue()
	s.source.emit(f, snap)
	b.ReportAllocs()
	for b.Loop() {
		s.source.emit(f, snap)
	}
}
