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
	statement, err := s.planOf(ctx, c, q, nil, countMost+1)
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
