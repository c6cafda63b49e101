package main

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"junban/api/wire"
)

// The sample data of the desk: tickets and bookings.

func session() wire.Login {
	return wire.Login{Clinic: clinicNumber, User: "inchou", Role: "admin", ExpiresAt: at(22, 0), At: wire.Time{Time: now}}
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
func kind(name string) func(*wire.StaffTicket) {
	return func(t *wire.StaffTicket) { t.Kind = name }
}
func noticed(kind, state string) func(*wire.StaffTicket) {
	return func(t *wire.StaffTicket) {
		t.Notified = &wire.Notified{Kind: kind, Channel: "push", State: state, At: at(10, 21)}
	}
}
func missed(t *wire.StaffTicket) { t.Attempt, t.LastAct = 2, "absent" }
func sent(t *wire.StaffTicket) {
	t.Service, t.ServiceName, t.Line, t.LineName = children, "小児科", medicine, "内科"
}

// busy returns the desk on a busy morning.
func busy() wire.Staff {
	tickets := []wire.StaffTicket{
		staffTicket(23, "山田 太郎", "called", inRoom, here, noticed("call", "shown")),
		staffTicket(24, "佐藤 花子", "waiting", of("佐藤 花子", "090-0000-0001", "10482"), here, kind("注射")),
		staffTicket(25, "鈴木 一郎", "waiting", outside, first, noticed("approach", "sent")),
		staffTicket(7, "高橋 美咲", "waiting", sent, here),
		staffTicket(27, "田中 健", "waiting", func(t *wire.StaffTicket) { t.PartySize = 3 }),
		staffTicket(28, "", "waiting", atDesk),
		staffTicket(29, "Maria Gonçalves de Oliveira", "waiting", of("Maria Gonçalves de Oliveira", "080-0000-0002", "")),
	}
	for n := 30; n < 34; n++ {
		tickets = append(tickets, staffTicket(n, fmt.Sprintf("患者 %d", n), "waiting"))
	}
	tickets = append(tickets,
		staffTicket(19, "伊藤 進", "absent", missed, noticed("missed", "dead")),
		staffTicket(21, "渡辺 恵", "held", afterExam, here),
		staffTicket(22, "中村 誠", "done", func(t *wire.StaffTicket) { t.LastAct = "finish" }),
		staffTicket(18, "小林 愛", "no_show", func(t *wire.StaffTicket) { t.Reason = "calls" }),
	)
	quiet := another(children, "小児科", 7, empty)
	return wire.Staff{Clinic: clinicNumber, Name: clinicName, Rooms: rooms(), Marks: []wire.Mark{}, Services: []wire.StaffService{
		{
			Board: board(few, unusual, withMessage), Manual: "open", ManualTil: until(12, 0), Hidden: []string{"line"}, Standing: "", Tickets: tickets,
			Kinds: kinds(), BookingDays: 14,
			Temporary: &wire.Message{Text: "本日は混み合っています。", Until: until(12, 0)},
			Seats:     wire.Seats{Web: wire.Seat{Used: 28, Limit: new(30)}, Desk: wire.Seat{Used: 8}, First: wire.Seat{Used: 5, Limit: new(5)}},
		},
		{
			Board: quiet, Hidden: []string{}, Standing: "予防接種は予約制です。", Tickets: []wire.StaffTicket{}, Kinds: []wire.Kind{},
			Seats: wire.Seats{Web: wire.Seat{Limit: new(20)}, Desk: wire.Seat{}},
		},
	}}
}

// calm returns the same desk with few tickets, for stories about one of them.
func calm() wire.Staff {
	s := busy()
	s.Services = s.Services[:1]
	line := s.Services[0].Tickets
	s.Services[0].Tickets = slices.Concat(line[:3], line[len(line)-4:])
	return s
}

// large returns a desk of three services and four rooms, each of which serves
// all services.
func large() wire.Staff {
	s := busy()
	skin := s.Services[1]
	skin.Board = another("1234-3", "皮膚科", 104, empty)
	s.Services = append(s.Services, skin)
	all := []string{medicine, children, "1234-3"}
	s.Rooms = nil
	for n, name := range []string{"第1診察室", "第2診察室", "第3診察室", "処置室"} {
		s.Rooms = append(s.Rooms, wire.Room{ID: strconv.Itoa(n + 1), Name: name, Services: all, Duty: "on"})
	}
	s.Rooms[3].Duty, s.Rooms[3].Until = "break", until(10, 45)
	for i := range 2 {
		x := &s.Services[i+1]
		for n := range 3 {
			t := staffTicket(101+n, fmt.Sprintf("患者 %d", 101+n), "waiting", here)
			t.ID, t.Service, t.ServiceName = fmt.Sprintf("%s-261121-%d", x.Board.Service, t.Number), x.Board.Service, x.Board.Name
			x.Tickets = append(slices.Clone(x.Tickets), t)
		}
	}
	return s
}

// flooded returns a desk whose web reception has paused automatically, with
// many tickets of one network.
func flooded() wire.Staff {
	s := calm()
	s.Marks = []wire.Mark{{Mark: "k3f9a2x7", Tickets: 23}, {Mark: "q7m2c4d5", Tickets: 6}}
	x := &s.Services[0]
	x.Board.Reception, x.Board.StopReason, x.Manual = "paused", "surge", "paused"
	for i := range x.Tickets {
		if x.Tickets[i].Channel == "web" {
			x.Tickets[i].Mark = "k3f9a2x7"
		}
	}
	return s
}

// shortened returns a desk whose present session was shortened while a patient
// waits.
func shortened() wire.Staff {
	s := calm()
	tickets := s.Services[0].Tickets
	for i := range tickets {
		if tickets[i].Number == 24 {
			tickets[i].Affected, tickets[i].StartsAt, tickets[i].EndsAt = "of today", until(9, 0), until(11, 0)
		}
	}
	return s
}

// affected returns bookings of a day that was closed.
func affected() wire.Bookings {
	list := bookings()
	for i := range list.Tickets {
		list.Tickets[i].Affected, list.Tickets[i].Advice, list.Tickets[i].StartsAt = "of a day to come", "closed", nil
	}
	return list
}

// missing returns bookings that the store of the line has lost.
func missing() wire.MissingBookings {
	list := bookings().Tickets[:2]
	for i := range list {
		list[i].Acts = []string{"restore"}
	}
	return wire.MissingBookings{Tickets: list}
}

// failedOver returns a desk whose store has lost two tickets. The number of one
// was issued again.
func failedOver() wire.Staff {
	s := calm()
	x := &s.Services[0]
	twin := staffTicket(24, "", "lost", of("吉田 結衣", "090-0000-0003", ""), func(t *wire.StaffTicket) { t.ID += "-lost" })
	alone := staffTicket(26, "", "lost", of("", "080-0000-0004", ""), here)
	for i := range x.Tickets {
		if other := &x.Tickets[i]; other.Number == twin.Number {
			twin.Twin, other.Twin = other.ID, twin.ID
		}
	}
	x.Tickets = append([]wire.StaffTicket{twin, alone}, x.Tickets...)
	return s
}

// early returns the desk before the first patient.
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

// kinds returns the kinds of visit of internal medicine.
func kinds() []wire.Kind {
	return []wire.Kind{{ID: "exam", Name: "診察"}, {ID: "shot", Name: "注射・点滴"}, {ID: "pills", Name: "お薬のみ"}}
}

// booked returns a ticket of a future day. Number 0 is assigned when the day
// opens.
func booked(date, session string, number int, change ...func(*wire.StaffTicket)) wire.StaffTicket {
	return staffTicket(number, "", "booked", append([]func(*wire.StaffTicket){func(t *wire.StaffTicket) {
		t.ID = fmt.Sprintf("%s-%s%s%s-%d", medicine, date[2:4], date[5:7], date[8:], number)
		t.Day, t.Session, t.IssuedAt, t.Acts = date, session, at(9, 30), []string{"rebook", "edit", "cancel"}
	}}, change...)...)
}

func bookings() wire.Bookings {
	return wire.Bookings{Marks: []wire.Mark{}, Tickets: []wire.StaffTicket{
		booked("2026-11-24", "morning", 1, of("佐藤 花子", "090-0000-0001", "10482")),
		booked("2026-11-24", "morning", 2, of("Maria Gonçalves de Oliveira", "080-0000-0002", ""), first, kind("注射・点滴")),
		booked("2026-11-25", "afternoon", 0, of("鈴木 一郎", "", "20077"), atDesk, func(t *wire.StaffTicket) { t.PartySize = 3 }),
	}}
}

// floodedBookings returns bookings of which many are of one network.
func floodedBookings() wire.Bookings {
	b := bookings()
	b.Marks = []wire.Mark{{Mark: "k3f9a2x7", Day: "2026-11-24", Tickets: 23}}
	for i := range b.Tickets[:2] {
		b.Tickets[i].Mark = "k3f9a2x7"
	}
	return b
}

// days returns the future days with web tickets. One session is full, and one
// accepts first visits only.
func days(numbers string) wire.Days {
	session := func(date, name string, hour int, availability, first string) wire.DaySession {
		d, err := time.ParseInLocation(time.DateOnly, date, zone)
		if err != nil {
			panic(err) // a constant
		}
		from := d.Add(time.Duration(hour) * time.Hour)
		return wire.DaySession{Session: name, From: wire.Time{Time: from}, To: wire.Time{Time: from.Add(3 * time.Hour)}, Availability: availability, FirstVisit: first}
	}
	of := func(date string, sessions ...wire.DaySession) wire.Day {
		return wire.Day{Day: date, Numbers: numbers, Sessions: sessions}
	}
	return wire.Days{Days: []wire.Day{
		of("2026-11-24", session("2026-11-24", "morning", 9, "few", "none"), session("2026-11-24", "afternoon", 15, "many", "")),
		of("2026-11-25", session("2026-11-25", "morning", 9, "none", ""), session("2026-11-25", "afternoon", 15, "many", "")),
		of("2026-11-27", session("2026-11-27", "morning", 9, "many", "")),
	}}
}

// halted returns the desk after a manual stop of reception.
func halted() wire.Staff {
	s := calm()
	x := &s.Services[0]
	stopped("paused", "院長が往診に出ています")(&x.Board)
	x.Manual, x.ManualTil = "paused", nil
	return s
}

func staffFrame(s wire.Staff) wire.Frame {
	return wire.Frame{Type: wire.TypeStaff, Topic: "staff:" + clinicNumber, Epoch: "k3f9a1", Version: 512, At: wire.Time{Time: now}, Staff: &s}
}

func refusal(status int, code string) wire.Problem {
	return wire.Problem{Type: "about:blank", Title: code, Status: status, Code: code}
}
