package projection_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"junban/internal/sqldb"
	"junban/internal/sqldb/sqldbtest"
	"junban/queue"
	"junban/queue/clinic"
)

// BenchmarkProjection_SQLite and its sibling project acts of twenty clinics, each of which
// touches its day. ns/op is the time of one act until its row is written; the acts
// themselves are made before.
func BenchmarkProjection_SQLite(b *testing.B)     { benchProjection(b, sqldbtest.SQLite(b)) }
func BenchmarkProjection_PostgreSQL(b *testing.B) { benchProjection(b, sqldbtest.Postgres(b)) }

func benchProjection(b *testing.B, db *sqldb.DB) {
	w := newWorld(b, db)
	clinics := []clinic.ID{w.ref.Clinic}
	for range 19 {
		clinics = append(clinics, w.clinic())
	}
	issue := func(c clinic.ID) queue.TicketID {
		i, err := w.line.Issue(b.Context(), clinic.Ref{Clinic: c, Service: "1"}, queue.Request{Channel: "desk", Party: 1, Override: true,
			Patient: queue.Patient{Name: "山田花子", Phone: "090-1234-5678"}}, queue.Act{By: staff})
		w.must(err)
		return i.ID
	}
	touch := w.projector
	for _, c := range clinics { // each day has a position
		w.must(touch.Record(b.Context(), issue(c)))
	}
	w.projector = nil // acts touch nothing while they are made
	last := map[clinic.ID]queue.TicketID{}
	var mu sync.Mutex
	var acting sync.WaitGroup
	for k := range 8 {
		acting.Go(func() {
			for i := k; i < b.N; i += 8 {
				c := clinics[i%len(clinics)]
				id := issue(c)
				mu.Lock()
				last[c] = id
				mu.Unlock()
			}
		})
	}
	acting.Wait()
	b.ResetTimer()
	begun := time.Now()
	var recording sync.WaitGroup
	for _, id := range last {
		recording.Go(func() {
			if err := touch.Record(b.Context(), id); err != nil {
				b.Error(err)
			}
		})
	}
	recording.Wait()
	b.ReportMetric(float64(b.N)/time.Since(begun).Seconds(), "events/s")
}

// BenchmarkRecord_SQLite and its sibling book for other days one after the other, as one
// desk does, and wait for the row.
func BenchmarkRecord_SQLite(b *testing.B)     { benchRecord(b, sqldbtest.SQLite(b), true) }
func BenchmarkRecord_PostgreSQL(b *testing.B) { benchRecord(b, sqldbtest.Postgres(b), true) }

// BenchmarkRecord_Today is a ticket of today, which is projected and waits for nothing.
func BenchmarkRecord_Today(b *testing.B) { benchRecord(b, sqldbtest.SQLite(b), false) }

// BenchmarkRecord_Without is the same while nothing is projected.
func BenchmarkRecord_Without(b *testing.B) {
	benchRecord(b, nil, false)
}

func benchRecord(b *testing.B, db *sqldb.DB, wait bool) {
	w := newWorld(b, db)
	days := 0
	if wait {
		days = 1
	}
	b.ResetTimer()
	for range b.N {
		id := w.book(days, "山田花子")
		if wait {
			w.must(w.projector.Record(b.Context(), id))
		}
	}
}

// BenchmarkAct_At500PerSecond takes numbers of today at that rate, and reports how long
// one takes: alone, and while each is projected.
func BenchmarkAct_At500PerSecond(b *testing.B) {
	for _, kind := range []struct {
		name string
		open func(testing.TB) *sqldb.DB
	}{{"Without", func(testing.TB) *sqldb.DB { return nil }}, {"SQLite", sqldbtest.SQLite}, {"PostgreSQL", sqldbtest.Postgres}} {
		b.Run(kind.name, func(b *testing.B) {
			w := newWorld(b, kind.open(b))
			took := make([]time.Duration, 0, b.N)
			next := time.Now()
			for range b.N {
				next = next.Add(2 * time.Millisecond)
				time.Sleep(time.Until(next))
				began := time.Now()
				w.book(0, "山田花子")
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			for _, p := range []int{50, 95, 99} {
				b.ReportMetric(float64(took[len(took)*p/100].Microseconds()), fmt.Sprintf("p%d-µs", p))
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
