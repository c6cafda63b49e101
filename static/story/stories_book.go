package main

import (
	"time"

	"junban/static"
)

// bookPage returns a story of the page of a booking.
func bookPage(name, shows string, change ...func(*static.BookPage)) Story {
	return Story{Name: "book-" + name, Shows: shows, Page: func(lang string) static.Page {
		p := static.BookPage{
			Lang: lang, Step: static.BookChoose, Clinic: clinicName, Number: clinicNumber, Service: medicine, Name: "内科", Phone: clinicPhone,
			At: "10:23", Today: day, Weeks: bookWeeks(), Later: "2026-12-20", Days: true, FirstVisit: "button", Party: 1, MaxParty: 4,
			Kinds:  []static.BookChoice{{ID: "a", Name: "かぜ・発熱"}, {ID: "b", Name: "予防接種"}},
			Fields: []static.BookField{{Name: "cardNumber", Need: "optional"}, {Name: "name", Need: "required"}, {Name: "phone", Need: "required"}},
		}
		for _, c := range change {
			c(&p)
		}
		return p
	}}
}

// bookWeeks returns five weeks from the day of the stories on.
func bookWeeks() (weeks [][]static.BookDay) {
	marks := []string{"few", "off", "off", "many", "few", "off", "many"} // Saturday to Friday
	first := now.AddDate(0, 0, -6)
	for w := range 5 {
		var week []static.BookDay
		for d := range 7 {
			date := first.AddDate(0, 0, 7*w+d)
			n := 7*w + d - 6 // from today on
			switch {
			case n < 0 || n > 28:
				week = append(week, static.BookDay{})
				continue
			case n == 28:
				week = append(week, static.BookDay{Date: date.Format(time.DateOnly), Mark: "before", Link: true})
				continue
			}
			mark := marks[n%7]
			if n == 4 {
				mark = "none"
			}
			week = append(week, static.BookDay{Date: date.Format(time.DateOnly), Mark: mark, Link: mark != "off"})
		}
		weeks = append(weeks, week)
	}
	return weeks
}

// onDay chooses a day with its slots.
func onDay(p *static.BookPage) {
	p.Day = "2026-11-24"
	slots := func(marks []string, times ...string) (all []static.BookSlot) {
		for i := range len(times) - 1 {
			all = append(all, static.BookSlot{Day: p.Day, Slot: times[i], To: times[i+1], Mark: marks[i], Open: marks[i] == "many" || marks[i] == "few"})
		}
		return all
	}
	p.Sessions = []static.BookSession{
		{Session: "morning", Slots: slots([]string{"closed", "none", "few", "many", "many", "few"}, "09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "12:00")},
		{Session: "afternoon", Slots: slots([]string{"many", "many", "none", "few"}, "15:00", "15:30", "16:00", "16:30", "17:00")},
	}
}

// filled fills in the form.
func filled(p *static.BookPage) {
	onDay(p)
	p.Slot, p.SlotEnd, p.Kind, p.Party = "10:30", "11:00", "a", 2
	p.Fields[0].Value, p.Fields[1].Value, p.Fields[2].Value = "00123", "順番 花子", "090-0000-0000"
}

// everyField asks for everything that a clinic may ask for.
func everyField(p *static.BookPage) {
	onDay(p)
	p.First = true
	p.Fields = nil
	for _, name := range []string{"name", "kana", "phone", "birth", "sex", "mail", "symptoms", "consent"} {
		p.Fields = append(p.Fields, static.BookField{Name: name, Need: map[bool]string{true: "optional", false: "required"}[name == "mail" || name == "symptoms"]})
	}
}

func refusedSlot(p *static.BookPage) {
	filled(p)
	p.Wrong, p.Slot = "slot_full", ""
	p.Sessions[0].Slots[3].Mark, p.Sessions[0].Slots[3].Open = "none", false
	p.Offers = []static.BookSlot{
		{Day: p.Day, Slot: "11:00", To: "11:30", Mark: "many"}, {Day: p.Day, Slot: "10:00", To: "10:30", Mark: "few"}, {Day: p.Day, Slot: "11:30", To: "12:00", Mark: "few"},
		{Day: p.Day, Slot: "15:00", To: "15:30", Mark: "many"}, {Day: p.Day, Slot: "15:30", To: "16:00", Mark: "many"},
	}
}

func bookStories() []Story {
	checked := func(p *static.BookPage) {
		filled(p)
		p.Step, p.Key = static.BookCheck, "A"
	}
	kept := func(p *static.BookPage) {
		filled(p)
		p.Step = static.BookKept
		p.Booked = &static.BookDone{
			ID: ownID, Token: ownToken, Code: "482913", From: "10:30", CancelUntil: time.Date(2026, 11, 23, 17, 0, 0, 0, zone),
			Page: "https://junban.example/s/" + medicine + "?lang=" + p.Lang + ownLink,
		}
	}
	on := func(s Story, change ...func(*Story)) Story {
		for _, c := range change {
			c(&s)
		}
		return s
	}
	return []Story{
		bookPage("days", "#days"),
		bookPage("slots", "#times .slot", filled),
		bookPage("every-field", "#times .slot", everyField),
		bookPage("slot-full", "#offers", refusedSlot),
		bookPage("missing", "#problem", func(p *static.BookPage) {
			onDay(p)
			p.Wrong, p.Missing = "field_invalid", []string{"slot", "name", "phone"}
		}),
		bookPage("before", "#opens-at", func(p *static.BookPage) {
			onDay(p)
			p.Day, p.OpensAt = "2026-12-19", time.Date(2026, 11, 22, 6, 0, 0, 0, zone)
			for i := range p.Sessions {
				for j := range p.Sessions[i].Slots {
					p.Sessions[i].Slots[j].Mark, p.Sessions[i].Slots[j].Open = "before", false
				}
			}
		}),
		bookPage("nothing", "#no-days", func(p *static.BookPage) { p.Weeks, p.Later, p.Days, p.Kinds = nil, "", false, nil }),
		bookPage("check", "#check", checked),
		bookPage("uncertain", "#problem", checked, func(p *static.BookPage) { p.Wrong = "unconfirmed" }),
		bookPage("done", "#code", kept),
		on(bookPage("easy", "#times .slot", refusedSlot), in("ja-x-easy")),
		on(bookPage("vi", "#times .slot", everyField), in("vi")),
		on(bookPage("pt", "#code", kept), in("pt")),
	}
}
