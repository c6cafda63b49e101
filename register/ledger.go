package register

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"io"
	"slices"

	"junban/queue/clinic"
)

// Ledger returns the bookings of a day by slot, number and time (予約台帳, L09), of one
// service or of all (""). It is a page to print; the access log has it.
func (s *Store) Ledger(ctx context.Context, c clinic.ID, service string, d clinic.Day, by clinic.Actor) ([]Booking, error) {
	list := []Booking{}
	q := BookingQuery{Service: service, DayFrom: d, DayTo: d}
	if d == "" {
		return nil, bad("a ledger has a day")
	}
	err := s.EachBooking(ctx, c, q, "", exportPage, func(page []Booking, _ string) error {
		list = append(list, page...)
		return nil
	})
	if err != nil {
		return nil, failed("read the ledger", err)
	}
	slices.SortFunc(list, func(a, b Booking) int {
		return cmp.Or(a.SlotFrom.Compare(b.SlotFrom), cmp.Compare(a.Ticket.Ref().Service, b.Ticket.Ref().Service), cmp.Compare(a.Number, b.Number), a.Issued.Compare(b.Issued), cmp.Compare(a.Ticket, b.Ticket))
	})
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		return s.logAccess(ctx, tx, c, by, ActExport, "", fmt.Sprintf("ledger %s %d", d, len(list)))
	})
	if err != nil {
		return nil, failed("read the ledger", err)
	}
	return list, nil
}

// WriteLedger writes the ledger of a day as CSV. Of the request it uses the columns, the
// encoding and the words. It returns how many characters were replaced.
func (s *Store) WriteLedger(ctx context.Context, c clinic.ID, service string, d clinic.Day, r ExportRequest, w io.Writer, by clinic.Actor) (replaced int64, err error) {
	r.Of, r.Bookings = OfBookings, BookingQuery{}
	if r, err = r.clean(); err != nil {
		return 0, err
	}
	list, err := s.Ledger(ctx, c, service, d, by)
	if err != nil {
		return 0, err
	}
	e, err := s.newExporter(c, r, w, true)
	for part := range slices.Chunk(list, exportPage) {
		if err == nil {
			err = e.writeBookings(ctx, part)
		}
	}
	if err == nil {
		err = e.Flush()
	}
	if err != nil {
		return 0, failed("write the ledger", err)
	}
	return e.Replaced(), nil
}
