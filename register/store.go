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

	exportsDue chan struct{} // wakes RunExports
	partSize   int           // of exports, in bytes
	parted     func()        // called after each part; for tests
}

// Open returns the register on a database, and migrates it first; see [New].
func Open(ctx context.Context, db *sqldb.DB, now func() time.Time) (*Store, error) {
	s := New(db, now)
	return s, s.Migrate(ctx)
}

// New returns the register on a database that need not answer yet. Nothing works before
// [Store.Migrate]. now is the clock, nil for [time.Now].
func New(db *sqldb.DB, now func() time.Time) *Store {
	if now == nil {
		now = time.Now
	}
	return &Store{db: db, now: now, exportsDue: make(chan struct{}, 1), partSize: mostPart, parted: func() {}}
}

// Migrate creates the tables, or brings them up to date.
func (s *Store) Migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("open the register: %w", err)
	}
	if err := s.db.Migrate(ctx, "register", files); err != nil {
		return fmt.Errorf("open the register: %w", err)
	}
	return nil
}

// Where describes the database for the log, without a password.
func (s *Store) Where() string { return s.db.Where }

// Ping asks the database for an answer.
func (s *Store) Ping(ctx context.Context) error { return s.db.Ping(ctx) }
