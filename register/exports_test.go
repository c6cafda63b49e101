package register_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"junban/internal/sqldb"
	"junban/internal/sqldb/sqldbtest"
	"junban/queue"
	"junban/queue/clinic"
	"junban/register"
	"junban/register/csvfile"
	"junban/register/registertest"
)

var tokyo = register.Words{Language: "ja", Zone: "Asia/Tokyo", Services: map[string]string{"1": "内科"}}

// rowsOf reads a CSV file.
func rowsOf(t *testing.T, file []byte) (rows [][]string) {
	t.Helper()
	r := csvfile.NewReader(bytes.NewReader(file), csvfile.Limits{})
	for {
		row, err := r.Read()
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row.Cells)
	}
}

func download(t *testing.T, store *register.Store, id string) [][]string {
	t.Helper()
	var file bytes.Buffer
	if err := store.WriteExport(t.Context(), "1234", id, &file, office); err != nil {
		t.Fatal(err)
	}
	return rowsOf(t, file.Bytes())
}

// TestExport_GoesOnBehindTheLastPart ends the node between two parts, as a kill does. The
// next node writes the rest: no row is missing, and none is there twice.
func TestExport_GoesOnBehindTheLastPart(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		at := time.Date(2026, 12, 1, 3, 0, 0, 0, time.UTC)
		store, err := register.Open(t.Context(), db, func() time.Time { return at })
		if err != nil {
			t.Fatal(err)
		}
		all := someBookings("1234", 1300)
		registertest.AddBookings(t, db, all...)
		registertest.AddBookings(t, db, someBookings("2345", 50)...)
		started, err := store.StartExport(t.Context(), "1234", register.ExportRequest{Of: register.OfBookings, Bookings: register.BookingQuery{Channel: "web"}, Columns: []string{"ticket", "name", "state"}, Encoding: csvfile.CP932, Words: tokyo}, office)
		if err != nil {
			t.Fatal(err)
		}
		if err := store.WriteExport(t.Context(), "1234", started.ID, io.Discard, office); !errors.Is(err, register.ErrExportUnfinished) {
			t.Errorf("a download before the end: %v", err)
		}
		killed, kill := context.WithCancel(t.Context())
		store.SetParts(1000, kill)
		if _, err := store.ExportRound(killed, "first"); !errors.Is(err, context.Canceled) {
			t.Fatalf("the killed node: %v", err)
		}
		between, err := store.Export(t.Context(), "1234", started.ID)
		if err != nil || between.Rows == 0 || between.Rows >= between.Total || between.State != register.ExportDue {
			t.Fatalf("after the kill: %+v, %v", between, err)
		}
		store.SetParts(1000, func() {})
		if worked, err := store.ExportRound(t.Context(), "second"); err != nil || !worked {
			t.Fatal(worked, err)
		}
		done, err := store.Export(t.Context(), "1234", started.ID)
		if err != nil || done.State != register.ExportDone || done.Rows != done.Total || done.File != "予約_20261201_120000.csv" || !done.Expires.Equal(at.Add(24*time.Hour)) {
			t.Fatalf("%+v, %v", done, err)
		}
		var want, got []string
		for _, b := range all {
			if b.Channel == "web" {
				want = append(want, string(b.Ticket))
			}
		}
		at = at.Add(time.Second)
		rows := download(t, store, started.ID)
		if !slices.Equal(rows[0], []string{"予約ID", "氏名", "状態"}) {
			t.Errorf("header %q", rows[0])
		}
		for _, row := range rows[1:] {
			got = append(got, row[0])
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) || int64(len(got)) != done.Rows {
			t.Errorf("%d rows in the file, want %d", len(got), len(want))
		}
		if err := store.WriteExport(t.Context(), "2345", started.ID, io.Discard, office); !errors.Is(err, register.ErrNoExport) {
			t.Errorf("another clinic's file: %v", err)
		}
		log, err := store.AccessLog(t.Context(), "1234", register.AccessQuery{})
		if err != nil || len(log.Entries) != 2 || !strings.Contains(log.Entries[0].Detail, fmt.Sprintf("%d downloaded", done.Rows)) {
			t.Errorf("access log %+v, %v", log, err)
		}
		at = at.Add(25 * time.Hour)
		if err := store.WriteExport(t.Context(), "1234", started.ID, io.Discard, office); !errors.Is(err, register.ErrExportExpired) {
			t.Errorf("after a day: %v", err)
		}
		if _, err := store.ExportRound(t.Context(), "third"); err != nil {
			t.Fatal(err)
		}
		var parts int
		if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM export_part").Scan(&parts); err != nil || parts != 0 {
			t.Errorf("%d parts are left: %v", parts, err)
		}
		list, err := store.Exports(t.Context(), "1234")
		if err != nil || len(list) != 1 || list[0].State != register.ExportExpired {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// TestExport_IsTakenFromADeadNode has a node that stands still while it has the export.
func TestExport_IsTakenFromADeadNode(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		at := time.Date(2026, 12, 1, 3, 0, 0, 0, time.UTC)
		store, err := register.Open(t.Context(), db, func() time.Time { return at })
		if err != nil {
			t.Fatal(err)
		}
		registertest.AddMembers(t, db, "1234", make([]register.Member, 1200)...)
		started, err := store.StartExport(t.Context(), "1234", register.ExportRequest{Of: register.OfMembers, Columns: []string{"number"}, Encoding: csvfile.UTF8, Words: tokyo}, office)
		if err != nil {
			t.Fatal(err)
		}
		stopped := false
		store.SetParts(1000, func() {
			if stopped {
				return
			}
			stopped = true // the other node begins while this one waits
			if worked, err := store.ExportRound(t.Context(), "early"); worked || err != nil {
				t.Errorf("the export was taken before the lease ended: %v", err)
			}
			at = at.Add(2 * time.Minute)
			if worked, err := store.ExportRound(t.Context(), "late"); !worked || err != nil {
				t.Errorf("the export was not taken: %v", err)
			}
		})
		if _, err := store.ExportRound(t.Context(), "slow"); err != nil {
			t.Fatal(err)
		}
		rows := download(t, store, started.ID)
		if len(rows) != 1201 {
			t.Fatalf("%d rows, want 1201", len(rows))
		}
		for i, row := range rows[1:] {
			if row[0] != fmt.Sprint(i+1) {
				t.Fatalf("row %d has %q", i+1, row)
			}
		}
	})
}

