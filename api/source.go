package api

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"junban/hub"
	"junban/internal/idle"
	"junban/queue"
	"junban/queue/clinic"
)

const (
	// ownActAge is how long after an act of this node its clinic is read from
	// Redis instead of from memory: longer than the feed's tick, which finds
	// even a change whose poke was lost.
	ownActAge = 3 * time.Second
	// readAhead is how long after it was read a ticket of a day to come is read
	// again, when something changes at its clinic.
	readAhead = 5 * time.Second
	// actedIdle is how long the last act of this node is remembered: longer than
	// all that depends on it.
	actedIdle = time.Minute
	// followAgain is when a clinic that could not be followed is tried again.
	followAgain = 2 * time.Second
)

// source joins the hub's topics to the feed: it follows each clinic of which
// something is watched, once, and publishes the watched topics of every
// snapshot.
type source struct {
	patients Patients
	feed     Feed
	hub      *hub.Hub // set before the first topic comes
	zones    *zones
	metrics  *metrics

	clock     clock
	forecasts *forecasts
	log       *slog.Logger

	ctx context.Context // ends with close
	end context.CancelFunc
	wg  sync.WaitGroup

	mu      sync.Mutex // never held while the hub or the line is called
	clinics map[clinic.ID]*follower
	claims  map[queue.TicketID]queue.Claim // of watched tickets that no snapshot showed; at most maxClaims
	acted   idle.Map[clinic.ID, time.Time] // last act of this node
}

// follower is one clinic that is followed. Its fields are guarded by source.mu.
type follower struct {
	clinic clinic.ID
	ctx    context.Context
	end    context.CancelFunc
	topics map[hub.Topic]*watched
	snap   *queue.Snapshot // newest; nil before the first
	got    time.Time       // when snap came
	stale  bool            // nobody vouches for snap
	since  time.Time       // of stale

	// out is held while topics are published, so that nothing is published
	// after what was read later. Taken before source.mu.
	out sync.Mutex
}

// watched is one topic of a follower. Its fields are guarded by follower.out.
type watched struct {
	topic
	last    queue.Ticket // a ticket as it was last seen
	shown   shown        // what its newest frame was made of
	reading bool         // it is being read, or is about to be
	read    time.Time    // when it was; a ticket of a day to come is in no snapshot, and is read again
	missed  bool         // something changed since the reading began
}

// shown is all that a ticket's frame is made of. Most changes of a line leave
// most tickets as they were; comparing is cheaper than encoding.
type shown struct {
	epoch, rev string
	day        clinic.Day
	ticket     queue.Ticket
	tickets    int // ahead
	people     int
	notice     queue.Notice
	wait       wait
	overruns   bool
	advice     string
}

func newSource(patients Patients, feed Feed, z *zones, m *metrics, log *slog.Logger) *source {
	ctx, end := context.WithCancel(context.Background())
	return &source{
		patients: patients, feed: feed, zones: z, metrics: m, forecasts: newForecasts(), log: log, ctx: ctx, end: end,
		clinics: map[clinic.ID]*follower{}, acted: idle.Map[clinic.ID, time.Time]{Age: actedIdle}, claims: map[queue.TicketID]queue.Claim{},
	}
}

// close ends every following and waits for its goroutines.
func (s *source) close() {
	s.end()
	s.wg.Wait()
}

// follow is the hub's Source.
func (s *source) follow(name hub.Topic) (stop func()) {
	t, err := parseTopic(string(name))
	if err != nil { // watch authorises none such
		s.log.LogAttrs(s.ctx, slog.LevelError, "topic not followed", slog.String("error", err.Error()))
		return func() {}
	}
	w := &watched{topic: t}
	s.mu.Lock()
	defer s.mu.Unlock()
	f, warm := s.clinics[t.clinic]
	if !warm {
		f = &follower{clinic: t.clinic, topics: map[hub.Topic]*watched{}}
		f.ctx, f.end = context.WithCancel(s.ctx)
		s.clinics[t.clinic] = f
		s.wg.Go(func() { s.run(f) })
		s.wg.Go(func() { s.refresh(f) })
	}
	f.topics[name] = w
	if warm {
		s.wg.Go(func() { s.join(f, w) })
	}
	return func() { s.stop(f, w) }
}

