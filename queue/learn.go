package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue/estimate"
)

const (
	// AccuracyKept is how many scores are kept of a clinic: one for each session
	// and service.
	AccuracyKept = 400
	// learnedAge is how long what was learned is used before it is read again.
	learnedAge = 10 * time.Minute
)

// Accuracy is how true the forecasts of one session of a service came.
type Accuracy struct {
	Day     Day            `json:"day"`
	Session string         `json:"session,omitempty"` // "" where no sessions are kept
	Service string         `json:"service"`
	Score   estimate.Score `json:"score"`
}

// memory is what Redis keeps of what a clinic's sessions taught.
type memory struct {
	Learned  *estimate.Learned `json:"learned"`
	Day      Day               `json:"day"`      // the last that was learned from
	Sessions []string          `json:"sessions"` // of that day, those that were taken in
}

// has reports whether a session was taken in, or comes too late for it.
func (m memory) has(d Day, session string) bool {
	return d < m.Day || d == m.Day && slices.Contains(m.Sessions, session)
}

// learnt is a memory as this store last read it.
type learnt struct {
	memory
	at time.Time
}

// learned returns what past sessions of a clinic say, at most [learnedAge] old,
// or nil. It never fails: an older one, or none, is still a forecast.
func (s *Store) learned(ctx context.Context, c ClinicID) *estimate.Learned {
	s.mu.Lock()
	l := s.lessons[c]
	s.mu.Unlock()
	if time.Since(l.at) < learnedAge {
		return l.Learned
	}
	if m, err := s.recollect(ctx, s.rdb, c); err == nil {
		return m.Learned
	}
	return l.Learned
}

// recollect reads a clinic's memory and keeps it.
func (s *Store) recollect(ctx context.Context, rdb redis.Cmdable, c ClinicID) (memory, error) {
	var m memory
	text, err := rdb.Get(ctx, keyLearned(c)).Result()
	if err == nil {
		err = json.Unmarshal([]byte(text), &m)
	} else if errors.Is(err, redis.Nil) {
		err = nil
	}
	if err != nil {
		return memory{}, fmt.Errorf("what clinic %s has taught: %w", c, err)
	}
	s.keep(c, m)
	return m, nil
}

func (s *Store) keep(c ClinicID, m memory) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lessons[c] = learnt{m, time.Now()}
}

// Learn takes a day's sessions in, those that are named or, for nil, all: what
// they teach changes the forecasts from then on, and how true the day's own
// forecasts came is kept and returned, by session and service. Those forecasts
// are made again from the log, at each issue and when five and three were ahead,
// with what was known before the session.
//
// Each session is taken in once, whoever asks and how often; a day before the
// last one that was taken in, never. Nothing that may still change must be asked for.
func (s *Store) Learn(ctx context.Context, c ClinicID, d Day, sessions []string) ([]Accuracy, error) {
	scores, err := s.learn(ctx, c, d, sessions)
	if err != nil {
		return nil, fmt.Errorf("learn from %s of clinic %s: %w", d, c, err)
	}
	return scores, nil
}

