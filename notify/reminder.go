package notify

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// spreadOver is over how long the reminders of an hour are spread, so that a provider
// gets no burst.
const spreadOver = 30 * time.Minute

// stage is one reminder of a booking.
type stage struct {
	name       string // 1d, 3d
	due, until time.Time
}

// startOf returns when a ticket's visit starts: its slot, else its session, else its day.
func startOf(c clinic.Clinic, t queue.Ticket, zone *time.Location) time.Time {
	if t.Slot != "" {
		return t.SlotFrom
	}
	for _, s := range c.SessionsOn(t.ID.Ref().Service, t.ID.Day(), zone) {
		if s.ID == t.Session || t.Session == "" {
			return s.Consult.From
		}
	}
	from, _ := c.Bounds(t.ID.Day(), zone)
	return from
}

// remindersOf returns the reminders of a booking that are still to come, the earliest
// first (L15). Each is good until two hours before the visit, or until the next one.
func remindersOf(c clinic.Clinic, t queue.Ticket, now time.Time, zone *time.Location) []stage {
	s, ok := c.Service(t.ID.Ref().Service)
	if !ok {
		return nil
	}
	start := startOf(c, t, zone)
	spread := fnv.New32a()
	_, _ = spread.Write([]byte(t.ID)) // never fails
	shift := time.Duration(spread.Sum32()) % spreadOver
	var stages []stage
	for _, r := range s.Reminders {
		at, ok := hours.Instant(string(t.ID.Day().Add(-r.Days)), r.At, zone)
		if !ok {
			continue
		}
		stages = append(stages, stage{fmt.Sprintf("%dd", r.Days), beforeQuiet(c.Notices.Quiet, at).Add(shift), start.Add(-reminderUntil)})
	}
	slices.SortFunc(stages, func(a, b stage) int { return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.name, b.name)) })
	for i := range stages[:max(0, len(stages)-1)] {
		if next := stages[i+1].due; next.Before(stages[i].until) {
			stages[i].until = next
		}
	}
	return slices.DeleteFunc(stages, func(s stage) bool { return s.due.Before(now) || !s.due.Before(s.until) })
}

// evening is the hour of the evening before, to which a reminder is moved.
const evening = 20

// beforeQuiet moves an instant out of the quiet hours, to the evening before them.
func beforeQuiet(q clinic.Quiet, at time.Time) time.Time {
	began, _, ok := q.Around(at)
	if !ok {
		return at
	}
	if moved := time.Date(began.Year(), began.Month(), began.Day(), evening, 0, 0, 0, began.Location()); moved.Before(began) {
		return moved
	}
	return began.Add(-time.Hour)
}
