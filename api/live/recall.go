package live

import (
	"errors"
	"log/slog"
	"time"

	"junban/api/view"
	"junban/internal/refusal"
	"junban/queue"
)

// stateOf is the state of a topic in a snapshot; false when it is not in there.
func (cs *Clinics) stateOf(f *follower, v view.View, snap *queue.Snapshot, w *watched) (any, bool) {
	switch w.Kind {
	case view.AClinic:
		return v.Boards(snap), true
	case view.AStaff:
		if len(snap.Unread()) > 0 { // the feed is about to read them
			return nil, false
		}
		text, err := v.StaffText(snap, &w.texts)
		if err != nil {
			cs.log.LogAttrs(f.ctx, slog.LevelError, "snapshot not published", slog.String("error", err.Error()))
			return nil, false
		}
		return text, true
	case view.AService:
		l, ok := snap.Line(w.Ref.Service)
		if !ok { // taken out of the record
			cs.Hub.Stale(w.Name, snap.At)
			return nil, false
		}
		return v.Board(snap, l, view.ToPublic), true
	}
	if s, ok := v.StandingOf(snap, w.Ticket); ok {
		now := shown{epoch: snap.Epoch, rev: snap.Rev, day: snap.Day, Standing: s}
		if now == w.shown {
			return nil, false
		}
		w.last, w.shown = s.Ticket, now
		return s.Encode(v, view.ToPublic), true
	}
	over := w.last.State.Ended() || w.Ticket.Day() < snap.Day
	if over && w.last.ID != "" && w.Ticket.Day() <= snap.Day { // a booking that was cancelled may come back
		now := shown{epoch: snap.Epoch, rev: snap.Rev, day: snap.Day, past: true, Standing: view.Standing{Ticket: w.last}}
		if now == w.shown {
			return nil, false
		}
		w.shown = now
		return v.Past(snap.Day, w.last), true
	}
	w.shown = shown{}
	cs.reread(f, w)
	return nil, false
}

// reread has a ticket read that no snapshot shows, but no sooner than
// [readAhead] after the last time. f.out is held.
func (cs *Clinics) reread(f *follower, w *watched) {
	w.missed = w.reading
	if !w.reading {
		w.reading = true
		wait := readAhead - time.Since(w.read)
		cs.wg.Go(func() { cs.recall(f, w, wait) })
	}
}

// recall waits, reads a ticket that no snapshot shows, and publishes it.
func (cs *Clinics) recall(f *follower, w *watched, wait time.Duration) {
	select {
	case <-f.ctx.Done():
		return
	case <-time.After(wait):
	}
	f.out.Lock()
	w.missed = false
	f.out.Unlock()
	var claim queue.Claim
	claimed := false
	for {
		t, err := cs.line.Ticket(f.ctx, w.Ticket)
		if f.ctx.Err() != nil {
			return
		}
		if err == nil {
			cs.recalled(f, w, t)
			return
		}
		if errors.Is(err, queue.ErrNoTicket) {
			if !claimed { // else Redis could not be reached when it was to be filed
				claim, claimed = cs.claimed(w.Ticket)
			}
			if claimed {
				t, err = cs.FileLost(f.ctx, w.Ticket, claim)
			}
			if err == nil {
				cs.recalled(f, w, t)
				return
			}
		}
		if _, refused := errors.AsType[*refusal.Refusal](err); refused { // its day is no longer kept
			cs.Hub.Stale(w.Name, cs.clock.now())
			return
		}
		cs.log.LogAttrs(f.ctx, slog.LevelWarn, "ticket not read", slog.String("error", err.Error()))
		select {
		case <-f.ctx.Done():
			return
		case <-time.After(followAgain):
		}
	}
}

func (cs *Clinics) recalled(f *follower, w *watched, t queue.Ticket) {
	f.out.Lock()
	defer f.out.Unlock()
	w.last, w.reading, w.read = t, false, time.Now()
	cs.mu.Lock()
	now, got, stale := *f.snap, f.got, f.stale
	cs.mu.Unlock()
	if _, _, _, _, shown := now.Find(w.Ticket); shown || stale {
		return // published by now, or to be published with the next snapshot
	}
	if w.missed && w.Ticket.Day() > now.Day {
		cs.reread(f, w)
	}
	now.At = now.At.Add(time.Since(got)) // it was read after the snapshot
	zone, err := now.Clinic.Location()
	if err != nil {
		return // publish has logged it
	}
	v := view.View{Clinic: now.Clinic, Zone: zone, Now: now.At}
	cs.send(f, v, &now, w, v.Past(now.Day, t))
}
