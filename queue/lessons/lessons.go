package lessons

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/internal/idle"
	"junban/internal/redisdb"
	"junban/queue/clinic"
	"junban/queue/estimate"
)

const (
	// readAge is how long what was read is used before it is read again.
	readAge = 10 * time.Minute
	// retryAge is when a failed read is repeated: a Redis in trouble is not asked with
	// every snapshot.
	retryAge = 10 * time.Second
	// idleAge is how long unused lessons are kept in memory.
	idleAge = time.Hour
)

func keyLearned(c clinic.ID) string  { return redisdb.ClinicKey(c, "learned") }
func keyAccuracy(c clinic.ID) string { return redisdb.ClinicKey(c, "accuracy") }

// Memory is what the sessions of a clinic taught.
type Memory struct {
	Learned  *estimate.Learned `json:"learned"`
	Day      clinic.Day        `json:"day"`             // the last that was learned from
	Sessions []string          `json:"sessions"`        // of that day, those that were taken in
	Whole    bool              `json:"whole,omitempty"` // nothing of that day is left to take in
}

// Has reports whether a session was taken in, or comes too late for it.
func (m Memory) Has(d clinic.Day, session string) bool {
	return m.HasDay(d) || d == m.Day && slices.Contains(m.Sessions, session)
}

// HasDay reports whether a whole day was taken in, or comes too late for it.
func (m Memory) HasDay(d clinic.Day) bool { return d < m.Day || d == m.Day && m.Whole }

// Store reads and writes the lessons of all clinics. It is safe for concurrent use.
type Store struct {
	rdb  redis.UniversalClient
	kept idle.Map[clinic.ID, kept]
}

// kept is a memory as this store last read it.
type kept struct {
	Memory
	at time.Time
}

// New returns a store of lessons on rdb. It asks nothing of Redis.
func New(rdb redis.UniversalClient) *Store {
	return &Store{rdb: rdb, kept: idle.Map[clinic.ID, kept]{Age: idleAge}}
}

// Learned returns what past sessions of a clinic taught, at most ten minutes old,
// or nil. It never fails: an older one, or none, is still a forecast.
func (s *Store) Learned(ctx context.Context, c clinic.ID) *estimate.Learned {
	return s.Memory(ctx, c).Learned
}

// Memory returns what [Store.Learned] returns, and the sessions that it is from.
func (s *Store) Memory(ctx context.Context, c clinic.ID) Memory {
	k, _ := s.kept.Get(c)
	if time.Since(k.at) < readAge {
		return k.Memory
	}
	m, err := s.read(ctx, s.rdb, c)
	if err != nil {
		s.kept.Set(c, kept{k.Memory, time.Now().Add(retryAge - readAge)})
		return k.Memory
	}
	return m
}

// Forget drops what the store remembers of a clinic that was removed.
func (s *Store) Forget(c clinic.ID) { s.kept.Delete(c) }

// Update changes a clinic's memory. Change gets the newest one and must not alter it.
// It returns the next one with the scores to keep, or nil for no change. Others may
// update the same at once: change is then called again.
func (s *Store) Update(ctx context.Context, c clinic.ID, change func(Memory) (*Memory, []Accuracy, error)) error {
	attempt := func(tx *redis.Tx) error {
		m, err := s.read(ctx, tx, c)
		if err != nil {
			return err
		}
		next, scores, err := change(m)
		if err != nil || next == nil {
			return err
		}
		return s.write(ctx, tx, c, *next, scores)
	}
	return redisdb.Update(ctx, s.rdb, attempt, keyLearned(c))
}

// read reads a clinic's memory and keeps it.
func (s *Store) read(ctx context.Context, rdb redis.Cmdable, c clinic.ID) (Memory, error) {
	var m Memory
	text, err := rdb.Get(ctx, keyLearned(c)).Result()
	if err == nil {
		err = json.Unmarshal([]byte(text), &m)
	} else if errors.Is(err, redis.Nil) {
		err = nil
	}
	if err != nil {
		return Memory{}, fmt.Errorf("what clinic %s has taught: %w", c, err)
	}
	s.kept.Set(c, kept{m, time.Now()})
	return m, nil
}

// write writes a memory and the scores that came with it, both or nothing.
func (s *Store) write(ctx context.Context, tx *redis.Tx, c clinic.ID, m Memory, scores []Accuracy) error {
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
			p.LTrim(ctx, keyAccuracy(c), 0, accuracyKept-1)
		}
		return nil
	})
	if err == nil {
		s.kept.Set(c, kept{m, time.Now()})
	}
	return err
}
