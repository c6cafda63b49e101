package register

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"junban/queue/clinic"
	"junban/queue/rule"
	"junban/register/searchkey"
)

// importMost is how many rows a file may have.
const importMost = 200_000

// importAtOnce is how many rows one statement writes. The time that SQLite's driver
// needs grows by the square of the values.
const importAtOnce = 8

// ImportRow is a row of a file of members.
type ImportRow struct {
	Line    int
	Fields  MemberFields
	Columns []string // fields that the file has; nil: all. An update keeps the others.
}

// ImportLine is what becomes of a row.
type ImportLine struct {
	Line   int
	Update bool // a member has the card, and gets the row's fields; else the row is a new one
	Member MemberID
	Errors []rule.Error // their paths are fields
}

// ImportResult is what became of a file, or would become of it.
type ImportResult struct {
	Lines                  []ImportLine
	Added, Updated, Failed int
}

// ImportMembers adds a member for each row, or updates the one with the row's card. If one
// row is invalid, or dry is set, nothing is stored. It needs no key: a repeat finds the
// cards, and rows without card are added again.
func (s *Store) ImportMembers(ctx context.Context, c clinic.ID, rows []ImportRow, dry bool, by clinic.Actor) (ImportResult, error) {
	if len(rows) > importMost {
		return ImportResult{}, ErrTooManyRows
	}
	in := &importing{c: c, lines: make([]ImportLine, len(rows)), fields: make([]MemberFields, len(rows)), keys: make([]memberKeys, len(rows)), of: map[string]Member{}}
	s.checkImport(in, rows)
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		newest, err := lockMembers(ctx, tx, c)
		if err != nil {
			return err
		}
		if err := in.find(ctx, tx); err != nil {
			return err
		}
		in.decide(s, rows)
		if dry || in.result().Failed > 0 {
			return errDry // the lock has written a row
		}
		if newest, err = in.store(ctx, tx, s, newest); err != nil {
			return err
		}
		if err := setNewestMember(ctx, tx, c, newest); err != nil {
			return err
		}
		r := in.result()
		return s.logAccess(ctx, tx, c, by, ActImport, "", fmt.Sprintf("new %d, updated %d", r.Added, r.Updated))
	})
	if err != nil && !errors.Is(err, errDry) {
		return ImportResult{}, failed("import members", err)
	}
	return in.result(), nil
}

// errDry rolls a dry run back.
var errDry = errors.New("dry run")

// importing is a file on its way.
type importing struct {
	c      clinic.ID
	lines  []ImportLine
	fields []MemberFields
	keys   []memberKeys
	of     map[string]Member // by the cards of the file; without an id: none has it
}

// checkImport checks the rows without the database. A card that the file has twice is an
// error of the second row.
func (s *Store) checkImport(in *importing, rows []ImportRow) {
	now, seen := s.now(), map[string]int{}
	for i, row := range rows {
		f, err := row.Fields.Clean(now)
		in.fields[i], in.keys[i] = f, f.keys()
		in.lines[i] = ImportLine{Line: row.Line, Errors: InvalidFields(err)}
		card := in.keys[i].card
		if card == "" {
			continue
		}
		if line, twice := seen[card]; twice {
			in.lines[i].Errors = append(in.lines[i].Errors, rule.Wrong("card", rule.UsedTwice, "value", f.Card, "line", line))
		} else {
			seen[card] = row.Line
		}
		in.of[card] = Member{}
	}
}

// cardsAlone is up to how many cards are looked up one by one. For more, all members of the
// clinic are read once.
const cardsAlone = 1000

// find reads the members with the cards of the file.
func (in *importing) find(ctx context.Context, tx *sql.Tx) error {
	const living = "SELECT " + memberColumns + " FROM member WHERE clinic = $1 AND merged_into = '' AND card_key <> ''"
	cards := slices.Sorted(maps.Keys(in.of))
	if len(cards) > cardsAlone {
		rows, err := tx.QueryContext(ctx, living, string(in.c))
		if err != nil {
			return err
		}
		return in.scan(rows)
	}
	one, err := tx.PrepareContext(ctx, living+" AND card_key = $2")
	if err != nil {
		return err
	}
	defer one.Close()
	for _, card := range cards {
		rows, err := one.QueryContext(ctx, string(in.c), card)
		if err != nil {
			return err
		}
		if err := in.scan(rows); err != nil {
			return err
		}
	}
	return nil
}

// scan keeps the members whose card is in the file.
func (in *importing) scan(rows *sql.Rows) error {
	defer rows.Close()
	for rows.Next() {
		m, err := scanMember(rows.Scan)
		if err != nil {
			return err
		}
		card := searchkey.Card(m.Card)
		if _, asked := in.of[card]; asked {
			in.of[card] = m
		}
	}
	return rows.Err()
}

// decide finds the member of each row. Rows of files without some columns keep what the
// member has there.
func (in *importing) decide(s *Store, rows []ImportRow) {
	now := s.now()
	for i := range in.lines {
		line, f := &in.lines[i], &in.fields[i]
		m := in.of[in.keys[i].card]
		if f.Card == "" || m.ID == "" {
			continue
		}
		line.Update, line.Member = true, m.ID
		if rows[i].Columns != nil {
			merged := m.MemberFields
			merged.take(*f, rows[i].Columns)
			clean, err := merged.Clean(now)
			if errs := InvalidFields(err); len(line.Errors) == 0 {
				line.Errors = errs
			}
			*f, in.keys[i] = clean, clean.keys()
		}
	}
}

// take replaces the named fields.
func (f *MemberFields) take(from MemberFields, names []string) {
	for _, name := range names {
		switch name {
		case "name":
			f.Name = from.Name
		case "kana":
			f.Kana = from.Kana
		case "birth":
			f.Birth = from.Birth
		case "sex":
			f.Sex = from.Sex
		case "phone":
			f.Phone = from.Phone
		case "mail":
			f.Mail = from.Mail
		case "card":
			f.Card = from.Card
		case "memo":
			f.Memo = from.Memo
		case "tags":
			f.Tags = from.Tags
		}
	}
}

// store writes the rows, and returns the newest number. The keys are there already, because
// other writers wait: SQLite has one at a time.
func (in *importing) store(ctx context.Context, tx *sql.Tx, s *Store, newest int64) (int64, error) {
	now := instant(millis(s.now()))
	full, err := tx.PrepareContext(ctx, storeText(importAtOnce))
	if err != nil {
		return newest, err
	}
	defer full.Close()
	var args []any
	for i := range in.lines {
		line := &in.lines[i]
		m := Member{Kind: "web", Created: now}
		if line.Update {
			m = in.of[in.keys[i].card]
		} else {
			newest++
			m.ID, m.Number = newMemberID(), newest
			line.Member = m.ID
		}
		m.MemberFields, m.Version, m.Updated = in.fields[i], m.Version+1, now
		values, err := m.values(in.c, in.keys[i])
		if err != nil {
			return newest, err
		}
		args = append(args, values...)
		switch n := len(args) / len(storedColumns); {
		case n == importAtOnce:
			_, err = full.ExecContext(ctx, args...)
			args = args[:0]
		case i == len(in.lines)-1:
			_, err = tx.ExecContext(ctx, storeText(n), args...)
		}
		if err != nil {
			return newest, err
		}
	}
	return newest, nil
}

func (in *importing) result() ImportResult {
	r := ImportResult{Lines: in.lines}
	for _, line := range in.lines {
		switch {
		case len(line.Errors) > 0:
			r.Failed++
		case line.Update:
			r.Updated++
		default:
			r.Added++
		}
	}
	return r
}
