package feed

import (
	"context"

	"junban/queue"
)

// actsAtOnce is how many of the newest acts are read at once, to find one that was shown.
const actsAtOnce = 500

// hasLost reports whether Redis has lost acts between two snapshots: shown has acts
// that are missing, without an undo. Within an epoch the version and mark prove it.
// After a renewal the new history may be longer than the old one, and only the log
// knows.
func (f *Feed) hasLost(ctx context.Context, shown, newer *queue.Snapshot) (bool, error) {
	switch {
	case shown.Day != newer.Day:
		return false, nil
	case shown.Epoch == newer.Epoch:
		return newer.Version < shown.Version || newer.Version == shown.Version && newer.Mark != shown.Mark, nil
	case newer.Version < shown.Version:
		return true, nil
	}
	for e, err := range f.journal.Back(ctx, shown.Clinic.ID, shown.Day, "", actsAtOnce) {
		if err != nil {
			return false, err
		}
		if e.Version <= shown.Version {
			return e.Version < shown.Version || e.Mark != shown.Mark, nil
		}
	}
	return true, nil
}
