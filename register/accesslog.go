package register

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"time"

	"junban/queue/clinic"
)

// Act is what the access log has of a member.
type Act string

// The acts of the access log (D14).
const (
	ActSearch  Act = "search" // the detail has the kind of text and how many were found, such as "name 12", or whose candidate the member is
	ActOpen    Act = "open"
	ActExport  Act = "export" // the detail has the table and how many rows
	ActAdd     Act = "add"
	ActEdit    Act = "edit"    // the detail names the fields that changed
	ActMerge   Act = "merge"   // the detail is the other member's id
	ActUnmerge Act = "unmerge" // as of merge
	ActImport  Act = "import"  // the detail counts
	ActErase   Act = "erase"
)

// Access is one entry of the access log. It has no text that was searched, and no name.
type Access struct {
	ID     string
	At     time.Time
	By     string // the user
	Act    Act
	Member MemberID // "" of a search, an export and an import
	Number int64    // of the member; 0 where there is none any more
	Detail string
}

// AccessQuery asks for the access log, of one member or of all.
type AccessQuery struct {
	Member MemberID
	After  string // Next of the page before
}

// AccessPage is a page of the access log.
type AccessPage struct {
	Entries []Access
	Next    string // "": the last page
}

// pageSize is how many entries a page of any list has.
const pageSize = 50

// logAccess writes an entry in the transaction of its act. A look that cannot be logged
// fails.
func (s *Store) logAccess(ctx context.Context, tx *sql.Tx, c clinic.ID, by clinic.Actor, act Act, member MemberID, detail string) error {
	at := s.now()
	_, err := tx.ExecContext(ctx, "INSERT INTO access_log (clinic, id, at, by_user, act, member, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		string(c), sortedID(at), millis(at), by.Name, string(act), string(member), detail)
	if err != nil {
		return fmt.Errorf("log the access: %w", err)
	}
	return nil
}

// sortedID returns an id that sorts by time.
func sortedID(at time.Time) string {
	return fmt.Sprintf("%013d%s", at.UnixMilli(), strings.ToLower(rand.Text()[:12]))
}

var sortedForm = regexp.MustCompile(`^[0-9]{13}[0-9a-z]{12}$`)

// AccessLog returns a page of the access log, the newest first.
func (s *Store) AccessLog(ctx context.Context, c clinic.ID, q AccessQuery) (AccessPage, error) {
	where, args := "l.clinic = $1", []any{string(c)}
	if q.Member != "" {
		if _, err := ParseMemberID(string(q.Member)); err != nil {
			return AccessPage{}, err
		}
		args = append(args, string(q.Member))
		where += fmt.Sprintf(" AND l.member = $%d", len(args))
	}
	if q.After != "" {
		if !sortedForm.MatchString(q.After) {
			return AccessPage{}, bad("the page is not one of this list")
		}
		args = append(args, q.After)
		where += fmt.Sprintf(" AND l.id < $%d", len(args))
	}
	rows, err := s.db.QueryContext(ctx, fmt.Sprintf(`SELECT l.id, l.at, l.by_user, l.act, l.member, COALESCE(m.number, 0), l.detail
		FROM access_log l LEFT JOIN member m ON m.clinic = l.clinic AND m.id = l.member WHERE %s ORDER BY l.id DESC LIMIT %d`, where, pageSize+1), args...)
	if err != nil {
		return AccessPage{}, fmt.Errorf("read the access log: %w", err)
	}
	defer rows.Close()
	page := AccessPage{Entries: []Access{}}
	for rows.Next() {
		var a Access
		var at int64
		if err := rows.Scan(&a.ID, &at, &a.By, &a.Act, &a.Member, &a.Number, &a.Detail); err != nil {
			return AccessPage{}, fmt.Errorf("read the access log: %w", err)
		}
		a.At = instant(at)
		page.Entries = append(page.Entries, a)
	}
	if err := rows.Err(); err != nil {
		return AccessPage{}, fmt.Errorf("read the access log: %w", err)
	}
	if len(page.Entries) > pageSize {
		page.Entries = page.Entries[:pageSize]
		page.Next = page.Entries[pageSize-1].ID
	}
	return page, nil
}
