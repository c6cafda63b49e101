package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"junban/cmd/junban/internal/embedded"
	"junban/internal/redisdb"
	"junban/internal/sqldb"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
	"junban/register"
	"junban/register/projection"
)

// booksFile is the database of the register in the data folder.
const booksFile = "register.db"

// booksAddress is the address of the register's database.
func (p *program) booksAddress(memory bool) string {
	switch {
	case p.Database != "":
		return string(p.Database)
	case memory:
		return sqldb.Memory
	default:
		return sqldb.File(filepath.Join(p.Data, booksFile))
	}
}

// openBooks returns the register. Its database need not answer: the line serves without
// it, and it is opened when it answers.
func (p *program) openBooks(memory bool) (*register.Store, *sqldb.DB, error) {
	if p.Database == "" && !memory {
		if err := os.MkdirAll(p.Data, 0o700); err != nil {
			return nil, nil, fmt.Errorf("creating the data folder: %w", err)
		}
	}
	db, err := sqldb.New(p.booksAddress(memory))
	if err != nil {
		return nil, nil, err
	}
	return register.New(db, nil), db, nil
}

// prepareWithin bounds how long the start waits for the database of the register.
const prepareWithin = 5 * time.Second

// prepareBooks migrates the register and claims the line for it. It fails only where
// another node has another register: that is for the operator to mend.
func (p *program) prepareBooks(ctx context.Context, projector *projection.Projector) error {
	ctx, cancel := context.WithTimeout(ctx, prepareWithin)
	defer cancel()
	if err := projector.Prepare(ctx); errors.Is(err, projection.ErrOtherBooks) {
		return fmt.Errorf("--database: %w", err)
	}
	return nil
}

// booksOfLine opens the register of a line for a command. It refuses one that is not the
// line's. It returns nil where the embedded store has none, or has it in memory.
func (p *program) booksOfLine(ctx context.Context, store *queue.Store) (books *register.Store, done func(), err error) {
	if path, file := strings.CutPrefix(p.booksAddress(false), "sqlite:"); file && p.Redis == "" {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			return nil, func() {}, nil
		}
	}
	books, database, err := p.openBooks(false)
	if err != nil {
		return nil, nil, err
	}
	done = func() { _ = database.Close() }
	notAlone := func(context.Context) (bool, error) { return false, nil }
	projector, err := projection.New(store, journal.New(store), books, projection.Options{Alone: notAlone})
	if err == nil {
		err = projector.Prepare(ctx)
	}
	if err != nil {
		done()
		return nil, nil, fmt.Errorf("--database: %w", err)
	}
	return books, done, nil
}

// rebuildBooks folds the kept logs again, of one clinic or of all, and prints what it has
// written. It refuses a register that is not the one of the line.
func (p *program) rebuildBooks(ctx context.Context, number string) (err error) {
	st, err := p.openStorage(ctx, embedded.Operate, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close(context.WithoutCancel(ctx))) }()
	store, err := queue.NewStore(st.Client, queue.Options{MinReplicas: p.MinReplicas.of(st.Replicated)})
	if err != nil {
		return err
	}
	books, done, err := p.booksOfLine(ctx, store)
	if err != nil {
		return err
	}
	defer done()
	if books == nil {
		return errors.New("the server keeps its register in memory, or there is none yet")
	}
	projector, err := projection.New(store, journal.New(store), books, projection.Options{})
	if err != nil {
		return err
	}
	ids, err := store.ClinicIDs(ctx)
	if err != nil {
		return err
	}
	slices.Sort(ids)
	if number != "" {
		c, err := clinic.ParseID(number)
		if err != nil || !slices.Contains(ids, c) {
			return fmt.Errorf("clinic %s: %w", number, clinic.ErrNoClinic)
		}
		ids = []clinic.ID{c}
	}
	for _, c := range ids {
		done, err := projector.Rebuild(ctx, c)
		if err != nil {
			return err
		}
		lost, err := books.MissingBookings(ctx, c, "")
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "%s: %d days, %d bookings, %d missing\n", c, done.Days, done.Rows, len(lost))
	}
	return nil
}

// checkBooks tests whether the database of the register answers. It creates no file.
func (p *program) checkBooks(ctx context.Context, st *redisdb.DB) finding {
	address := p.booksAddress(st.Memory)
	if path, file := strings.CutPrefix(address, "sqlite:"); file {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			return finding{fine, "", "database", path + ": made at the first start", ""}
		}
	}
	db, err := sqldb.Open(ctx, address)
	if err != nil {
		return finding{required, "", "database", err.Error(), "a database that answers"}
	}
	defer db.Close()
	return finding{fine, "", "database", db.Where, ""}
}
