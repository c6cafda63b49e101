package register

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"junban/internal/sqldb"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is the register on a database. It is safe for concurrent use.
type Store struct {
	db  *sqldb.DB
	now func() time.Time
}

// Open returns the register on a database, and migrates it first. now is the clock, nil
// for [time.Now].
func Open(ctx context.Context, db *sqldb.DB, now func() time.Time) (*Store, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("open the register: %w", err)
	}
	if err := db.Migrate(ctx, "register", files); err != nil {
		return nil, fmt.Errorf("open the register: %w", err)
	}
	if now == nil {
		now = time.Now
	}
	return &Store{db: db, now: now}, nil
}
