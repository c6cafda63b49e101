package queue

import (
	"context"
	"strings"

	"junban/queue/clinic"
)

// personsAtOnce is how many persons one script forgets at most.
const personsAtOnce = 500

// forgetPersons removes the persons of slot mode whose bookings are of a closed day or of
// days before. One that has booked again meanwhile stays.
func (s *Store) forgetPersons(ctx context.Context, c clinic.ID, closed clinic.Day) error {
	var over []any
	scan := s.rdb.HScan(ctx, keyPersons(c), 0, "", personsAtOnce).Iterator()
	for scan.Next(ctx) { // field and value in turn
		field := scan.Val()
		if !scan.Next(ctx) {
			break
		}
		if value := scan.Val(); allUntil(value, closed) {
			over = append(over, field, value)
		}
	}
	if err := scan.Err(); err != nil {
		return err
	}
	for len(over) > 0 {
		n := min(len(over), 2*personsAtOnce)
		if _, err := s.run(ctx, "persons", []string{keyPersons(c)}, over[:n]); err != nil {
			return err
		}
		over = over[n:]
	}
	return nil
}

// allUntil reports whether tickets, as their ids with spaces, are all of a day or of days
// before it.
func allUntil(ids string, d clinic.Day) bool {
	for _, id := range strings.Fields(ids) {
		if parsed, err := ParseTicketID(id); err == nil && parsed.Day() > d {
			return false
		}
	}
	return true
}
