package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Migrate applies the migrations that owner has not applied yet: files that are named
// 0001_name.sql and so on, without a gap. They are written for SQLite; PostgreSQL gets
// TEXT that compares by bytes, and BYTEA for BLOB. All run in one transaction, under a
// lock that other nodes wait for. It refuses a database that a newer program migrated.
func (d *DB) Migrate(ctx context.Context, owner string, files fs.FS) error {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return fmt.Errorf("migrate %s: %w", owner, err)
	}
	d.create()
	return d.Write(ctx, func(tx *sql.Tx) error {
		if d.Postgres { // ends with the transaction
			h := fnv.New64a()
			h.Write([]byte("junban migrations"))
			if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(h.Sum64())); err != nil {
				return fmt.Errorf("migrate %s: lock: %w", owner, err)
			}
		}
		const table = "CREATE TABLE IF NOT EXISTS sqldb_migration (owner TEXT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL, applied BIGINT NOT NULL, PRIMARY KEY (owner, number))"
		if _, err := tx.ExecContext(ctx, table); err != nil {
			return fmt.Errorf("migrate %s: %w", owner, err)
		}
		var applied int
		if err := tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(number), 0) FROM sqldb_migration WHERE owner = $1", owner).Scan(&applied); err != nil {
			return fmt.Errorf("migrate %s: %w", owner, err)
		}
		if applied > len(names) {
			return fmt.Errorf("migrate %s: the database has migration %d, this program has %d: it is older", owner, applied, len(names))
		}
		for i, name := range names {
			number, _, _ := strings.Cut(name, "_")
			if n, err := strconv.Atoi(number); err != nil || n != i+1 {
				return fmt.Errorf("migrate %s: %s should have number %d", owner, name, i+1)
			}
			if i < applied {
				continue
			}
			text, err := fs.ReadFile(files, name)
			if err != nil {
				return fmt.Errorf("migrate %s: %w", owner, err)
			}
			if err := d.apply(ctx, tx, string(text)); err != nil {
				return fmt.Errorf("migrate %s: %s: %w", owner, name, err)
			}
			const note = "INSERT INTO sqldb_migration (owner, number, name, applied) VALUES ($1, $2, $3, $4)"
			if _, err := tx.ExecContext(ctx, note, owner, i+1, name, time.Now().UnixMilli()); err != nil {
				return fmt.Errorf("migrate %s: %s: %w", owner, name, err)
			}
		}
		return nil
	})
}

var (
	comments = regexp.MustCompile(`(?m)--.*$`)
	textType = regexp.MustCompile(`\bTEXT\b`)
	blobType = regexp.MustCompile(`\bBLOB\b`)
)

// apply runs the statements of one migration, which are separated by semicolons.
func (d *DB) apply(ctx context.Context, tx *sql.Tx, text string) error {
	text = comments.ReplaceAllString(text, "")
	if d.Postgres {
		text = textType.ReplaceAllString(text, `TEXT COLLATE "C"`)
		text = blobType.ReplaceAllString(text, "BYTEA")
	}
	for statement := range strings.SplitSeq(text, ";") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%w in: %s", err, strings.TrimSpace(statement))
		}
	}
	return nil
}
