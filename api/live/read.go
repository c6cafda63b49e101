package live

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"junban/api/view"
	"junban/api/wire"
	"junban/hub"
	"junban/queue"
	"junban/queue/clinic"
)

const (
	// recordAge is how long a clinic's record is used again after a read. So an act
	// needs no round trip for it.
	recordAge = 5 * time.Second
	// snapshotAge is how long a snapshot of an unwatched clinic answers other requests.
	snapshotAge = 500 * time.Millisecond
	// offersAge is how long the days of a service answer other requests. A read costs a
	// command for each day.
	offersAge = 2 * time.Second
	// ownActAge is how long a clinic is read from Redis after an act of this node that
	// the state in memory does not have. It is longer than the feed's tick, which finds
	// even a change whose message was lost.
	ownActAge = 3 * time.Second
)

// shared is a value that is read from Redis for all requests that need it: one read
// at a time. A client that asks again and again does not make Redis read again and
// again.
type shared[V any] struct {
	turn  chan struct{} // held by the request that reads
	value V
	at    time.Time // zero before the first read, and after one that failed
}

func newShared[V any]() *shared[V] { return &shared[V]{turn: make(chan struct{}, 1)} }

// get returns a value that was read after since, and at most age ago.
func (s *shared[V]) get(ctx context.Context, since time.Time, age time.Duration, read func(context.Context) (V, error)) (v V, err error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return v, ctx.Err()
	}
	if !s.at.IsZero() && s.at.After(since) && time.Since(s.at) < age {
		return s.value, nil
	}
	at := time.Now()
	if v, err = read(ctx); err != nil {
		s.at = time.Time{}
		return v, err
	}
	s.value, s.at = v, at
	return v, nil
}

// Record returns a clinic's record, at most [recordAge] old.
func (cs *Clinics) Record(ctx context.Context, id clinic.ID) (clinic.Clinic, error) {
	if c, ok := cs.Watched(id); ok {
		return c, nil
	}
	cs.mu.Lock()
	st := cs.use(id)
	c, at := st.record, st.recordAt
	cs.mu.Unlock()
	if !at.IsZero() && time.Since(at) < recordAge {
		return c, nil
	}
	return cs.Refresh(ctx, id)
}

// Watched returns the record of a clinic that is followed and up to date.
func (cs *Clinics) Watched(id clinic.ID) (clinic.Clinic, bool) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	st, ok := cs.of[id]
	if !ok || st.follower == nil || st.follower.snap == nil || st.follower.stale {
		return clinic.Clinic{}, false
	}
	return st.follower.snap.Clinic, true
}

// LastRecord returns the record as it was last read, of any age, without asking Redis.
func (cs *Clinics) LastRecord(id clinic.ID) (clinic.Clinic, bool) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	st, ok := cs.of[id]
	if !ok {
		return clinic.Clinic{}, false
	}
	if f := st.follower; f != nil && f.snap != nil {
		return f.snap.Clinic, true
	}
	return st.record, !st.recordAt.IsZero()
}

// Refresh reads a clinic's record from Redis.
func (cs *Clinics) Refresh(ctx context.Context, id clinic.ID) (clinic.Clinic, error) {
	at := time.Now()
	c, err := cs.line.Clinic(ctx, id)
	switch {
	case err == nil:
		cs.mu.Lock()
		st := cs.use(id)
		st.record, st.recordAt = c, at
		cs.mu.Unlock()
	case errors.Is(err, clinic.ErrNoClinic):
		cs.forget(id)
	}
	return c, err
}

// Service returns the record of the service's clinic, which has that service. A
// service that the record in memory does not have may be in it by now.
func (cs *Clinics) Service(ctx context.Context, ref clinic.Ref) (clinic.Clinic, clinic.Service, error) {
	read := cs.Record
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
		read = cs.Refresh
	}
	return clinic.Clinic{}, clinic.Service{}, clinic.ErrNoService
}

// Snapshot returns the clinic's state, from memory where it is watched. The feed keeps
// that one current, however long ago it was read. Its At is Redis time.
func (cs *Clinics) Snapshot(ctx context.Context, id clinic.ID) (*queue.Snapshot, view.View, error) {
	return cs.snapshot(ctx, id, false)
}

