package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"junban/queue/clinic"
)

// What the tests of package queue_test need to follow a log while it grows.

// Enter adds one event to the books.
func (b *Books) Enter(e Event) error { return b.enter(e) }

// Stand reports whether the snapshot is of the version, the act and the epoch
// that the books end with.
func (b *Books) Stand(s *Snapshot) bool {
	return b.version == s.Version && b.meta["mark"] == s.mark && b.meta["epoch"] == s.Epoch
}

// Told returns a ticket as the books have it, and the version of the act that
// put it where it is among those called, or among those that ended.
func (b *Books) Told(id TicketID) (t Ticket, seq uint64, err error) {
	text, err := json.Marshal(b.tickets[id])
	if err != nil {
		return t, 0, err
	}
	var j struct {
		ticketJSON
		Seq uint64 `json:"seq"`
	}
	if err := json.Unmarshal(text, &j); err != nil {
		return t, 0, fmt.Errorf("%s of %s: %w", text, id, err)
	}
	return j.ticket(), j.Seq, nil
}

// LogAfter reads the entries after the one with that id, "0" for all.
func (s *Store) LogAfter(ctx context.Context, c clinic.ID, d clinic.Day, id string) iter.Seq2[Event, error] {
	return s.logBetween(ctx, c, d, "("+id, "+")
}

// ReadEvent reads one entry of a log.
var ReadEvent = readEvent

// Round is one round of [Keeper.Run].
func (k *Keeper) Round(ctx context.Context) error { return k.round(ctx) }
