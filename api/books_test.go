package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"junban/account"
	"junban/api/wire"
	"junban/internal/sqldb"
	"junban/internal/sqldb/sqldbtest"
	"junban/queue"
	"junban/queue/clinic"
	"junban/register"
	"junban/register/registertest"
)

// booksWorld is a world with a register, and the login of its admin.
type booksWorld struct {
	*world
	db     *sqldb.DB
	books  *register.Store
	cookie string
}

// onEachBooks runs a test on a register in memory and on PostgreSQL.
func onEachBooks(t *testing.T, test func(*testing.T, *booksWorld)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB) *sqldb.DB{"memory": sqldbtest.Memory, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newBooksWorld(t, open(t)))
		})
	}
}

func newBooksWorld(t *testing.T, db *sqldb.DB) *booksWorld {
	t.Helper()
	books, err := register.Open(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(c *Config) { c.Books = books })
	return &booksWorld{w, db, books, w.login()}
}

// at is a path below the clinic's.
func (w *booksWorld) at(rest string) string { return "/v1/clinics/" + w.number() + "/" + rest }

// member adds a member.
func (w *booksWorld) member(f wire.MemberFields) wire.Member {
	w.t.Helper()
	if f.Tags == nil {
		f.Tags = []string{}
	}
	return get[wire.Member](w.world, http.StatusCreated, ask{method: "POST", path: w.at("members"), key: freshKey(), cookie: w.cookie, body: wire.NewMember{Fields: &f}})
}

// booking writes the row of a booking, and returns its ticket.
func (w *booksWorld) booking(n int, change func(*register.Booking)) string {
	w.t.Helper()
	b := register.Booking{
		Ticket: registertest.Ticket(w.ref("1"), "2026-11-30", n), Day: "2026-11-30", Issued: time.Now(), Updated: time.Now(),
		Patient: queue.Patient{Name: "佐藤 花子", Kana: "サトウ ハナコ", Phone: "09000000001"},
	}
	if change != nil {
		change(&b)
	}
	registertest.AddBookings(w.t, w.db, b)
	return string(b.Ticket)
}

func (w *booksWorld) read(path string) ask {
	return ask{method: "GET", path: w.at(path), cookie: w.cookie}
}

func (w *booksWorld) send(path string, body any) ask {
	return ask{method: "POST", path: w.at(path), cookie: w.cookie, key: freshKey(), body: body}
}

func (w *booksWorld) search(text string) []wire.Member {
	w.t.Helper()
	return get[wire.Members](w.world, 200, w.send("search/members", wire.MemberSearch{Text: text})).Members
}

