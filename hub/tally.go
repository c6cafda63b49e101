package hub

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// tally counts deliveries before they are added to the metrics. So each delivery of a
// fan-out costs one addition. It is not safe for concurrent use.
type tally struct {
	m      *metrics
	frames prometheus.Counter // of the transport

	last      *message // delivered most recently
	n         int      // how often, in a row
	changes   int      // of these, not the first frame of a new watcher
	conflated int      // messages that were replaced by a newer one
}

// add counts one delivery of m. It replaces missed older messages. First means that it
// is the first frame of its watcher.
func (t *tally) add(m *message, missed int, first bool) {
	if m != t.last {
		t.settle()
		t.last = m
	}
	t.n++
	if !first {
		t.changes++
	}
	t.conflated += max(missed, 0)
}

// settle adds the counts to the metrics. Call it soon after add, because it measures the
// age of the message.
func (t *tally) settle() {
	if t.n == 0 {
		return
	}
	t.frames.Add(float64(t.n))
	if t.conflated > 0 {
		t.m.conflated.Add(float64(t.conflated))
	}
	if t.changes > 0 && !t.last.At.IsZero() {
		t.m.ages.observe(time.Since(t.last.At), t.changes)
	}
	t.last, t.n, t.changes, t.conflated = nil, 0, 0, 0
}

// ages is a histogram that takes many equal observations at once, which
// prometheus.Histogram does not.
type ages struct {
	desc   *prometheus.Desc
	bounds []time.Duration
	counts []atomic.Uint64 // one more than bounds
	sum    atomic.Int64    // nanoseconds
}

func newAges(name, help string) *ages {
	const ms = time.Millisecond
	bounds := []time.Duration{
		1 * ms, 2 * ms, 5 * ms, 10 * ms, 20 * ms, 50 * ms, 100 * ms, 200 * ms, 500 * ms,
		1000 * ms, 2000 * ms, 5000 * ms, 10_000 * ms, 30_000 * ms,
	}
	return &ages{
		desc:   prometheus.NewDesc(name, help, nil, nil),
		bounds: bounds,
		counts: make([]atomic.Uint64, len(bounds)+1),
	}
}

func (a *ages) observe(age time.Duration, times int) {
	age = max(age, 0)
	i := 0
	for i < len(a.bounds) && age > a.bounds[i] {
		i++
	}
	a.counts[i].Add(uint64(times))
	a.sum.Add(int64(age) * int64(times))
}

// Describe implements [prometheus.Collector].
func (a *ages) Describe(to chan<- *prometheus.Desc) { to <- a.desc }

// Collect implements [prometheus.Collector].
func (a *ages) Collect(to chan<- prometheus.Metric) {
	var total uint64
	upTo := make(map[float64]uint64, len(a.bounds))
	for i, bound := range a.bounds {
		total += a.counts[i].Load()
		upTo[bound.Seconds()] = total
	}
	total += a.counts[len(a.bounds)].Load()
	to <- prometheus.MustNewConstHistogram(a.desc, total, time.Duration(a.sum.Load()).Seconds(), upTo)
}
