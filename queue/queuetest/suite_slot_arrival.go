package queuetest

import (
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

func testSlotArrival(b *clocked) {
	b.bySlots(nil)
	one := b.given(slot("10:00")).Ticket
	b.equal("state", one.State, queue.Booked)
	b.equal("no number", one.Number, 0)
	b.equal("slot", [4]string{one.Slot, one.SlotEnd, one.LineSlot, one.Session}, [4]string{"10:00", "10:30", "10:00", "morning"})
	b.equal("from", one.SlotFrom.Sub(b.now), 2*time.Hour)
	b.equal("to", one.SlotTo.Sub(b.now), 150*time.Minute)
	b.equal("a seat", one.Weight, 1)
	b.equal("not arrived", one.Arrived.IsZero(), true)
	l := b.line()
	b.equal("booked", len(l.Booked), 1)
	b.equal("nobody waits", l.Tickets(), 0)
	b.equal("acts", one.Acts(), []queue.ActKind{queue.CheckIn, queue.Rebook, queue.Amend, queue.Cancel, queue.Drop})
	for _, kind := range []queue.ActKind{queue.Hold, queue.Enter, queue.Finish, queue.Return, queue.CheckIn, queue.Rebook, queue.Amend} {
		_, err := b.Do(b.Context(), one.ID, kind, staff)
		b.refused(err, queue.ErrState)
	}
	_, err := b.Call(b.Context(), one.ID, "1", staff)
	b.refused(err, queue.ErrState)
	_, err = b.Move(b.Context(), one.ID, 0, queue.ReasonDesk, staff)
	b.refused(err, queue.ErrState)
	_, err = b.Transfer(b.Context(), one.ID, "2", staff)
	b.refused(err, queue.ErrState)
	_, err = b.Arrive(b.Context(), one.ID, queue.Here, staff)
	b.refused(err, queue.ErrState)

	stale := staff
	stale.Expect.Rev = "another"
	_, err = b.Arrival(b.Context(), one.ID, queue.ByDesk, stale)
	b.refused(err, queue.ErrTicketChanged)
	b.at(9, 30)
	here := b.arrive(one)
	b.equal("state", here.State, queue.Waiting)
	b.equal("number", here.Number, 1)
	b.equal("presence", here.Presence, queue.Here)
	b.equal("arrived", here.Arrived.Equal(b.now), true)
	b.equal("in time", here.Late, false)
	b.equal("last act", here.LastAct, queue.CheckIn)
	b.equal("may be edited", here.Acts()[len(here.Acts())-2], queue.Amend)
	version := b.mustSnapshot().Version
	b.equal("twice is once", b.arrive(one), here)
	b.equal("version", b.mustSnapshot().Version, version)
	b.do(here, queue.Call)
	b.equal("also when called", b.arrive(one).State, queue.Called)
	b.do(here, queue.Finish)
	_, err = b.Arrival(b.Context(), one.ID, queue.ByDesk, staff)
	b.refused(err, queue.ErrState)

	tomorrow := b.given(on(b.tomorrow(), slot("10:00"))).Ticket
	_, err = b.Arrival(b.Context(), tomorrow.ID, queue.ByDesk, staff)
	b.refused(err, queue.ErrDayAhead)
	_, err = b.Arrival(b.Context(), newID(one.ID), queue.ByDesk, staff)
	b.refused(err, queue.ErrNoTicket)
	order, err := b.Issue(b.Context(), clinic.Ref{Clinic: b.clinic.ID, Service: "2"}, byDeskOf(1), staff)
	b.ok(err)
	_, err = b.Arrival(b.Context(), order.ID, queue.ByDesk, staff)
	b.refused(err, queue.ErrState)
	b.pass(24 * time.Hour)
	_, err = b.Arrival(b.Context(), one.ID, queue.ByDesk, staff)
	b.refused(err, queue.ErrDayOver)
}

func byDeskOf(party int) queue.Request { return queue.Request{Channel: "desk", Party: party} }

func testSlotOrder(b *clocked) {
	b.bySlots(nil)
	late, early := b.given(slot("10:30")).Ticket, b.given(slot("10:00")).Ticket
	first, second := b.given(slot("09:00")).Ticket, b.given(slot("09:00")).Ticket
	b.arrive(late)   // 1
	b.arrive(second) // 2
	b.arrive(early)  // 3
	b.arrive(first)  // 4: booked before 2, arrived after it
	b.waits(2, 4, 3, 1)
	third := b.given(slot("09:00"))
	b.equal("a booking is ahead of nobody", third.Ahead, 0)
	b.arrive(third.Ticket)
	b.waits(2, 4, 5, 3, 1)
	b.at(9, 0)
	for _, want := range []int{2, 4, 5} {
		b.equal("called", b.next("1").Number, want)
	}
	_, _, tickets, _, ok := b.mustSnapshot().Find(late.ID)
	b.equal("ahead of the last", tickets, 1)
	b.equal("found", ok, true)
}

func testSlotEntrance(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.ArriveFrom = 60 })
	arrival := func(t queue.Ticket, by string) error {
		_, err := b.Arrival(b.Context(), t.ID, by, staff)
		return err
	}
	one, two, three := b.given(slot("10:00")).Ticket, b.given(slot("10:00")).Ticket, b.given(slot("10:00")).Ticket
	b.refused(arrival(one, queue.ByOwner), queue.ErrTooEarly)
	b.ok(arrival(three, queue.ByDesk)) // the desk at any time
	b.at(9, 0)
	b.pass(-time.Millisecond)
	b.refused(arrival(one, queue.ByOwner), queue.ErrTooEarly)
	b.pass(time.Millisecond)
	b.ok(arrival(one, queue.ByOwner))
	b.bySlots(func(s *clinic.Service) { s.Slot.ArriveFrom, s.Slot.Late, s.Slot.Grace = 0, clinic.LateDesk, 10 })
	b.refused(arrival(two, queue.ByOwner), queue.ErrTooEarly)
	b.at(10, 40) // the end of the grace
	four := b.given(call("11:00")).Ticket
	b.refused(arrival(four, queue.ByOwner), queue.ErrTooEarly)
	b.pass(time.Millisecond)
	b.refused(arrival(two, queue.ByOwner), queue.ErrTooLate)
	b.ok(arrival(two, queue.ByDesk))
	b.equal("late", b.ticket(two).Late, true)
}

