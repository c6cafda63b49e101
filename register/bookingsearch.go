package register

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"

	"junban/queue"
	"junban/queue/clinic"
)

// BookingPage is one page of a search.
type BookingPage struct {
	Bookings []Booking
	Next     string // [BookingQuery].After of the next page; "" on the last one
	Count    int    // of all pages, at most 1,000
	More     bool   // there are more than Count ("1,000+")
}

// SearchBookings returns a page of a clinic's bookings: the newest visit day first, and of
// a day the newest booking first. The access log has the search, without its texts.
//
// Rows of open days are those of the projection, which follows the line within about a
// second; a booking for another day is in it before it is answered. Clients that show open
// days live apply [BookingPage.Overlay].
func (s *Store) SearchBookings(ctx context.Context, c clinic.ID, q BookingQuery, by clinic.Actor) (BookingPage, error) {
	if err := q.check(); err != nil {
		return BookingPage{}, err
	}
	page, err := s.bookingPage(ctx, c, q, pageSize)
	if err == nil && q.After == "" {
		detail := strings.TrimSpace("bookings "+q.conditions()) + " " + strconv.Itoa(page.Count)
		if page.More {
			detail += "+"
		}
		err = s.db.Write(ctx, func(tx *sql.Tx) error { return s.logAccess(ctx, tx, c, by, ActSearch, q.Member, detail) })
	}
	if err != nil {
		return BookingPage{}, failed("search bookings", err)
	}
	return page, nil
}

// conditions names what the query asks for, without its values.
func (q BookingQuery) conditions() string {
	var names []string
	for _, c := range []struct {
		name string
		set  bool
	}{
		{"service", q.Service != ""}, {"state", len(q.State) > 0}, {"channel", q.Channel != ""}, {"text", q.Text != ""}, {"member", q.Member != ""}, {"symptoms", q.Symptoms != ""},
		{"issued", !q.IssuedFrom.IsZero() || !q.IssuedTo.IsZero()}, {"updated", !q.UpdatedFrom.IsZero() || !q.UpdatedTo.IsZero()}, {"day", q.DayFrom != "" || q.DayTo != ""},
	} {
		if c.set {
			names = append(names, c.name)
		}
	}
	return strings.Join(names, " ")
}

// bookingPage returns up to size bookings. The first page counts.
func (s *Store) bookingPage(ctx context.Context, c clinic.ID, q BookingQuery, size int) (page BookingPage, err error) {
	page.Bookings = []Booking{}
	most := max(countMost, size) + 1
	var after *bookingKey
	if q.After != "" {
		k, err := parseBookingKey(q.After)
		if err != nil {
			return page, err
		}
		after, most = &k, size+1
	}
	keys, err := s.bookingKeys(ctx, c, q, after, most)
	if err != nil {
		return page, err
	}
	if after != nil {
		page.Count, page.More = after.Count, after.More
	} else {
		page.Count, page.More = min(len(keys), countMost), len(keys) > countMost
	}
	if len(keys) > size {
		keys = keys[:size]
		last := keys[size-1]
		last.Count, last.More = page.Count, page.More
		page.Next = last.cursor()
	}
	tickets := make([]queue.TicketID, len(keys))
	for i, k := range keys {
		tickets[i] = k.Ticket
	}
	page.Bookings, err = s.bookingsByID(ctx, c, tickets)
	return page, err
}

// bookingsByID returns rows in the order of their ids; ids that are unknown are left out.
func (s *Store) bookingsByID(ctx context.Context, c clinic.ID, ids []queue.TicketID) ([]Booking, error) {
	found := map[queue.TicketID]Booking{}
	for part := range slices.Chunk(ids, 500) {
		q := &statement{postgres: s.db.Postgres}
		rows, err := s.db.QueryContext(ctx, "SELECT "+BookingColumns+" FROM booking WHERE ticket IN ("+texts(q, part)+") AND clinic || '' = "+q.arg(string(c)), q.args...)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			b, err := ScanBooking(rows.Scan)
			if err != nil {
				return nil, err
			}
			found[b.Ticket] = b
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	list := make([]Booking, 0, len(ids))
	for _, id := range ids {
		if b, ok := found[id]; ok {
			list = append(list, b)
		}
	}
	return list, nil
}

// Overlay replaces what the line knows better of open days: the states of the tickets of a
// snapshot. A booking whose state the search excludes now stays on its page.
func (p *BookingPage) Overlay(live map[queue.TicketID]*queue.Ticket) {
	for i := range p.Bookings {
		b := &p.Bookings[i]
		t := live[b.Ticket]
		if t == nil {
			continue
		}
		b.State, b.Number, b.Party, b.Room, b.Reason, b.Late = t.State, t.Number, t.Party, t.Room, t.Reason, t.Late
		b.Arrived, b.Called, b.Entered, b.Ended, b.MovedTo = t.Arrived, t.Called, t.Entered, t.Ended, t.MovedTo
	}
}
