package live

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"junban/api/view"
	"junban/hub"
	"junban/queue"
	"junban/queue/clinic"
)

// Feed reports every change of a clinic, as [feed.Feed] does.
type Feed interface {
	// Follow emits the clinic's snapshot now and after every change. It blocks until ctx
	// ends.
	Follow(ctx context.Context, c clinic.ID, w queue.Watcher) error
	// ReadPatients makes the followers of a clinic read the patients that they lack.
	ReadPatients(c clinic.ID)
}

const (
	// readAhead is the age at which a ticket of a later day is read again, when its
	// clinic changes.
	readAhead = 5 * time.Second
	// followAgain is when a clinic that could not be followed is tried again.
	followAgain = 2 * time.Second
	// refreshEvery is how often a watched line is forecast again without an act: a wait
	// grows shorter by itself.
	refreshEvery = 30 * time.Second
)

// follower is one clinic that is followed. Its fields are guarded by clinics.mu.
type follower struct {
	clinic clinic.ID
	ctx    context.Context
	end    context.CancelFunc
	topics map[hub.Topic]*watched
	snap   *queue.Snapshot // newest; nil before the first
	got    time.Time       // when snap came
	stale  bool            // snap may be out of date
	since  time.Time       // of stale

	// out is held while topics are published, so that nothing is published
	// after what was read later. Taken before clinics.mu.
	out sync.Mutex
}

// watched is one topic of a follower. Its fields are guarded by follower.out.
type watched struct {
	view.Topic
	last    queue.Ticket // a ticket as it was last seen
	shown   shown        // what its newest frame was made of
	reading bool         // it is being read, or is about to be
	read    time.Time    // when it was; a ticket of a day to come is in no snapshot, and is read again
	missed  bool         // something changed since the reading began
	texts   view.Texts   // of a desk: its tickets as they were last encoded
}

// shown is all that a ticket's frame is made of. Most changes of a line leave
// most tickets as they were; comparing is cheaper than encoding.
type shown struct {
	epoch, rev string
	day        clinic.Day
	past       bool // it is over, and in the snapshot no more
	view.Standing
}

// Follow is the hub's Source.
func (cs *Clinics) Follow(name hub.Topic) (stop func()) {
	t, err := view.ParseTopic(string(name))
	if err != nil { // watch authorises none such
		cs.log.LogAttrs(cs.ctx, slog.LevelError, "topic not followed", slog.String("error", err.Error()))
		return func() {}
	}
	w := &watched{Topic: t}
	cs.mu.Lock()
	defer cs.mu.Unlock()
	st := cs.use(t.Clinic)
	f := st.follower
	warm := f != nil
	if !warm {
		f = &follower{clinic: t.Clinic, topics: map[hub.Topic]*watched{}}
		f.ctx, f.end = context.WithCancel(cs.ctx)
		st.follower = f
		cs.wg.Go(func() { cs.run(f) })
		cs.wg.Go(func() { cs.refreshWaits(f) })
	}
	f.topics[name] = w
	if warm {
		cs.wg.Go(func() { cs.join(f, w) })
	}
	return func() { cs.stop(f, w) }
}

func (cs *Clinics) stop(f *follower, w *watched) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	st := cs.use(f.clinic)
	delete(f.topics, w.Name)
	delete(st.claims, w.Ticket)
	if len(f.topics) == 0 {
		f.end()
		st.follower = nil
	}
}

// run follows the clinic until nothing of it is watched any more.
func (cs *Clinics) run(f *follower) {
	for {
		err := cs.feed.Follow(f.ctx, f.clinic, queue.Watcher{
			Emit:  func(snap *queue.Snapshot) { cs.emit(f, snap) },
			Stale: func(since time.Time) { cs.markStale(f, since) },
			Names: func() bool { return cs.hasDesk(f) },
		})
		if f.ctx.Err() != nil {
			return
		}
		reason := "error"
		if errors.Is(err, clinic.ErrNoClinic) {
			reason = "clinic_unknown"
		}
		cs.unfollowed.WithLabelValues(reason).Inc()
		cs.log.LogAttrs(f.ctx, slog.LevelWarn, "clinic not followed", slog.String("clinic", string(f.clinic)), slog.Any("error", err))
		cs.markStale(f, cs.clock.now())
		select {
		case <-f.ctx.Done():
			return
		case <-time.After(followAgain):
		}
	}
}

