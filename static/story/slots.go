package main

import (
	"fmt"
	"slices"

	"junban/api/wire"
)

// The sample data of a desk in slot mode.

// inSlot returns a ticket that has booked the slot of an hour and minute.
func inSlot(n, hour, minute int, name, state string, change ...func(*wire.StaffTicket)) wire.StaffTicket {
	number := n
	if state == "booked" {
		number = 0
	}
	t := staffTicket(number, name, state, of(name, fmt.Sprintf("090-0000-%04d", 1100+n), ""))
	t.ID = fmt.Sprintf("%s-261121-s%d", medicine, n)
	t.Slot, t.SlotFrom, t.SlotTo = fmt.Sprintf("%02d:%02d", hour, minute), until(hour, minute), until(hour, minute+30)
	t.SlotEnd = t.SlotTo.Format("15:04")
	t.Acts = append([]string{}, t.Acts...)
	if state == "booked" {
		t.Acts = []string{"arrive", "rebook", "edit", "cancel", "no_show"}
	} else {
		t.Presence, t.ArrivedAt = "here", until(hour, minute-5)
	}
	for _, c := range change {
		c(&t)
	}
	return t
}

// slotDesk returns the desk of a service in slot mode on a busy morning: the slot of
// 10:00 is being seen, and two of an earlier one have not come in time.
func slotDesk() wire.Staff {
	s := calm()
	x := &s.Services[0]
	x.Board.Mode, x.Manual, x.ManualTil, x.Hidden, x.Board.Notice, x.Board.Overrunning = "slot", "", nil, []string{}, nil, false
	x.Board.Slots = &wire.Slots{Serving: "10:00", Booked: new(4), Called: new(2), Unit: "組", Today: []wire.DaySlot{}}
	x.Board.Waiting = &wire.Waiting{Tickets: 4, People: 5, Unit: "組"}
	x.Temporary, x.Board.Message, x.Board.WaitNote = nil, nil, ""
	for i, used := range []struct{ web, desk, booked, called, seen, left int }{{4, 1, 5, 4, 3, 1}, {4, 2, 6, 5, 5, 0}, {3, 1, 4, 2, 1, 0}, {4, 0, 4, 0, 0, 0}, {1, 0, 1, 0, 0, 0}, {}} {
		from, to := at(9, 30*i), at(9, 30*(i+1))
		x.Slots = append(x.Slots, wire.DeskSlot{
			Slot: from.Format("15:04"), To: to.Format("15:04"), Session: "morning", Availability: "many",
			Web: wire.Seat{Used: used.web, Limit: new(4)}, Desk: wire.Seat{Used: used.desk, Limit: new(2)}, Booked: used.booked, Called: used.called, Seen: used.seen, Left: used.left,
		})
	}
	late := func(t *wire.StaffTicket) { t.Late, t.LineSlot, t.ArrivedAt = true, "10:00", until(10, 20) }
	early := func(t *wire.StaffTicket) { t.ArrivedAt = until(10, 5) }
	x.Tickets = []wire.StaffTicket{
		inSlot(12, 10, 0, "山田 太郎", "called", inRoom),
		inSlot(13, 10, 0, "佐藤 花子", "waiting", kind("注射・点滴")),
		inSlot(15, 9, 0, "鈴木 一郎", "waiting", late),
		inSlot(14, 10, 30, "Maria Gonçalves de Oliveira", "waiting", early, first),
		inSlot(16, 11, 0, "高橋 美咲", "waiting", early, func(t *wire.StaffTicket) { t.PartySize = 2 }),
		inSlot(21, 9, 30, "田中 健", "booked"),
		inSlot(22, 10, 0, "中村 誠", "booked"),
		inSlot(23, 10, 30, "小林 愛", "booked", func(t *wire.StaffTicket) { t.Kana, t.Symptoms = "こばやし あい", "のどの痛みと微熱" }),
		inSlot(24, 10, 30, "渡辺 恵", "booked", func(t *wire.StaffTicket) { t.Phone = "080-0000-1122" }),
		inSlot(25, 10, 30, "伊藤 進", "booked", atDesk, func(t *wire.StaffTicket) { t.Presence = "" }),
		inSlot(9, 9, 30, "加藤 実", "done", func(t *wire.StaffTicket) { t.LastAct = "finish" }),
	}
	return s
}

// longSlotDesk is the same in the middle of a day with slots from 7:00 to 20:00.
func longSlotDesk() wire.Staff {
	s := slotDesk()
	x := &s.Services[0]
	for i := range 26 {
		from, to := at(7, 30*i), at(7, 30*(i+1))
		slot := wire.DeskSlot{
			Slot: from.Format("15:04"), To: to.Format("15:04"), Session: "morning", Availability: "many",
			Web: wire.Seat{Limit: new(4)}, Desk: wire.Seat{Limit: new(2)},
		}
		switch {
		case i < 4:
			x.Slots = slices.Insert(x.Slots, i, slot)
		case i > 9:
			x.Slots = append(x.Slots, slot)
		}
	}
	return s
}