// SnapshotWithPatients is [Clinics.Snapshot] with all patients. Where no desk watches,
// the state in memory lacks those of new tickets.
func (cs *Clinics) SnapshotWithPatients(ctx context.Context, id clinic.ID) (*queue.Snapshot, view.View, error) {
	return cs.snapshot(ctx, id, true)
}

func (cs *Clinics) snapshot(ctx context.Context, id clinic.ID, patients bool) (*queue.Snapshot, view.View, error) {
	snap, warm := cs.latest(id)
	if !warm || patients && len(snap.Unread()) > 0 {
		cs.mu.Lock()
		st := cs.use(id)
		if st.snapshot == nil {
			st.snapshot = newShared[*queue.Snapshot]()
		}
		read, acted := st.snapshot, st.acted
		cs.mu.Unlock()
		var err error
		if snap, err = read.get(ctx, acted, snapshotAge, func(ctx context.Context) (*queue.Snapshot, error) { return cs.readSnapshot(ctx, id) }); err != nil {
			return nil, view.View{}, err
		}
	}
	v, err := cs.View(snap.Clinic)
	v.Now, v.Waits = snap.At, cs.waitsOnce(snap)
	return snap, v, err
}

func (cs *Clinics) readSnapshot(ctx context.Context, id clinic.ID) (*queue.Snapshot, error) {
	snap, err := cs.line.Snapshot(ctx, id)
	switch {
	case err == nil:
		cs.clock.learn(snap.At)
	case errors.Is(err, clinic.ErrNoClinic):
		cs.forget(id)
	}
	return snap, err
}

// latest returns the newest snapshot of a clinic that is followed and up to date. It
// returns none when this node has just changed the clinic.
func (cs *Clinics) latest(id clinic.ID) (*queue.Snapshot, bool) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	st, ok := cs.of[id]
	if !ok || st.follower == nil || st.follower.snap == nil || st.follower.stale {
		return nil, false
	}
	if time.Since(st.acted) < ownActAge && !st.follower.snap.Has(cs.line.Reached(id)) {
		return nil, false
	}
	if len(st.follower.snap.Unread()) == 0 {
		st.snapshot = nil // the feed's answers from now on
	}
	now := *st.follower.snap
	now.At = now.At.Add(time.Since(st.follower.got)) // Redis time, as the frames have it
	return &now, true
}

// Offered returns the days and sessions that a service offers.
func (cs *Clinics) Offered(ctx context.Context, ref clinic.Ref) ([]queue.Offer, error) {
	cs.mu.Lock()
	st := cs.use(ref.Clinic)
	read := st.offers[ref.Service]
	if read == nil {
		if st.offers == nil {
			st.offers = map[string]*shared[[]queue.Offer]{}
		}
		read = newShared[[]queue.Offer]()
		st.offers[ref.Service] = read
	}
	acted := st.acted
	cs.mu.Unlock()
	return read.get(ctx, acted, offersAge, func(ctx context.Context) ([]queue.Offer, error) { return cs.line.Offers(ctx, ref) })
}

// Days returns the days from one to another, both included, with what a service gives on
// them. All requests share one read of the days that the web books, at most age old
// (see [FreshDays]). Other days are [queue.DayClosed].
func (cs *Clinics) Days(ctx context.Context, v view.View, ref clinic.Ref, from, to clinic.Day, age time.Duration) ([]queue.DayOffer, error) {
	svc, _ := v.Clinic.Service(ref.Service)
	first := v.Today()
	last := first.Add(svc.Booking.Days)
	cs.mu.Lock()
	st := cs.use(ref.Clinic)
	read := st.days[ref.Service]
	if read == nil {
		if st.days == nil {
			st.days = map[string]*shared[[]queue.DayOffer]{}
		}
		read = newShared[[]queue.DayOffer]()
		st.days[ref.Service] = read
	}
	acted := st.acted
	cs.mu.Unlock()
	known, err := read.get(ctx, acted, age, func(ctx context.Context) ([]queue.DayOffer, error) { return cs.line.Days(ctx, ref, first, last) })
	if err != nil {
		return nil, err
	}
	var days []queue.DayOffer
	for d := from; d <= to && len(days) < queue.DaysAtOnce; d = d.Add(1) {
		i := slices.IndexFunc(known, func(o queue.DayOffer) bool { return o.Day == d })
		if i < 0 {
			days = append(days, queue.DayOffer{Day: d, State: queue.DayClosed})
			continue
		}
		days = append(days, known[i])
	}
	return days, nil
}

