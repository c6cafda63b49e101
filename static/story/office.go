package main

import (
	"encoding/json"
	"slices"

	"junban/api/wire"
)

// The sample data of the office: settings, users, and statistics.

func settings() wire.Settings {
	return wire.Settings{
		Rev: "7", Name: "内科", Unit: "組", MaxParty: 4, WebCancel: true, ComeAt: 4, Hide: []string{"line"},
		Absence:  wire.Absence{Rule: "back_n", Back: 3, MaxCalls: 3, Tolerance: 2},
		Numbers:  wire.Numbers{Start: 1, WebFrom: 101, Reserve: 5},
		Capacity: wire.Capacity{Web: new(30), First: new(5), Few: 3, Release: 5, OneEach: true, AutoStop: true, Margin: 15, PerTicket: 6},
		ExamBack: 1, Note: "予防接種の方は別にお呼びします", Kinds: kinds(), Booking: wire.Booking{Days: 14, Numbers: "now"},
		Mode: "order", Slot: slotSettings(), Cancel: &wire.CancelRule{}, Limits: &wire.PersonLimits{}, Form: &wire.FormFields{},
		Reminders: []wire.Reminder{{Days: 1, At: "18:00"}},
	}
}

func slotSettings() *wire.SlotSettings {
	return &wire.SlotSettings{
		Minutes: 30, Web: new(4), Desk: new(2), Seats: []wire.SlotSeats{}, Per: "ticket",
		Lead: 30, Late: "serving", Grace: 10, ArriveFrom: 60, Reach: 30,
	}
}

// settingsBySlot are those of a service in slot mode.
func settingsBySlot() wire.Settings {
	s := settings()
	s.Mode, s.Numbers, s.Capacity, s.Booking = "slot", wire.Numbers{Start: 1}, wire.Capacity{Few: 1, Release: 5}, wire.Booking{Days: 60, Numbers: "now", OpensAt: "07:00"}
	s.Slot.First, s.Slot.Early = new(1), new(3)
	s.Slot.Seats = []wire.SlotSeats{{Weekday: "sat", Web: new(2), Desk: new(2)}, {Date: "2026-12-28", Session: "morning", Slot: "09:00", Web: new(6)}}
	s.Cancel = &wire.CancelRule{Anchor: "clock", Days: 1, At: "17:00"}
	s.Limits = &wire.PersonLimits{MaxLive: 3}
	s.Form = &wire.FormFields{First: wire.VisitForm{Kana: "required", Symptoms: "optional"}, Again: wire.VisitForm{Card: "required"}}
	s.Kinds[0].Seats = 2
	return s
}

// weekSeats are those of settingsBySlot with the timetable of the samples.
func weekSeats() wire.WeekSeats {
	w := wire.WeekSeats{Slots: 54, Web: new(204), Desk: new(108)}
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		d := wire.DaySeats{Weekday: day, Slots: 12, Web: new(48), Desk: new(24)}
		switch day {
		case "sat":
			d = wire.DaySeats{Weekday: day, Slots: 6, Web: new(12), Desk: new(12)}
		case "thu", "sun":
			d = wire.DaySeats{Weekday: day, Web: new(0), Desk: new(0)}
		}
		w.Days = append(w.Days, d)
	}
	return w
}

// timetable returns a normal week and a holiday.
func timetable() wire.Timetable {
	frame := func(session, from, to string) map[string]any {
		return map[string]any{"session": session, "consult": map[string]string{"from": from, "to": to}, "webOpen": -60, "webClose": -30}
	}
	morning, afternoon := frame("morning", "09:00", "12:00"), frame("afternoon", "15:00", "18:00")
	whole := []map[string]any{morning, afternoon}
	calendar, err := json.Marshal(map[string]any{
		"weekly": map[string]any{"mon": whole, "tue": whole, "wed": whole, "fri": whole, "sat": whole[:1]},
		"exceptions": []map[string]any{
			{"date": "2026-12-05", "reason": "学会のため短縮", "frames": whole[:1]},
			{"date": "2026-12-29", "closed": true, "reason": "年末年始"},
		},
	})
	if err != nil {
		panic(err) // maps of strings and numbers
	}
	return wire.Timetable{Rev: "7", Calendar: calendar}
}

func changes() wire.Changes {
	raw := func(v any) json.RawMessage {
		text, err := json.Marshal(v)
		if err != nil {
			panic(err) // plain values
		}
		return text
	}
	type fields = map[string]json.RawMessage
	return wire.Changes{Changes: []wire.Change{
		{Rev: "7f3a90c2", At: at(9, 12), By: "uketsuke", Before: fields{"services.1.maxParty": raw(2)}, After: fields{"services.1.maxParty": raw(4)}},
		{Rev: "6e20c5b1", At: at(8, 55), By: "inchou", Before: fields{"notices": raw(map[string]any{})}, After: fields{"notices": raw(map[string]any{
			"off": []string{"delay", "news"}, "quiet": map[string]string{"from": "20:00"}, "words": noticeSettings().Words, "caps": noticeSettings().Caps, "discreet": true,
		})}},
		{Rev: "61b2d4e8", At: at(8, 40), By: "inchou", Before: fields{"services.1.absence": raw(wire.Absence{Rule: "tail"})}, After: fields{"services.1.absence": raw(settings().Absence)}},
		{Rev: "0c44a1f7", At: at(8, 0), By: "", Before: fields{}, After: fields{"id": raw(clinicNumber)}},
	}}
}

