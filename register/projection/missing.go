package projection

import (
	"context"
	"fmt"

	"junban/queue"
	"junban/queue/clinic"
	"junban/register"
)

// Missing are a clinic's live bookings from a day on that the line has lost (消えた予約), in
// the order of [queue.Store.Reserved].
func (p *Projector) Missing(ctx context.Context, c clinic.ID, from clinic.Day) ([]queue.Reserved, error) {
	rows, err := p.books.MissingBookings(ctx, c, from)
	if err != nil {
		return nil, err
	}
	found := make([]queue.Reserved, len(rows))
	for i, b := range rows {
		found[i] = queue.Reserved{Ticket: ticketOf(b), Patient: b.Patient}
	}
	queue.SortReserved(found)
	return found, nil
}

// ticketOf is the ticket of a row, as far as the row has it.
func ticketOf(b register.Booking) queue.Ticket {
	return queue.Ticket{
		ID: b.Ticket, State: b.State, Number: b.Number, Channel: b.Channel, Party: b.Party, FirstVisit: b.FirstVisit, Kind: b.Kind,
		Session: b.Session, Line: b.Ticket.Ref().Service, Slot: b.Slot, SlotEnd: b.SlotEnd, SlotFrom: b.SlotFrom, SlotTo: b.SlotTo, LineSlot: b.Slot,
		Position: b.Position, Mark: b.Mark, CodeHash: b.CodeHash, HasCode: b.CodeHash != "", Issued: b.Issued,
	}
}

// Claim is what the register has of a live booking, for [queue.Store.Restore]. It returns
// [queue.ErrNoTicket] for any other ticket.
func (p *Projector) Claim(ctx context.Context, id queue.TicketID) (queue.Claim, error) {
	b, ok, err := p.books.Recorded(ctx, id)
	if err == nil && (!ok || b.State.Ended()) {
		err = fmt.Errorf("claim %s: %w", id, queue.ErrNoTicket)
	}
	if err != nil {
		return queue.Claim{}, err
	}
	c := queue.Claim{
		Number: b.Number, Issued: b.Issued, Position: b.Position, Session: b.Session, Channel: b.Channel, Party: b.Party,
		FirstVisit: b.FirstVisit, Kind: b.Kind, Patient: b.Patient, CodeHash: b.CodeHash, Mark: b.Mark,
	}
	if b.Slot != "" {
		c.Slot, c.SlotEnd, c.SlotFrom, c.SlotTo, c.Weight = b.Slot, b.SlotEnd, b.SlotFrom, b.SlotTo, b.Weight
	}
	return c, nil
}
