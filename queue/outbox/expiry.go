package outbox

import (
	"context"
	"sync"
	"time"

	"junban/queue/clinic"
)

// recordAge is for how long a clinic's record serves to compute when keys expire. The
// keeper of the days removes them too, by the newest record.
const recordAge = 10 * time.Minute

// records remembers clinics' records. It is safe for concurrent use.
type records struct {
	mu sync.Mutex
	of map[clinic.ID]remembered // guarded by mu
}

type remembered struct {
	clinic.Clinic
	at time.Time
}

// record returns a clinic's record that is at most [recordAge] old.
func (s *Store) record(ctx context.Context, c clinic.ID) (clinic.Clinic, error) {
	now := s.source.Now()
	s.records.mu.Lock()
	r, ok := s.records.of[c]
	s.records.mu.Unlock()
	if age := now.Sub(r.at); ok && age >= 0 && age < recordAge {
		return r.Clinic, nil
	}
	record, err := s.source.Clinic(ctx, c)
	if err != nil {
		return clinic.Clinic{}, err
	}
	s.records.mu.Lock()
	defer s.records.mu.Unlock()
	if s.records.of == nil {
		s.records.of = map[clinic.ID]remembered{}
	}
	s.records.of[c] = remembered{record, now}
	return record, nil
}

// newsKept is for how long news and their jobs are kept, from when they are planned.
const newsKept = 30 * 24 * time.Hour

// expiry returns when the wants and the jobs of a box expire.
func expiry(c clinic.Clinic, box string, now time.Time) (wants, jobs time.Time, err error) {
	if isNews(box) {
		return time.Time{}, now.Add(newsKept), nil
	}
	loc, err := c.Location()
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	_, end := c.Bounds(clinic.Day(box), loc)
	return end.Add(c.KeepPatients()), end.Add(c.KeepDays()), nil
}
