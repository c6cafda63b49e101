package main

import (
	"encoding/json"
	"fmt"

	"junban/api/wire"
)

// The canned desk: who stands in its lines, and what its office has on record.

func session() wire.Session {
	return wire.Session{Clinic: clinicNumber, User: "uketsuke", ExpiresAt: at(22, 0), At: wire.Time{Time: now}}
}

func rooms() []wire.Room {
	return []wire.Room{
		{ID: "1", Name: "第1診察室", Services: []string{medicine}, Duty: "on"},
		{ID: "2", Name: "第2診察室", Services: []string{medicine, children}, Duty: "break", Until: until(10, 45)},
	}
}

func of(name, phone, card string) func(*wire.StaffTicket) {
	return func(t *wire.StaffTicket) { t.Name, t.Phone, t.CardNumber = name, phone, card }
}

func inRoom(t *wire.StaffTicket) {
	t.Room, t.RoomName, t.Attempt, t.LastAct, t.CalledAt = "1", "第1診察室", 1, "call", until(10, 21)
}
func here(t *wire.StaffTicket)      { t.Presence = "here" }
func outside(t *wire.StaffTicket)   { t.Presence = "out" }
func first(t *wire.StaffTicket)     { t.FirstVisit = true }
func atDesk(t *wire.StaffTicket)    { t.Channel, t.Presence = "desk", "here" }
func afterExam(t *wire.StaffTicket) { t.Reason, t.Leg, t.LastAct = "exam", 1, "exam" }
func missed(t *wire.StaffTicket)    { t.Attempt, t.LastAct = 2, "absent" }
func sent(t *wire.StaffTicket) {
	t.Service, t.ServiceName, t.Lane, t.LaneName = children, "小児科", medicine, "内科"
}

// busy is the desk at half past ten.
func busy() wire.Staff {
	tickets := []wire.StaffTicket{
		staffTicket(23, "山田 太郎", "called", inRoom, here),
		staffTicket(24, "佐藤 花子", "waiting", of("佐藤 花子", "090-0000-0001", "10482"), here),
		staffTicket(25, "鈴木 一郎", "waiting", outside, first),
		staffTicket(7, "高橋 美咲", "waiting", sent, here),
		staffTicket(27, "田中 健", "waiting", func(t *wire.StaffTicket) { t.PartySize = 3 }),
		staffTicket(28, "", "waiting", atDesk),
		staffTicket(29, "Maria Gonçalves de Oliveira", "waiting", of("Maria Gonçalves de Oliveira", "080-0000-0002", "")),
	}
	for n := 30; n < 36; n++ {
		tickets = append(tickets, staffTicket(n, fmt.Sprintf("患者 %d", n), "waiting"))
	}
	tickets = append(tickets,
		staffTicket(19, "伊藤 進", "absent", missed),
		staffTicket(21, "渡辺 恵", "held", afterExam, here),
		staffTicket(22, "中村 誠", "done", func(t *wire.StaffTicket) { t.LastAct = "finish" }),
		staffTicket(18, "小林 愛", "no_show", func(t *wire.StaffTicket) { t.Reason = "calls" }),
	)
	quiet := another(children, "小児科", 7, empty)
	return wire.Staff{Clinic: clinicNumber, Name: clinicName, Rooms: rooms(), Services: []wire.StaffService{
		{
			Board: board(few, unusual, told), Manual: "open", ManualTil: until(12, 0), Hidden: []string{"line"}, Standing: "", Tickets: tickets,
			Temporary: &wire.Message{Text: "本日は混み合っています。", Until: until(12, 0)},
			Seats:     wire.Seats{Web: wire.Seat{Used: 28, Limit: new(30)}, Desk: wire.Seat{Used: 8}, First: wire.Seat{Used: 5, Limit: new(5)}},
		},
		{
			Board: quiet, Hidden: []string{}, Standing: "予防接種は予約制です。", Tickets: []wire.StaffTicket{},
			Seats: wire.Seats{Web: wire.Seat{Limit: new(20)}, Desk: wire.Seat{}},
		},
	}}
}

