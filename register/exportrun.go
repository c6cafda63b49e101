package register

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"junban/queue/clinic"
)

const (
	exportRound    = 2 * time.Second  // how often a node looks for exports
	exportRest     = 15 * time.Second // the same after a failure, such as of a database that does not answer
	exportLease    = time.Minute      // after which another node goes on
	exportAttempts = 5                // by which an export fails
	mostPart       = 1 << 20          // bytes of a part
)

// errLeaseLost ends the work on an export that another node has taken, or that is erased.
var errLeaseLost = errors.New("another node has taken the export")

// RunExports makes the files of exports that are due, one after the other, and removes
// those that have expired, until ctx ends. Every node runs it: a lease gives an export to
// one of them, and after it to the next, which goes on behind the last part. It returns nil.
func (s *Store) RunExports(ctx context.Context, log *slog.Logger) error {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	node := strings.ToLower(rand.Text()[:10])
	for {
		wait := exportRound
		worked, err := s.exportRound(ctx, node)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			log.Warn("exports", "error", err)
			wait = exportRest
		} else if worked {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.exportsDue:
		case <-time.After(wait):
		}
	}
}

// exportRound removes what has expired, and makes one file.
func (s *Store) exportRound(ctx context.Context, node string) (worked bool, err error) {
	if err := s.expireExports(ctx); err != nil {
		return false, failed("remove expired exports", err)
	}
	job, ok, err := s.claimExport(ctx, node)
	if err != nil || !ok {
		return false, failed("take an export", err)
	}
	err = s.makeExport(ctx, job)
	if err == nil || errors.Is(err, errLeaseLost) {
		return true, nil
	}
	// The end of this node gives the export back at once; its parts stay.
	back, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return true, errors.Join(fmt.Errorf("export %s of clinic %s: %w", job.export.ID, job.clinic, err), s.giveBack(back, job, err, ctx.Err() != nil))
}

// exportJob is an export that this node makes.
type exportJob struct {
	clinic   clinic.ID
	export   Export
	request  ExportRequest
	node     string
	resume   string
	parts    int64
	attempts int64
}

// claimExport takes the oldest export that is due, or whose node has not renewed its lease.
func (s *Store) claimExport(ctx context.Context, node string) (job exportJob, ok bool, err error) {
	now := s.now()
	var query string
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		job.export, err = scanExport(tx.QueryRowContext(ctx, `UPDATE export SET state = 'running', lease = $1, node = $2, attempts = attempts + 1
			WHERE (clinic, id) IN (SELECT clinic, id FROM export WHERE state = 'due' OR state = 'running' AND lease < $3 ORDER BY created, id LIMIT 1)
			AND (state = 'due' OR state = 'running' AND lease < $3)
			RETURNING `+exportColumns+", clinic, query, resume, parts, attempts", now.Add(exportLease).UnixMilli(), node, now.UnixMilli()).Scan,
			&job.clinic, &query, &job.resume, &job.parts, &job.attempts)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return job, false, nil
	}
	if err != nil {
		return job, false, err
	}
	job.node = node
	var stored storedRequest
	if err := json.Unmarshal([]byte(query), &stored); err != nil {
		return job, false, err
	}
	job.request = ExportRequest{Of: job.export.Of, Members: MemberQuery{Text: stored.Text}, Bookings: stored.Bookings, Columns: job.export.Columns, Encoding: job.export.Encoding, Words: stored.Words}
	return job, true, nil
}

