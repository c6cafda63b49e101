package api

import (
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// latest returns the newest snapshot of a clinic that is followed, vouched for,
// and not changed by this node a moment ago; and when this node last changed it.
func (s *source) latest(c clinic.ID) (snap *queue.Snapshot, acted time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	acted = s.actedAt(c)
	f, ok := s.clinics[c]
	if !ok || f.snap == nil || f.stale || time.Since(acted) < ownActAge {
		return nil, acted, false
	}
	now := *f.snap
	now.At = now.At.Add(time.Since(f.got)) // Redis time, as the frames have it
	return &now, acted, true
}

// actedAt returns when this node last changed the clinic; zero if that is long ago.
func (s *source) actedAt(c clinic.ID) time.Time {
	at, _ := s.acted.Get(c)
	return at
}

// record returns the record of a clinic that is followed and vouched for.
func (s *source) record(c clinic.ID) (clinic.Clinic, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.clinics[c]
	if !ok || f.snap == nil || f.stale {
		return clinic.Clinic{}, false
	}
	return f.snap.Clinic, true
}

// lastRecord is [source.record] also where that may be stale.
func (s *source) lastRecord(c clinic.ID) (clinic.Clinic, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.clinics[c]
	if !ok || f.snap == nil {
		return clinic.Clinic{}, false
	}
	return f.snap.Clinic, true
}

// touch notes that this node changes the clinic.
func (s *source) touch(c clinic.ID) {
	s.acted.Set(c, time.Now())
}