func TestBooks_AMemberIsAddedFoundCorrectedMergedAndSplit(t *testing.T) {
	t.Parallel()
	onEachBooks(t, func(t *testing.T, w *booksWorld) {
		ticket := w.booking(1, nil)
		key := freshKey()
		fromBooking := ask{method: "POST", path: w.at("members"), key: key, cookie: w.cookie, body: wire.NewMember{Ticket: ticket}}
		first := get[wire.Member](w.world, http.StatusCreated, fromBooking)
		again := get[wire.Member](w.world, http.StatusCreated, fromBooking)
		if first.ID != again.ID || first.Fields.Name != "佐藤 花子" || first.Number == 0 {
			t.Fatalf("%+v, and again %+v", first, again)
		}
		if row := get[wire.BookingRow](w.world, 200, w.read("history/"+ticket)); row.Member != first.ID || row.Patient.Name != "佐藤 花子" {
			t.Errorf("the booking is %+v", row)
		}
		for _, text := range []string{"さとう", "佐藤", "090-0000-0001", "0001"} {
			if found := w.search(text); len(found) != 1 || found[0].ID != first.ID {
				t.Errorf("%s finds %+v", text, found)
			}
		}

		fields := first.Fields
		fields.Name, fields.Card = "佐藤 華子", "10482"
		edit := ask{method: "PUT", path: w.at("members/" + first.ID), cookie: w.cookie, body: wire.MemberChange{Version: first.Version, Fields: fields}}
		edited := get[wire.Member](w.world, 200, edit)
		if edited.Fields.Name != "佐藤 華子" || edited.Version <= first.Version {
			t.Errorf("edited to %+v", edited)
		}
		w.refused(409, "member_changed", edit)

		second := w.member(wire.MemberFields{Name: "佐藤 華子", Phone: "09000000001"})
		taken := second.Fields
		taken.Card = "１０４８２"
		w.refused(409, "card_taken", ask{method: "PUT", path: w.at("members/" + second.ID), cookie: w.cookie, body: wire.MemberChange{Version: second.Version, Fields: taken}})
		if alike := get[wire.Candidates](w.world, 200, w.read("members/"+first.ID+"/candidates")).Members; len(alike) != 1 || alike[0].ID != second.ID {
			t.Errorf("alike are %+v", alike)
		}
		merged := get[wire.Merge](w.world, 200, w.send("members/"+second.ID+"/merge", wire.MergeRequest{Other: first.ID}))
		if merged.Kept != second.ID || merged.Bookings != 1 {
			t.Errorf("merged as %+v", merged)
		}
		w.refused(409, "member_merged", w.send("members/"+second.ID+"/merge", wire.MergeRequest{Other: first.ID}))
		w.refused(409, "same_member", w.send("members/"+second.ID+"/merge", wire.MergeRequest{Other: second.ID}))
		if rows := get[wire.BookingRows](w.world, 200, w.read("members/"+second.ID+"/bookings")); rows.Count != 1 || rows.Bookings[0].Ticket != ticket {
			t.Errorf("after the merge %+v", rows)
		}
		undone := get[wire.Merge](w.world, 200, w.send("merges/"+merged.ID+"/undo", nil))
		if undone.Undone == nil {
			t.Errorf("undone as %+v", undone)
		}
		w.refused(409, "not_merged", w.send("merges/"+merged.ID+"/undo", nil))
		if rows := get[wire.BookingRows](w.world, 200, w.read("members/"+first.ID+"/bookings")); rows.Count != 1 {
			t.Errorf("after the undo %+v", rows)
		}
		if all := get[wire.Merges](w.world, 200, w.read("members/"+first.ID+"/merges")).Merges; len(all) != 1 || all[0].Undone == nil {
			t.Errorf("the merges are %+v", all)
		}

		log := get[wire.Accesses](w.world, 200, w.read("accesses?member="+first.ID))
		seen := map[string]bool{}
		for _, a := range log.Accesses {
			seen[a.Act] = true
			if a.By != testUser {
				t.Errorf("%s is by %q", a.Act, a.By)
			}
		}
		for _, act := range []string{"add", "edit", "merge", "unmerge"} {
			if !seen[act] {
				t.Errorf("the access log has no %s: %+v", act, log.Accesses)
			}
		}
	})
}

