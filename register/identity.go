package register

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"strings"
)

// ID is the register's own name, which its first start has made. It writes, so its success
// proves that the database takes writes.
func (s *Store) ID(ctx context.Context) (id string, err error) {
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		const add = "INSERT INTO identity (one, id, asked) VALUES (1, $1, $2) ON CONFLICT (one) DO UPDATE SET asked = excluded.asked RETURNING id"
		return tx.QueryRowContext(ctx, add, strings.ToLower(rand.Text()), millis(s.now())).Scan(&id)
	})
	if err != nil {
		return "", fmt.Errorf("the register's name: %w", err)
	}
	return id, nil
}
