package queue

import (
	"context"
	"slices"
)

// actsSought is how many entries of a log are looked through for some of them: a
// busy day of a large clinic.
const actsSought = 20 * logPage

// DeskActs returns the newest n entries of a day's log in which the desk set the
// reception ("reception") or a message ("standing", "temporary") of a service,
// or the duty of a room ("duty"; see [Event.Duty]), the newest first. Acts that
// lie behind 10,000 newer entries are not found.
func (s *Store) DeskActs(ctx context.Context, c ClinicID, d Day, n int) ([]Event, error) {
	acts, sought := []Event{}, 0
	for e, err := range s.logBefore(ctx, c, d, "", logPage) {
		if err != nil {
			return nil, err
		}
		if slices.Contains([]string{"reception", "standing", "temporary", "duty"}, e.Act) {
			acts = append(acts, e)
		}
		if sought++; len(acts) == n || sought == actsSought {
			break
		}
	}
	return acts, nil
}

// Duty returns what an entry about a room's duty changed.
func (e Event) Duty() (was, is Duty) { return dutyOf(e.Was), dutyOf(e.Is) }
