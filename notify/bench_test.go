package notify_test

import (
	"context"
	"fmt"
	"testing"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/queue/queuetest"
)

// BenchmarkNotifier_Confirms has patients of 10 clinics ask for notices, as fast as one
// client can. Each is planned, claimed, sent to a channel of this process, and recorded.
func BenchmarkNotifier_Confirms(b *testing.B) {
	benchmark(b, 10)
}

// BenchmarkNotifier_ConfirmsOfOneClinic is the same of one clinic.
func BenchmarkNotifier_ConfirmsOfOneClinic(b *testing.B) {
	benchmark(b, 1)
}

func benchmark(b *testing.B, clinics int) {
	first := newBench(b)
	all := []*bench{first}
	for len(all) < clinics {
		all = append(all, first.another())
	}
	tickets := make([]queue.TicketID, b.N)
	for i := range tickets {
		c := all[i%clinics].clinic.ID
		issued, err := first.line.Issue(context.Background(), clinic.Ref{Clinic: c, Service: "1"}, queue.Request{Channel: "desk", Party: 1}, queue.Act{})
		first.fine(err)
		tickets[i] = issued.Ticket.ID
	}
	first.run()
	b.ResetTimer()
	for i, id := range tickets {
		all[i%clinics].want(id, pushTo(fmt.Sprint("phone", i), outbox.Confirm))
	}
	queuetest.Eventually(b, "all confirmations", func() bool { return first.push.all() >= b.N })
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "notices/s")
	b.StopTimer()
}
