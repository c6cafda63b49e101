package projection_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"junban/internal/sqldb"
	"junban/internal/sqldb/sqldbtest"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
	"junban/register"
	"junban/register/csvfile"
)

// traces are what names the person in any file: as typed, and as the keys of the search.
var traces = []string{"消田", "ケシダ", "けしだ", "090-5555-1234", "09055551234", "43215555090", "keshida"}

// filesWith lists the files below folders that contain a trace.
func filesWith(t *testing.T, folders ...string) (found []string) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			data, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) {
				return nil // Redis has removed it
			}
			for _, trace := range traces {
				if bytes.Contains(data, []byte(trace)) {
					found = append(found, filepath.Base(path)+": "+trace)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

var gone = queue.Patient{Name: "消田 花子", Kana: "けしだ", Phone: "090-5555-1234", Mail: "keshida@example.com", Symptoms: "消田の咳"}

func (w *world) bookFor(days int, p queue.Patient) queue.TicketID {
	w.Helper()
	day := clinic.Day("")
	if days > 0 {
		day = w.today.Add(days)
	}
	i, err := w.line.Issue(w.Context(), w.ref, queue.Request{Channel: "desk", Party: 1, Day: day, Override: true, Patient: p, Persons: []string{"hash of " + p.Phone[:3]}}, queue.Act{By: staff})
	w.must(err)
	w.must(w.projector.Record(w.Context(), i.ID))
	return i.ID
}

// TestErase_LeavesNoTraceInAnyFile looks for the person in all files of both stores: the
// append-only file of a private Redis, and SQLite's with its log of writes.
func TestErase_LeavesNoTraceInAnyFile(t *testing.T) {
	t.Parallel()
	server := queuetest.NewServer(t, "--appendonly", "yes", "--appendfsync", "always")
	folder := t.TempDir()
	db, err := sqldb.Open(t.Context(), sqldb.File(filepath.Join(folder, "register.db")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	erase(t, server.Client, db, queue.Rewritten, func(before bool) {
		found := filesWith(t, server.Folder, folder)
		if before && !slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, "aof") }) || before && !slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, "register.db") }) {
			t.Fatalf("before the erasure the person is only in %q", found)
		}
		if !before && len(found) > 0 {
			t.Errorf("the person is still in %q", found)
		}
	})
}

// TestErase_LeavesNoTraceInTheTables does the same with PostgreSQL and without any file.
func TestErase_LeavesNoTraceInTheTables(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		erase(t, queuetest.Redis(t), db, queue.NoFile, func(before bool) {
			n := 0
			for _, query := range []string{"SELECT COUNT(*) FROM booking WHERE name LIKE '%消田%' OR symptoms LIKE '%消田%'", "SELECT COUNT(*) FROM booking_person WHERE name_key LIKE '%消田%'", "SELECT COUNT(*) FROM member WHERE name LIKE '%消田%'", "SELECT COUNT(*) FROM export WHERE query LIKE '%消田%'"} {
				var some int
				if err := db.QueryRowContext(t.Context(), query).Scan(&some); err != nil {
					t.Fatal(err)
				}
				n += some
			}
			if before != (n > 0) {
				t.Errorf("before %v: %d rows", before, n)
			}
		})
	})
}

