package register

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"junban/internal/sqldb"
	"junban/queue"
	"junban/queue/clinic"
)

// MergeRecord is a merge of two members (名寄せ), which a person made and can undo.
type MergeRecord struct {
	ID           string
	Kept, Merged MemberID
	Bookings     []queue.TicketID // that moved from merged to kept
	At           time.Time
	By           string
	Undone       time.Time // zero: it holds
	UndoneBy     string
}

// Merge makes other a part of keep: its bookings become those of keep, and it leaves the
// list. Both rows stay, so that [Store.Unmerge] can undo it.
func (s *Store) Merge(ctx context.Context, c clinic.ID, keep, other MemberID, by clinic.Actor) (MergeRecord, error) {
	if keep == other {
		return MergeRecord{}, ErrSameMember
	}
	r := MergeRecord{ID: sortedID(s.now()), Kept: keep, Merged: other, At: instant(millis(s.now())), By: by.Name}
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := lockMembers(ctx, tx, c); err != nil {
			return err
		}
		kept, err := readMember(ctx, tx, c, keep)
		if err != nil {
			return err
		}
		gone, err := readMember(ctx, tx, c, other)
		if err != nil {
			return err
		}
		if kept.MergedInto != "" || gone.MergedInto != "" {
			return ErrMerged
		}
		if r.Bookings, err = moveBookings(ctx, tx, "UPDATE booking SET member = $1 WHERE clinic = $2 AND member = $3 AND member <> '' RETURNING ticket", string(keep), string(c), string(other)); err != nil {
			return err
		}
		gone.MergedInto, gone.Version, gone.Updated = keep, gone.Version+1, r.At
		if err := storeMember(ctx, tx, c, gone); err != nil {
			return err
		}
		tickets, err := json.Marshal(r.Bookings)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO member_merge (clinic, id, kept, merged, bookings, at, by_user) VALUES ($1, $2, $3, $4, $5, $6, $7)",
			string(c), r.ID, string(keep), string(other), string(tickets), millis(r.At), r.By); err != nil {
			return err
		}
		return s.logBoth(ctx, tx, c, by, ActMerge, keep, other)
	})
	if err != nil {
		return MergeRecord{}, failed("merge members", err)
	}
	return r, nil
}

// Unmerge undoes a merge. The bookings that moved go back, unless somebody has given one
// to another member since. It refuses a merge whose kept member is itself merged: the
// later merge is undone first.
func (s *Store) Unmerge(ctx context.Context, c clinic.ID, mergeID string, by clinic.Actor) (MergeRecord, error) {
	if !sortedForm.MatchString(mergeID) {
		return MergeRecord{}, ErrNotMerged
	}
	var r MergeRecord
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := lockMembers(ctx, tx, c); err != nil {
			return err
		}
		var err error
		r, err = scanMerge(tx.QueryRowContext(ctx, "SELECT "+mergeColumns+" FROM member_merge WHERE clinic = $1 AND id = $2", string(c), mergeID).Scan)
		switch {
		case errors.Is(err, sql.ErrNoRows), err == nil && !r.Undone.IsZero():
			return ErrNotMerged
		case err != nil:
			return err
		}
		back, err := readMember(ctx, tx, c, r.Merged)
		if err != nil {
			return err
		}
		kept, err := readMember(ctx, tx, c, r.Kept)
		if err != nil {
			return err
		}
		switch {
		case back.MergedInto != r.Kept:
			return ErrNotMerged
		case kept.MergedInto != "":
			return ErrMerged
		}
		if err := cardFree(ctx, tx, c, back.MemberFields, back.ID); err != nil {
			return err
		}
		r.Undone, r.UndoneBy = instant(millis(s.now())), by.Name
		back.MergedInto, back.Version, back.Updated = "", back.Version+1, r.Undone
		if err := storeMember(ctx, tx, c, back); err != nil {
			return err
		}
		for tickets := range slices.Chunk(r.Bookings, 500) {
			args := []any{string(r.Merged), string(c), string(r.Kept)}
			for _, ticket := range tickets {
				args = append(args, string(ticket))
			}
			if _, err := moveBookings(ctx, tx, "UPDATE booking SET member = $1 WHERE clinic = $2 AND member = $3 AND ticket IN ("+placeholders(4, len(tickets))+") RETURNING ticket", args...); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "UPDATE member_merge SET undone = $3, undone_by = $4 WHERE clinic = $1 AND id = $2", string(c), r.ID, millis(r.Undone), r.UndoneBy); err != nil {
			return err
		}
		return s.logBoth(ctx, tx, c, by, ActUnmerge, r.Kept, r.Merged)
	})
	if err != nil {
		return MergeRecord{}, failed("undo a merge", err)
	}
	return r, nil
}

// logBoth logs an act of two members, for each of them.
func (s *Store) logBoth(ctx context.Context, tx *sql.Tx, c clinic.ID, by clinic.Actor, act Act, kept, merged MemberID) error {
	if err := s.logAccess(ctx, tx, c, by, act, kept, string(merged)); err != nil {
		return err
	}
	return s.logAccess(ctx, tx, c, by, act, merged, string(kept))
}

// moveBookings runs an update of bookings, and returns which it changed.
func moveBookings(ctx context.Context, tx *sql.Tx, text string, args ...any) ([]queue.TicketID, error) {
	rows, err := tx.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	moved := []queue.TicketID{}
	for rows.Next() {
		var ticket queue.TicketID
		if err := rows.Scan(&ticket); err != nil {
			return nil, err
		}
		moved = append(moved, ticket)
	}
	slices.Sort(moved)
	return moved, rows.Err()
}

const mergeColumns = "id, kept, merged, bookings, at, by_user, undone, undone_by"

func scanMerge(scan func(...any) error) (r MergeRecord, err error) {
	var tickets string
	var at, undone int64
	if err := scan(&r.ID, &r.Kept, &r.Merged, &tickets, &at, &r.By, &undone, &r.UndoneBy); err != nil {
		return MergeRecord{}, err
	}
	if err := json.Unmarshal([]byte(tickets), &r.Bookings); err != nil {
		return MergeRecord{}, fmt.Errorf("read the bookings of merge %s: %w", r.ID, err)
	}
	r.At, r.Undone = instant(at), instant(undone)
	return r, nil
}

// Merges returns the merges into a member and of it, the newest first.
func (s *Store) Merges(ctx context.Context, c clinic.ID, id MemberID) ([]MergeRecord, error) {
	if _, err := readMember(ctx, s.db, c, id); err != nil {
		return nil, failed("read merges", err)
	}
	records, err := readMerges(ctx, s.db, c, id)
	if err != nil {
		return nil, failed("read merges", err)
	}
	return records, nil
}

func readMerges(ctx context.Context, q sqldb.Queryer, c clinic.ID, id MemberID) ([]MergeRecord, error) {
	rows, err := q.QueryContext(ctx, "SELECT "+mergeColumns+" FROM member_merge WHERE clinic = $1 AND (kept = $2 OR merged = $2) ORDER BY id DESC", string(c), string(id))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	records := []MergeRecord{}
	for rows.Next() {
		r, err := scanMerge(rows.Scan)
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, rows.Err()
}
