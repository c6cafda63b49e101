package register

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"junban/queue/clinic"
	"junban/queue/rule"
)

// The tables whose columns a user chooses.
const (
	OfMembers  = "members"
	OfBookings = "bookings"
)

// ColumnNames are the columns of each table, in their usual order. They are those of the
// list and of the CSV file.
var ColumnNames = map[string][]string{
	OfMembers: {"number", "kind", "name", "kana", "birth", "sex", "phone", "mail", "card", "memo", "tags", "created", "updated"},
	OfBookings: {
		"day", "service", "slot", "number", "state", "name", "kana", "birth", "sex", "phone", "mail", "card", "symptoms", "memo", "consent",
		"channel", "party", "firstVisit", "kind", "session", "room", "mark", "reason", "late",
		"issued", "updated", "arrived", "called", "entered", "ended", "member", "ticket",
	},
}

// Columns returns the columns that a user has chosen for a table (L12), nil if none.
func (s *Store) Columns(ctx context.Context, c clinic.ID, user, of string) ([]string, error) {
	all := ColumnNames[of]
	if all == nil {
		return nil, unknownTable(of)
	}
	var text string
	err := s.db.QueryRowContext(ctx, "SELECT columns FROM column_set WHERE clinic = $1 AND by_user = $2 AND of = $3", string(c), user, of).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	var chosen []string
	if err == nil {
		err = json.Unmarshal([]byte(text), &chosen)
	}
	if err != nil {
		return nil, fmt.Errorf("read the columns: %w", err)
	}
	// An earlier version may have had columns that are gone.
	if chosen = slices.DeleteFunc(chosen, func(name string) bool { return !slices.Contains(all, name) }); len(chosen) == 0 {
		return nil, nil
	}
	return chosen, nil
}

// SetColumns saves the columns that a user has chosen, in their order. None means the
// usual ones.
func (s *Store) SetColumns(ctx context.Context, c clinic.ID, user, of string, columns []string) error {
	all := ColumnNames[of]
	if all == nil {
		return unknownTable(of)
	}
	var errs []rule.Error
	for i, name := range columns {
		path := fmt.Sprintf("columns[%d]", i)
		if !slices.Contains(all, name) {
			errs = append(errs, rule.Wrong(path, rule.NotOneOf, "value", name, "values", all))
		} else if slices.Contains(columns[:i], name) {
			errs = append(errs, rule.Wrong(path, rule.UsedTwice, "value", name))
		}
	}
	if err := invalid(errs); err != nil {
		return err
	}
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		if len(columns) == 0 {
			_, err := tx.ExecContext(ctx, "DELETE FROM column_set WHERE clinic = $1 AND by_user = $2 AND of = $3", string(c), user, of)
			return err
		}
		text, err := json.Marshal(columns)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO column_set (clinic, by_user, of, columns) VALUES ($1, $2, $3, $4) ON CONFLICT (clinic, by_user, of) DO UPDATE SET columns = excluded.columns", string(c), user, of, string(text))
		return err
	})
	if err != nil {
		return fmt.Errorf("save the columns: %w", err)
	}
	return nil
}

func unknownTable(of string) error {
	return invalid([]rule.Error{rule.Wrong("of", rule.NotOneOf, "value", of, "values", []string{OfMembers, OfBookings})})
}
