package main

import (
	"context"
	"errors"
	"time"
)

// usage is what the server and the watchers have used and received so far.
// Figures that are unavailable are zero.
type usage struct {
	at         time.Time
	server     cpuTime
	watchers   cpuTime // of the worker processes
	metrics    map[string]float64
	tally      Tally
	redisCalls int
}

// usage reads all counters, one after another.
func (t *testbed) usage(ctx context.Context, f *fleet) (usage, error) {
	now := usage{at: time.Now()}
	var err1, err2, err3, err4, err5 error
	now.tally, err1 = f.tally()
	now.metrics, err2 = t.metrics(ctx)
	now.server, err3 = processCPU(t.pid)
	now.watchers, err4 = f.cpu()
	now.redisCalls, err5 = t.redisCalls(ctx)
	return now, errors.Join(err1, ignoreUnavailable(err2), ignoreUnavailable(err3), ignoreUnavailable(err4), ignoreUnavailable(err5))
}

// growth returns by how much a metric grew since before.
func (u usage) growth(before usage, metric string) float64 {
	return u.metrics[metric] - before.metrics[metric]
}

// serverMicros returns the server's processor time since before, in µs for each of n.
func (u usage) serverMicros(before usage, n float64) float64 {
	used := u.server.sub(before.server)
	return float64((used.user + used.system).Microseconds()) / n
}

// memory is what the server holds after a garbage collection, sizes in bytes.
// Figures that are unavailable are zero.
type memory struct {
	resident   float64
	live       float64 // heap and stacks
	goroutines float64
}

// memory collects the server's garbage and reads its memory.
func (t *testbed) memory(ctx context.Context) (memory, error) {
	var m memory
	if err := t.collectGarbage(ctx); ignoreUnavailable(err) != nil {
		return m, err
	}
	values, err := t.metrics(ctx)
	if ignoreUnavailable(err) != nil {
		return m, err
	}
	m.live = values["go_memstats_heap_inuse_bytes"] + values["go_memstats_stack_inuse_bytes"]
	m.goroutines = values["go_goroutines"]
	m.resident, err = processResident(t.pid)
	return m, ignoreUnavailable(err)
}

// errUnavailable is the error of a figure that this process cannot read.
var errUnavailable = errors.New("figure is unavailable")

// ignoreUnavailable returns nil for errUnavailable. The scenario goes on without
// the row, and the budget reports a limit whose row is missing.
func ignoreUnavailable(err error) error {
	if errors.Is(err, errUnavailable) {
		return nil
	}
	return err
}
