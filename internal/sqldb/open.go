package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	_ "modernc.org/sqlite"             // driver "sqlite"
)

// Memory is the address of a SQLite database that ends with the process.
const Memory = "sqlite::memory:"

// File returns the address of a SQLite database in a file.
func File(path string) string { return "sqlite:" + path }

// DB is an open database. It is safe for concurrent use.
type DB struct {
	Where    string // description for the log, without a password
	Postgres bool   // else it is SQLite

	file        string // of SQLite, or ""
	read, write *sql.DB
}

// connections is how many connections a node has to PostgreSQL, or to read SQLite.
const connections = 8

// lockWait is how long SQLite waits for a lock of another process.
const lockWait = 5 * time.Second

// Open opens the database at an address, and connects to it; see [New].
func Open(ctx context.Context, address string) (*DB, error) {
	db, err := New(address)
	if err != nil {
		return nil, err
	}
	if err := db.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database: %w", err), db.Close())
	}
	return db, nil
}

// New is the database at an address: postgres://…, "sqlite:" and a path, or [Memory]. It
// connects at the first use, and again after each failure. A new file of SQLite is
// created; its folder must exist. The caller closes it.
func New(address string) (*DB, error) {
	switch {
	case address == Memory:
		return openSQLite(address, "file::memory:", true)
	case strings.HasPrefix(address, "sqlite:"):
		path, err := filepath.Abs(strings.TrimPrefix(address, "sqlite:"))
		if err != nil {
			return nil, fmt.Errorf("open the database: %w", err)
		}
		return openSQLite(path, (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}).String(), false)
	case strings.HasPrefix(address, "postgres://"), strings.HasPrefix(address, "postgresql://"):
		return openPostgres(address)
	}
	return nil, errors.New("open the database: the address begins with neither postgres:// nor sqlite: and a path")
}

// Ping connects, unless a connection is open.
func (d *DB) Ping(ctx context.Context) error {
	d.create()
	err := d.write.PingContext(ctx)
	if err != nil && d.Postgres {
		return hidden(err)
	}
	return err
}

// create makes the file of SQLite, unless it exists. It has names, and SQLite itself would
// let other users of the machine read it.
func (d *DB) create() {
	if d.file == "" {
		return
	}
	if f, err := os.OpenFile(d.file, os.O_CREATE, 0o600); err == nil { // else SQLite fails
		f.Close()
	}
}

func openSQLite(where, file string, memory bool) (*DB, error) {
	pragmas := fmt.Sprintf("?_txlock=immediate&_pragma=busy_timeout(%d)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=secure_delete(1)", lockWait.Milliseconds())
	write, err := sql.Open("sqlite", file+pragmas)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	// One connection writes: two would only wait for each other. A database in memory
	// belongs to its one connection.
	write.SetMaxOpenConns(1)
	write.SetConnMaxIdleTime(0)
	db := &DB{Where: where, read: write, write: write}
	if !memory {
		db.file = where
		if db.read, err = sql.Open("sqlite", file+pragmas); err != nil {
			return nil, errors.Join(fmt.Errorf("open the database: %w", err), write.Close())
		}
		db.read.SetMaxOpenConns(connections)
		db.read.SetMaxIdleConns(connections)
	}
	return db, nil
}

func openPostgres(address string) (*DB, error) {
	pool, err := sql.Open("pgx", address)
	if err != nil {
		return nil, errors.New("open the database: the address is not valid")
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	return &DB{Where: "postgres", Postgres: true, read: pool, write: pool}, nil
}

// hidden is an error of a connection without its address.
func hidden(err error) error {
	if u := errors.Unwrap(err); u != nil {
		return u
	}
	return errors.New("PostgreSQL does not answer")
}

// Close closes the connections.
func (d *DB) Close() error {
	if d.read == d.write {
		return d.write.Close()
	}
	return errors.Join(d.read.Close(), d.write.Close())
}

// Queryer reads: a [DB] or a transaction.
type Queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// QueryContext reads outside a transaction.
func (d *DB) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return d.read.QueryContext(ctx, query, args...)
}

// QueryRowContext reads one row outside a transaction.
func (d *DB) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return d.read.QueryRowContext(ctx, query, args...)
}

// Write runs do in one transaction. An error of do rolls it back and is returned. do must
// not use the DB itself, only the transaction.
func (d *DB) Write(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	return tx.Commit()
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// Purge makes what was deleted from tables unreadable in the files of the database. SQLite
// overwrites it when it is deleted, and Purge empties its log of writes. PostgreSQL removes
// old versions of rows; its own log of writes has them until it is recycled.
func (d *DB) Purge(ctx context.Context, tables ...string) error {
	if d.Postgres {
		for _, table := range tables {
			if _, err := d.write.ExecContext(ctx, "VACUUM "+table); err != nil {
				return fmt.Errorf("purge %s: %w", table, err)
			}
		}
		return nil
	}
	var busy, log, moved int
	if err := d.write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved); err != nil {
		return fmt.Errorf("purge: %w", err)
	}
	if busy != 0 {
		return errors.New("purge: a reader holds the log of writes")
	}
	return nil
}
