package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
	"junban/queue/estimate"
)

// learnedAge is how long what was learned is used before it is read again.
const learnedAge = 10 * time.Minute

// memory is what Redis keeps of what a clinic's sessions taught.
type memory struct {
	Learned  *estimate.Learned `json:"learned"`
	Day      clinic.Day        `json:"day"`             // the last that was learned from
	Sessions []string          `json:"sessions"`        // of that day, those that were taken in
	Whole    bool              `json:"whole,omitempty"` // nothing of that day is left to take in
}

// has reports whether a session was taken in, or comes too late for it.
func (m memory) has(d clinic.Day, session string) bool {
	return m.all(d) || d == m.Day && slices.Contains(m.Sessions, session)
}

// all reports whether a day was taken in, or comes too late for it.
func (m memory) all(d clinic.Day) bool { return d < m.Day || d == m.Day && m.Whole }

// learnt is a memory as this store last read it.
type learnt struct {
	memory
	at time.Time
}

// lessonsIdle is how long the memory of a clinic that nobody reads is kept.
const lessonsIdle = time.Hour

// learnedAgain is when a clinic's memory that could not be read is read again: a
// Redis in trouble is not asked with every snapshot (R5).
const learnedAgain = 10 * time.Second

// learned returns what past sessions of a clinic say, at most [learnedAge] old,
// or nil. It never fails: an older one, or none, is still a forecast.
func (s *Store) learned(ctx context.Context, c clinic.ID) *estimate.Learned {
	l, _ := s.lessons.Get(c)
	if time.Since(l.at) < learnedAge {
		return l.Learned
	}
	m, err := s.recollect(ctx, s.rdb, c)
	if err != nil {
		s.lessons.Set(c, learnt{l.memory, time.Now().Add(learnedAgain - learnedAge)})
		return l.Learned
	}
	return m.Learned
}

// memory is what past sessions taught, as [Store.learned] has it.
func (s *Store) memory(ctx context.Context, c clinic.ID) memory {
	s.learned(ctx, c)
	l, _ := s.lessons.Get(c)
	return l.memory
}

// recollect reads a clinic's memory and keeps it.
func (s *Store) recollect(ctx context.Context, rdb redis.Cmdable, c clinic.ID) (memory, error) {
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

func (s *Store) keep(c clinic.ID, m memory) {
	s.lessons.Set(c, learnt{m, time.Now()})
}

// remember writes a memory and the scores that came with it, both or nothing.
func (s *Store) remember(ctx context.Context, tx *redis.Tx, c clinic.ID, m memory, scores []Accuracy) error {
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
