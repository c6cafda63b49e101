package queue

import (
	"context"
	"fmt"
	"slices"
)

// deskActsSought is how many entries of a log are looked through for acts of the
// desk: a busy day of a large clinic.
const deskActsSought = 20 * logPage

// DeskActs returns the newest n entries of a day's log in which the desk set the
// reception ("reception") or a message ("standing", "temporary") of a service,
// or the duty of a room ("duty"; see [Event.Duty]), the newest first. Acts that
// lie behind 10,000 newer entries are not found.
func (s *Store) DeskActs(ctx context.Context, c ClinicID, d Day, n int) ([]Event, error) {
	acts := []Event{}
	til := "+"
	for range deskActsSought / logPage {
		page, err := s.rdb.XRevRangeN(ctx, keyDay(c, d, "log"), til, "-", logPage).Result()
		if err != nil {
			return nil, fmt.Errorf("read the log of clinic %s on %s: %w", c, d, err)
		}
		for _, entry := range page {
			e, err := readEvent(entry)
			if err != nil {
				return nil, fmt.Errorf("read the log of clinic %s on %s: %w", c, d, err)
			}
			if !slices.Contains([]string{"reception", "standing", "temporary", "duty"}, e.Act) {
				continue
			}
			if acts = append(acts, e); len(acts) == n {
				return acts, nil
			}
		}
		if len(page) < logPage {
			break
		}
		til = "(" + page[len(page)-1].ID
	}
	return acts, nil
}

// Duty returns what an entry about a room's duty changed.
func (e Event) Duty() (was, is Duty) { return dutyOf(e.Was), dutyOf(e.Is) }
