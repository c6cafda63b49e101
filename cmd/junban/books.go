package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"junban/internal/redisdb"
	"junban/internal/sqldb"
	"junban/register"
	"junban/register/projection"
)

// booksFile is the database of the register in the data folder.
const booksFile = "register.db"

// booksAddress is the address of the register's database.
func (p *program) booksAddress(st *redisdb.DB) string {
	switch {
	case p.Database != "":
		return string(p.Database)
	case st.Memory:
		return sqldb.Memory
	default:
		return sqldb.File(filepath.Join(p.Data, booksFile))
	}
}

// openBooks returns the register. Its database need not answer: the line serves without
// it, and it is opened when it answers.
func (p *program) openBooks(st *redisdb.DB) (*register.Store, *sqldb.DB, error) {
	if p.Database == "" && !st.Memory {
		if err := os.MkdirAll(p.Data, 0o700); err != nil {
			return nil, nil, fmt.Errorf("creating the data folder: %w", err)
		}
	}
	db, err := sqldb.New(p.booksAddress(st))
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

// checkBooks tests whether the database of the register answers. It creates no file.
func (p *program) checkBooks(ctx context.Context, st *redisdb.DB) finding {
	address := p.booksAddress(st)
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
