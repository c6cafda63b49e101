package main

import "junban/api/wire"

// The sample data of the office's notices.

func noticeSettings() *wire.NoticeSettings {
	return &wire.NoticeSettings{
		Off: []string{"delay"}, Channels: []string{}, Travel: new(20), Quiet: wire.Quiet{From: "21:00", Until: "08:00"},
		Caps: []wire.NoticeCap{{Channel: "mail", Month: 5000}}, Words: []wire.NoticeWords{{Kind: "approach", Text: "マスクの着用をお願いします。"}},
	}
}

func noticePreview() wire.NoticePreview {
	return wire.NoticePreview{
		Title: "まもなく順番です・" + clinicName, Body: "24番 あと4組・約20〜35分。そろそろお越しください。マスクの着用をお願いします。",
		Subject: "24番 まもなく順番です・" + clinicName, Text: "24番 あと4組・約20〜35分。そろそろお越しください。\n\n" + clinicName + "\nhttps://junban.example/t/1234",
	}
}

func noticeSummary() wire.NoticeSummary {
	return wire.NoticeSummary{
		Month: "2026-11", Days: 7, N: 214, Late: 0.08, Early: 11,
		Channels: []wire.NoticeChannel{{Channel: "push", Offered: true, SetUp: true, Sent: 1840, Followers: 312}, {Channel: "mail", Offered: true, SetUp: true, Sent: 4120, Cap: new(5000), Followers: 95}},
	}
}

func noticeLog() wire.NoticeLog {
	item := func(number int, kind, channel, state string, minute int) wire.NoticeItem {
		n := wire.NoticeItem{
			ID: kind + channel, Kind: kind, Channel: channel, To: "k3f9", Number: number, Ticket: staffTicket(number, "", "waiting").ID, Planned: at(10, minute), Due: at(10, minute), State: state,
		}
		if state == "sent" || state == "shown" || state == "dead" {
			n.Tries = 1
		}
		if state == "sent" || state == "shown" {
			n.Sent = until(10, minute)
		}
		return n
	}
	list := []wire.NoticeItem{
		item(25, "approach", "mail", "due", 24), item(24, "call", "push", "shown", 21), item(24, "approach", "push", "sent", 2),
		item(23, "delay", "push", "void", 1), item(22, "confirm", "mail", "dead", 0),
	}
	list[1].Shown = until(10, 21)
	list[3].Why, list[4].Why = "off", "550 5.1.1 user unknown"
	list[0].Stage = "next"
	return wire.NoticeLog{Day: day, Notices: list, Total: 128, Before: "x"}
}

func officeNews() wire.OfficeNewsList {
	reach := map[string]int{"push": 312, "mail": 95}
	return wire.OfficeNewsList{News: []wire.OfficeNews{
		{ID: "b", Title: "インフルエンザ予防接種", Body: "10月1日から始めます。\n予約はいりません。", By: "inchou", At: at(10, 0), Due: at(10, 1), Reach: reach, Minutes: 2, Planned: 240},
		{ID: "a", Title: "臨時休診", Body: "12月5日は休診です。", By: "inchou", At: at(9, 0), Due: at(9, 1), Reach: reach, Minutes: 2, Planned: 407, Done: true},
		{ID: "c", Title: "臨時休診", Body: "12月4日は休診です。", By: "inchou", At: at(8, 58), Due: at(8, 59), Withdrawn: until(8, 58), Reach: reach, Minutes: 2},
	}}
}

// psychiatry are the settings of a clinic whose departments show what patients come for.
func psychiatry() wire.ClinicSettings {
	s := clinicSettings()
	s.Departments = []string{"心療内科"}
	return s
}
