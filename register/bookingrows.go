package register

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// DayRows are the bookings of one day that entries of its log have changed.
type DayRows struct {
	ClinicDay
	From, To Position
	Rows     []Row

	// Whole: Rows are all that the day has, and what the register knows of another
	// history is void. Its live bookings that Rows does not have are missing.
	Whole bool
}

// Row is a booking to be written.
type Row struct {
	Booking
	HasPatient bool // the patient was read; else the row keeps the one that it has
}

// patientColumns are the columns of a booking's patient, and patientKeys those that
// searches use.
var (
	patientColumns = []string{"name", "kana", "birth", "sex", "phone", "mail", "card", "symptoms", "memo", "consent"}
	patientKeys    = []string{"name_key", "kana_key", "phone_key", "card_key", "person"}
)

// ticketColumns are those of the ticket itself.
var ticketColumns = []string{
	"ticket", "clinic", "service", "day", "epoch", "version", "state", "number", "channel", "party", "first_visit", "kind", "session",
	"slot", "slot_end", "slot_from", "slot_to", "weight", "position", "code", "mark", "room", "reason", "late",
	"issued", "updated", "arrived", "called", "entered", "ended", "moved_to", "moved_from",
}

// BookingColumns are the columns that [ScanBooking] reads, in its order.
var BookingColumns = strings.Join(slices.Concat(ticketColumns, patientColumns, []string{"missing", "erased", "member"}), ", ")

// values are those of ticketColumns, patientColumns and patientKeys.
func (r Row) values() []any {
	t, p := r.Booking, r.Patient
	ref := t.Ticket.Ref()
	k := keysOf(p)
	return []any{
		string(t.Ticket), string(ref.Clinic), ref.Service, string(t.Day), t.Epoch, int64(t.Version), string(t.State), t.Number, t.Channel, t.Party, btoi(t.FirstVisit), t.Kind, t.Session,
		t.Slot, t.SlotEnd, millis(t.SlotFrom), millis(t.SlotTo), t.Weight, t.Position, t.CodeHash, t.Mark, t.Room, t.Reason, btoi(t.Late),
		millis(t.Issued), millis(t.Updated), millis(t.Arrived), millis(t.Called), millis(t.Entered), millis(t.Ended), string(t.MovedTo), string(t.MovedFrom),
		p.Name, p.Kana, p.Birth.String(), p.Sex.String(), p.Phone, p.Mail, p.CardNumber, p.Symptoms, p.Memo, btoi(p.Consent),
		k.name, k.kana, k.phone, k.card, k.id,
	}
}

// ScanBooking reads a booking whose query selects [BookingColumns].
func ScanBooking(scan func(...any) error) (b Booking, err error) {
	var of, service, birth, sex string
	var version, from, to, issued, updated, arrived, called, entered, ended, missing, erased int64
	var first, late, consent int
	err = scan(&b.Ticket, &of, &service, &b.Day, &b.Epoch, &version, &b.State, &b.Number, &b.Channel, &b.Party, &first, &b.Kind, &b.Session,
		&b.Slot, &b.SlotEnd, &from, &to, &b.Weight, &b.Position, &b.CodeHash, &b.Mark, &b.Room, &b.Reason, &late,
		&issued, &updated, &arrived, &called, &entered, &ended, &b.MovedTo, &b.MovedFrom,
		&b.Patient.Name, &b.Patient.Kana, &birth, &sex, &b.Patient.Phone, &b.Patient.Mail, &b.Patient.CardNumber, &b.Patient.Symptoms, &b.Patient.Memo, &consent,
		&missing, &erased, &b.Member)
	if err != nil {
		return b, err
	}
	b.Patient.Birth, b.Patient.Sex, b.Patient.Consent = queue.BirthdayOf(birth), queue.SexOf(sex), consent != 0
	b.Version, b.FirstVisit, b.Late = uint64(version), first != 0, late != 0
	b.SlotFrom, b.SlotTo, b.Issued, b.Updated = instant(from), instant(to), instant(issued), instant(updated)
	b.Arrived, b.Called, b.Entered, b.Ended = instant(arrived), instant(called), instant(entered), instant(ended)
	b.Missing, b.Erased = instant(missing), instant(erased)
	return b, nil
}