func TestBooks_BookingsAreSearchedByAllConditions(t *testing.T) {
	t.Parallel()
	onEachBooks(t, func(t *testing.T, w *booksWorld) {
		w.booking(1, nil)
		w.booking(2, func(b *register.Booking) {
			b.Patient = queue.Patient{Name: "鈴木 一郎", Kana: "スズキ イチロウ", CardNumber: "20077", Symptoms: "せき"}
			b.State, b.Channel = queue.Cancelled, "desk"
		})
		for name, tt := range map[string]struct {
			q    wire.BookingSearch
			want int
		}{
			"all":        {wire.BookingSearch{}, 2},
			"kana":       {wire.BookingSearch{Text: "すずき"}, 1},
			"card":       {wire.BookingSearch{Text: "20077"}, 1},
			"state":      {wire.BookingSearch{States: []string{"booked"}}, 1},
			"channel":    {wire.BookingSearch{Channel: "desk", States: []string{"cancelled"}}, 1},
			"service":    {wire.BookingSearch{Service: w.ref("1")}, 2},
			"day":        {wire.BookingSearch{DayFrom: "2026-11-30", DayTo: "2026-11-30"}, 2},
			"other day":  {wire.BookingSearch{DayFrom: "2026-12-01"}, 0},
			"symptoms":   {wire.BookingSearch{Symptoms: "せき", DayFrom: "2026-11-01", DayTo: "2026-11-30"}, 1},
			"quotes":     {wire.BookingSearch{Text: `%_'"\`}, 0},
			"made today": {wire.BookingSearch{IssuedFrom: time.Now().Add(-48 * time.Hour).Format(time.DateOnly), IssuedTo: time.Now().Add(48 * time.Hour).Format(time.DateOnly)}, 2},
		} {
			if got := get[wire.BookingRows](w.world, 200, w.send("search/bookings", tt.q)); got.Count != tt.want || len(got.Bookings) != tt.want || got.More {
				t.Errorf("%s finds %+v, want %d", name, got, tt.want)
			}
		}
		w.refused(400, "query_invalid", w.send("search/bookings", wire.BookingSearch{Symptoms: "せき"}))
		w.refused(400, "query_invalid", w.send("search/bookings", wire.BookingSearch{After: "nonsense"}))
		w.refused(400, "query_invalid", w.send("search/bookings", wire.BookingSearch{Member: "佐藤 花子"}))
		if res := w.refused(400, "query_invalid", w.send("search/bookings", wire.BookingSearch{States: []string{"lunch"}})); !strings.Contains(string(res.body), "lunch") {
			t.Errorf("the answer has not what is wrong: %s", res.body)
		}
		w.refused(400, "field_invalid", w.send("search/bookings", wire.BookingSearch{Text: strings.Repeat("あ", 1000)}))
		w.refused(400, "field_invalid", w.send("search/bookings", wire.BookingSearch{DayFrom: "yesterday"}))
		w.refused(400, "field_invalid", w.send("search/members", wire.MemberSearch{Text: strings.Repeat("a", 1000)}))
		w.refused(404, "service_unknown", w.send("search/bookings", wire.BookingSearch{Service: "9999-1"}))
		if found := get[wire.Members](w.world, 200, ask{method: "POST", path: w.at("search/members"), cookie: w.cookie, body: `{"text":"\ud83d"}`}); len(found.Members) != 0 {
			t.Errorf("half a surrogate finds %+v", found)
		}
	})
}

// TestBooks_IDsOfAnotherClinicAreUnknown asks for what another clinic has.
func TestBooks_IDsOfAnotherClinicAreUnknown(t *testing.T) {
	t.Parallel()
	w := newBooksWorld(t, sqldbtest.Memory(t))
	own := w.member(wire.MemberFields{Name: "自院 太郎"})
	by := clinic.Actor{Kind: "staff", Name: "other"}
	other, err := w.books.AddMember(t.Context(), "7777", register.MemberFields{Name: "他院 花子"}, "", by)
	if err != nil {
		t.Fatal(err)
	}
	ticket := registertest.Ticket("7777-1", "2026-11-30", 1)
	registertest.AddBookings(t, w.db, register.Booking{Ticket: ticket, Issued: time.Now(), Updated: time.Now(), Patient: queue.Patient{Name: "他院 花子"}})
	fields := wire.MemberFields{Name: "x", Tags: []string{}}
	id := string(other.ID)
	for _, a := range []ask{
		w.read("members/" + id), w.read("members/" + id + "/bookings"), w.read("members/" + id + "/candidates"), w.read("members/" + id + "/merges"),
		w.send("members/"+id+"/merge", wire.MergeRequest{Other: own.ID}), w.send("members/"+own.ID+"/merge", wire.MergeRequest{Other: id}),
		{method: "PUT", path: w.at("members/" + id), cookie: w.cookie, body: wire.MemberChange{Version: 1, Fields: fields}},
	} {
		w.refused(404, "member_unknown", a)
	}
	for _, a := range []ask{
		w.read("history/" + string(ticket)), w.send("members", wire.NewMember{Ticket: string(ticket)}),
		{method: "PUT", path: w.at("history/" + string(ticket) + "/member"), cookie: w.cookie, body: wire.LinkRequest{Member: own.ID}},
	} {
		w.refused(404, "booking_unknown", a)
	}
	mine := w.booking(1, nil)
	w.refused(404, "member_unknown", ask{method: "PUT", path: w.at("history/" + mine + "/member"), cookie: w.cookie, body: wire.LinkRequest{Member: id}})
	for _, text := range []string{"他院", ""} {
		for _, m := range w.search(text) {
			if m.ID == id {
				t.Errorf("%q finds a member of another clinic", text)
			}
		}
	}
	w.refused(403, "other_clinic", ask{method: "GET", path: "/v1/clinics/7777/members/" + id, cookie: w.cookie})
}

func TestBooks_ColumnsAreKeptForEachUserAndList(t *testing.T) {
	t.Parallel()
	onEachBooks(t, func(t *testing.T, w *booksWorld) {
		const path = "/v1/users/me/columns/"
		before := get[wire.ColumnSet](w.world, 200, ask{method: "GET", path: path + "bookings", cookie: w.cookie})
		if len(before.Columns) != 0 || len(before.All) < 20 {
			t.Errorf("at first %+v", before)
		}
		chosen := []string{"name", "day"}
		get[wire.ColumnSet](w.world, 200, ask{method: "PUT", path: path + "bookings", cookie: w.cookie, body: wire.ColumnsRequest{Columns: chosen}})
		after := get[wire.ColumnSet](w.world, 200, ask{method: "GET", path: path + "bookings", cookie: w.cookie})
		if fmt.Sprint(after.Columns) != fmt.Sprint(chosen) {
			t.Errorf("chosen are %v", after.Columns)
		}
		if of := get[wire.ColumnSet](w.world, 200, ask{method: "GET", path: path + "members", cookie: w.cookie}); len(of.Columns) != 0 {
			t.Errorf("the other list has %v", of.Columns)
		}
		w.refused(400, "field_invalid", ask{method: "PUT", path: path + "bookings", cookie: w.cookie, body: wire.ColumnsRequest{Columns: []string{"password"}}})
		w.refused(404, "not_found", ask{method: "GET", path: path + "users", cookie: w.cookie})
		w.refused(401, "session_required", ask{method: "GET", path: path + "members"})
	})
}

// TestBooks_WithoutTheDatabaseTheLineGoesOn closes the register.
func TestBooks_WithoutTheDatabaseTheLineGoesOn(t *testing.T) {
	t.Parallel()
	w := newBooksWorld(t, sqldbtest.Memory(t))
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	if res := w.refused(503, "register_unavailable", w.send("search/members", wire.MemberSearch{})); strings.Contains(string(res.body), "closed") {
		t.Errorf("the answer has the cause: %s", res.body)
	}
	w.refused(503, "register_unavailable", w.read("members/m1"))
	w.refused(503, "register_unavailable", w.send("search/bookings", wire.BookingSearch{}))
	w.issue("1", wire.IssueRequest{})
	w.callNext(w.cookie, "1", "")
}

// TestBooks_ABookingByTelephoneIsTheMembers books for a member whose record has the rest.
func TestBooks_ABookingByTelephoneIsTheMembers(t *testing.T) {
	t.Parallel()
	w := newBooksWorld(t, sqldbtest.Memory(t))
	w.slotMode(nil)
	m := w.member(wire.MemberFields{Name: "佐藤 花子", Kana: "サトウ ハナコ", Phone: "090-0000-0001", Card: "10482"})
	day := w.days("")[1].Day
	phone := w.telephone(w.cookie, "1", wire.IssueRequest{Day: day, Slot: "10:00", Member: m.ID, Patient: wire.Patient{Phone: "0312345678"}})
	// Nothing projects the line here: the booking holds, and is not linked yet.
	w.refused(503, "not_recorded", phone)
	booked := get[wire.Bookings](w.world, 200, w.read("bookings")).Tickets
	if len(booked) != 1 || booked[0].Name != "佐藤 花子" || booked[0].Phone != "0312345678" || booked[0].CardNumber != "10482" {
		t.Fatalf("booked as %+v", booked)
	}
	registertest.AddBookings(t, w.db, register.Booking{Ticket: queue.TicketID(booked[0].ID), Day: clinic.Day(day), Issued: time.Now(), Updated: time.Now()})
	if again := get[wire.Issued](w.world, 201, phone); again.Ticket.ID != booked[0].ID {
		t.Errorf("the same key again books %s", again.Ticket.ID)
	}
	if rows := get[wire.BookingRows](w.world, 200, w.read("members/"+m.ID+"/bookings")); rows.Count != 1 || rows.Bookings[0].Ticket != booked[0].ID {
		t.Errorf("the member has %+v", rows)
	}
	w.refused(404, "member_unknown", w.telephone(w.cookie, "1", wire.IssueRequest{Day: day, Slot: "10:00", Member: "m-nobody"}))
}

func TestBooks_MembersAreImportedAllOrNone(t *testing.T) {
	t.Parallel()
	onEachBooks(t, func(t *testing.T, w *booksWorld) {
		send := func(file, query string) wire.Imported {
			t.Helper()
			return get[wire.Imported](w.world, 200, ask{method: "POST", path: w.at("import/members" + query), cookie: w.cookie, body: file, loose: true, header: http.Header{"Content-Type": {"text/csv"}}})
		}
		const good = "\ufeff氏名,フリガナ,生年月日,電話番号,診察券番号,血液型\r\n\"佐藤, 花子\",サトウ ハナコ,1958/3/2,090-0000-0001,10482,A\r\n鈴木 一郎,,,,20077,\r\n"
		if dry := send(good, "?dry=1"); dry.Added != 2 || dry.Rows != 2 || !dry.Dry || len(dry.Errors) != 0 || len(dry.Unknown) != 1 {
			t.Errorf("dry: %+v", dry)
		}
		if found := w.search(""); len(found) != 0 {
			t.Errorf("a dry run added %+v", found)
		}
		for name, tt := range map[string]struct{ file, code string }{
			"a bad date":    {"氏名,生年月日\n佐藤,1958-13-45\n鈴木,\n", "not_date"},
			"no name":       {"血液型\nA\n", "missing"},
			"a card twice":  {"氏名,診察券番号\na,1\nb,１\n", "used_twice"},
			"another width": {"氏名,カナ\na\n", "file_columns"},
			"UTF-16":        {"\xff\xfea\x00,\x00", "file_utf16"},
			"nothing":       {"\n", "file_empty"},
		} {
			if got := send(tt.file, ""); len(got.Errors) == 0 || got.Errors[0].Code != tt.code || got.Added != 0 {
				t.Errorf("%s: %+v, want %s", name, got, tt.code)
			}
		}
		if found := w.search(""); len(found) != 0 {
			t.Errorf("refused files added %+v", found)
		}
		if done := send(good, ""); done.Added != 2 {
			t.Errorf("%+v", done)
		}
		if again := send(good, ""); again.Added != 0 || again.Updated != 2 {
			t.Errorf("again: %+v", again)
		}
		if found := w.search("はなこ"); len(found) != 1 || found[0].Fields.Birth != "1958-03-02" || found[0].Fields.Name != "佐藤, 花子" {
			t.Errorf("found %+v", found)
		}
	})
}

// TestBooks_AWrongFileIsReadToItsEnd checks that the answer comes after the file. Chromium
// reports a broken connection, not the answer, if it comes while the file is sent.
func TestBooks_AWrongFileIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	w := newBooksWorld(t, sqldbtest.Memory(t))
	file := strings.NewReader("\xff\xfe" + strings.Repeat("a\x00\n\x00", 4<<20))
	r := w.request(ask{method: "POST", path: w.at("import/members"), cookie: w.cookie, loose: true, header: http.Header{"Content-Type": {"text/csv"}}}, file)
	res, err := w.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var got wire.Imported
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil || len(got.Errors) != 1 || got.Errors[0].Code != "file_utf16" {
		t.Errorf("%+v, %v", got, err)
	}
	if file.Len() > 0 || res.Close {
		t.Errorf("%d bytes of the file are not read", file.Len())
	}
}

// TestBooks_OneFileOfAClinicAtATime sends a file while another one is still sent.
func TestBooks_OneFileOfAClinicAtATime(t *testing.T) {
	t.Parallel()
	w := newBooksWorld(t, sqldbtest.Memory(t))
	send := ask{method: "POST", path: w.at("import/members?dry"), cookie: w.cookie, loose: true, header: http.Header{"Content-Type": {"text/csv"}}}
	file, rest := io.Pipe()
	first := w.request(send, file)
	ended := make(chan error, 1)
	go func() {
		res, err := w.client.Do(first)
		if err == nil {
			res.Body.Close()
		}
		ended <- err
	}()
	// More than what the connection buffers: the server reads it.
	if _, err := rest.Write(bytes.Repeat([]byte("name,kana\n"), 1<<20)); err != nil {
		t.Fatal(err)
	}
	send.body = "name\na\n"
	w.refused(503, "node_busy", send)
	rest.Close()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if got := get[wire.Imported](w.world, 200, send); got.Added != 1 {
		t.Errorf("after it: %+v", got)
	}
}

// TestBooks_AnImportedMemberCanBeEdited corrects a name whose member has the longest memo.
func TestBooks_AnImportedMemberCanBeEdited(t *testing.T) {
	t.Parallel()
	w := newBooksWorld(t, sqldbtest.Memory(t))
	file := "氏名,電話番号,メモ\n" + strings.Repeat("長", register.MostName) + ",(03) 0000-0000," + strings.Repeat("記", register.MostMemo) + "\n"
	if done := get[wire.Imported](w.world, 200, ask{method: "POST", path: w.at("import/members"), cookie: w.cookie, body: file, loose: true, header: http.Header{"Content-Type": {"text/csv"}}}); done.Added != 1 {
		t.Fatalf("%+v", done)
	}
	m := w.search("")[0]
	m.Fields.Kana = "ナガイ"
	edited := get[wire.Member](w.world, 200, ask{method: "PUT", path: w.at("members/" + m.ID), cookie: w.cookie, body: wire.MemberChange{Version: m.Version, Fields: m.Fields}})
	if edited.Fields.Kana != m.Fields.Kana || edited.Fields.Memo != m.Fields.Memo {
		t.Errorf("%+v", edited)
	}
}

func TestBooks_FilesAreMadeAtOnceAndInTheBackground(t *testing.T) {
	t.Parallel()
	onEachBooks(t, func(t *testing.T, w *booksWorld) {
		done := make(chan error, 1)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { done <- w.books.RunExports(ctx, slog.New(slog.DiscardHandler)) }()
		defer func() { cancel(); <-done }()
		first := w.booking(1, func(b *register.Booking) { b.Patient.Name, b.Day = "𠮷田 =1+2", "" })
		w.booking(2, nil)

		file := func(a ask) answer {
			t.Helper()
			res := w.do(a)
			if res.status != 200 || !strings.HasPrefix(res.header.Get("Content-Type"), "text/csv") || !strings.Contains(res.header.Get("Content-Disposition"), "attachment") {
				t.Fatalf("%s: %d %v %s", a.path, res.status, res.header, res.body)
			}
			return res
		}
		selected := wire.ExportRequest{Of: "bookings", IDs: []string{first}, Columns: []string{"name", "service"}, Encoding: "cp932", Language: "ja"}
		if got := file(w.send("exports/selected", selected)); got.header.Get("Junban-Replaced") != "1" || strings.Count(string(got.body), "\n") != 2 {
			t.Errorf("%s characters are replaced in %q", got.header.Get("Junban-Replaced"), got.body)
		}
		ledger := file(w.read("ledger?day=2026-11-30&lang=en"))
		if strings.Count(string(ledger.body), "\n") != 3 || !strings.HasPrefix(string(ledger.body), "\ufeff") {
			t.Errorf("the ledger is %q", ledger.body)
		}

		body := wire.ExportRequest{Of: "bookings", Bookings: &wire.BookingSearch{Text: "佐藤"}, Encoding: "utf-8", Language: "ja"}
		started := get[wire.Export](w.world, http.StatusAccepted, w.send("exports", body))
		var made wire.Export
		for begun := time.Now(); made.State != "done"; time.Sleep(10 * time.Millisecond) {
			made = get[wire.Exports](w.world, 200, w.read("exports")).Exports[0]
			if time.Since(begun) > waits {
				t.Fatalf("the export is %+v", made)
			}
		}
		if made.ID != started.ID || made.Rows != 1 || made.Expires == nil {
			t.Errorf("made as %+v", made)
		}
		if got := file(w.read("exports/" + made.ID + "/file")); int64(len(got.body)) != made.Bytes || !strings.Contains(string(got.body), "佐藤 花子") {
			t.Errorf("%d bytes: %q", made.Bytes, got.body)
		}
		downloads := 0
		for _, a := range get[wire.Accesses](w.world, 200, w.read("accesses")).Accesses {
			if a.Act == "export" {
				downloads++
			}
		}
		if downloads < 4 {
			t.Errorf("the access log has %d exports", downloads)
		}

		w.refused(404, "export_unknown", w.read("exports/nothing/file"))
		w.refused(400, "field_invalid", w.send("exports/selected", wire.ExportRequest{Of: "bookings", Encoding: "utf-8", Language: "ja"}))
		w.refused(400, "field_invalid", w.send("exports", wire.ExportRequest{Of: "users", Encoding: "utf-8", Language: "ja"}))
		w.refused(400, "field_invalid", w.send("exports", wire.ExportRequest{Of: "members", Encoding: "latin1", Language: "ja"}))
		w.refused(400, "field_invalid", w.send("exports", wire.ExportRequest{Of: "members", Columns: []string{"password"}, Encoding: "utf-8", Language: "ja"}))
		w.refused(404, "booking_unknown", w.send("exports/selected", wire.ExportRequest{Of: "bookings", IDs: []string{"7777-1-261130-000000000001"}, Encoding: "utf-8", Language: "ja"}))
	})
}

func TestBooks_APersonIsExportedAndErased(t *testing.T) {
	t.Parallel()
	onEachBooks(t, func(t *testing.T, w *booksWorld) {
		ticket := w.booking(1, nil)
		m := get[wire.Member](w.world, http.StatusCreated, w.send("members", wire.NewMember{Ticket: ticket}))
		if data := w.do(w.read("members/" + m.ID + "/data")); data.status != 200 || !strings.Contains(string(data.body), "佐藤 花子") || !strings.Contains(data.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("the data: %d %v %s", data.status, data.header, data.body)
		}
		w.refused(400, "field_invalid", w.send("members/"+m.ID+"/erase", wire.EraseRequest{Number: m.Number + 1}))
		done := get[wire.Certificate](w.world, 200, w.send("members/"+m.ID+"/erase", wire.EraseRequest{Number: m.Number}))
		if done.Removed.Members != 1 || done.Removed.Bookings != 1 || done.By != testUser {
			t.Errorf("the certificate is %+v", done)
		}
		w.refused(404, "member_unknown", w.read("members/"+m.ID))
		w.refused(404, "member_unknown", w.send("members/"+m.ID+"/erase", wire.EraseRequest{Number: m.Number}))
		if row := get[wire.BookingRow](w.world, 200, w.read("history/"+ticket)); row.Erased == nil || row.Patient.Name != "" || row.Patient.Phone != "" {
			t.Errorf("the booking is %+v", row)
		}
		if all := get[wire.Certificates](w.world, 200, w.read("certificates")).Certificates; len(all) != 1 || all[0].ID != done.ID {
			t.Errorf("the certificates are %+v", all)
		}
		if body := w.do(w.read("certificates")).body; strings.Contains(string(body), "佐藤") {
			t.Error("the certificate names the person")
		}
	})
}

// TestBooks_SomeRoutesAreTheAdmins logs a user of the desk in.
func TestBooks_SomeRoutesAreTheAdmins(t *testing.T) {
	t.Parallel()
	w := newBooksWorld(t, sqldbtest.Memory(t))
	m := w.member(wire.MemberFields{Name: "佐藤 花子"})
	if err := w.users.PutUser(t.Context(), w.clinic.ID, "窓口", account.RoleDesk, testHash(), clinic.Actor{}); err != nil {
		t.Fatal(err)
	}
	res := w.do(ask{method: "POST", path: "/v1/login", body: wire.LoginRequest{Clinic: w.number(), User: "窓口", Password: testPassword}})
	w.cookie, _, _ = strings.Cut(strings.TrimPrefix(res.header.Get("Set-Cookie"), loginCookie+"="), ";")
	get[wire.Member](w.world, 200, w.read("members/"+m.ID))
	for _, a := range []ask{w.read("members/" + m.ID + "/data"), w.send("members/"+m.ID+"/erase", wire.EraseRequest{Number: m.Number}), w.read("accesses")} {
		w.refused(403, "admin_required", a)
	}
}
