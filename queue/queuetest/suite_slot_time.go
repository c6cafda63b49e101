package queuetest

import (
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

func testSlotLead(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.Lead = 30 })
	b.at(9, 30)
	b.pass(-time.Millisecond)
	one := b.given(slot("10:00"))
	b.pass(time.Millisecond)
	b.no(slot("10:00"), queue.ErrSlotOver) // it passed while the form was open
	b.equal("closed", b.state("10:00").Availability, queue.Over)
	// The lead hides offers, never seats that are taken (booking.md §2 17).
	b.used("10:00", 1, 0, 0)
	b.given(call("10:00"))
	b.bySlots(func(s *clinic.Service) { s.Slot.Lead, s.Slot.Web, s.Slot.Desk = 0, new(1), new(1) })
	b.no(slot("10:00"), queue.ErrSlotFull)
	b.no(call("10:00"), queue.ErrSlotFull)
	b.do(one.Ticket, queue.Cancel)
	b.at(10, 0)
	b.no(slot("10:00"), queue.ErrSlotOver)
	b.bySlots(func(s *clinic.Service) { s.Slot.Lead = 7 * 24 * 60 })
	week := b.after(b.mustSnapshot().Day, 7)
	b.no(on(week, slot("10:00")), queue.ErrSlotOver)
	b.given(on(week, slot("10:30")))
	b.no(on(b.tomorrow(), slot("17:30")), queue.ErrSlotOver)
}

func testSlotHorizon(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Booking.Days = 2 })
	today := b.mustSnapshot().Day
	b.given(on(today, slot("10:00"))) // today by its name
	b.given(on(b.after(today, 2), slot("10:00")))
	b.no(on(b.after(today, 3), slot("10:00")), queue.ErrNotOffered)
	b.no(on(b.after(today, -1), slot("10:00")), queue.ErrDayOver)
	b.given(on(b.after(today, 3), call("10:00"))) // the desk looks further ahead
	b.given(on(b.after(today, clinic.SlotDays), call("10:00")))
	b.no(on(b.after(today, clinic.SlotDays+1), call("10:00")), queue.ErrNotOffered)
	b.bySlots(func(s *clinic.Service) { s.Booking.Days = 0 })
	b.given(slot("10:00"))
	b.no(on(b.after(today, 1), slot("10:00")), queue.ErrNotOffered)
	b.record(func(c *clinic.Clinic) {
		c.Services[0].Booking.Days = 9
		c.Calendar.Exceptions = []hours.Exception{{Date: string(b.after(today, 1)), Closed: true, Reason: "祝日"}}
	})
	b.no(on(b.after(today, 1), slot("10:00")), queue.ErrNotOffered)
	b.no(on(b.after(today, 1), call("10:00")), queue.ErrNotOffered)
}

func testSlotOpensAt(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Booking.Days, s.Booking.OpensAt = 2, "09:00" })
	newest := b.after(b.mustSnapshot().Day, 2)
	b.given(on(b.after(newest, -1), slot("10:00")))
	b.no(on(newest, slot("10:00")), queue.ErrNotOpenYet)
	day := b.days(newest, newest)[0]
	b.equal("state", day.State, queue.DayBefore)
	b.equal("it opens at nine", day.OpensAt.Sub(b.now), time.Hour)
	b.equal("before", day.Sessions[0].Slots[2].Availability, queue.NotYet)
	b.given(on(newest, call("10:00"))) // the desk
	b.at(9, 0)
	b.pass(-time.Millisecond)
	b.no(on(newest, slot("10:00")), queue.ErrNotOpenYet)
	b.pass(time.Millisecond)
	b.given(on(newest, slot("10:00")))
	b.equal("open", b.days(newest, newest)[0].State, queue.DayOpen)
	b.pass(24*time.Hour - time.Millisecond) // it stays open the next morning, and another is the newest
	b.given(on(newest, slot("10:30")))
	b.no(on(b.after(newest, 1), slot("10:00")), queue.ErrNotOpenYet)
	b.bySlots(func(s *clinic.Service) { s.Booking.OpensAt = "" }) // with the web hours
	b.given(on(b.after(newest, 1), slot("10:00")))
}

func testSlotReception(b *clocked) {
	b.bySlots(nil)
	day := b.tomorrow()
	reception := func(r queue.Reception) { b.ok(b.SetReception(b.Context(), b.ref, r, "", staff)) }
	for r, want := range map[queue.Reception]error{queue.Paused: queue.ErrReceptionPaused, queue.Closed: queue.ErrReceptionClosed} {
		reception(r)
		b.no(slot("10:00"), want)
		b.given(call("10:00"))
		b.given(on(day, slot("10:00"))) // of today alone
		reception(queue.Auto)
	}
	b.pass(-2 * time.Hour) // six: the web hours begin (D06)
	b.given(slot("10:00"))
	b.pass(-time.Millisecond)
	b.no(slot("10:00"), queue.ErrReceptionClosed)
	b.no(on(day, slot("10:00")), queue.ErrReceptionClosed)
	b.given(on(day, call("09:00")))
	reception(queue.Open)
	b.given(slot("10:00"))
	b.no(on(day, slot("10:00")), queue.ErrReceptionClosed)
	b.at(23, 59)
	b.given(on(day, slot("10:30")))
	b.pass(time.Minute)
	b.no(on(day, slot("10:30")), queue.ErrReceptionClosed)
}

