package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/queuetest"
)

// BenchmarkDirectory reads the directory page of 10,000 clinics with 20 readers at
// once, while a record changes every 10 ms. It prints the median, the 99th
// percentile and the longest time of an answer, in milliseconds.
func BenchmarkDirectory(b *testing.B) {
	store, err := queue.NewStore(queuetest.Redis(b), queue.Options{})
	if err != nil {
		b.Fatal(err)
	}
	const clinics, readers = 10_000, 20
	var imports sync.WaitGroup
	var next atomic.Int64
	for range readers {
		imports.Go(func() {
			for n := next.Add(1) - 1; n < clinics; n = next.Add(1) - 1 {
				if err := store.PutClinic(b.Context(), queuetest.Clinic(int(n)), queue.Act{}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	imports.Wait()
	s, err := New(Config{Line: store, Journal: noPast{}, Lessons: noPast{}, Feed: wellFeed{queuetest.NewModel()}, Secret: make([]byte, minSecret)})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	server := httptest.NewServer(s)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: readers}}
	defer client.CloseIdleConnections()
	read := func() time.Duration {
		start := time.Now()
		answer, err := client.Get(server.URL + "/")
		if err != nil {
			b.Error(err)
			return 0
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
			b.Errorf("answered %d: %v", answer.StatusCode, err)
		}
		answer.Body.Close()
		return time.Since(start)
	}
	b.Logf("the first answer, from nothing, took %v", read())
	ctx, stop := context.WithCancel(b.Context())
	var changes sync.WaitGroup
	changes.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			c := queuetest.Clinic(n % clinics)
			c.Name = fmt.Sprintf("医院 %d", n)
			if err := store.PutClinic(b.Context(), c, queue.Act{}); err != nil {
				b.Error(err)
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	var took []time.Duration
	var mu sync.Mutex
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer()
	var work sync.WaitGroup
	for range readers {
		work.Go(func() {
			var own []time.Duration
			for left.Add(-1) >= 0 {
				own = append(own, read())
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
		})
	}
	work.Wait()
	b.StopTimer()
	stop()
	changes.Wait()
	slices.Sort(took)
	for name, at := range map[string]int{"ms-median": len(took) / 2, "ms-p99": len(took) * 99 / 100, "ms-max": len(took) - 1} {
		b.ReportMetric(float64(took[at].Microseconds())/1000, name)
	}
}