// makeExport writes parts until the file is complete. A part, the cursor behind it and the
// renewed lease are one transaction.
func (s *Store) makeExport(ctx context.Context, job exportJob) error {
	if job.parts == 0 {
		total, err := s.countExport(ctx, job)
		if err != nil {
			return err
		}
		if err := s.ownExport(ctx, job, nil, "total = $4", total); err != nil {
			return err
		}
	}
	var buffer bytes.Buffer
	e, err := s.newExporter(job.clinic, job.request, &buffer, job.parts == 0)
	if err != nil {
		return err
	}
	replaced := int64(0) // of parts before
	rows := 0
	save := func(next string) error {
		if err := e.Flush(); err != nil {
			return err
		}
		set := "row_count = row_count + $4, replaced = replaced + $5, bytes = bytes + $6, resume = $7, lease = $8, attempts = 1"
		err := s.ownExport(ctx, job, func(tx *sql.Tx) error {
			for data := range chunks(buffer.Bytes(), s.partSize) {
				if _, err := tx.ExecContext(ctx, "INSERT INTO export_part (clinic, export, part, data) VALUES ($1, $2, $3, $4)", string(job.clinic), job.export.ID, job.parts, data); err != nil {
					return err
				}
				job.parts++
			}
			_, err := tx.ExecContext(ctx, "UPDATE export SET parts = $3 WHERE clinic = $1 AND id = $2", string(job.clinic), job.export.ID, job.parts)
			return err
		}, set, rows, e.Replaced()-replaced, buffer.Len(), next, s.now().Add(exportLease).UnixMilli())
		replaced, rows = e.Replaced(), 0
		buffer.Reset()
		s.parted()
		return err
	}
	if job.parts == 0 || job.resume != "" { // else the last part is written
		err = e.each(ctx, job.resume, func(n int, next string) error {
			rows += n
			if err := e.Flush(); err != nil {
				return err
			}
			if next == "" || buffer.Len() < s.partSize/2 {
				return nil
			}
			return save(next)
		})
		if err == nil {
			err = save("")
		}
		if err != nil {
			return err
		}
	}
	now := s.now()
	return s.ownExport(ctx, job, nil, "state = $4, finished = $5, expires = $6, total = row_count, query = '{}'", ExportDone, now.UnixMilli(), now.Add(exportKept).UnixMilli())
}

// chunks yields parts of data of at most size bytes.
func chunks(data []byte, size int) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(data) > 0 {
			n := min(size, len(data))
			if !yield(data[:n]) {
				return
			}
			data = data[n:]
		}
	}
}

// ownExport changes an export that this node still has, and does more in the transaction.
func (s *Store) ownExport(ctx context.Context, job exportJob, more func(*sql.Tx) error, set string, args ...any) error {
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "UPDATE export SET "+set+" WHERE clinic = $1 AND id = $2 AND node = $3 AND state = 'running'",
			append([]any{string(job.clinic), job.export.ID, job.node}, args...)...)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(errLeaseLost, err)
		}
		if more == nil {
			return nil
		}
		return more(tx)
	})
}

// countExport counts the rows of an export for its progress.
func (s *Store) countExport(ctx context.Context, job exportJob) (n int64, err error) {
	if job.request.Of == OfBookings {
		statement, err := s.planOf(ctx, job.clinic, job.request.Bookings, nil, 1<<30, false)
		if err != nil || statement == nil {
			return 0, err
		}
		err = s.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM ("+statement.text+") AS found", statement.args...).Scan(&n)
		return n, err
	}
	if strings.TrimSpace(job.request.Members.Text) == "" {
		err := s.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM member WHERE clinic = $1 AND merged_into = ''", string(job.clinic)).Scan(&n)
		return n, err
	}
	page, err := s.SearchMembers(ctx, job.clinic, job.request.Members, clinic.Actor{})
	return int64(page.Count), err
}

// giveBack makes an export due again, or failed.
func (s *Store) giveBack(ctx context.Context, job exportJob, cause error, ended bool) error {
	var refused interface{ Code() string }
	code := ""
	switch {
	case ended:
	case errors.As(cause, &refused):
		code = refused.Code()
	case job.attempts >= exportAttempts:
		code = "internal"
	}
	var err error
	if code != "" {
		err = s.ownExport(ctx, job, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "DELETE FROM export_part WHERE clinic = $1 AND export = $2", string(job.clinic), job.export.ID)
			return err
		}, "state = $4, error = $5, finished = $6, parts = 0, bytes = 0", ExportFailed, code, s.now().UnixMilli())
	} else {
		err = s.ownExport(ctx, job, nil, "state = $4, lease = 0", ExportDue)
	}
	if errors.Is(err, errLeaseLost) {
		return nil
	}
	return err
}

// expireExports removes files after a day, and exports from the list after a week.
func (s *Store) expireExports(ctx context.Context) error {
	now := s.now()
	var due int
	err := s.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM export WHERE state = 'done' AND expires <= $1 OR state IN ('expired', 'failed') AND finished < $2", now.UnixMilli(), now.Add(-exportListed).UnixMilli()).Scan(&due)
	if err != nil || due == 0 {
		return err
	}
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		for _, statement := range []string{
			"UPDATE export SET state = 'expired' WHERE state = 'done' AND expires <= $1",
			"DELETE FROM export_part WHERE EXISTS (SELECT 1 FROM export WHERE export.clinic = export_part.clinic AND export.id = export_part.export AND export.state = 'expired' AND export.expires <= $1)",
		} {
			if _, err := tx.ExecContext(ctx, statement, now.UnixMilli()); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM export WHERE state IN ('expired', 'failed') AND finished < $1", now.Add(-exportListed).UnixMilli())
		return err
	})
}
