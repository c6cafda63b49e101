package api

import (
	"context"
	"errors"
	"sync"
	"time"

	"junban/api/route"
	"junban/internal/idle"
	"junban/queue/clinic"
)

// recordAge is how long a clinic's record that was read is used again, so that
// an act needs no round trip for it.
const recordAge = 5 * time.Second

// indexAge is the age beyond which no request is answered from the index of the
// listed clinics: nobody has asked for a while, or Redis cannot be read.
const indexAge = 30 * time.Second

// recordsIdle is how long the record of a clinic that nobody asks for stays in memory.
const recordsIdle = time.Minute

// records returns the records of clinics without asking Redis where it can:
// from what is followed, or from what was read a moment ago.
type records struct {
	office Office
	source *source

	read idle.Map[clinic.ID, readRecord]

	mu      sync.Mutex
	listed  *index // nil before the first reading
	listAt  time.Time
	reading *indexRead // nil: none is under way
}

type readRecord struct {
	clinic clinic.Clinic
	at     time.Time
}

func newRecords(office Office, src *source) *records {
	return &records{office: office, source: src, read: idle.Map[clinic.ID, readRecord]{Age: recordsIdle}}
}

// clinic returns the record, at most [recordAge] old.
func (rs *records) clinic(ctx context.Context, id clinic.ID) (clinic.Clinic, error) {
	if c, ok := rs.source.record(id); ok {
		return c, nil
	}
	r, ok := rs.read.Get(id)
	if ok && time.Since(r.at) < recordAge {
		return r.clinic, nil
	}
	return rs.refresh(ctx, id)
}

// last returns the record as it was last read, of any age, without asking Redis.
func (rs *records) last(id clinic.ID) (clinic.Clinic, bool) {
	if c, ok := rs.source.lastRecord(id); ok {
		return c, true
	}
	r, ok := rs.read.Get(id)
	return r.clinic, ok
}

func (rs *records) refresh(ctx context.Context, id clinic.ID) (clinic.Clinic, error) {
	at := time.Now()
	c, err := rs.office.Clinic(ctx, id)
	switch {
	case err == nil:
		rs.read.Set(id, readRecord{c, at})
	case errors.Is(err, clinic.ErrNoClinic):
		rs.read.Delete(id)
	}
	return c, err
}

// index returns the listed clinics as they were at most [recordAge] ago, or a
// little longer while one read is under way in the background. It waits for that
// read only where nothing younger than [indexAge] is there (S2).
func (rs *records) index(ctx context.Context) (*index, error) {
	rs.mu.Lock()
	x, age := rs.listed, time.Since(rs.listAt)
	if x != nil && age < recordAge {
		rs.mu.Unlock()
		return x, nil
	}
	r := rs.reading
	if r == nil {
		r = &indexRead{done: make(chan struct{})}
		rs.reading = r
		rs.source.wg.Go(func() { rs.readIndex(rs.source.ctx, r, x) })
	}
	rs.mu.Unlock()
	if x != nil && age < indexAge {
		return x, nil
	}
	select {
	case <-r.done:
		return r.index, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// indexRead is a read of the directory that is under way; done is closed at its end.
type indexRead struct {
	done  chan struct{}
	index *index
	err   error
}

// readIndex reads all records, and makes the index of those that are listed.
func (rs *records) readIndex(ctx context.Context, r *indexRead, before *index) {
	ctx, cancel := context.WithTimeout(ctx, route.AnswerWithin)
	defer cancel()
	at := time.Now()
	all, err := rs.office.Clinics(ctx)
	if err == nil {
		r.index = newIndex(all, before)
	}
	r.err = err
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if err == nil {
		rs.listed, rs.listAt = r.index, at
	}
	rs.reading = nil
	close(r.done)
}

// service returns the record of the service's clinic, which has that service;
// one that is not in the record as known may be in it by now.
func (rs *records) service(ctx context.Context, ref clinic.Ref) (clinic.Clinic, clinic.Service, error) {
	read := rs.clinic
	for range 2 {
		c, err := read(ctx, ref.Clinic)
		if errors.Is(err, clinic.ErrNoClinic) {
			break
		}
		if err != nil {
			return clinic.Clinic{}, clinic.Service{}, err
		}
		if svc, ok := c.Service(ref.Service); ok {
			return c, svc, nil
		}
		read = rs.refresh
	}
	return clinic.Clinic{}, clinic.Service{}, clinic.ErrNoService
}

// zones remembers loaded time zones: records are validated, so there are as
// many as IANA names at most.
type zones struct{ loaded sync.Map }

func (z *zones) of(c clinic.Clinic) (*time.Location, error) {
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

// isListed reports whether a clinic is in the directory, as it was read a few
// seconds ago at most. It looks up nothing about a clinic that is not.
func (rs *records) isListed(ctx context.Context, id clinic.ID) bool {
	if c, ok := rs.source.record(id); ok && c.Listed {
		return true
	}
	x, err := rs.index(ctx)
	return err == nil && x.listed[id]
}