// TestStartExport_KeepsFiftyFilesOfAClinic fills the clinic's share of the database.
func TestStartExport_KeepsFiftyFilesOfAClinic(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t)
	store, err := register.Open(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	good := register.ExportRequest{Of: register.OfBookings, Encoding: csvfile.UTF8, Words: tokyo}
	for i := range 51 {
		if _, err := store.StartExport(t.Context(), "1234", good, office); (i < 50) != (err == nil) || err != nil && !errors.Is(err, register.ErrExportsBusy) {
			t.Fatalf("file %d: %v", i+1, err)
		}
		done := func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), "UPDATE export SET state = 'done'")
			return err
		}
		if err := db.Write(t.Context(), done); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := store.StartExport(t.Context(), "2345", good, office); err != nil {
		t.Errorf("of another clinic: %v", err)
	}
}

func TestStartExport_RefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		store, err := register.Open(t.Context(), db, nil)
		if err != nil {
			t.Fatal(err)
		}
		good := register.ExportRequest{Of: register.OfBookings, Encoding: csvfile.UTF8, Words: tokyo}
		for name, change := range map[string]func(*register.ExportRequest){
			"of":       func(r *register.ExportRequest) { r.Of = "rooms" },
			"encoding": func(r *register.ExportRequest) { r.Encoding = "latin-1" },
			"language": func(r *register.ExportRequest) { r.Words.Language = "fr" },
			"column":   func(r *register.ExportRequest) { r.Columns = []string{"name", "code"} },
			"twice":    func(r *register.ExportRequest) { r.Columns = []string{"name", "state", "name"} },
		} {
			r := good
			change(&r)
			if _, err := store.StartExport(t.Context(), "1234", r, office); len(register.InvalidFields(err)) != 1 {
				t.Errorf("%s: %v", name, err)
			}
		}
		r := good
		r.Bookings.DayFrom = "tomorrow"
		if _, err := store.StartExport(t.Context(), "1234", r, office); !errors.Is(err, register.ErrBadQuery) {
			t.Errorf("a wrong search: %v", err)
		}
		for range 3 {
			if _, err := store.StartExport(t.Context(), "1234", good, office); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := store.StartExport(t.Context(), "1234", good, office); !errors.Is(err, register.ErrExportsBusy) {
			t.Errorf("a fourth export: %v", err)
		}
		if _, err := store.StartExport(t.Context(), "2345", good, office); err != nil {
			t.Errorf("of another clinic: %v", err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- store.RunExports(ctx, nil) }()
		for {
			list, err := store.Exports(t.Context(), "1234")
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(list, func(e register.Export) bool { return e.State != register.ExportDone }) {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestWriteSelected_WritesThose(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		store, err := register.Open(t.Context(), db, nil)
		if err != nil {
			t.Fatal(err)
		}
		m := registertest.AddMembers(t, db, "1234", register.Member{MemberFields: register.MemberFields{Name: "𠮷田 花子", Phone: "+81 90 0000 0000", Tags: []string{"a", "b"}}})[0]
		day := time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)
		b := register.Booking{Ticket: registertest.Ticket("1234-1", "2026-03-01", 1), Number: 5, State: queue.Done, Slot: "10:00", SlotEnd: "10:30", Issued: day, Member: m.ID, Patient: queue.Patient{Name: "=1+1"}}
		other := register.Booking{Ticket: registertest.Ticket("2345-1", "2026-03-01", 1)}
		registertest.AddBookings(t, db, b, other)
		var file bytes.Buffer
		request := register.ExportRequest{Of: register.OfBookings, IDs: []string{string(other.Ticket), string(b.Ticket)}, Encoding: csvfile.UTF8, Words: tokyo, Columns: []string{"day", "service", "slot", "number", "state", "name", "member", "issued"}}
		if _, err := store.WriteSelected(t.Context(), "1234", request, &file, office); err != nil {
			t.Fatal(err)
		}
		want := [][]string{{"予約日", "業務", "時間帯", "受付番号", "状態", "氏名", "会員番号", "作成日"}, {"2026-03-01", "内科", "10:00-10:30", "5", "完了", "=1+1", "1", "2026-03-01 10:00:00"}}
		if got := rowsOf(t, file.Bytes()); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q, want %q", got, want)
		}
		file.Reset()
		replaced, err := store.WriteSelected(t.Context(), "1234", register.ExportRequest{Of: register.OfMembers, IDs: []string{string(m.ID)}, Encoding: csvfile.CP932, Words: register.Words{Language: "en"}, Columns: []string{"name", "phone", "tags"}}, &file, office)
		if err != nil || replaced != 1 {
			t.Errorf("%d replaced, %v", replaced, err)
		}
		if got, want := rowsOf(t, file.Bytes()), [][]string{{"Name", "Phone", "Tags"}, {"〓田 花子", "+81 90 0000 0000", "a / b"}}; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q, want %q", got, want)
		}
		log, err := store.AccessLog(t.Context(), "1234", register.AccessQuery{Member: m.ID})
		if err != nil || len(log.Entries) != 1 || log.Entries[0].Act != register.ActExport {
			t.Errorf("%+v, %v", log, err)
		}
		for name, ids := range map[string][]string{"none": nil, "51": slices.Repeat([]string{string(b.Ticket)}, 51), "another clinic's": {string(other.Ticket)}, "no id": {"'"}} {
			request.IDs = ids
			if _, err := store.WriteSelected(t.Context(), "1234", request, io.Discard, office); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
	})
}

