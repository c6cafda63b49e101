package register

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"strings"
)

// ID is the register's own name, which its first start has made.
func (s *Store) ID(ctx context.Context) (id string, err error) {
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		const add = "INSERT INTO identity (one, id) VALUES (1, $1) ON CONFLICT (one) DO NOTHING"
		if _, err := tx.ExecContext(ctx, add, strings.ToLower(rand.Text())); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT id FROM identity WHERE one = 1").Scan(&id)
	})
	if err != nil {
		return "", fmt.Errorf("the register's name: %w", err)
	}
	return id, nil
}
