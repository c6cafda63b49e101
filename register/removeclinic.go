package register

import (
	"context"
	"database/sql"
	"fmt"

	"junban/queue/clinic"
)

// clinicTables are the tables with rows of clinics.
var clinicTables = []string{
	"member",
	"member_count",
	"member_merge",
	"access_log",
	"column_set",
	"booking",
	"booking_person",
	"projection",
	"export",
	"export_part",
	"certificate",
}

// RemoveClinic removes all that the register has of a clinic, and returns how many rows
// that were. It cannot be taken back.
func (s *Store) RemoveClinic(ctx context.Context, c clinic.ID) (rows int64, err error) {
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		for _, table := range clinicTables {
			result, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE clinic = $1", string(c))
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			rows += n
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("remove clinic %s from the register: %w", c, err)
	}
	return rows, nil
}
