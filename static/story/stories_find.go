package main

import (
	"strings"

	"junban/api/wire"
	"junban/static"
)

// index returns a story of the search for clinics.
func index(name, shows string, change ...func(*static.IndexPage)) Story {
	return Story{Name: "index-" + name, Shows: shows, Page: func(lang string) static.Page {
		p := static.IndexPage{Lang: lang, Page: 1, Pages: 1, Areas: []string{"港区", "横浜市"}, Departments: []string{"内科", "小児科", "皮膚科"}}
		for _, c := range change {
			c(&p)
		}
		return p
	}}
}

// lookup returns a story of the search for a ticket.
func lookup(name, shows string, change ...func(*static.LookupPage)) Story {
	return Story{Name: "lookup-" + name, Shows: shows, Page: func(lang string) static.Page {
		p := static.LookupPage{
			Lang: lang, Clinic: clinicNumber, Name: clinicName, Service: medicine,
			Services: []static.LookupService{{Service: medicine, Name: "内科"}, {Service: children, Name: "小児科"}},
		}
		for _, c := range change {
			c(&p)
		}
		return p
	}}
}

// lists sets the clinics on the page, and the total.
func lists(total int, clinics ...static.IndexClinic) func(*static.IndexPage) {
	return func(p *static.IndexPage) { p.Clinics, p.Total = clinics, total }
}

func wrongNumber(typed, what string) func(*static.IndexPage) {
	return func(p *static.IndexPage) { p.Number, p.Wrong = typed, what }
}

// clinicPage returns a story of a clinic's page.
func clinicPage(name string, boards []wire.Board, change ...func(*static.ClinicPage)) Story {
	f := clinicFrame(boards...)
	return Story{
		Name: "clinic-" + name, Frames: []wire.Frame{f}, Shows: ".link.live",
		Page: func(lang string) static.Page {
			p := static.ClinicPage{
				Lang: lang, Clinic: clinicNumber, Name: clinicName, Area: "千代田区", Departments: []string{"内科", "小児科", "皮膚科"},
				Address: "東京都千代田区丸の内一丁目1番1号", Map: "https://map.example/", Phone: clinicPhone,
				Hours: "月・火・水・金 9:00〜12:00 15:00〜18:00\n土 9:00〜12:00\n木・日・祝 休診", Week: week(),
				Today: day, Names: names(), At: "10:23", Initial: f,
			}
			for _, b := range boards {
				p.Boards = append(p.Boards, static.NewBoard(b, names()))
			}
			for _, c := range change {
				c(&p)
			}
			return p
		},
	}
}

// week returns a normal week with a holiday.
func week() []static.WeekDay {
	morning := static.WeekSession{Name: "morning", From: "09:00", To: "12:00"}
	whole := []static.WeekSession{morning, {Name: "afternoon", From: "15:00", To: "18:00"}}
	return []static.WeekDay{
		{Date: day, Sessions: whole[:1]}, {Date: "2026-11-22"}, {Date: "2026-11-23", Reason: "勤労感謝の日"}, {Date: "2026-11-24", Sessions: whole},
		{Date: "2026-11-25", Sessions: whole[:1], Reason: "学会のため短縮"}, {Date: "2026-11-26"}, {Date: "2026-11-27", Sessions: whole},
	}
}

// bare removes everything but the name of the clinic.
func bare(p *static.ClinicPage) {
	p.Area, p.Departments, p.Address, p.Map, p.Phone, p.Hours, p.Week = "", nil, "", "", "", "", nil
}

// newly has news of the clinic, one with what an intruder might write.
func newly(p *static.ClinicPage) {
	p.News = []static.ClinicNews{
		{Title: "年末年始の休診", Body: "12月29日から1月3日まで休みます。\n4日は9時からです。", Date: day},
		{Title: "<b>مستشفى</b>", Body: "<script>alert(1)</script> " + strings.Repeat("とても長いお知らせ", 8), Date: "2026-11-18"},
		{Title: "インフルエンザの予防接種", Body: "予約を始めました。", Date: "2026-11-02"},
	}
}