// DeskDays are days as the desk sees them: read for each request, so that they are never
// older than the desk's own acts.
func (cs *Clinics) DeskDays(ctx context.Context, ref clinic.Ref, from, to clinic.Day) ([]queue.DayOffer, error) {
	return cs.line.Days(ctx, ref, from, to)
}

const (
	// DaysAge is how old the days of a calendar page may be.
	DaysAge = offersAge
	// FreshDays is how old they may be where a patient chooses among free slots: these
	// should not be taken already. It bounds the reads when thousands are refused at once.
	FreshDays = 250 * time.Millisecond
)

// Reserved returns the tickets of the days to come. All requests share one read, at most
// [snapshotAge] old.
func (cs *Clinics) Reserved(ctx context.Context, id clinic.ID) ([]queue.Reserved, error) {
	cs.mu.Lock()
	st := cs.use(id)
	if st.reserved == nil {
		st.reserved = newShared[[]queue.Reserved]()
	}
	read, acted := st.reserved, st.acted
	cs.mu.Unlock()
	return read.get(ctx, acted, snapshotAge, func(ctx context.Context) ([]queue.Reserved, error) { return cs.line.Reserved(ctx, id) })
}

// waits returns the forecast of a snapshot. A state is forecast once, and all requests
// and watchers get the same.
func (cs *Clinics) waits(snap *queue.Snapshot) *view.Waits {
	cs.mu.Lock()
	st := cs.use(snap.Clinic.ID)
	last := st.waits
	cs.mu.Unlock()
	if last.Answers(snap) {
		return last
	}
	w := view.NewWaits(snap, last)
	cs.mu.Lock()
	st.waits = w
	cs.mu.Unlock()
	return w
}

// waitsOnce returns a function that returns the forecast of a snapshot, made when it is
// first called.
func (cs *Clinics) waitsOnce(snap *queue.Snapshot) func() *view.Waits {
	return sync.OnceValue(func() *view.Waits { return cs.waits(snap) })
}

// Now is Redis time now.
func (cs *Clinics) Now() time.Time { return cs.clock.now() }

// View is how a clinic's state is encoded now.
func (cs *Clinics) View(c clinic.Clinic) (view.View, error) {
	zone, err := c.Location()
	return view.View{Clinic: c, Zone: zone, Now: cs.clock.now()}, err
}

// ViewClinic is [Clinics.View] of a clinic's record.
func (cs *Clinics) ViewClinic(ctx context.Context, id clinic.ID) (view.View, error) {
	c, err := cs.Record(ctx, id)
	if err != nil {
		return view.View{}, err
	}
	return cs.View(c)
}

// ViewService is [Clinics.View] of the clinic of a service.
func (cs *Clinics) ViewService(ctx context.Context, ref clinic.Ref) (view.View, clinic.Service, error) {
	c, svc, err := cs.Service(ctx, ref)
	if err != nil {
		return view.View{}, clinic.Service{}, err
	}
	v, err := cs.View(c)
	return v, svc, err
}

// Seen is a service's board as it was read for one request.
type Seen struct {
	view.View
	Snap  *queue.Snapshot
	Line  *queue.Line
	Board wire.Board
	Frame hub.Frame // the board as its topic has it
}

// Board reads the board of a service.
func (cs *Clinics) Board(ctx context.Context, ref clinic.Ref) (Seen, error) {
	snap, v, err := cs.Snapshot(ctx, ref.Clinic)
	if errors.Is(err, clinic.ErrNoClinic) {
		return Seen{}, clinic.ErrNoService
	}
	if err != nil {
		return Seen{}, err
	}
	l, ok := snap.Line(ref.Service)
	if !ok {
		return Seen{}, clinic.ErrNoService
	}
	b := v.Board(snap, l, view.ToPublic)
	f, err := v.Frame(snap, view.ServiceTopic(ref), b)
	return Seen{v, snap, l, b, f}, err
}
