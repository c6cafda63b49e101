package register

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"junban/internal/sqldb"
	"junban/queue"
	"junban/queue/clinic"
	"junban/register/csvfile"
)

// exportPage is how many rows an export reads at once.
const exportPage = 500

// exporter writes the rows of a request as CSV.
type exporter struct {
	*sheet
	*csvfile.Writer
	store   *Store
	clinic  clinic.ID
	request ExportRequest
	row     []string
}

// newExporter writes to out. A file begins with its header; a continuation does not.
func (s *Store) newExporter(c clinic.ID, r ExportRequest, out io.Writer, begin bool) (*exporter, error) {
	sheet, err := newSheet(r.Words)
	if err != nil {
		return nil, err
	}
	e := &exporter{sheet: sheet, store: s, clinic: c, request: r, row: make([]string, len(r.Columns))}
	open := csvfile.NewContinuation
	if begin {
		open = csvfile.NewWriter
	}
	if e.Writer, err = open(out, r.Encoding); err != nil || !begin {
		return e, err
	}
	if r.Of == OfMembers {
		return e, e.Write(header(sheet, memberCells, r.Columns))
	}
	return e, e.Write(header(sheet, bookingCells, r.Columns))
}

func (e *exporter) writeMembers(list []Member) error {
	for i := range list {
		fill(e.sheet, memberCells, e.request.Columns, &list[i], e.row)
		if err := e.Write(e.row); err != nil {
			return err
		}
	}
	return nil
}

func (e *exporter) writeBookings(ctx context.Context, list []Booking) error {
	if slices.Contains(e.request.Columns, "member") {
		var err error
		if e.members, err = e.store.memberNumbers(ctx, e.clinic, list); err != nil {
			return err
		}
	}
	for i := range list {
		fill(e.sheet, bookingCells, e.request.Columns, &list[i], e.row)
		if err := e.Write(e.row); err != nil {
			return err
		}
	}
	return nil
}

// memberNumbers are the numbers of the members of bookings.
func (s *Store) memberNumbers(ctx context.Context, c clinic.ID, list []Booking) (map[MemberID]int64, error) {
	numbers := map[MemberID]int64{}
	for _, b := range list {
		if b.Member != "" {
			numbers[b.Member] = 0
		}
	}
	if len(numbers) == 0 {
		return numbers, nil
	}
	args := []any{string(c)}
	for id := range numbers {
		args = append(args, string(id))
	}
	rows, err := s.db.QueryContext(ctx, "SELECT id, number FROM member WHERE clinic = $1 AND id IN ("+placeholders(2, len(args)-1)+")", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id MemberID
		var number int64
		if err := rows.Scan(&id, &number); err != nil {
			return nil, err
		}
		numbers[id] = number
	}
	return numbers, rows.Err()
}

// each writes all rows of the request from a cursor on, page by page. done gets the number
// of rows of each page, and the cursor behind it, "" at the end.
//
// The cursors name what never changes of a row: of bookings day, time and id, of all
// members their number. So rows that change during an export are in it once. A search for
// a part of a name is in the order of the kana, which may change.
func (e *exporter) each(ctx context.Context, resume string, done func(rows int, next string) error) error {
	switch {
	case e.request.Of == OfBookings:
		return e.store.EachBooking(ctx, e.clinic, e.request.Bookings, resume, exportPage, func(page []Booking, next string) error {
			if err := e.writeBookings(ctx, page); err != nil {
				return err
			}
			return done(len(page), next)
		})
	case strings.TrimSpace(e.request.Members.Text) == "":
		return e.store.eachNumber(ctx, e.clinic, resume, exportPage, func(page []Member, next string) error {
			if err := e.writeMembers(page); err != nil {
				return err
			}
			return done(len(page), next)
		})
	}
	q := e.request.Members
	q.After = resume
	return e.store.EachMember(ctx, e.clinic, q, exportPage, func(page []Member, next string) error {
		if err := e.writeMembers(page); err != nil {
			return err
		}
		return done(len(page), next)
	})
}

// EachBooking calls do with the bookings of a search in its order, in constant memory. It
// logs nothing. It begins after a cursor of an earlier call; do gets the cursor behind its
// page, "" at the end.
func (s *Store) EachBooking(ctx context.Context, c clinic.ID, q BookingQuery, resume string, size int, do func(page []Booking, next string) error) error {
	if err := q.check(); err != nil {
		return err
	}
	var after *bookingKey
	if resume != "" {
		k, err := parseBookingKey(resume)
		if err != nil {
			return err
		}
		after = &k
	}
	for {
		page, last, err := s.bookingsAfter(ctx, c, q, after, size)
		if err != nil {
			return failed("read bookings", err)
		}
		next := ""
		if last != nil {
			next = last.cursor()
		}
		if len(page) > 0 || next != "" {
			if err := do(page, next); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		after = last
	}
}

// bookingsAfter returns up to size bookings of a search behind a key. Last is the key of the
// last one, nil if no more follow. A row that is removed meanwhile is left out.
func (s *Store) bookingsAfter(ctx context.Context, c clinic.ID, q BookingQuery, after *bookingKey, size int) (page []Booking, last *bookingKey, err error) {
	statement, err := s.planOf(ctx, c, q, after, size+1, true)
	if err != nil || statement == nil {
		return nil, nil, err
	}
	if statement.whole {
		page, err := readBookings(ctx, s.db, statement)
		if err != nil || len(page) <= size {
			return page, nil, err
		}
		b := page[size-1]
		return page[:size], &bookingKey{Day: b.Day, Issued: millis(b.Issued), Ticket: b.Ticket}, nil
	}
	keys, err := s.readKeys(ctx, statement)
	if err != nil {
		return nil, nil, err
	}
	if len(keys) > size {
		keys = keys[:size]
		last = &keys[size-1]
	}
	tickets := make([]queue.TicketID, len(keys))
	for i, k := range keys {
		tickets[i] = k.Ticket
	}
	page, err = s.bookingsByID(ctx, c, tickets)
	return page, last, err
}

func readBookings(ctx context.Context, db sqldb.Queryer, q *statement) (list []Booking, err error) {
	rows, err := db.QueryContext(ctx, q.text, q.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		b, err := ScanBooking(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return list, rows.Err()
}

// eachNumber calls do with all members that are not merged, by number.
func (s *Store) eachNumber(ctx context.Context, c clinic.ID, resume string, size int, do func(page []Member, next string) error) error {
	var after int64
	if resume != "" {
		text, err := base64.RawURLEncoding.DecodeString(resume)
		if err != nil || json.Unmarshal(text, &after) != nil {
			return bad("the page is not one of this search")
		}
	}
	for {
		page, err := s.membersAfter(ctx, c, after, size)
		if err != nil {
			return failed("read members", err)
		}
		if len(page) == 0 {
			return nil
		}
		next := ""
		if len(page) == size {
			after = page[size-1].Number
			text, err := json.Marshal(after)
			if err != nil {
				return err
			}
			next = base64.RawURLEncoding.EncodeToString(text)
		}
		if err := do(page, next); err != nil || next == "" {
			return err
		}
	}
}

func (s *Store) membersAfter(ctx context.Context, c clinic.ID, after int64, size int) (list []Member, err error) {
	rows, err := s.db.QueryContext(ctx, "SELECT "+memberColumns+" FROM member WHERE clinic = $1 AND number > $2 AND merged_into || '' = '' ORDER BY number LIMIT $3", string(c), after, size)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		m, err := scanMember(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, rows.Err()
}