func findStories() []Story {
	sakura := static.IndexClinic{Clinic: clinicNumber, Name: clinicName, Area: "港区", Departments: []string{"内科", "小児科"}}
	minato := static.IndexClinic{Clinic: "2001", Name: "みなと内科クリニック", Area: "港区", Departments: []string{"内科"}}
	quiet := static.IndexClinic{Clinic: "2002", Name: "青葉台こどもとアレルギーのクリニック"}
	searched := func(p *static.IndexPage) { p.Words, p.Area, p.Department = "みなと", "港区", "内科" }
	paged := func(p *static.IndexPage) { p.Page, p.Pages, p.Previous, p.Next = 2, 3, "/?page=1", "/?page=3" }

	boards := []wire.Board{board(withMessage), another(children, "小児科", 7, stopped("paused", "urgent")), another("1234-3", "皮膚科", 112, closed, empty)}
	mixed := []wire.Board{board(bySlot), another(children, "小児科", 7)}
	on := func(s Story, change ...func(*Story)) Story {
		for _, c := range change {
			c(&s)
		}
		return s
	}
	return []Story{
		index("all", ".clinics", lists(3, sakura, minato, quiet)),
		index("none", "main", lists(0)),
		index("found", ".clinics", searched, lists(1, minato)),
		index("not-found", "#clinics", searched, lists(0)),
		index("pages", ".pages", lists(52, sakura, minato, quiet), paged),
		index("malformed", "#wrong", lists(3, sakura, minato, quiet), wrongNumber("12a4", "malformed")),
		index("unknown", "#wrong", lists(3, sakura, minato, quiet), wrongNumber("9999", "unknown")),
		index("many", "#wrong", lists(0), wrongNumber("1235", "many")),
		on(index("vi", ".clinics", lists(3, sakura, minato, quiet)), in("vi")),

		lookup("form", ".lookup"),
		lookup("unknown", ".lookup", func(p *static.LookupPage) { p.Clinic, p.Name, p.Services, p.Service = "", "", nil, "" }),
		lookup("found", "#found", func(p *static.LookupPage) {
			p.Asked, p.Tickets = true, []static.LookupTicket{{Number: 27, State: "waiting", Ahead: ahead(2), Unit: "組", Advice: "come"}}
		}),
		lookup("none", "#none", func(p *static.LookupPage) { p.Asked, p.Number, p.PhoneEnd = true, "99", "1234" }),
		lookup("wrong", "#wrong", func(p *static.LookupPage) { p.Wrong, p.Number = "field_invalid", "ab" }),
		lookup("slot", "#found", slotFound),
		lookup("slot-wrong-code", "#failed", func(p *static.LookupPage) { p.BySlot, p.Failed, p.Call = true, "wrong_cancel_code", clinicPhone }),
		lookup("slot-cancelled", "#cancelled", func(p *static.LookupPage) {
			p.BySlot, p.Done = true, &static.LookupTicket{State: "cancelled", Day: "2026-11-24", Slot: "10:30", SlotEnd: "11:00"}
		}),
		on(lookup("vi", ".lookup"), in("vi")),

		clinicPage("open", boards),
		clinicPage("one", []wire.Board{board(unusual)}),
		clinicPage("holiday", []wire.Board{board(onHoliday)}),
		clinicPage("bare", []wire.Board{board(hidden)}, bare),
		clinicPage("nothing", []wire.Board{}),
		clinicPage("news", boards, newly),
		on(clinicPage("news-no-script", boards, newly), noScript, func(s *Story) { s.Shows = "#news" }),
		on(clinicPage("stale", boards), cut),
		on(clinicPage("no-script", boards), noScript, func(s *Story) { s.Shows = ".about" }),
		on(clinicPage("wordless", boards), func(s *Story) { s.Wordless, s.Shows = true, "#wordless:not([hidden])" }),
		on(clinicPage("easy", boards), in("ja-x-easy")),
		clinicPage("slot", mixed),
		clinicPage("slot-uncalled", []wire.Board{board(uncalled)}),
		clinicPage("slot-hidden", []wire.Board{board(bySlot, slotsHidden)}),
		on(clinicPage("slot-stale", mixed), cut),
		on(clinicPage("slot-no-script", mixed), noScript, func(s *Story) { s.Shows = ".about" }),
		on(clinicPage("slot-easy", mixed), in("ja-x-easy")),
		on(clinicPage("slot-pt", mixed), in("pt")),
	}
}

// slotFound finds the bookings of a phone number.
func slotFound(p *static.LookupPage) {
	p.BySlot, p.Asked, p.Call, p.Today = true, true, clinicPhone, day
	p.Tickets = []static.LookupTicket{
		{State: "booked", Advice: "later", Day: "2026-11-24", Slot: "10:30", SlotEnd: "11:00", Handle: "h", CancelUntil: now.AddDate(0, 0, 2)},
		{State: "booked", Advice: "later", Day: day, Slot: "11:00", SlotEnd: "11:30", TooLate: true},
	}
}
