package register

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"

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
			return s.note(ctx, tx, c, "open", b.Member, string(ticket), by)
		})
	}
	if err != nil {
		return Booking{}, wrap(err, "booking %s", ticket)
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
		return s.note(ctx, tx, c, "edit", of, "booking "+string(ticket), by)
	})
	return wrap(err, "link booking %s", ticket)
}

// noteSearch writes a search to the access log.
func (s *Store) noteSearch(ctx context.Context, c clinic.ID, of string, member MemberID, conditions string, by clinic.Actor) error {
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		return s.note(ctx, tx, c, "search", member, strings.TrimSpace(of+" "+conditions), by)
	})
}

// note adds to the access log.
func (s *Store) note(ctx context.Context, tx *sql.Tx, c clinic.ID, act string, member MemberID, detail string, by clinic.Actor) error {
	at := s.now().UnixMilli()
	id := fmt.Sprintf("%013d-%s", at, strings.ToLower(rand.Text()[:10]))
	_, err := tx.ExecContext(ctx, "INSERT INTO access_log (clinic, id, at, by_user, act, member, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		string(c), id, at, by.Name, act, string(member), detail)
	return err
}
