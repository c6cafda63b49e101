package main

import (
	"context"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
)

// lineWithNotices is the line whose days and patients go with their notices. The line does
// not know the outbox. The notices go first: a failure between both is repaired by a repeat,
// which the line's own removal asks for.
type lineWithNotices struct {
	*queue.Store
	notices *outbox.Store
}

// ErasePatients removes who tickets are for, with the addresses of their notices. Their mail
// addresses follow the clinic no more.
func (l lineWithNotices) ErasePatients(ctx context.Context, c clinic.ID, ids []queue.TicketID) (int, error) {
	if err := l.notices.Erase(ctx, c, ids); err != nil {
		return 0, err
	}
	for _, id := range ids { // of this clinic: Erase has refused others
		patients, err := l.Store.Patients(ctx, c, id.Day(), []queue.TicketID{id})
		if err != nil {
			return 0, err
		}
		if mail := patients[id].Mail; mail != "" {
			if err := l.notices.Unfollow(ctx, c, l.notices.Hash(outbox.Address{Mail: mail})); err != nil {
				return 0, err
			}
		}
	}
	return l.Store.ErasePatients(ctx, c, ids)
}

// RemovePatients removes who the tickets of a closed day were for, with the addresses of
// their notices.
func (l lineWithNotices) RemovePatients(ctx context.Context, c clinic.ID, d clinic.Day) (bool, error) {
	if err := l.notices.RemoveWants(ctx, c, d); err != nil {
		return false, err
	}
	return l.Store.RemovePatients(ctx, c, d)
}

// RemoveDay removes all that is kept of a closed day but its figures.
func (l lineWithNotices) RemoveDay(ctx context.Context, c clinic.ID, d clinic.Day) error {
	if err := l.notices.RemoveDay(ctx, c, d); err != nil {
		return err
	}
	return l.Store.RemoveDay(ctx, c, d)
}
