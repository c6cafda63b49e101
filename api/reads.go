package api

import (
	"context"
	"sync"
	"time"

	"junban/queue"
)

// readAge is how long a snapshot that was read for somebody answers others,
// of a clinic that nobody watches.
const readAge = 500 * time.Millisecond

// reads reads snapshots of clinics that are not followed, one at a time for each:
// a stranger who asks again and again does not make Redis read again and again.
type reads struct {
	line Line

	mu   sync.Mutex
	kept map[queue.ClinicID]*read // only clinics that exist, so at most 10,000
}

type read struct {
	turn chan struct{} // held by who reads
	snap *queue.Snapshot
	at   time.Time
}

func newReads(line Line) *reads {
	return &reads{line: line, kept: map[queue.ClinicID]*read{}}
}

// snapshot returns one that was read after since, and at most [readAge] ago.
func (rs *reads) snapshot(ctx context.Context, c queue.ClinicID, since time.Time) (*queue.Snapshot, error) {
	rs.mu.Lock()
	r, ok := rs.kept[c]
	if !ok {
		r = &read{turn: make(chan struct{}, 1)}
		rs.kept[c] = r
	}
	rs.mu.Unlock()
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if r.snap != nil && r.at.After(since) && time.Since(r.at) < readAge {
		return r.snap, nil
	}
	at := time.Now()
	snap, err := rs.line.Snapshot(ctx, c)
	if err != nil {
		rs.mu.Lock()
		delete(rs.kept, c)
		rs.mu.Unlock()
		return nil, err
	}
	r.snap, r.at = snap, at
	return snap, nil
}