// hasDesk reports whether a desk watches the clinic: only a desk is sent names.
func (cs *Clinics) hasDesk(f *follower) bool {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for _, w := range f.topics {
		if w.Kind == view.AStaff {
			return true
		}
	}
	return false
}

// emit publishes every watched topic of a new snapshot. With the one that it had before
// it publishes the tickets of days to come: one of those days has changed.
func (cs *Clinics) emit(f *follower, snap *queue.Snapshot) {
	cs.mu.Lock()
	if f.snap == snap && !f.stale {
		cs.mu.Unlock()
		f.out.Lock()
		defer f.out.Unlock()
		cs.publish(f, snap, slices.DeleteFunc(cs.all(f), func(w *watched) bool { return w.Kind != view.ATicket || w.Ticket.Day() <= snap.Day })...)
		return
	}
	former := f.snap
	marked := former != nil && snap.MarkedSince(former)
	wasStale := f.stale // then watchers need a frame, changed or not
	f.snap, f.got, f.stale = snap, time.Now(), false
	cs.mu.Unlock()
	cs.clock.learn(snap.At)
	f.out.Lock()
	defer f.out.Unlock()
	topics := cs.all(f)
	if wasStale {
		for _, w := range topics {
			w.shown = shown{}
		}
	}
	if marked && !wasStale { // a notice has no viewer but the desk, and its own ticket's page
		topics = slices.DeleteFunc(topics, func(w *watched) bool {
			return w.Kind != view.AStaff && (w.Kind != view.ATicket || snap.Told[w.Ticket] == former.Told[w.Ticket])
		})
	}
	cs.publish(f, snap, topics...)
}

// refreshWaits publishes the waits every [refreshEvery], as they change without an act.
func (cs *Clinics) refreshWaits(f *follower) {
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	for {
		select {
		case <-f.ctx.Done():
			return
		case <-tick.C:
			cs.age(f)
		}
	}
}

// age publishes the newest snapshot as it looks by now.
func (cs *Clinics) age(f *follower) {
	f.out.Lock()
	defer f.out.Unlock()
	cs.mu.Lock()
	snap, got, stale := f.snap, f.got, f.stale
	cs.mu.Unlock()
	if snap == nil || stale {
		return
	}
	now := *snap
	now.At = snap.At.Add(time.Since(got))
	cs.publish(f, &now, cs.all(f)...)
}

// markStale notifies the watchers that their state may be out of date since then.
func (cs *Clinics) markStale(f *follower, since time.Time) {
	cs.mu.Lock()
	f.stale, f.since = true, since
	cs.mu.Unlock()
	f.out.Lock()
	defer f.out.Unlock()
	for _, w := range cs.all(f) {
		cs.Hub.Stale(w.Name, since)
	}
}

// join publishes a topic that comes when its clinic is followed already.
func (cs *Clinics) join(f *follower, w *watched) {
	f.out.Lock()
	defer f.out.Unlock()
	cs.mu.Lock()
	snap, stale, since := f.snap, f.stale, f.since
	cs.mu.Unlock()
	if snap != nil {
		cs.publish(f, snap, w)
		if w.Kind == view.AStaff {
			cs.feed.ReadPatients(f.clinic)
		}
	}
	if stale {
		cs.Hub.Stale(w.Name, since)
	}
}

// all returns the watched topics of a follower; none when it has ended.
func (cs *Clinics) all(f *follower) []*watched {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	return slices.Collect(maps.Values(f.topics))
}

// publish encodes the snapshot for each of the topics. f.out is held.
func (cs *Clinics) publish(f *follower, snap *queue.Snapshot, topics ...*watched) {
	zone, err := snap.Clinic.Location()
	if err != nil {
		cs.log.LogAttrs(f.ctx, slog.LevelError, "snapshot not published", slog.String("error", err.Error()))
		return
	}
	v := view.View{Clinic: snap.Clinic, Zone: zone, Now: snap.At, Waits: cs.waitsOnce(snap)}
	for _, w := range topics {
		if state, ok := cs.stateOf(f, v, snap, w); ok {
			cs.send(f, v, snap, w, state)
		}
	}
}

func (cs *Clinics) send(f *follower, v view.View, snap *queue.Snapshot, w *watched, state any) {
	frame, err := v.Frame(snap, w.Topic, state)
	if err != nil {
		cs.log.LogAttrs(f.ctx, slog.LevelError, "snapshot not published", slog.String("error", err.Error()))
		return
	}
	cs.Hub.Publish(w.Name, frame)
}