// acts returns the latest acts of a morning with two users at the desk.
func acts() wire.Acts {
	to := func(number int, a wire.Act) wire.Act {
		t := staffTicket(number, "", "waiting")
		a.Ticket, a.Number, a.Service = t.ID, number, medicine
		return a
	}
	by := func(user string, hour, minute int, act string) wire.Act {
		return wire.Act{At: at(hour, minute), Act: act, Who: "desk", By: user, Device: "iPad"}
	}
	patient := func(hour, minute int, act string) wire.Act {
		return wire.Act{At: at(hour, minute), Act: act, Who: "patient"}
	}
	list := []wire.Act{
		to(23, by("uketsuke", 10, 21, "call")), to(22, by("uketsuke", 10, 21, "finish")),
		to(18, by("inchou", 10, 20, "absent")), to(19, by("hoken-shitsu-no-tanaka-sama", 10, 18, "undo")), by("uketsuke", 10, 15, "duty"),
		to(24, patient(10, 12, "arrive")), to(20, patient(10, 9, "cancel")), by("uketsuke", 10, 2, "temporary"),
		to(7, by("inchou", 9, 58, "transfer")), to(24, by("uketsuke", 9, 50, "move")), to(24, patient(9, 29, "issue")),
		{At: at(9, 0), Act: "reception", Who: "system", Service: medicine, After: "auto"}, {At: at(8, 40), Act: "record", Who: "desk", By: "inchou", Device: "Windows"},
		{At: at(8, 0), Act: "open_day", Who: "system"},
	}
	list[0].Room, list[2].Reason, list[3].Undone = "1", "calls", "absent"
	list[4].Room, list[4].After, list[4].Until = "2", "break", until(10, 45)
	list[5].Presence, list[7].Service, list[7].After = "here", medicine, "本日は混み合っています。"
	list[8].Service, list[8].To, list[9].Reason = children, medicine, "urgent"
	return wire.Acts{Day: day, Acts: list, Before: "1763770000000-0"}
}

// actsOn returns the acts on a number, or those without a number for 0.
func actsOn(number int) wire.Acts {
	all := acts()
	all.Acts, all.Before = slices.DeleteFunc(all.Acts, func(a wire.Act) bool { return a.Number != number }), ""
	return all
}

func accuracy() wire.Accuracy {
	to := func(n int) *int { return &n }
	ahead := []wire.AheadScore{
		{From: 0, To: to(2), Score: wire.Score{N: 31, ErrorMinutes: 2.1, BiasMinutes: 0.2, Coverage: 0.86}},
		{From: 3, To: to(5), Score: wire.Score{N: 28, ErrorMinutes: 5.4, BiasMinutes: 1.3, Coverage: 0.81}},
		{From: 6, Score: wire.Score{N: 40, ErrorMinutes: 9.7, BiasMinutes: -2.6, Coverage: 0.76}},
	}
	all := wire.Score{N: 99, ErrorMinutes: 6.1, BiasMinutes: -0.6, Coverage: 0.8}
	var a wire.Accuracy
	for _, d := range []string{"2026-11-20", "2026-11-18", "2026-11-17"} {
		for _, session := range []string{"afternoon", "morning"} {
			a.Sessions = append(a.Sessions, wire.SessionAccuracy{Day: d, Session: session, Service: medicine, All: all, Ahead: ahead})
		}
	}
	return a
}

func clinicSettings() wire.ClinicSettings {
	return wire.ClinicSettings{
		Rev: "7", Name: clinicName, Area: "千代田区", Departments: []string{"内科", "小児科"}, Origins: []string{},
		Address: "東京都千代田区丸の内一丁目1番1号", Phone: clinicPhone,
		Hours: "月・火・水・金 9:00〜12:00 15:00〜18:00\n土 9:00〜12:00\n木・日・祝 休診", Listed: true, Retention: wire.Retention{Patients: 30, Days: 365}, AutoPause: new(5),
		Notices: noticeSettings(),
		Rooms: []wire.RoomSettings{
			{ID: "1", Name: "第1診察室", Services: []string{medicine}}, {ID: "2", Name: "第2診察室", Services: []string{medicine, children}},
		},
	}
}

func users() wire.Users {
	when := func(hour, minute int) *wire.Time { return until(hour, minute) }
	return wire.Users{Users: []wire.User{
		{Name: "inchou", Role: "admin", Since: when(8, 0), LastLogin: when(8, 40)},
		{Name: "uketsuke", Role: "desk", Since: when(8, 5), LastLogin: when(9, 2)},
		{Name: "hoken-shitsu-no-tanaka-sama", Role: "desk"},
	}}
}

func deskSessions() wire.DeskLogins {
	return wire.DeskLogins{Logins: []wire.DeskLogin{
		{ID: "a1", User: "inchou", Browser: "Chrome", System: "Windows", Address: "192.0.2.*", Since: at(8, 40), Seen: at(10, 23), Own: true},
		{ID: "b2", User: "uketsuke", Browser: "Safari", System: "iPad", Address: "192.0.2.*", Since: at(9, 2), Seen: at(10, 22)},
		{ID: "c3", User: "uketsuke", Address: "2001:db8:1::*", Since: at(9, 30), Seen: at(9, 41)},
	}}
}

func screens() wire.Screens {
	return wire.Screens{Screens: []wire.Screen{
		{
			ID: "s1", ScreenSettings: wire.ScreenSettings{Name: "待合室", Services: []string{}, Sound: true, Repeat: 2, Also: "en"},
			Browser: "Chrome", System: "Linux", Address: "192.0.2.*", Since: at(8, 5), Seen: until(10, 23),
		},
		{
			ID: "s2", ScreenSettings: wire.ScreenSettings{Name: "小児科の前", Services: []string{children}, Repeat: 1},
			Address: "2001:db8:1::*", Since: at(9, 30),
		},
	}}
}