// freeDays returns the slots of some days for a desk that searches.
func freeDays() wire.DeskDays {
	answer := wire.DeskDays{Days: []wire.DeskDay{}}
	for _, date := range []string{day, "2026-11-24", "2026-11-25"} {
		d := wire.DeskDay{Day: date, State: "open"}
		if date == "2026-11-25" {
			d.State = "closed"
		}
		for i := range 10 {
			from, to := at(9, 30*i), at(9, 30*(i+1))
			session := "morning"
			if i >= 6 {
				from, to, session = at(12, 30*i), at(12, 30*(i+1)), "afternoon"
			}
			d.Slots = append(d.Slots, wire.DeskSlot{
				Slot: from.Format("15:04"), To: to.Format("15:04"), Session: session, Availability: "many",
				Web: wire.Seat{Used: i % 5, Limit: new(4)}, Desk: wire.Seat{Used: i % 3, Limit: new(2)},
			})
		}
		answer.Days = append(answer.Days, d)
	}
	return answer
}

// closedDay returns the bookings of a day that the desk is about to close.
func closedDay() wire.Affected {
	list := wire.Affected{Affected: "k3f9a2x7"}
	for i, name := range []string{"佐藤 花子", "Maria Gonçalves de Oliveira", "鈴木 一郎"} {
		t := inSlot(i+1, 9+i, 0, name, "booked")
		if t.Day = "2026-11-24"; i == 2 {
			t.Phone = ""
		}
		list.Tickets = append(list.Tickets, t)
	}
	return list
}

// deskSlotStories returns the states of a desk in slot mode.
func deskSlotStories() []Story {
	slots := func(name string, change ...func(*Story)) Story {
		return desk("slots"+name, slotDesk(), append([]func(*Story){answers(map[string]any{
			"GET /v1/services/1234-1/slots":                    freeDays(),
			"GET /v1/services/1234-1/days/2026-11-24/bookings": closedDay(),
			"POST /v1/services/1234-1/days/2026-11-24/close":   wire.DateClosed{Cancelled: 3},
			"POST /v1/services/1234-1/bookings": wire.Issued{Token: ownToken, CancelCode: ownCode, Ticket: ticket(laterOn, func(t *wire.Ticket) {
				t.Number, t.Slot = 0, "10:30"
			})},
		})}, change...)...)
	}
	act := func(n, name string) string {
		return fmt.Sprintf(`[data-ticket="1234-1-261121-s%s"] [data-act="%s"]`, n, name)
	}
	more := func(n string) string { return fmt.Sprintf(`[data-ticket="1234-1-261121-s%s"] [data-more]`, n) }
	phone := func(s *Story) {
		clicks(".free .slot", "[data-phone]", `.free input[value="2026-11-24 10:30"]`)(s)
		types(".phone input[name=name]", "吉田 結衣")(s)
		types(".phone input[name=phone]", "09000000003")(s)
	}
	closing := func(s *Story) {
		clicks(".closing form", "[data-close-date]")(s)
		s.Steps = append(s.Steps, step{At: ".closing input[name=day]", Type: "2026-11-24"})
	}
	const send, list = "[data-phone-form] button[type=submit]", ".closing button[type=submit]"
	return []Story{
		slots(""),
		slots("-early", func(s *Story) {
			x := slotDesk()
			x.Services[0].Tickets, x.Services[0].Board.Slots.Serving = []wire.StaffTicket{}, ""
			s.Frames = []wire.Frame{staffFrame(x)}
		}),
		slots("-long", func(s *Story) { s.Frames = []wire.Frame{staffFrame(longSlotDesk())} }, clicks(".serving h4:focus", "[data-serving]")),
		slots("-long-open", func(s *Story) { s.Frames = []wire.Frame{staffFrame(longSlotDesk())} }, clicks(".fold[open]", ".fold:last-of-type summary")),
		slots("-more", clicks(".ticket .ask", more("23"))),
		slots("-several", types("#checkin", "1122"), clicks(".checkin .ask", ".checkin button[type=submit]")),
		slots("-cancel", clicks(".ticket .danger", more("23"), act("23", "cancel"))),
		slots("-rebook", clicks(".change .free .slot", act("23", "rebook"))),
		slots("-edit", clicks(".change input[name=kana]", more("23"), act("23", "edit"))),
		slots("-phone", phone),
		slots("-phone-asked", phone, clicks("[data-act=book-yes]", send)),
		slots("-phone-full", phone, answers(map[string]any{"POST /v1/services/1234-1/bookings": refusal(409, "slot_full")}),
			clicks("[data-act=insist]", send, "[data-act=book-yes]")),
		slots("-phone-done", phone, clicks(".phone .note", send, "[data-act=book-yes]")),
		slots("-close", closing, clicks("[data-act=close-yes]", list)),
		slots("-closed", closing, clicks(".closing .note", list, "[data-act=close-yes]")),
		slots("-help", clicks("#help", "#keys")),
		slots("-bookings", answers(map[string]any{"GET /v1/clinics/1234/bookings": wire.Bookings{Tickets: closedDay().Tickets, Marks: []wire.Mark{}}}),
			clicks(".bookings li", "[data-bookings]")),
	}
}
