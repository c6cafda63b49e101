package register

import (
	"context"
	"database/sql"
	"hash/fnv"
	"slices"
	"strings"
	"unicode"

	"junban/internal/sqldb"
	"junban/queue"
	"junban/queue/clinic"
	"junban/register/searchkey"
)

// person is a patient of bookings as the search knows one: the keys, and their hash.
type person struct {
	id                      int64
	name, kana, phone, card string
}

// personOf returns the person of the keys. Its id is 0 if all keys are empty.
func personOf(name, kana, phone, card string) person {
	p := person{name: name, kana: kana, phone: phone, card: card}
	if name+kana+phone+card != "" {
		h := fnv.New64a()
		h.Write([]byte(name + "\x00" + kana + "\x00" + phone + "\x00" + card))
		p.id = int64(h.Sum64())
	}
	return p
}

// addPersons adds the persons of rows that are written, as they are now: of an erased row
// there is none.
func addPersons(ctx context.Context, tx *sql.Tx, rows []Row) error {
	tickets := make([]queue.TicketID, len(rows))
	for i, r := range rows {
		tickets[i] = r.Ticket
	}
	q := &statement{}
	add := "INSERT INTO booking_person (clinic, person, name_key, kana_key, phone_key, card_key) SELECT DISTINCT clinic, person, name_key, kana_key, phone_key, card_key FROM booking WHERE ticket IN (" +
		texts(q, tickets) + ") AND person <> 0 ON CONFLICT DO NOTHING"
	_, err := tx.ExecContext(ctx, add, q.args...)
	return err
}

// removePersons removes the persons that no booking has any more.
func removePersons(ctx context.Context, tx *sql.Tx, c clinic.ID) error {
	const remove = "DELETE FROM booking_person WHERE clinic = $1 AND NOT EXISTS (SELECT 1 FROM booking WHERE booking.clinic = $1 AND booking.person = booking_person.person)"
	_, err := tx.ExecContext(ctx, remove, string(c))
	return err
}

// mostPersons is how many persons a search looks up one by one. A text that more of them
// have is common enough to be found by reading bookings in their order.
const mostPersons = 5_000

// personsWith returns the persons that a text finds. all is false if there are too many.
func personsWith(ctx context.Context, db *sqldb.DB, c clinic.ID, text string) (ids []int64, all bool, err error) {
	q := &statement{postgres: db.Postgres}
	where := "clinic = " + q.arg(string(c)) + " AND " + q.matches(text)
	rows, err := db.QueryContext(ctx, "SELECT person FROM booking_person WHERE "+where+" LIMIT "+q.arg(mostPersons+1), q.args...)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, false, err
		}
		ids = append(ids, id)
	}
	return ids, len(ids) <= mostPersons, rows.Err()
}

// matches is the condition that a text finds a row with the four keys. Digits are a card,
// a phone or the end of one. Else each part is in the name or in the kana, or all parts
// together are.
func (q *statement) matches(text string) string {
	card := searchkey.Card(text)
	if number(text) {
		phone := searchkey.Phone(text)
		found := "(phone_key = " + q.arg(phone) + " OR card_key = " + q.arg(card)
		if phone == "" {
			found = "(card_key = " + q.arg(card)
		}
		if len(phone) >= 4 {
			found += " OR phone_key LIKE " + q.arg("%"+phone)
		}
		return found + ")"
	}
	if searchkey.Name(text) == "" { // marks only
		return "card_key = " + q.arg(card)
	}
	parts := slices.DeleteFunc(strings.Fields(text), func(part string) bool { return searchkey.Name(part) == "" })
	whole := q.inName(strings.Join(parts, ""))
	if len(parts) > 1 {
		each := make([]string, len(parts))
		for i, part := range parts {
			each[i] = q.inName(part)
		}
		whole += " OR (" + strings.Join(each, " AND ") + ")"
	}
	return "(" + whole + " OR card_key = " + q.arg(card) + ")"
}

func (q *statement) inName(part string) string {
	return "(" + q.contains("name_key", searchkey.Name(part)) + " OR " + q.contains("kana_key", searchkey.Kana(part)) + ")"
}

// number reports whether a text has digits, and else only what stands between digits.
func number(s string) bool {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) && r != 'ー' && r != 'ｰ' }) {
		return false
	}
	return strings.ContainsFunc(s, unicode.IsDigit)
}

// PersonKey is the id by which the search finds the bookings of a patient, from the keys
// of [searchkey]; 0 if all are empty.
func PersonKey(name, kana, phone, card string) int64 { return personOf(name, kana, phone, card).id }
