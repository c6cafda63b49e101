package register

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// The states of an [Export].
const (
	ExportDue     = "due"
	ExportRunning = "running"
	ExportDone    = "done"
	ExportFailed  = "failed"
	ExportExpired = "expired" // its file is removed
)

const (
	exportKept    = 24 * time.Hour     // how long a file can be downloaded
	exportListed  = 7 * 24 * time.Hour // how long it is in the list
	exportsAtOnce = 3                  // unfinished ones of a clinic
	exportsKept   = 50                 // files of a clinic, until they expire
)

// Export is a CSV file that is made in the background (L11). Its parts are in the
// database, so that any node makes it, and any node serves it.
type Export struct {
	ID       string
	Of       string // [OfMembers] or [OfBookings]
	State    string
	File     string // its name for people
	Encoding string
	Columns  []string
	Rows     int64 // written so far
	Total    int64 // how many there are, as of the start; 0 before it
	Bytes    int64
	Replaced int64  // characters that the encoding does not have
	Error    string // code of what failed
	By       string
	Created  time.Time
	Finished time.Time
	Expires  time.Time // when the file is removed
}

// storedRequest is the request of an export as the database keeps it.
type storedRequest struct {
	Text     string       `json:"text,omitempty"` // of members
	Bookings BookingQuery `json:"bookings,omitzero"`
	Words    Words        `json:"words"`
}

const exportColumns = "id, of, state, file, encoding, columns, row_count, total, bytes, replaced, error, by_user, created, finished, expires"

func scanExport(scan func(...any) error, more ...any) (e Export, err error) {
	var columns string
	var created, finished, expires int64
	into := append([]any{&e.ID, &e.Of, &e.State, &e.File, &e.Encoding, &columns, &e.Rows, &e.Total, &e.Bytes, &e.Replaced, &e.Error, &e.By, &created, &finished, &expires}, more...)
	if err := scan(into...); err != nil {
		return e, err
	}
	e.Created, e.Finished, e.Expires = instant(created), instant(finished), instant(expires)
	return e, json.Unmarshal([]byte(columns), &e.Columns)
}

// StartExport has a file made in the background by [Store.RunExports].
func (s *Store) StartExport(ctx context.Context, c clinic.ID, r ExportRequest, by clinic.Actor) (Export, error) {
	r, err := r.clean()
	if err != nil {
		return Export{}, err
	}
	sheet, err := newSheet(r.Words)
	if err != nil {
		return Export{}, err
	}
	request, err := json.Marshal(storedRequest{Text: r.Members.Text, Bookings: r.Bookings, Words: r.Words})
	if err != nil {
		return Export{}, err
	}
	columns, err := json.Marshal(r.Columns)
	if err != nil {
		return Export{}, err
	}
	now := s.now()
	e := Export{ID: sortedID(now), Of: r.Of, State: ExportDue, File: r.fileName(sheet, now), Encoding: r.Encoding, Columns: r.Columns, By: by.Name, Created: instant(millis(now))}
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := lockMembers(ctx, tx, c); err != nil { // so that two requests count each other
			return err
		}
		var unfinished, kept int
		err := tx.QueryRowContext(ctx, "SELECT COUNT(CASE WHEN state IN ('due', 'running') THEN 1 END), COUNT(*) FROM export WHERE clinic = $1", string(c)).Scan(&unfinished, &kept)
		if err != nil {
			return err
		}
		if unfinished >= exportsAtOnce || kept >= exportsKept {
			return ErrExportsBusy
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO export (clinic, id, of, query, columns, encoding, language, state, file, by_user, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
			string(c), e.ID, e.Of, string(request), string(columns), e.Encoding, r.Words.Language, e.State, e.File, e.By, millis(now))
		if err != nil {
			return err
		}
		return s.logAccess(ctx, tx, c, by, ActExport, "", e.Of+" started "+e.ID)
	})
	if err != nil {
		return Export{}, failed("start an export", err)
	}
	select {
	case s.exportsDue <- struct{}{}:
	default: // a round is due anyway
	}
	return e, nil
}

