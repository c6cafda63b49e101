package queue

import (
	"context"
	"slices"
	"time"

	"junban/queue/clinic"
)

// settled is how long after a session's end it may be learned from, if nobody
// waits or is seen any more.
const settled = 30 * time.Minute

// finished lists the sessions of today that are over, and were not taken in.
func (s *Store) finished(ctx context.Context, c clinic.ID) (clinic.Day, []string, error) {
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
	m := s.memory(ctx, c)
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
	courses := snap.courses(snap.At)
	over = slices.DeleteFunc(over, func(session string) bool {
		return slices.ContainsFunc(courses, func(c course) bool {
			return slices.ContainsFunc(slices.Concat(c.seen, c.Waiting), func(t Ticket) bool { return t.Session == session })
		})
	})
	slices.Sort(over)
	return snap.Day, over, nil
}

// closedLately is how many of the last closed days are looked at for one that
// was not learned from.
const closedLately = 7

// unlearned lists the newest closed days that were not taken in, the oldest
// first: Redis, or the node that closed them, was in trouble then.
func (s *Store) unlearned(ctx context.Context, c clinic.ID) ([]clinic.Day, error) {
	kept, err := s.rdb.ZRevRange(ctx, keyKept(c), 0, closedLately-1).Result()
	if err != nil {
		return nil, err
	}
	m := s.memory(ctx, c)
	var days []clinic.Day
	for _, d := range slices.Backward(kept) {
		if !m.all(clinic.Day(d)) {
			days = append(days, clinic.Day(d))
		}
	}
	return days, nil
}