// TestLedger_IsInTheOrderOfTheDay has slots first, then numbers.
func TestLedger_IsInTheOrderOfTheDay(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		store, err := register.Open(t.Context(), db, nil)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)
		add := func(n int, slot time.Time, number int, day clinic.Day) queue.TicketID {
			b := register.Booking{Ticket: registertest.Ticket("1234-1", string(day), n), SlotFrom: slot, Number: number, Issued: at}
			registertest.AddBookings(t, db, b)
			return b.Ticket
		}
		third := add(1, at.Add(time.Hour), 0, "2026-03-01")
		second := add(2, at, 9, "2026-03-01")
		first := add(3, at, 2, "2026-03-01")
		add(4, at, 1, "2026-03-02")
		list, err := store.Ledger(t.Context(), "1234", "", "2026-03-01", office)
		if err != nil || len(list) != 3 || list[0].Ticket != first || list[1].Ticket != second || list[2].Ticket != third {
			t.Errorf("%+v, %v", list, err)
		}
		var file bytes.Buffer
		if _, err := store.WriteLedger(t.Context(), "1234", "1", "2026-03-01", register.ExportRequest{Encoding: csvfile.UTF8, Words: tokyo}, &file, office); err != nil {
			t.Fatal(err)
		}
		if rows := rowsOf(t, file.Bytes()); len(rows) != 4 || len(rows[0]) != len(register.ColumnNames[register.OfBookings]) {
			t.Errorf("%q", rows)
		}
		if _, err := store.Ledger(t.Context(), "1234", "", "", office); !errors.Is(err, register.ErrBadQuery) {
			t.Errorf("without a day: %v", err)
		}
	})
}

// TestColumns_EachHasAHeader holds the names that users choose to those that files have.
func TestColumns_EachHasAHeader(t *testing.T) {
	t.Parallel()
	for of, names := range register.ColumnNames {
		for _, language := range []string{"ja", "en"} {
			for i, text := range register.HeaderOf(of, language) {
				if text == "" {
					t.Errorf("column %s of %s has no header in %s", names[i], of, language)
				}
			}
		}
	}
}

// TestExport_NeedsLittleMemory makes a file of 50,000 rows.
func TestExport_NeedsLittleMemory(t *testing.T) {
	// Not parallel: it measures the heap of the process.
	store := seed(t, sqldbtest.SQLite(t), 50_000)
	e, peak := exportAll(t, store)
	if bound := uint64(64 << 20); e.Rows != 50_000 || peak > bound {
		t.Errorf("%d rows with %d bytes of heap in use", e.Rows, peak)
	}
}