// erase plays a person with bookings on several days, one of them rebooked, with an export,
// and a merged member. look is called before and after the erasure.
func erase(t *testing.T, rdb redis.UniversalClient, db *sqldb.DB, file queue.Rewrite, look func(before bool)) {
	w := newWorldOn(t, rdb, db)
	c := w.ref.Clinic
	fields := register.MemberFields{Name: gone.Name, Kana: gone.Kana, Phone: gone.Phone, Mail: gone.Mail}
	member, err := w.books.AddMember(t.Context(), c, fields, "", staff)
	w.must(err)
	double, err := w.books.AddMember(t.Context(), c, fields, "", staff)
	w.must(err)
	_, err = w.books.Merge(t.Context(), c, member.ID, double.ID, staff)
	w.must(err)
	stays, err := w.books.AddMember(t.Context(), c, register.MemberFields{Name: "残田 花子", Phone: "090-5555-9999"}, "", staff)
	w.must(err)

	today, later, alike := w.bookFor(0, gone), w.bookFor(3, gone), w.bookFor(1, gone)
	moved, err := w.line.Rebook(t.Context(), later, w.today.Add(5), "", true, queue.Act{By: staff})
	w.must(err)
	w.must(w.projector.Record(t.Context(), later))
	w.must(w.projector.Record(t.Context(), moved.ID))
	for _, id := range []queue.TicketID{today, moved.ID} {
		w.must(w.books.LinkBooking(t.Context(), c, id, member.ID, staff))
	}
	other := w.bookFor(0, queue.Patient{Name: "残田 太郎", Phone: "090-5555-9999"})
	w.must(w.books.LinkBooking(t.Context(), c, other, stays.ID, staff))

	request := register.ExportRequest{Of: register.OfBookings, Bookings: register.BookingQuery{Text: "消田"}, Encoding: csvfile.UTF8, Words: register.Words{Language: "ja"}}
	done, err := w.books.StartExport(t.Context(), c, request, staff)
	w.must(err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- w.books.RunExports(ctx, nil) }()
	queuetest.Eventually(w, "the export is done", func() bool {
		e, err := w.books.Export(t.Context(), c, done.ID)
		return err == nil && e.State == register.ExportDone && e.Rows == 4
	})
	stop()
	w.must(<-ended)
	due, err := w.books.StartExport(t.Context(), c, request, staff)
	w.must(err)

	data, err := w.books.PersonData(t.Context(), c, member.ID, staff)
	w.must(err)
	if text, err := json.Marshal(data); err != nil || len(data.Bookings) != 4 || len(data.Members) != 2 || len(data.Merges) != 1 || len(data.Files) != 1 || strings.Contains(string(text), "残田") || len(data.Access) < 3 {
		t.Errorf("what is kept: %s, %v", text, err)
	}
	look(true)

	if _, err := w.books.Erase(t.Context(), c, register.Person{Member: double.ID}, w.line, staff); !errors.Is(err, register.ErrMerged) {
		t.Errorf("a merged member: %v", err)
	}
	if _, err := w.books.Erase(t.Context(), "0000", register.Person{Member: member.ID}, w.line, staff); !errors.Is(err, register.ErrNoMember) {
		t.Errorf("a member of another clinic: %v", err)
	}
	if _, err := w.books.Erase(t.Context(), "0000", register.Person{Tickets: []queue.TicketID{today}}, w.line, staff); !errors.Is(err, register.ErrNoBooking) {
		t.Errorf("a ticket of another clinic: %v", err)
	}
	cert, err := w.books.Erase(t.Context(), c, register.Person{Member: member.ID}, w.line, staff)
	w.must(err)
	if want := (register.Removed{Members: 2, Merges: 1, Bookings: 4, Exports: 2, Line: 4, RedisFile: file, DatabaseLog: "purged"}); cert.Removed != want {
		t.Errorf("the certificate has %+v, want %+v", cert.Removed, want)
	}
	look(false)

	// An act on an erased ticket is projected, and brings nobody back.
	_, err = w.line.Do(t.Context(), today, queue.Cancel, queue.Act{By: staff})
	w.must(err)
	for _, id := range []queue.TicketID{today, later, moved.ID, alike} {
		w.must(w.projector.Record(t.Context(), id))
		if b := w.row(id); b.Patient != (queue.Patient{}) || b.Erased.IsZero() || b.Member != "" {
			t.Errorf("%s is %+v", id, b)
		}
	}
	if b := w.row(today); b.State != queue.Cancelled {
		t.Errorf("the act is not in the row: %+v", b)
	}
	snap, err := w.line.Snapshot(t.Context(), c)
	w.must(err)
	if _, there := snap.Patients[today]; there || snap.Patients[other].Name != "残田 太郎" {
		t.Errorf("the line has %v", snap.Patients)
	}
	if b := w.row(other); b.Patient.Name != "残田 太郎" || b.Member != stays.ID {
		t.Errorf("another's booking is %+v", b)
	}
	if err := w.books.WriteExport(t.Context(), c, done.ID, io.Discard, staff); !errors.Is(err, register.ErrExportExpired) {
		t.Errorf("the file: %v", err)
	}
	if e, err := w.books.Export(t.Context(), c, due.ID); err != nil || e.State != register.ExportFailed || e.Error != "erased" {
		t.Errorf("the unfinished file: %+v, %v", e, err)
	}
	if list, err := w.books.Certificates(t.Context(), c); err != nil || len(list) != 1 || list[0].Removed != cert.Removed || list[0].By != staff.Name {
		t.Errorf("certificates %+v, %v", list, err)
	}
	log, err := w.books.AccessLog(t.Context(), c, register.AccessQuery{Member: member.ID})
	if err != nil || log.Entries[0].Act != register.ActErase || log.Entries[0].Detail != cert.ID {
		t.Errorf("access log %+v, %v", log, err)
	}
	look(false)
}

// TestRetention_EndsInBothStores removes the patient of a day, then the day.
func TestRetention_EndsInBothStores(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		c := w.ref.Clinic
		id, later := w.bookFor(0, gone), w.bookFor(9, gone)
		expire := func(patients, rows clinic.Day, want int64, wantRows int64) {
			t.Helper()
			_, err := w.line.RemovePatients(t.Context(), c, patients.Add(-1))
			w.must(err)
			n, deleted, err := w.books.Expire(t.Context(), c, patients, rows)
			if err != nil || n != want || deleted != wantRows {
				t.Errorf("%d patients and %d rows were removed, want %d and %d: %v", n, deleted, want, wantRows, err)
			}
		}
		expire(w.today, w.today, 0, 0)
		expire(w.today.Add(1), w.today, 1, 0)
		patients, err := w.line.Patients(t.Context(), c, w.today, []queue.TicketID{id})
		if err != nil || len(patients) != 0 || w.row(id).Patient != (queue.Patient{}) {
			t.Errorf("the patient is still there: %v %+v, %v", patients, w.row(id), err)
		}
		if page, err := w.books.SearchBookings(t.Context(), c, register.BookingQuery{Text: "消田"}, staff); err != nil || len(page.Bookings) != 1 || page.Bookings[0].Ticket != later {
			t.Errorf("the search finds %+v, %v", page, err)
		}
		expire(w.today.Add(1), w.today.Add(1), 0, 1)
		if b := w.row(id); b.Ticket != "" {
			t.Errorf("the row is still there: %+v", b)
		}
		if w.row(later).Patient.Name != gone.Name {
			t.Error("a later patient is gone")
		}
		expire(w.today.Add(10), w.today.Add(10), 1, 1)
		var persons int
		w.must(db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM booking_person").Scan(&persons))
		if persons != 0 {
			t.Errorf("%d persons are left", persons)
		}
	})
}
