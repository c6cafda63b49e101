package register

import (
	"context"
	"database/sql"

	"junban/queue/clinic"
)

// expireAtOnce is how many rows one transaction of [Store.Expire] changes, so that the
// projection never waits long.
const expireAtOnce = 1_000

// expireRounds is how many of these transactions one call runs of each kind.
const expireRounds = 50

// Expire removes what a clinic no longer keeps: the patients of bookings whose day is before
// one date, and all of those before another. [clinic.Retention] is of both stores: names
// leave the line and the books on the same day, and so do the days themselves. Members stay
// until somebody erases them.
//
// A call removes a bounded number of rows. Its caller repeats it until nothing is removed.
func (s *Store) Expire(ctx context.Context, c clinic.ID, patientsBefore, rowsBefore clinic.Day) (patients, rows int64, err error) {
	patients, err = s.expireRows(ctx, "UPDATE booking SET "+noPatient+", erased = $3 WHERE ticket IN (SELECT ticket FROM booking WHERE clinic = $1 AND day < $2 AND erased = 0 LIMIT $4)", string(c), string(patientsBefore), s.now().UnixMilli(), expireAtOnce)
	if err == nil {
		rows, err = s.expireRows(ctx, "DELETE FROM booking WHERE ticket IN (SELECT ticket FROM booking WHERE clinic = $1 AND day < $2 LIMIT $3)", string(c), string(rowsBefore), expireAtOnce)
	}
	if err == nil && patients+rows > 0 {
		err = s.db.Write(ctx, func(tx *sql.Tx) error { return removePersons(ctx, tx, c) })
	}
	return patients, rows, failed("remove what a clinic no longer keeps", err)
}

// expireRows runs a statement until it changes no row, or has run often enough.
func (s *Store) expireRows(ctx context.Context, query string, args ...any) (total int64, err error) {
	for range expireRounds {
		var n int64
		err := s.db.Write(ctx, func(tx *sql.Tx) error {
			result, err := tx.ExecContext(ctx, query, args...)
			if err != nil {
				return err
			}
			n, err = result.RowsAffected()
			return err
		})
		if err != nil || n == 0 {
			return total, err
		}
		total += n
	}
	return total, nil
}
