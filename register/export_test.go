package register

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"junban/queue/clinic"
)

// PlanOf returns how the database reads the keys of a search.
func (s *Store) PlanOf(ctx context.Context, c clinic.ID, q BookingQuery) (string, error) {
	statement, err := s.planOf(ctx, c, q, nil, countMost+1, false)
	if err != nil || statement == nil {
		return "", err
	}
	explain := "EXPLAIN QUERY PLAN "
	if statement.postgres {
		explain = "EXPLAIN (ANALYZE, COSTS OFF) "
	}
	rows, err := s.db.QueryContext(ctx, explain+statement.text, statement.args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	var plan strings.Builder
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(sql.NullString)
		}
		if err := rows.Scan(values...); err != nil {
			return "", err
		}
		fmt.Fprintln(&plan, values[len(values)-1].(*sql.NullString).String)
	}
	return plan.String(), rows.Err()
}

// SetParts sets the size of the parts of exports, and what is called after each.
func (s *Store) SetParts(size int, parted func()) { s.partSize, s.parted = size, parted }

// ExportRound makes one file as a node does.
func (s *Store) ExportRound(ctx context.Context, node string) (bool, error) {
	return s.exportRound(ctx, node)
}

// HeaderOf is the first row of a file with all columns; "" for a column without one.
func HeaderOf(of, language string) []string {
	s := &sheet{Words: Words{Language: language}}
	if of == OfMembers {
		return header(s, memberCells, ColumnNames[of])
	}
	return header(s, bookingCells, ColumnNames[of])
}