// early is the desk before anybody has come.
func early() wire.Staff {
	s := busy()
	s.Rooms[1].Duty, s.Rooms[1].Until = "on", nil
	for i := range s.Services {
		x := &s.Services[i]
		x.Board = another(x.Board.Service, x.Board.Name, 1, empty)
		x.Tickets, x.Temporary, x.Manual, x.ManualTil, x.Hidden = []wire.StaffTicket{}, nil, "", nil, []string{}
		x.Seats = wire.Seats{Web: wire.Seat{Limit: new(30)}}
	}
	return s
}

func staffFrame(s wire.Staff) wire.Frame {
	return wire.Frame{Type: wire.TypeStaff, Topic: "staff:" + clinicNumber, Epoch: "k3f9a1", Version: 512, At: wire.Time{Time: now}, Staff: &s}
}

func settings() wire.Settings {
	return wire.Settings{
		Rev: "7", Name: "内科", Unit: "組", MaxParty: 4, WebCancel: true, ComeAt: 4, Hide: []string{"line"},
		Absence:  wire.Absence{Rule: "back_n", Back: 3, MaxCalls: 3, Tolerance: 2},
		Numbers:  wire.Numbers{Start: 1, WebFrom: 101, Reserve: 5},
		Capacity: wire.Capacity{Web: new(30), First: new(5), Few: 3, Release: 5, OneEach: true, AutoStop: true, Margin: 15, PerTicket: 6},
		ExamBack: 1, Note: "予防接種の方は別にお呼びします", Kinds: []wire.Kind{}, Booking: wire.Booking{Numbers: "now"},
	}
}

// timetable is a usual week with a holiday, as a clinic's file writes it.
func timetable() wire.Timetable {
	frame := func(session, from, to string) map[string]any {
		return map[string]any{"session": session, "consult": map[string]string{"from": from, "to": to}, "webOpen": -60, "webClose": -30}
	}
	morning, afternoon := frame("morning", "09:00", "12:00"), frame("afternoon", "15:00", "18:00")
	whole := []map[string]any{morning, afternoon}
	calendar, err := json.Marshal(map[string]any{
		"weekly": map[string]any{"mon": whole, "tue": whole, "wed": whole, "fri": whole, "sat": whole[:1]},
		"exceptions": []map[string]any{
			{"date": "2026-12-29", "closed": true, "reason": "年末年始"},
			{"date": "2026-12-05", "reason": "学会のため短縮", "frames": whole[:1]},
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
		{At: at(9, 12), By: "uketsuke", Before: fields{"services.1.maxParty": raw(2)}, After: fields{"services.1.maxParty": raw(4)}},
		{At: at(8, 40), By: "inchou", Before: fields{"services.1.absence": raw(wire.Absence{Rule: "tail"})}, After: fields{"services.1.absence": raw(settings().Absence)}},
		{At: at(8, 0), By: "", Before: fields{}, After: fields{"id": raw(clinicNumber)}},
	}}
}

func accuracy() wire.Accuracy {
	to := func(n int) *int { return &n }
	ahead := []wire.AheadTruth{
		{From: 0, To: to(2), Truth: wire.Truth{N: 31, ErrorMinutes: 2.1, BiasMinutes: 0.2, Coverage: 0.86}},
		{From: 3, To: to(5), Truth: wire.Truth{N: 28, ErrorMinutes: 5.4, BiasMinutes: 1.3, Coverage: 0.81}},
		{From: 6, Truth: wire.Truth{N: 40, ErrorMinutes: 9.7, BiasMinutes: -2.6, Coverage: 0.76}},
	}
	all := wire.Truth{N: 99, ErrorMinutes: 6.1, BiasMinutes: -0.6, Coverage: 0.8}
	var a wire.Accuracy
	for _, d := range []string{"2026-11-20", "2026-11-18", "2026-11-17"} {
		for _, session := range []string{"afternoon", "morning"} {
			a.Sessions = append(a.Sessions, wire.SessionAccuracy{Day: d, Session: session, Service: medicine, All: all, Ahead: ahead})
		}
	}
	return a
}

func refusal(status int, code string) wire.Problem {
	return wire.Problem{Type: "about:blank", Title: code, Status: status, Code: code}
}
