package learn

import (
	"context"
	"slices"
	"time"

	"junban/queue/clinic"
	"junban/queue/forecast"
)

// settled is how long after a session's end it may be learned from, if all its visits
// are over.
const settled = 30 * time.Minute

// Finished lists the sessions of today that are over, and were not taken in.
func (r *Learner) Finished(ctx context.Context, c clinic.ID) (clinic.Day, []string, error) {
	k, err := r.line.Record(ctx, c)
	if err != nil {
		return "", nil, err
	}
	zone, err := k.Location()
	if err != nil {
		return "", nil, err
	}
	now := r.line.Now()
	today := k.DayOf(now, zone)
	ends := map[string]time.Time{} // where services differ, the last
	for _, service := range k.Services {
		calendar, _ := k.Timetable(service)
		for _, session := range calendar.Sessions(string(today), zone) {
			ends[session.ID] = latest(ends[session.ID], session.Consult.To)
		}
	}
	m := r.lessons.Memory(ctx, c)
	var over []string
	for session, end := range ends {
		if !now.Before(end.Add(settled)) && !m.Has(today, session) {
			over = append(over, session)
		}
	}
	if len(over) == 0 {
		return today, nil, nil
	}
	snap, err := r.line.Snapshot(ctx, c)
	if err != nil {
		return "", nil, err
	}
	over = slices.DeleteFunc(over, func(session string) bool { return forecast.Unfinished(snap, session) })
	slices.Sort(over)
	return snap.Day, over, nil
}

// closedLately is how many of the last closed days are looked at for one that
// was not learned from.
const closedLately = 7

// Missed lists the newest closed days that were not learned from, the oldest first.
// Redis, or the node that closed them, had failed then.
func (r *Learner) Missed(ctx context.Context, c clinic.ID) ([]clinic.Day, error) {
	kept, err := r.line.ClosedDays(ctx, c, closedLately)
	if err != nil {
		return nil, err
	}
	m := r.lessons.Memory(ctx, c)
	var days []clinic.Day
	for _, d := range slices.Backward(kept) {
		if !m.HasDay(d.Day) {
			days = append(days, d.Day)
		}
	}
	return days, nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
