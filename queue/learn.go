package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
)

// Learn takes a day's sessions in, those that are named or, for nil, all: what
// they teach changes the forecasts from then on, and how true the day's own
// forecasts came is kept and returned, by session and service. Those forecasts
// are made again from the log, at each issue and when five and three were ahead,
// with what was known before the session.
//
// Each session is taken in once, however many nodes ask; a day before the
// last one that was taken in, never. Nothing that may still change must be asked
// for. After an error it may be asked for again; but a log that contradicts
// itself is an error once and teaches nothing, then or later.
func (s *Store) Learn(ctx context.Context, c clinic.ID, d clinic.Day, sessions []string) ([]Accuracy, error) {
	scores, err := s.learn(ctx, c, d, sessions)
	if err != nil {
		return nil, fmt.Errorf("learn from %s of clinic %s: %w", d, c, err)
	}
	return scores, nil
}

func (s *Store) learn(ctx context.Context, c clinic.ID, d clinic.Day, sessions []string) (scores []Accuracy, err error) {
	k, err := s.record(ctx, c)
	if err != nil {
		return nil, err
	}
	events, broken, err := s.dayLog(ctx, c, d)
	if err != nil {
		return nil, err
	}
	var failed error
	attempt := func(tx *redis.Tx) error {
		m, err := s.recollect(ctx, tx, c)
		if err != nil {
			return err
		}
		scores, failed = nil, nil
		if m.all(d) {
			return nil
		}
		next := memory{Day: d, Whole: sessions == nil}
		if m.Day == d {
			next.Sessions = slices.Clone(m.Sessions)
		}
		if next.Learned, err = clone(m.Learned); err != nil {
			return err
		}
		var lessons map[string]*lesson
		if broken == nil {
			lessons, broken = study(newHistory(k.Clinic, d, m.Learned), events)
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
		if !next.Whole && m.Day == d && len(next.Sessions) == len(m.Sessions) {
			return nil
		}
		failed = broken
		return s.remember(ctx, tx, c, next, scores)
	}
	for range 5 { // others may be learning the same
		if err = s.rdb.Watch(ctx, attempt, keyLearned(c)); !errors.Is(err, redis.TxFailedErr) {
			break
		}
	}
	if err := cmp.Or(err, failed); err != nil {
		return nil, err
	}
	return scores, nil
}

// dayLog reads a day's log. Broken is an entry that cannot be read, now or ever.
func (s *Store) dayLog(ctx context.Context, c clinic.ID, d clinic.Day) (events []Event, broken, err error) {
	for e, err := range NewReader(s).Log(ctx, c, d, "") {
		switch {
		case err == nil:
			events = append(events, e)
		case e.ID != "":
			return nil, err, nil
		default:
			return nil, nil, err
		}
	}
	return events, nil, nil
}
