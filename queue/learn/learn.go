package learn

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/estimate"
	"junban/queue/journal"
	"junban/queue/lessons"
)

// Source is the line that a [Learner] learns from: [queue.Store].
type Source interface {
	journal.Source
	// Now is the time of Redis.
	Now() time.Time
	// Record returns a clinic's record as the line remembers it.
	Record(context.Context, clinic.ID) (clinic.Clinic, error)
	// Snapshot reads a clinic's day.
	Snapshot(context.Context, clinic.ID) (*queue.Snapshot, error)
	// ClosedDays lists the n newest closed days that are kept, the newest first.
	ClosedDays(ctx context.Context, c clinic.ID, n int) ([]queue.ClosedDay, error)
	// Lessons is where the line reads what was learned.
	Lessons() *lessons.Store
}

// Learner learns from the days of all clinics. It is safe for concurrent use.
type Learner struct {
	line    Source
	journal *journal.Reader
	lessons *lessons.Store
}

// New returns a learner of the line's days.
func New(line Source) *Learner {
	return &Learner{line, journal.New(line), line.Lessons()}
}

// Learn learns from a day's sessions: those that are named or, for nil, all. They
// change later forecasts. The accuracy of the day's own forecasts is kept and returned,
// by session and service. Those forecasts are made again from the log, by what was
// known before the session. They are of each issue, and of when five and three were
// ahead.
//
// Each session is learned from once, however many nodes ask; a day before the last
// learned day, never. Nothing that may still change must be asked for. After an error
// it may be called again. A log that contradicts itself is an error once, and teaches
// nothing.
func (r *Learner) Learn(ctx context.Context, c clinic.ID, d clinic.Day, sessions []string) ([]lessons.Accuracy, error) {
	scores, err := r.learn(ctx, c, d, sessions)
	if err != nil {
		return nil, fmt.Errorf("learn from %s of clinic %s: %w", d, c, err)
	}
	return scores, nil
}

func (r *Learner) learn(ctx context.Context, c clinic.ID, d clinic.Day, sessions []string) (scores []lessons.Accuracy, err error) {
	k, err := r.line.Record(ctx, c)
	if err != nil {
		return nil, err
	}
	events, broken, err := r.dayLog(ctx, c, d)
	if err != nil {
		return nil, err
	}
	var failed error
	err = r.lessons.Update(ctx, c, func(m lessons.Memory) (_ *lessons.Memory, _ []lessons.Accuracy, err error) {
		scores, failed = nil, nil
		if m.HasDay(d) {
			return nil, nil, nil
		}
		next := lessons.Memory{Day: d, Whole: sessions == nil}
		if m.Day == d {
			next.Sessions = slices.Clone(m.Sessions)
		}
		if next.Learned, err = clone(m.Learned); err != nil {
			return nil, nil, err
		}
		var taught map[string]*lesson
		if broken == nil {
			taught, broken = study(newHistory(k, d, m.Learned), events)
		}
		asked := sessions
		if asked == nil {
			asked = slices.Sorted(maps.Keys(taught))
		}
		for _, session := range asked {
			if m.Has(d, session) {
				continue
			}
			next.Sessions = append(next.Sessions, session)
			l := taught[session]
			if l == nil {
				continue // no patient came
			}
			for _, service := range slices.Sorted(maps.Keys(l.scores)) {
				l.Forecasts.Merge(*l.scores[service])
				scores = append(scores, lessons.Accuracy{Day: d, Session: session, Service: service, Score: *l.scores[service]})
			}
			next.Learned.Learn(l.Session)
		}
		if !next.Whole && m.Day == d && len(next.Sessions) == len(m.Sessions) {
			return nil, nil, nil
		}
		failed = broken
		return &next, scores, nil
	})
	if err := cmp.Or(err, failed); err != nil {
		return nil, err
	}
	return scores, nil
}

// dayLog reads a day's log. Broken is an entry that cannot be read, now or ever.
func (r *Learner) dayLog(ctx context.Context, c clinic.ID, d clinic.Day) (events []journal.Event, broken, err error) {
	for e, err := range r.journal.Log(ctx, c, d, "") {
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