func (s *Store) learn(ctx context.Context, c ClinicID, d Day, sessions []string) (scores []Accuracy, err error) {
	k, err := s.record(ctx, c)
	if err != nil {
		return nil, err
	}
	var events []Event
	for e, err := range s.Log(ctx, c, d) {
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	attempt := func(tx *redis.Tx) error {
		m, err := s.recollect(ctx, tx, c)
		if err != nil {
			return err
		}
		scores = nil
		if d < m.Day {
			return nil
		}
		next := memory{Day: d}
		if m.Day == d {
			next.Sessions = slices.Clone(m.Sessions)
		}
		if next.Learned, err = clone(m.Learned); err != nil {
			return err
		}
		lessons, err := study(newHistory(k.Clinic, d, m.Learned), events)
		if err != nil {
			return err
		}
		asked := sessions
		if asked == nil {
			asked = slices.Sorted(maps.Keys(lessons))
		}
		for _, session := range asked {
			if m.has(d, session) {
				continue
			}
			next.Sessions = append(next.Sessions, session)
			l := lessons[session]
			if l == nil {
				continue // nobody came
			}
			next.Learned.Learn(l.Session)
			for _, service := range slices.Sorted(maps.Keys(l.scores)) {
				scores = append(scores, Accuracy{d, session, service, *l.scores[service]})
			}
		}
		if len(next.Sessions) == 0 || m.Day == d && len(next.Sessions) == len(m.Sessions) {
			return nil
		}
		return s.remember(ctx, tx, c, next, scores)
	}
	for range 5 { // others may be learning the same
		if err = s.rdb.Watch(ctx, attempt, keyLearned(c)); !errors.Is(err, redis.TxFailedErr) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	return scores, nil
}

// remember writes a memory and the scores that came with it, both or nothing.
func (s *Store) remember(ctx context.Context, tx *redis.Tx, c ClinicID, m memory, scores []Accuracy) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	entries := make([]any, len(scores))
	for i, a := range scores {
		if entries[i], err = json.Marshal(a); err != nil {
			return err
		}
	}
	_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.Set(ctx, keyLearned(c), text, 0)
		if len(entries) > 0 {
			p.LPush(ctx, keyAccuracy(c), entries...)
			p.LTrim(ctx, keyAccuracy(c), 0, AccuracyKept-1)
		}
		return nil
	})
	if err == nil {
		s.keep(c, m)
	}
	return err
}

// clone copies what was learned: what viewers are shown by is never changed.
func clone(l *estimate.Learned) (*estimate.Learned, error) {
	c := &estimate.Learned{}
	if l == nil {
		return c, nil
	}
	text, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	return c, json.Unmarshal(text, c)
}

// Accuracy returns a clinic's scores, the newest session first.
func (s *Store) Accuracy(ctx context.Context, c ClinicID) ([]Accuracy, error) {
	entries, err := s.rdb.LRange(ctx, keyAccuracy(c), 0, AccuracyKept-1).Result()
	if err != nil {
		return nil, fmt.Errorf("accuracy of clinic %s: %w", c, err)
	}
	scores := make([]Accuracy, len(entries))
	for i, text := range entries {
		if err := json.Unmarshal([]byte(text), &scores[i]); err != nil {
			return nil, fmt.Errorf("accuracy of clinic %s: %w", c, err)
		}
	}
	return scores, nil
}

// settled is how long after a session's end it may be learned from, if nobody
// waits or is seen any more.
const settled = 30 * time.Minute

// finished lists the sessions of today that are over, and were not taken in.
func (s *Store) finished(ctx context.Context, c ClinicID) (Day, []string, error) {
	k, err := s.record(ctx, c)
	if err != nil {
		return "", nil, err
	}
	now := s.now()
	today := k.DayOf(now, k.loc)
	ends := map[string]time.Time{} // where services differ, the last
	for _, service := range k.Services {
		calendar, _ := k.Timetable(service)
		for _, session := range calendar.Sessions(string(today), k.loc) {
			ends[session.ID] = later(ends[session.ID], session.Consult.To)
		}
	}
	s.learned(ctx, c)
	s.mu.Lock()
	m := s.lessons[c].memory
	s.mu.Unlock()
	var over []string
	for session, end := range ends {
		if !now.Before(end.Add(settled)) && !m.has(today, session) {
			over = append(over, session)
		}
	}
	if len(over) == 0 {
		return today, nil, nil
	}
	snap, err := s.Snapshot(ctx, c)
	if err != nil {
		return "", nil, err
	}
	over = slices.DeleteFunc(over, func(session string) bool {
		return slices.ContainsFunc(snap.Lines, func(l Line) bool {
			return slices.ContainsFunc(slices.Concat(l.Open, l.Waiting), func(t Ticket) bool { return t.Session == session })
		})
	})
	slices.Sort(over)
	return snap.Day, over, nil
}
