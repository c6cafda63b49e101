package registertest

import (
	"cmp"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"junban/internal/sqldb"
	"junban/queue"
	"junban/register"
	"junban/register/searchkey"
)

// AddBookings writes the rows of bookings. Of a booking without state it is [queue.Booked],
// without channel web, without epoch "e"; the day, where it is "", is the ticket's.
func AddBookings(t testing.TB, db *sqldb.DB, bookings ...register.Booking) {
	t.Helper()
	persons := map[string][]any{}
	defer func() {
		rows := slices.Collect(maps.Values(persons))
		Insert(t, db, "booking_person", []string{"clinic", "person", "name_key", "kana_key", "phone_key", "card_key"}, len(rows), func(i int) []any { return rows[i] })
	}()
	Insert(t, db, "booking", []string{
		"ticket", "clinic", "service", "day", "epoch", "version", "state", "missing", "number", "channel", "party", "first_visit", "kind", "session",
		"slot", "slot_end", "slot_from", "slot_to", "weight", "position", "code", "mark", "room", "reason", "late",
		"issued", "updated", "arrived", "called", "entered", "ended", "moved_to", "moved_from",
		"name", "kana", "birth", "sex", "phone", "mail", "card", "symptoms", "memo", "consent",
		"name_key", "kana_key", "phone_key", "card_key", "person", "erased", "member",
	}, len(bookings), func(i int) []any {
		b := bookings[i]
		p, ref := b.Patient, b.Ticket.Ref()
		name, kana, phone, card := searchkey.Name(p.Name), searchkey.Kana(p.Kana), searchkey.Phone(p.Phone), searchkey.Card(p.CardNumber)
		person := register.PersonKey(name, kana, phone, card)
		if person != 0 {
			persons[string(ref.Clinic)+string(rune(0))+strconv.FormatInt(person, 10)] = []any{string(ref.Clinic), person, name, kana, phone, card}
		}
		return []any{
			string(b.Ticket), string(ref.Clinic), ref.Service, string(cmp.Or(b.Day, b.Ticket.Day())), cmp.Or(b.Epoch, "e"), int64(max(b.Version, 1)), string(cmp.Or(b.State, queue.Booked)), milliseconds(b.Missing),
			b.Number, cmp.Or(b.Channel, "web"), max(b.Party, 1), flag(b.FirstVisit), b.Kind, b.Session,
			b.Slot, b.SlotEnd, milliseconds(b.SlotFrom), milliseconds(b.SlotTo), max(b.Weight, 1), b.Position, b.CodeHash, b.Mark, b.Room, b.Reason, flag(b.Late),
			milliseconds(b.Issued), milliseconds(b.Updated), milliseconds(b.Arrived), milliseconds(b.Called), milliseconds(b.Entered), milliseconds(b.Ended), string(b.MovedTo), string(b.MovedFrom),
			p.Name, p.Kana, p.Birth.String(), p.Sex.String(), p.Phone, p.Mail, p.CardNumber, p.Symptoms, p.Memo, flag(p.Consent),
			name, kana, phone, card, person, milliseconds(b.Erased), string(b.Member),
		}
	})
}

// Ticket returns the id of the nth ticket of a service and day, such as "1234-1", "2026-12-01".
func Ticket(service, day string, n int) queue.TicketID {
	return queue.TicketID(fmt.Sprintf("%s-%s-%012d", service, strings.ReplaceAll(day, "-", "")[2:], n))
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func milliseconds(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}

// cells is how many values one statement writes. The time that SQLite's driver needs grows
// by its square.
const cells = 400

// Insert writes n rows of a table by few statements, in one transaction.
func Insert(t testing.TB, db *sqldb.DB, table string, columns []string, n int, row func(i int) []any) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *sql.Tx) error {
		rows := max(1, cells/len(columns))
		full, err := tx.PrepareContext(t.Context(), insertText(table, columns, rows))
		if err != nil {
			return err
		}
		defer full.Close()
		for from := 0; from < n; from += rows {
			values := valuesOf(from, min(n, from+rows), row)
			if from+rows <= n {
				_, err = full.ExecContext(t.Context(), values...)
			} else {
				_, err = tx.ExecContext(t.Context(), insertText(table, columns, n-from), values...)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func valuesOf(from, to int, row func(i int) []any) (values []any) {
	for i := from; i < to; i++ {
		values = append(values, row(i)...)
	}
	return values
}

func insertText(table string, columns []string, rows int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES ", table, strings.Join(columns, ", "))
	at := 1
	for i := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(")
		for j := range columns {
			if j > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "$%d", at)
			at++
		}
		b.WriteString(")")
	}
	if table == "booking_person" {
		b.WriteString(" ON CONFLICT DO NOTHING")
	}
	return b.String()
}