func (s *source) stop(f *follower, w *watched) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(f.topics, w.name)
	delete(s.claims, w.ticket)
	if len(f.topics) == 0 {
		f.end()
		delete(s.clinics, f.clinic)
	}
}

// run follows the clinic until nothing of it is watched any more.
func (s *source) run(f *follower) {
	for {
		err := s.feed.Follow(f.ctx, f.clinic,
			func(snap *queue.Snapshot) { s.emit(f, snap) },
			func(since time.Time) { s.lose(f, since) })
		if f.ctx.Err() != nil {
			return
		}
		reason := "error"
		if errors.Is(err, clinic.ErrNoClinic) {
			reason = "clinic_unknown"
		}
		s.metrics.lost.WithLabelValues(reason).Inc()
		s.log.LogAttrs(f.ctx, slog.LevelWarn, "clinic not followed", slog.String("clinic", string(f.clinic)), slog.Any("error", err))
		s.lose(f, s.clock.now())
		select {
		case <-f.ctx.Done():
			return
		case <-time.After(followAgain):
		}
	}
}

// emit publishes every watched topic of a new snapshot.
func (s *source) emit(f *follower, snap *queue.Snapshot) {
	s.clock.learn(snap.At)
	s.mu.Lock()
	wasStale := f.stale // then watchers need a frame, changed or not
	f.snap, f.got, f.stale = snap, time.Now(), false
	s.mu.Unlock()
	f.out.Lock()
	defer f.out.Unlock()
	topics := s.all(f)
	if wasStale {
		for _, w := range topics {
			w.shown = shown{}
		}
	}
	s.say(f, snap, topics...)
}

// refresh says now and then what changes although nobody acts: the waits.
func (s *source) refresh(f *follower) {
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	for {
		select {
		case <-f.ctx.Done():
			return
		case <-tick.C:
			s.age(f)
		}
	}
}

// age publishes the newest snapshot as it looks by now.
func (s *source) age(f *follower) {
	f.out.Lock()
	defer f.out.Unlock()
	s.mu.Lock()
	snap, got, stale := f.snap, f.got, f.stale
	s.mu.Unlock()
	if snap == nil || stale {
		return
	}
	now := *snap
	now.At = snap.At.Add(time.Since(got))
	s.say(f, &now, s.all(f)...)
}

// lose tells the watchers that nobody vouches for what they see.
func (s *source) lose(f *follower, since time.Time) {
	s.mu.Lock()
	f.stale, f.since = true, since
	s.mu.Unlock()
	f.out.Lock()
	defer f.out.Unlock()
	for _, w := range s.all(f) {
		s.hub.Stale(w.name, since)
	}
}

// join publishes a topic that comes when its clinic is followed already.
func (s *source) join(f *follower, w *watched) {
	f.out.Lock()
	defer f.out.Unlock()
	s.mu.Lock()
	snap, stale, since := f.snap, f.stale, f.since
	s.mu.Unlock()
	if snap != nil {
		s.say(f, snap, w)
	}
	if stale {
		s.hub.Stale(w.name, since)
	}
}

// all returns the watched topics of a follower; none when it has ended.
func (s *source) all(f *follower) []*watched {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(f.topics))
}

// say encodes the snapshot for each of the topics. f.out is held.
func (s *source) say(f *follower, snap *queue.Snapshot, topics ...*watched) {
	zone, err := s.zones.of(snap.Clinic)
	if err != nil {
		s.log.LogAttrs(f.ctx, slog.LevelError, "snapshot not published", slog.String("error", err.Error()))
		return
	}
	v := view{clinic: snap.Clinic, zone: zone, now: snap.At, waits: s.forecasts.waits(snap)}
	for _, w := range topics {
		if state, ok := s.stateOf(f, v, snap, w); ok {
			s.send(f, v, snap, w, state)
		}
	}
}

func (s *source) send(f *follower, v view, snap *queue.Snapshot, w *watched, state any) {
	frame, err := v.frame(snap, w.topic, state)
	if err != nil {
		s.log.LogAttrs(f.ctx, slog.LevelError, "snapshot not published", slog.String("error", err.Error()))
		return
	}
	s.hub.Publish(w.name, frame)
}
