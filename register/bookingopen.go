package register

import (
	"context"
	"database/sql"
	"errors"

	"junban/queue"
	"junban/queue/clinic"
)

// Booking returns a booking of a clinic. If its patient or member is known, the access log
// has the look (D14).
func (s *Store) Booking(ctx context.Context, c clinic.ID, ticket queue.TicketID, by clinic.Actor) (Booking, error) {
	b, err := ScanBooking(s.db.QueryRowContext(ctx, "SELECT "+BookingColumns+" FROM booking WHERE ticket = $1 AND clinic = $2", string(ticket), string(c)).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Booking{}, ErrNoBooking
	}
	if err == nil && (b.Member != "" || b.Patient != (queue.Patient{})) {
		err = s.db.Write(ctx, func(tx *sql.Tx) error {
			return s.logAccess(ctx, tx, c, by, ActOpen, b.Member, string(ticket))
		})
	}
	if err != nil {
		return Booking{}, failed("read a booking", err)
	}
	return b, nil
}

// BookingsOf returns a page of a member's bookings, with those of the members that were
// merged into it (L07).
func (s *Store) BookingsOf(ctx context.Context, c clinic.ID, member MemberID, after string, by clinic.Actor) (BookingPage, error) {
	return s.SearchBookings(ctx, c, BookingQuery{Member: member, After: after}, by)
}

// LinkBooking makes a booking that of a member, or of none where member is "".
func (s *Store) LinkBooking(ctx context.Context, c clinic.ID, ticket queue.TicketID, member MemberID, by clinic.Actor) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		if member != "" {
			if _, err := lockMembers(ctx, tx, c); err != nil { // a merge moves all bookings, or waits
				return err
			}
			var into MemberID
			err := tx.QueryRowContext(ctx, "SELECT merged_into FROM member WHERE clinic = $1 AND id = $2", string(c), string(member)).Scan(&into)
			if errors.Is(err, sql.ErrNoRows) {
				return ErrNoMember
			}
			if err != nil {
				return err
			}
			if into != "" {
				return ErrMerged
			}
		}
		var before MemberID
		err := tx.QueryRowContext(ctx, "SELECT member FROM booking WHERE ticket = $1 AND clinic = $2", string(ticket), string(c)).Scan(&before)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNoBooking
		}
		if err != nil || before == member {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE booking SET member = $3 WHERE ticket = $1 AND clinic = $2", string(ticket), string(c), string(member)); err != nil {
			return err
		}
		of := member
		if of == "" {
			of = before
		}
		return s.logAccess(ctx, tx, c, by, ActEdit, of, "booking "+string(ticket))
	})
	if err != nil {
		return failed("link a booking", err)
	}
	return nil
}
