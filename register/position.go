package register

import (
	"context"
	"database/sql"
	"fmt"

	"junban/queue/clinic"
)

// Position is how far a day's log is in the rows. The zero value is before its first
// entry.
type Position struct {
	Epoch   string
	Entry   string // id of the newest entry
	Mark    string // of that entry's act
	Version uint64
	Closed  bool // that entry has closed the day: no other is to come
}

// ClinicDay is a day of a clinic.
type ClinicDay struct {
	Clinic clinic.ID
	Day    clinic.Day
}

// Position returns the position of a day.
func (s *Store) Position(ctx context.Context, d ClinicDay) (p Position, err error) {
	const read = "SELECT epoch, entry, mark, version, closed FROM projection WHERE clinic = $1 AND day = $2"
	var closed int
	err = s.db.QueryRowContext(ctx, read, string(d.Clinic), string(d.Day)).Scan(&p.Epoch, &p.Entry, &p.Mark, &p.Version, &closed)
	p.Closed = closed != 0
	if err == sql.ErrNoRows {
		err = nil
	}
	if err != nil {
		return p, fmt.Errorf("position of %s of clinic %s: %w", d.Day, d.Clinic, err)
	}
	return p, nil
}

// Positions returns those of all clinics' days from one on.
func (s *Store) Positions(ctx context.Context, from clinic.Day) (map[ClinicDay]Position, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT clinic, day, epoch, entry, mark, version, closed FROM projection WHERE day >= $1", string(from))
	if err != nil {
		return nil, fmt.Errorf("positions: %w", err)
	}
	defer rows.Close()
	all := map[ClinicDay]Position{}
	for rows.Next() {
		var d ClinicDay
		var p Position
		var closed int
		if err := rows.Scan(&d.Clinic, &d.Day, &p.Epoch, &p.Entry, &p.Mark, &p.Version, &closed); err != nil {
			return nil, fmt.Errorf("positions: %w", err)
		}
		p.Closed = closed != 0
		all[d] = p
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("positions: %w", err)
	}
	return all, nil
}

// move takes a day from one position to the next, unless another node has moved it.
func (d DayRows) move(ctx context.Context, tx *sql.Tx) (moved bool, err error) {
	changed := func(query string, args ...any) (bool, error) {
		result, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return false, err
		}
		n, err := result.RowsAffected()
		return n > 0, err
	}
	key := []any{string(d.Clinic), string(d.Day), d.To.Epoch, d.To.Entry, d.To.Mark, d.To.Version, btoi(d.To.Closed)}
	moved, err = changed("UPDATE projection SET epoch = $3, entry = $4, mark = $5, version = $6, closed = $7 WHERE clinic = $1 AND day = $2 AND entry = $8 AND mark = $9",
		append(key, d.From.Entry, d.From.Mark)...)
	if err != nil || moved || d.From.Entry != "" {
		return moved, err
	}
	return changed("INSERT INTO projection (clinic, day, epoch, entry, mark, version, closed) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (clinic, day) DO NOTHING", key...)
}