func testSlotLate(b *clocked) {
	for _, rule := range []struct {
		late string
		want string // line slot
	}{{clinic.LateServing, "10:00"}, {clinic.LateOwn, "09:00"}, {clinic.LateEnd, "11:00"}, {clinic.LateDesk, "10:00"}} {
		b.at(8, 0)
		b.bySlots(func(s *clinic.Service) { s.Slot.Late, s.Slot.Grace, s.Slot.Web, s.Slot.Desk = rule.late, 10, nil, nil })
		missing, intime := b.given(slot("09:00")).Ticket, b.given(slot("09:00")).Ticket
		ten, eleven := b.arrived(slot("10:00")), b.arrived(slot("11:00"))
		b.at(9, 40)
		b.equal("at the end of the grace", b.arrive(intime).Late, false)
		b.do(ten, queue.Call)
		b.pass(time.Millisecond)
		behind := b.arrived(slot("10:30"))
		late := b.arrive(missing)
		b.equal("late", late.Late, true)
		b.equal(rule.late+": home slot", late.Slot, "09:00")
		b.equal(rule.late+": line slot", late.LineSlot, rule.want)
		var order []int
		for _, t := range []queue.Ticket{intime, late, behind, eleven} {
			_, _, ahead, _, _ := b.mustSnapshot().Find(t.ID)
			order = append(order, ahead)
		}
		want := []int{0, 1, 2, 3}
		if rule.late == clinic.LateEnd {
			want = []int{0, 3, 1, 2}
		}
		b.equal(rule.late+": ahead of each", order, want)
		b.used("09:00", 2, 0, 0) // the seat is that of the home slot
		b.used("10:00", 1, 0, 0)
		for _, t := range []queue.Ticket{intime, late, behind, eleven, ten} {
			b.do(t, queue.Undo, queue.Cancel)
		}
	}
	b.bySlots(func(s *clinic.Service) { s.Slot.Late = clinic.LateServing })
	b.pass(24 * time.Hour)
	b.at(8, 0)
	one := b.given(slot("09:00")).Ticket
	b.at(10, 0)
	b.equal("nobody was called: its home slot", b.arrive(one).LineSlot, "09:00")
}

func testSlotArrivalUndo(b *clocked) {
	b.bySlots(nil)
	one, two := b.arrived(slot("10:00")), b.arrived(slot("10:00"))
	back := b.do(one, queue.Undo)
	b.equal("state", back.State, queue.Booked)
	b.equal("number", back.Number, 0)
	b.equal("presence", back.Presence, queue.NotArrived)
	b.equal("arrived", back.Arrived.IsZero(), true)
	b.waits(2)
	again := b.arrive(one)
	b.equal("a number is never given twice", again.Number, 3)
	b.waits(2, 3)
	b.used("10:00", 2, 0, 0)
	b.do(two, queue.Undo)
	_, err := b.Do(b.Context(), two.ID, queue.Undo, staff)
	b.refused(err, queue.ErrNothingToUndo)
}
