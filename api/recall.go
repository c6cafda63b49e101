package api

import (
	"errors"
	"log/slog"
	"time"

	"junban/internal/refusal"
	"junban/queue"
)

// stateOf is what a snapshot says of a topic; false when it says nothing.
func (s *source) stateOf(f *follower, v view, snap *queue.Snapshot, w *watched) (any, bool) {
	switch w.kind {
	case aClinic:
		return v.boards(snap), true
	case aStaff:
		return v.staff(snap), true
	case aService:
		l, ok := snap.Line(w.ref.Service)
		if !ok { // taken out of the record
			s.hub.Stale(w.name, snap.At)
			return nil, false
		}
		return v.board(snap, l, toPublic), true
	}
	if t, l, tickets, people, ok := snap.Find(w.ticket); ok {
		wait, overruns := v.waitOf(t)
		said := v.standing(snap, t, l, tickets, people, toPublic)
		now := shown{snap.Epoch, snap.Rev, snap.Day, t, tickets, people, l.Notice, wait, overruns, said.Advice}
		if now == w.shown {
			return nil, false
		}
		w.last, w.shown = t, now
		return said, true
	}
	w.shown = shown{}
	over := w.last.State.Ended() || w.ticket.Day() < snap.Day
	if over && w.last.ID != "" && w.ticket.Day() <= snap.Day { // a booking that was cancelled may come back
		return v.past(snap.Day, w.last), true
	}
	s.reread(f, w)
	return nil, false
}

// reread has a ticket read that no snapshot shows, but no sooner than
// [readAhead] after the last time. f.out is held.
func (s *source) reread(f *follower, w *watched) {
	w.missed = w.reading
	if !w.reading {
		w.reading = true
		wait := readAhead - time.Since(w.read)
		s.wg.Go(func() { s.recall(f, w, wait) })
	}
}

// recall waits, reads a ticket that no snapshot shows, and publishes it.
func (s *source) recall(f *follower, w *watched, wait time.Duration) {
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
		t, err := s.patients.Ticket(f.ctx, w.ticket)
		if f.ctx.Err() != nil {
			return
		}
		if err == nil {
			s.recalled(f, w, t)
			return
		}
		if errors.Is(err, queue.ErrNoTicket) {
			if !claimed { // else Redis could not be reached when it was to be filed
				claim, claimed = s.claimed(w.ticket)
			}
			if claimed {
				t, err = s.fileLost(f.ctx, w.ticket, claim)
			}
			if err == nil {
				s.recalled(f, w, t)
				return
			}
		}
		if _, refused := errors.AsType[*refusal.Refusal](err); refused { // its day is no longer kept
			s.hub.Stale(w.name, s.clock.now())
			return
		}
		s.log.LogAttrs(f.ctx, slog.LevelWarn, "ticket not read", slog.String("error", err.Error()))
		select {
		case <-f.ctx.Done():
			return
		case <-time.After(followAgain):
		}
	}
}

func (s *source) recalled(f *follower, w *watched, t queue.Ticket) {
	f.out.Lock()
	defer f.out.Unlock()
	w.last, w.reading, w.read = t, false, time.Now()
	s.mu.Lock()
	now, got, stale := *f.snap, f.got, f.stale
	s.mu.Unlock()
	if _, _, _, _, shown := now.Find(w.ticket); shown || stale {
		return // said by now, or to be said with the next snapshot
	}
	if w.missed && w.ticket.Day() > now.Day {
		s.reread(f, w)
	}
	now.At = now.At.Add(time.Since(got)) // it was read after the snapshot
	zone, err := s.zones.of(now.Clinic)
	if err != nil {
		return // say has logged it
	}
	v := view{clinic: now.Clinic, zone: zone, now: now.At}
	s.send(f, v, &now, w, v.past(now.Day, t))
}
