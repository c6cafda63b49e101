package api

import (
	"context"
	"errors"
	"sync"
	"time"

	"junban/queue"
)

// recordAge is how long a clinic's record that was read is used again, so that
// an act needs no round trip for it.
const recordAge = 5 * time.Second

// records returns the records of clinics without asking Redis where it can:
// from what is followed, or from what was read a moment ago.
type records struct {
	line   Line
	source *source

	mu     sync.Mutex
	read   map[queue.ClinicID]readRecord // only clinics that exist, so at most 10,000
	listed *index                        // nil before the first reading
	listAt time.Time
}

type readRecord struct {
	clinic queue.Clinic
	at     time.Time
}

func newRecords(line Line, src *source) *records {
	return &records{line: line, source: src, read: map[queue.ClinicID]readRecord{}}
}

// clinic returns the record, at most [recordAge] old.
func (rs *records) clinic(ctx context.Context, id queue.ClinicID) (queue.Clinic, error) {
	if c, ok := rs.source.record(id); ok {
		return c, nil
	}
	rs.mu.Lock()
	r, ok := rs.read[id]
	rs.mu.Unlock()
	if ok && time.Since(r.at) < recordAge {
		return r.clinic, nil
	}
	return rs.refresh(ctx, id)
}

func (rs *records) refresh(ctx context.Context, id queue.ClinicID) (queue.Clinic, error) {
	at := time.Now()
	c, err := rs.line.Clinic(ctx, id)
	rs.mu.Lock()
	defer rs.mu.Unlock()
	switch {
	case err == nil:
		rs.read[id] = readRecord{c, at}
	case errors.Is(err, queue.ErrNoClinic):
		delete(rs.read, id)
	}
	return c, err
}

// index returns the listed clinics as they were at most [recordAge] ago.
func (rs *records) index(ctx context.Context) (*index, error) {
	rs.mu.Lock()
	x, at := rs.listed, rs.listAt
	rs.mu.Unlock()
	if x != nil && time.Since(at) < recordAge {
		return x, nil
	}
	at = time.Now()
	all, err := rs.line.Clinics(ctx)
	if err != nil {
		return nil, err
	}
	x = newIndex(all)
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.listed, rs.listAt = x, at
	return x, nil
}

// service returns the record of the service's clinic, which has that service;
// one that is not in the record as known may be in it by now.
func (rs *records) service(ctx context.Context, ref queue.Ref) (queue.Clinic, queue.Service, error) {
	read := rs.clinic
	for range 2 {
		c, err := read(ctx, ref.Clinic)
		if errors.Is(err, queue.ErrNoClinic) {
			break
		}
		if err != nil {
			return queue.Clinic{}, queue.Service{}, err
		}
		if svc, ok := c.Service(ref.Service); ok {
			return c, svc, nil
		}
		read = rs.refresh
	}
	return queue.Clinic{}, queue.Service{}, queue.ErrNoService
}

// zones remembers loaded time zones: records are validated, so there are as
// many as IANA names at most.
type zones struct{ loaded sync.Map }

func (z *zones) of(c queue.Clinic) (*time.Location, error) {
	if loc, ok := z.loaded.Load(c.Zone); ok {
		return loc.(*time.Location), nil
	}
	loc, err := c.Location()
	if err != nil {
		return nil, err
	}
	z.loaded.Store(c.Zone, loc)
	return loc, nil
}
