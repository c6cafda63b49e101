package main

import (
	"fmt"

	"junban/api/wire"
	"junban/static"
)

// books returns a story of the books after an admin's login, at a fragment of the page.
func books(name, fragment, shows string, change ...func(*Story)) Story {
	s := Story{
		Name: "books-" + name, Fragment: fragment, Shows: shows, Frames: []wire.Frame{staffFrame(calm())},
		Page: func(lang string) static.Page { return static.BooksPage{Lang: lang} },
		Answers: map[string]any{
			"GET /v1/session":                               session(),
			"GET /v1/clinics/1234/bookings":                 bookings(),
			"GET /v1/users/me/columns/bookings":             wire.ColumnSet{Columns: []string{}, All: []string{"day", "slot", "name", "kana", "number", "state", "service", "phone", "card", "birth", "symptoms", "memo", "issued", "updated"}},
			"GET /v1/users/me/columns/members":              wire.ColumnSet{Columns: []string{}, All: []string{"name", "kana", "number", "birth", "sex", "phone", "card", "mail", "tags", "memo", "updated"}},
			"POST /v1/clinics/1234/search/bookings":         rows(bookingRows(), 1000, true),
			"POST /v1/clinics/1234/search/members":          members(sampleMembers()...),
			"GET /v1/clinics/1234/history/1234-1-261124-1":  bookingRows()[4],
			"GET /v1/clinics/1234/history/1234-1-261121-24": bookingRows()[1],
			"GET /v1/clinics/1234/members/m1":               sampleMembers()[0],
			"GET /v1/clinics/1234/members/m1/bookings":      rows(bookingRows()[:2], 2, false),
			"GET /v1/clinics/1234/members/m1/candidates":    wire.Candidates{Members: sampleMembers()[1:2]},
			"GET /v1/clinics/1234/members/m1/merges":        wire.Merges{Merges: []wire.Merge{{ID: "g1", Kept: "m1", Merged: "m9", Bookings: 3, At: at(9, 2), By: "uketsuke"}}},
			"GET /v1/clinics/1234/exports":                  wire.Exports{Exports: sampleExports()},
			"GET /v1/clinics/1234/certificates":             wire.Certificates{Certificates: []wire.Certificate{certificate()}},
			"GET /v1/clinics/1234/accesses":                 wire.Accesses{Accesses: sampleAccesses(), Next: "next"},
		},
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

func rows(all []wire.BookingRow, count int, more bool) wire.BookingRows {
	r := wire.BookingRows{Bookings: all, Count: count, More: more}
	if more {
		r.Next = "next"
	}
	return r
}

func members(all ...wire.Member) wire.Members {
	return wire.Members{Members: append([]wire.Member{}, all...), Count: len(all)}
}

// bookingRows are the bookings of a day and of the next one, in different states.
func bookingRows() []wire.BookingRow {
	row := func(n int, date, state string, p wire.Patient, change ...func(*wire.BookingRow)) wire.BookingRow {
		r := wire.BookingRow{
			Ticket: fmt.Sprintf("%s-%s%s%s-%d", medicine, date[2:4], date[5:7], date[8:], n), Service: medicine, ServiceName: "内科", Day: date, State: state, Number: n,
			Channel: "web", PartySize: 1, Session: "morning", Issued: at(8, 40), Updated: at(10, 21), Patient: p,
		}
		for _, c := range change {
			c(&r)
		}
		return r
	}
	return []wire.BookingRow{
		row(23, day, "called", wire.Patient{Name: "山田 太郎", Kana: "ヤマダ タロウ", Phone: "090-0000-0009"}, func(r *wire.BookingRow) { r.Called = until(10, 21) }),
		row(24, day, "waiting", wire.Patient{Name: "佐藤 花子", Kana: "サトウ ハナコ", Phone: "090-0000-0001", CardNumber: "10482", Birth: "1958-03-02", Symptoms: "先週からのせきと鼻水"}, func(r *wire.BookingRow) { r.Member, r.Arrived = "m1", until(9, 55) }),
		row(22, day, "done", wire.Patient{Name: "中村 誠", Kana: "ナカムラ マコト", Phone: "03-0000-0004"}, func(r *wire.BookingRow) { r.Channel, r.Ended = "desk", until(10, 5) }),
		row(18, day, "no_show", wire.Patient{Name: "小林 愛", Phone: "080-0000-0005"}),
		row(1, "2026-11-24", "booked", wire.Patient{Name: "佐藤 花子", Kana: "サトウ ハナコ", Phone: "090-0000-0001", CardNumber: "10482", Memo: "車いす"}, func(r *wire.BookingRow) { r.Channel = "desk" }),
		row(2, "2026-11-24", "booked", wire.Patient{Name: "Maria Gonçalves de Oliveira", Phone: "080-0000-0002"}, func(r *wire.BookingRow) { r.FirstVisit = true }),
		row(3, "2026-11-24", "cancelled", wire.Patient{}, func(r *wire.BookingRow) { r.Erased = until(9, 0) }),
		row(4, "2026-11-25", "booked", wire.Patient{Name: "鈴木 一郎", Kana: "スズキ イチロウ", CardNumber: "20077"}, func(r *wire.BookingRow) { r.Missing = until(10, 2) }),
	}
}

func sampleMembers() []wire.Member {
	member := func(n int64, f wire.MemberFields) wire.Member {
		if f.Tags == nil {
			f.Tags = []string{}
		}
		return wire.Member{ID: fmt.Sprintf("m%d", n), Number: n, Kind: "web", Fields: f, Version: 1, Created: at(9, 0), Updated: at(9, 30)}
	}
	return []wire.Member{
		member(1, wire.MemberFields{Name: "佐藤 花子", Kana: "サトウ ハナコ", Birth: "1958-03-02", Sex: "female", Phone: "090-0000-0001", Card: "10482", Memo: "車いす。耳が遠いので筆談。", Tags: []string{"要介助", "糖尿病"}}),
		member(2, wire.MemberFields{Name: "佐藤 華子", Kana: "サトウ ハナコ", Birth: "1958-03-02", Phone: "090-0000-0001"}),
		member(3, wire.MemberFields{Name: "Maria Gonçalves de Oliveira", Kana: "マリア ゴンサルヴェス", Phone: "080-0000-0002", Mail: "maria@example.jp"}),
		member(4, wire.MemberFields{Name: "鈴木 一郎", Kana: "スズキ イチロウ", Birth: "1990-12-24", Sex: "male", Card: "20077"}),
	}
}

func sampleExports() []wire.Export {
	return []wire.Export{
		{ID: "e3", Of: "bookings", State: "running", File: "bookings-20261121-1022.csv", Encoding: "utf-8", Rows: 84_000, Total: 200_000, By: "inchou", Created: at(10, 22)},
		{ID: "e2", Of: "members", State: "done", File: "members-20261121-0915.csv", Encoding: "cp932", Rows: 1_240, Total: 1_240, Bytes: 180_000, Replaced: 2, By: "uketsuke", Created: at(9, 15), Finished: until(9, 15), Expires: until(23, 15)},
		{ID: "e1", Of: "bookings", State: "failed", File: "bookings-20261121-0801.csv", Encoding: "utf-8", By: "uketsuke", Created: at(8, 1)},
	}
}

func certificate() wire.Certificate {
	return wire.Certificate{ID: "c-7f3k2a9q", At: at(9, 40), By: "inchou", Removed: wire.Removed{Members: 2, Merges: 1, Bookings: 3, Exports: 2, Line: 1, RedisFile: "rewritten", DatabaseLog: "purged"}}
}

func sampleAccesses() []wire.Access {
	return []wire.Access{
		{ID: "a4", At: at(10, 20), By: "inchou", Act: "erase", Detail: "c-7f3k2a9q"},
		{ID: "a3", At: at(10, 18), By: "uketsuke", Act: "edit", Member: "m1", Number: 1, Detail: "phone, memo"},
		{ID: "a2", At: at(10, 17), By: "uketsuke", Act: "open", Member: "m1", Number: 1},
		{ID: "a1", At: at(10, 16), By: "uketsuke", Act: "search", Detail: "kana 3"},
	}
}

func booksStories() []Story {
	const list, member, booking = "table.rows [data-row]", "#members/m1", "#bookings/1234-1-261124-1"
	return []Story{
		books("login", "", ".login button:not(:disabled)", answers(map[string]any{"GET /v1/session": refusal(401, "session_required")})),
		books("bookings", "", list),
		books("none", "", ".empty", answers(map[string]any{"POST /v1/clinics/1234/search/bookings": rows([]wire.BookingRow{}, 0, false)})),
		books("down", "", "#problem", answers(map[string]any{"POST /v1/clinics/1234/search/bookings": refusal(503, "register_unavailable"), "GET /v1/users/me/columns/bookings": refusal(503, "register_unavailable")}), hurried),
		books("columns", "", "#columns", clicks("#columns", "#gear")),
		books("csv", "", "#export", clicks("#export", `tr[data-id="1234-1-261121-24"] input[type=checkbox]`, "#csv")),
		books("keys", "", "#help", clicks("#help", "#keys")),
		books("ledger", "", "#print:not(:disabled)", answers(map[string]any{"POST /v1/clinics/1234/search/bookings": rows(bookingRows()[:4], 4, false)}), clicks("#print:not(:disabled)", "#ledger")),
		books("booking", booking, "#member-of .alike"),
		books("booking-edit", booking, ".change", clicks(".change input[name=kana]", "[data-act=edit]")),
		books("booking-cancel", booking, ".danger", clicks("[data-act=cancel-yes]", "[data-act=cancel]")),
		books("booking-linked", "#bookings/1234-1-261121-24", `#member-of [data-act="unlink"]`),
		books("booking-unknown", "#bookings/1234-1-261124-9", "#problem", answers(map[string]any{"GET /v1/clinics/1234/history/1234-1-261124-9": refusal(404, "booking_unknown")})),
		books("members", "#members", list),
		books("members-none", "#members", ".empty", answers(map[string]any{"POST /v1/clinics/1234/search/members": members()})),
		books("new", "#members", "#member-form", clicks("#member-form", "#new-member")),
		books("import", "#members", "#import", clicks("#import", "#import-open")),
		books("member", member, "#merges li"),
		books("member-edit", member, "#member-form", clicks("#member-form", "[data-act=edit]")),
		books("member-taken", member, ".wrong", answers(map[string]any{"PUT /v1/clinics/1234/members/m1": refusal(409, "card_taken")}), clicks(".wrong", "[data-act=edit]", "[data-act=member-save]")),
		books("merge", member, "[data-act=merge-yes]", clicks("[data-act=merge-yes]", "[data-act=merge]")),
		books("erase", member, "#erase", clicks("#erase", "[data-act=erase]")),
		books("erased", member, "#certificate", answers(map[string]any{"POST /v1/clinics/1234/members/m1/erase": certificate()}),
			clicks("#erase", "[data-act=erase]"), types("#erase input", "1"), clicks("#certificate", "[data-act=erase-yes]")),
		books("files", "#files", "progress"),
		books("files-none", "#files", ".empty", answers(map[string]any{"GET /v1/clinics/1234/exports": wire.Exports{Exports: []wire.Export{}}, "GET /v1/clinics/1234/certificates": wire.Certificates{Certificates: []wire.Certificate{}}})),
		books("accesses", "#accesses", list),
		books("nurse", member, "#merges li", nurse),
	}
}