func testSlotTelephone(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.Lead = 60 })
	b.at(9, 59)
	one := b.given(call("10:00"))
	b.equal("state", one.State, queue.Booked)
	b.equal("not here", one.Presence, queue.NotArrived)
	b.equal("no number", one.Number, 0)
	b.equal("channel", one.Channel, "desk")
	b.at(10, 30)
	b.pass(-time.Millisecond)
	b.given(call("10:00"))
	b.pass(time.Millisecond)
	b.no(call("10:00"), queue.ErrSlotOver)
	b.equal("the desk insists", b.given(override(call("10:00"))).Slot, "10:00")
	b.no(call(""), queue.ErrSlotUnknown)
	b.no(on(b.tomorrow(), call("")), queue.ErrSlotUnknown)
}

func testSlotWalkin(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.Desk = new(1) })
	b.at(9, 10)
	b.given(call("09:30"))
	one := b.given(walkin(""))
	b.equal("the present slot", one.Slot, "09:00")
	b.equal("state", one.State, queue.Waiting)
	b.equal("number", one.Number, 1)
	b.equal("presence", one.Presence, queue.Here)
	b.equal("arrived", one.Arrived.Equal(b.now), true)
	b.equal("in time", one.Late, false)
	two := b.given(walkin(""))
	b.equal("the next with a seat", two.Slot, "10:00")
	b.equal("behind the other", two.Ahead, 1)
	b.equal("a slot by its name", b.given(walkin("11:00")).LineSlot, "11:00")
	b.no(walkin("11:00"), queue.ErrSlotFull)
	insisting := b.given(override(walkin("11:00")))
	b.equal("over", insisting.Over, true)
	b.no(on(b.tomorrow(), walkin("10:00")), queue.ErrNotOffered)
	b.given(on(b.mustSnapshot().Day, walkin("11:30")))
	b.at(9, 30) // the slot is over at its end
	b.no(walkin("09:00"), queue.ErrSlotOver)
	b.equal("the desk insists", b.given(override(walkin("09:00"))).LineSlot, "09:00")
	b.at(17, 59)
	b.equal("the last slot", b.given(walkin("")).Slot, "17:30")
	b.no(walkin(""), queue.ErrSlotFull)
	b.equal("over", b.given(override(walkin(""))).Slot, "17:30")
	b.at(18, 0)
	b.no(walkin(""), queue.ErrSlotOver)
	b.equal("over", b.given(override(walkin(""))).Slot, "17:30")
	b.record(func(c *clinic.Clinic) { c.Calendar = &hours.Calendar{} })
	b.no(walkin(""), queue.ErrNotOffered)
	b.no(override(walkin("")), queue.ErrNotOffered)
}

func testSlotUrgent(b *clocked) {
	b.bySlots(nil)
	first, second := b.arrived(slot("09:00")), b.arrived(slot("10:00"))
	urgent := walkin("11:00")
	urgent.Ahead, urgent.Reason = new(1), queue.ReasonUrgent
	one := b.given(urgent)
	b.equal("home slot", one.Slot, "11:00")
	b.equal("line slot", one.LineSlot, "09:00")
	b.equal("ahead", one.Ahead, 1)
	b.waits(first.Number, one.Number, second.Number)
	b.equal("announced", b.line().Notice.Reason, queue.ReasonUrgent)
	b.used("11:00", 0, 1, 0)
	urgent.Reason = "because"
	b.no(urgent, queue.ErrReason)
	urgent.Reason, urgent.Ahead = queue.ReasonUrgent, new(-1)
	b.no(urgent, queue.ErrReason)
}

// testSlotBad sends what a stranger or a mistake can send.
func testSlotBad(b *clocked) {
	b.bySlots(nil)
	b.given(slot("10:00"))
	for _, at := range []string{"", "10:15", "10:60", "9:00", "24:00", "12:00", "08:30", "99:99", "x", "10:00 ", "１０：００", "-1:00"} {
		b.no(slot(at), queue.ErrSlotUnknown)
		if at != "" {
			b.no(walkin(at), queue.ErrSlotUnknown)
			b.no(override(call(at)), queue.ErrSlotUnknown)
		}
	}
	party := slot("10:00")
	for _, n := range []int{-1, 6} {
		party.Party = n
		b.no(party, queue.ErrPartySize)
	}
	kind := slot("10:00")
	kind.Kind = "none"
	b.no(kind, queue.ErrKind)
	number := walkin("10:00")
	number.Number = queue.MostNumber + 1
	b.no(number, queue.ErrNumber)
	number.Number = 1
	b.no(number, queue.ErrNumber) // not kept for the desk
	here := slot("10:00")
	here.Walkin = true
	b.equal("the web cannot be at the desk", b.given(here).State, queue.Booked)
	session := slot("10:00")
	session.Session = "evening"
	b.given(session) // a slot is of its session
	_, err := b.Issue(b.Context(), clinic.Ref{Clinic: b.clinic.ID, Service: "9"}, slot("10:00"), queue.Act{})
	b.refused(err, clinic.ErrNoService)
}