// Project writes the rows of several days in one transaction. taken reports which days
// it took; the others stand at another position by now, and must be read again.
func (s *Store) Project(ctx context.Context, days []DayRows) (taken []bool, err error) {
	days = slices.Clone(days)
	order := make([]int, len(days))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { // so that two nodes do not wait for each other
		return strings.Compare(string(days[a].Clinic)+string(days[a].Day), string(days[b].Clinic)+string(days[b].Day))
	})
	taken = make([]bool, len(days))
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		for _, i := range order {
			var err error
			if taken[i], err = s.projectDay(ctx, tx, days[i]); err != nil {
				return fmt.Errorf("write %s of clinic %s: %w", days[i].Day, days[i].Clinic, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return taken, nil
}

func (s *Store) projectDay(ctx context.Context, tx *sql.Tx, d DayRows) (taken bool, err error) {
	if taken, err = d.move(ctx, tx); err != nil || !taken {
		return false, err
	}
	for _, with := range []bool{true, false} {
		var rows []Row
		for _, r := range d.Rows {
			if r.HasPatient == with {
				rows = append(rows, r)
			}
		}
		if err := s.writeRows(ctx, tx, rows, with, d.Whole); err != nil {
			return false, err
		}
		if !with {
			continue
		}
		for part := range slices.Chunk(rows, rowsAtOnce) {
			if err := addPersons(ctx, tx, part); err != nil {
				return false, err
			}
		}
	}
	if d.Whole {
		return true, s.markMissing(ctx, tx, d)
	}
	return true, nil
}

// rowsAtOnce is how many rows one statement writes to PostgreSQL, to save round trips. On
// SQLite one prepared statement writes each row: the time of a statement grows with the
// square of its placeholders.
const rowsAtOnce = 50

func (s *Store) writeRows(ctx context.Context, tx *sql.Tx, rows []Row, patient, anyVersion bool) error {
	if len(rows) == 0 {
		return nil
	}
	if s.db.Postgres {
		for part := range slices.Chunk(rows, rowsAtOnce) {
			if _, err := tx.ExecContext(ctx, upsert(len(part), patient, anyVersion), valuesOf(part)...); err != nil {
				return err
			}
		}
		return nil
	}
	one, err := tx.PrepareContext(ctx, upsert(1, patient, anyVersion))
	if err != nil {
		return err
	}
	for i := range rows {
		if _, err := one.ExecContext(ctx, valuesOf(rows[i:i+1])...); err != nil {
			return errors.Join(err, one.Close())
		}
	}
	return one.Close()
}

func valuesOf(rows []Row) []any {
	var args []any
	for _, r := range rows {
		args = append(args, r.values()...)
	}
	return args
}

// upsert is the statement that writes n rows. A row with a patient replaces that of an
// earlier one, but never brings back an erased one. Of another history, any version counts.
func upsert(n int, patient, anyVersion bool) string {
	columns := slices.Concat(ticketColumns, patientColumns, patientKeys)
	var b strings.Builder
	b.WriteString("INSERT INTO booking (" + strings.Join(columns, ", ") + ") VALUES ")
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		for k := range columns {
			b.WriteString(map[bool]string{true: "(", false: ", "}[k == 0] + "$" + strconv.Itoa(i*len(columns)+k+1))
		}
		b.WriteString(")")
	}
	b.WriteString(" ON CONFLICT (ticket) DO UPDATE SET missing = 0")
	for _, c := range ticketColumns[1:] {
		b.WriteString(", " + c + " = excluded." + c)
	}
	if patient {
		for _, c := range slices.Concat(patientColumns, patientKeys) {
			b.WriteString(", " + c + " = CASE WHEN booking.erased <> 0 THEN booking." + c + " ELSE excluded." + c + " END")
		}
	}
	if !anyVersion {
		b.WriteString(" WHERE booking.epoch <> excluded.epoch OR booking.version < excluded.version OR booking.missing <> 0")
	}
	return b.String()
}

// markMissing marks the live bookings of a day that the line does not have any more.
func (s *Store) markMissing(ctx context.Context, tx *sql.Tx, d DayRows) error {
	there := map[queue.TicketID]bool{}
	for _, r := range d.Rows {
		there[r.Ticket] = true
	}
	rows, err := tx.QueryContext(ctx, "SELECT ticket, state FROM booking WHERE clinic = $1 AND day = $2 AND missing = 0", string(d.Clinic), string(d.Day))
	if err != nil {
		return err
	}
	defer rows.Close()
	var lost []queue.TicketID
	for rows.Next() {
		var id queue.TicketID
		var state queue.State
		if err := rows.Scan(&id, &state); err != nil {
			return err
		}
		if !there[id] && !state.Ended() {
			lost = append(lost, id)
		}
	}
	if err := errorsOf(rows); err != nil {
		return err
	}
	for _, id := range lost {
		if _, err := tx.ExecContext(ctx, "UPDATE booking SET missing = $2 WHERE ticket = $1", string(id), millis(s.now())); err != nil {
			return err
		}
	}
	return nil
}

// errorsOf ends the reading of rows, so that their transaction can be used again.
func errorsOf(rows *sql.Rows) error {
	if err := rows.Err(); err != nil {
		return err
	}
	return rows.Close()
}

// MissingBookings are a clinic's live bookings from a day on that the line has lost
// (消えた予約), by day and position.
func (s *Store) MissingBookings(ctx context.Context, c clinic.ID, from clinic.Day) ([]Booking, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT "+BookingColumns+" FROM booking WHERE clinic = $1 AND missing <> 0 AND day >= $2 ORDER BY day, slot_from, position, ticket", string(c), string(from))
	if err != nil {
		return nil, fmt.Errorf("missing bookings of clinic %s: %w", c, err)
	}
	defer rows.Close()
	found := []Booking{}
	for rows.Next() {
		b, err := ScanBooking(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("missing bookings of clinic %s: %w", c, err)
		}
		found = append(found, b)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("missing bookings of clinic %s: %w", c, err)
	}
	return found, nil
}

// Recorded returns the row of a ticket; ok is false where there is none.
func (s *Store) Recorded(ctx context.Context, id queue.TicketID) (b Booking, ok bool, err error) {
	b, err = ScanBooking(s.db.QueryRowContext(ctx, "SELECT "+BookingColumns+" FROM booking WHERE ticket = $1", string(id)).Scan)
	if err == sql.ErrNoRows {
		return Booking{}, false, nil
	}
	if err != nil {
		return Booking{}, false, fmt.Errorf("row of %s: %w", id, err)
	}
	return b, true, nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// millis is how an instant is stored; 0 is none.
func millis(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}

// instant reads stored milliseconds.
func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