// Exports lists the exports of a clinic, the newest first (通知情報).
func (s *Store) Exports(ctx context.Context, c clinic.ID) ([]Export, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT "+exportColumns+" FROM export WHERE clinic = $1 ORDER BY id DESC LIMIT 100", string(c))
	if err != nil {
		return nil, failed("list exports", err)
	}
	defer rows.Close()
	list := []Export{}
	for rows.Next() {
		e, err := scanExport(rows.Scan)
		if err != nil {
			return nil, failed("list exports", err)
		}
		list = append(list, e)
	}
	return list, failed("list exports", rows.Err())
}

// Export returns one export of a clinic.
func (s *Store) Export(ctx context.Context, c clinic.ID, id string) (Export, error) {
	if !sortedForm.MatchString(id) {
		return Export{}, ErrNoExport
	}
	e, err := scanExport(s.db.QueryRowContext(ctx, "SELECT "+exportColumns+" FROM export WHERE clinic = $1 AND id = $2", string(c), id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Export{}, ErrNoExport
	}
	return e, failed("read an export", err)
}

// WriteExport writes the file of an export that is done, part by part. The access log has
// each download (D14).
func (s *Store) WriteExport(ctx context.Context, c clinic.ID, id string, w io.Writer, by clinic.Actor) error {
	e, err := s.Export(ctx, c, id)
	switch {
	case err != nil:
		return err
	case e.State == ExportExpired, e.State == ExportDone && !s.now().Before(e.Expires):
		return ErrExportExpired
	case e.State != ExportDone:
		return ErrExportUnfinished
	}
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		return s.logAccess(ctx, tx, c, by, ActExport, "", fmt.Sprintf("%s %d downloaded %s", e.Of, e.Rows, e.ID))
	})
	if err != nil {
		return failed("download an export", err)
	}
	for written, part := int64(0), 0; written < e.Bytes; part++ {
		var data []byte
		err := s.db.QueryRowContext(ctx, "SELECT data FROM export_part WHERE clinic = $1 AND export = $2 AND part = $3", string(c), id, part).Scan(&data)
		if errors.Is(err, sql.ErrNoRows) { // it expired, or was erased, meanwhile
			return ErrExportExpired
		}
		if err != nil {
			return failed("download an export", err)
		}
		if _, err := w.Write(data); err != nil {
			return fmt.Errorf("download an export: %w", err)
		}
		written += int64(len(data))
	}
	return nil
}

// WriteSelected writes the selected rows at once, in the order of their ids (L10). It
// returns how many characters were replaced.
func (s *Store) WriteSelected(ctx context.Context, c clinic.ID, r ExportRequest, w io.Writer, by clinic.Actor) (replaced int64, err error) {
	if r, err = r.clean(); err != nil {
		return 0, err
	}
	if len(r.IDs) == 0 || len(r.IDs) > mostSelected {
		return 0, bad("1 to %d rows can be selected", mostSelected)
	}
	var members []Member
	var bookings []Booking
	if r.Of == OfMembers {
		ids := make([]MemberID, len(r.IDs))
		for i, id := range r.IDs {
			if ids[i], err = ParseMemberID(id); err != nil {
				return 0, err
			}
		}
		if members, err = readMembers(ctx, s.db, c, ids); err == nil && len(members) == 0 {
			err = ErrNoMember
		}
	} else {
		ids := make([]queue.TicketID, len(r.IDs))
		for i, id := range r.IDs {
			if ids[i], err = queue.ParseTicketID(id); err != nil {
				return 0, ErrNoBooking
			}
		}
		if bookings, err = s.bookingsByID(ctx, c, ids); err == nil && len(bookings) == 0 {
			err = ErrNoBooking
		}
	}
	if err != nil {
		return 0, failed("export selected rows", err)
	}
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		for _, m := range members {
			if err := s.logAccess(ctx, tx, c, by, ActExport, m.ID, "selected"); err != nil {
				return err
			}
		}
		return s.logAccess(ctx, tx, c, by, ActExport, "", fmt.Sprintf("%s %d selected", r.Of, len(members)+len(bookings)))
	})
	if err != nil {
		return 0, failed("export selected rows", err)
	}
	e, err := s.newExporter(c, r, w, true)
	if err == nil {
		err = e.writeMembers(members)
	}
	if err == nil {
		err = e.writeBookings(ctx, bookings)
	}
	if err == nil {
		err = e.Flush()
	}
	if err != nil {
		return 0, failed("export selected rows", err)
	}
	return e.Replaced(), nil
}
