package directory

import (
	"context"
	"sync"
	"time"

	"junban/api/route"
	"junban/queue/clinic"
)

// Directory keeps the index of the listed clinics for [live.recordAge]. Safe for concurrent use.
type Directory struct {
	line    Records
	watched func(clinic.ID) (clinic.Clinic, bool) // the record of a clinic that is followed

	ctx context.Context // ends with close
	end context.CancelFunc
	wg  sync.WaitGroup

	mu      sync.Mutex
	listed  *index // nil before the first reading
	listAt  time.Time
	reading *indexRead // nil: none is under way
}

// Records are the records of all clinics.
type Records interface {
	Clinics(ctx context.Context) ([]clinic.Clinic, error)
}

const (
	// indexFresh is how long the index that was read is used again.
	indexFresh = 5 * time.Second
	// indexAge is the age beyond which no request is answered from the index. The index
	// gets that old when no request comes, or when Redis is unavailable.
	indexAge = 30 * time.Second
)

func New(line Records, watched func(clinic.ID) (clinic.Clinic, bool)) *Directory {
	d := &Directory{line: line, watched: watched}
	d.ctx, d.end = context.WithCancel(context.Background())
	return d
}

// Close ends a read that is under way and waits for it.
func (d *Directory) Close() {
	d.end()
	d.wg.Wait()
}

// Index returns the listed clinics as they were at most [indexFresh] ago. They can be a
// little older while one read runs in the background. It waits for that read only where
// nothing younger than [indexAge] is there.
func (d *Directory) Index(ctx context.Context) (*index, error) {
	d.mu.Lock()
	x, age := d.listed, time.Since(d.listAt)
	if x != nil && age < indexFresh {
		d.mu.Unlock()
		return x, nil
	}
	r := d.reading
	if r == nil {
		r = &indexRead{done: make(chan struct{})}
		d.reading = r
		d.wg.Go(func() { d.readIndex(d.ctx, r, x) })
	}
	d.mu.Unlock()
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
func (d *Directory) readIndex(ctx context.Context, r *indexRead, before *index) {
	ctx, cancel := context.WithTimeout(ctx, route.AnswerWithin)
	defer cancel()
	at := time.Now()
	all, err := d.line.Clinics(ctx)
	if err == nil {
		r.index = newIndex(all, before)
	}
	r.err = err
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil {
		d.listed, d.listAt = r.index, at
	}
	d.reading = nil
	close(r.done)
}

// IsListed reports whether a clinic is in the directory, as it was read a few
// seconds ago at most. It looks up nothing about a clinic that is not.
func (d *Directory) IsListed(ctx context.Context, id clinic.ID) bool {
	if c, ok := d.watched(id); ok && c.Listed {
		return true
	}
	x, err := d.Index(ctx)
	return err == nil && x.listed[id]
}
