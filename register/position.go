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
}

// ClinicDay is a day of a clinic.
type ClinicDay struct {
	Clinic clinic.ID
	Day    clinic.Day
}

// Position returns the position of a day.
func (s *Store) Position(ctx context.Context, d ClinicDay) (p Position, err error) {
	const read = "SELECT epoch, entry, mark, version FROM projection WHERE clinic = $1 AND day = $2"
	err = s.db.QueryRowContext(ctx, read, string(d.Clinic), string(d.Day)).Scan(&p.Epoch, &p.Entry, &p.Mark, &p.Version)
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
	rows, err := s.db.QueryContext(ctx, "SELECT clinic, day, epoch, entry, mark, version FROM projection WHERE day >= $1", string(from))
	if err != nil {
		return nil, fmt.Errorf("positions: %w", err)
	}
	defer rows.Close()
	all := map[ClinicDay]Position{}
	for rows.Next() {
		var d ClinicDay
		var p Position
		if err := rows.Scan(&d.Clinic, &d.Day, &p.Epoch, &p.Entry, &p.Mark, &p.Version); err != nil {
			return nil, fmt.Errorf("positions: %w", err)
		}
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
	key := []any{string(d.Clinic), string(d.Day), d.To.Epoch, d.To.Entry, d.To.Mark, d.To.Version}
	moved, err = changed("UPDATE projection SET epoch = $3, entry = $4, mark = $5, version = $6 WHERE clinic = $1 AND day = $2 AND entry = $7 AND mark = $8",
		append(key, d.From.Entry, d.From.Mark)...)
	if err != nil || moved || d.From.Entry != "" {
		return moved, err
	}
	return changed("INSERT INTO projection (clinic, day, epoch, entry, mark, version) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (clinic, day) DO NOTHING", key...)
}
