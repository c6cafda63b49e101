package queuetest

import (
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

func testCloseDate(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Capacity.Release = 30 })
	today := b.mustSnapshot().Day
	day := b.after(today, 1)
	here := b.arrived(slot("10:00"))
	morning, afternoon := b.given(slot("10:00")).Ticket, b.given(call("15:00")).Ticket
	one, two := b.given(on(day, slot("10:00"))).Ticket, b.given(on(day, slot("15:00"))).Ticket
	shut := func(on clinic.Day, session string, want int) {
		b.Helper()
		n, err := b.CloseDate(b.Context(), b.ref, on, session, staff)
		b.ok(err)
		b.equal("cancelled", n, want)
	}
	ended := func(t queue.Ticket, want queue.State) {
		b.Helper()
		t = b.ticket(t)
		b.equal("state", t.State, want)
		b.equal("by the clinic", t.Reason == queue.ReasonClinic, want == queue.Cancelled)
	}
	shut(day, "evening", 0)
	shut(day, "afternoon", 1)
	ended(two, queue.Cancelled)
	ended(one, queue.Booked)
	key := queue.Act{Key: "close once", By: staff.By}
	n, err := b.CloseDate(b.Context(), b.ref, day, "", key)
	b.ok(err)
	b.equal("the rest", n, 1)
	n, err = b.CloseDate(b.Context(), b.ref, day, "", key)
	b.ok(err)
	b.equal("a repeat", n, 1)
	ended(one, queue.Cancelled)
	shut(day, "", 0)
	shut(today, "morning", 1)
	ended(morning, queue.Cancelled)
	ended(here, queue.Waiting) // who is here is seen
	ended(afternoon, queue.Booked)
	b.used("10:00", 1, 0, 0) // the seat is free at once
	shut(today, "", 1)
	ended(afternoon, queue.Cancelled)
	back := b.do(one, queue.Undo)
	b.equal("undone", [2]string{string(back.State), back.Reason}, [2]string{string(queue.Booked), ""})
	_, err = b.CloseDate(b.Context(), b.ref, b.after(today, -1), "", staff)
	b.refused(err, queue.ErrDayOver)
	_, err = b.CloseDate(b.Context(), clinic.Ref{Clinic: b.clinic.ID, Service: "9"}, today, "", staff)
	b.refused(err, clinic.ErrNoService)

	b.record(func(c *clinic.Clinic) { c.Services[1].Booking = clinic.Booking{Days: 2} }) // order mode
	second := clinic.Ref{Clinic: b.clinic.ID, Service: "2"}
	numbered, err := b.Issue(b.Context(), second, on(day, byDeskOf(1)), staff)
	b.ok(err)
	n, err = b.CloseDate(b.Context(), second, day, "", staff)
	b.ok(err)
	b.equal("with its number", n, 1)
	ended(numbered.Ticket, queue.Cancelled)
}

func testCancelDeadline(b *clocked) {
	cancel := func(t queue.Ticket) error {
		_, err := b.CancelByOwner(b.Context(), t.ID, "good", queue.Act{})
		return err
	}
	rule := func(r clinic.CancelRule) { b.bySlots(func(s *clinic.Service) { s.Cancel = r }) }
	today := b.mustSnapshot().Day
	for _, c := range []struct {
		rule         clinic.CancelRule
		hour, minute int // the deadline, of today's slot of half past ten
	}{
		{clinic.CancelRule{}, 10, 30},
		{clinic.CancelRule{Anchor: clinic.CancelByStart, Minutes: 45}, 9, 45},
		{clinic.CancelRule{Anchor: clinic.CancelByEnd, Minutes: 10}, 10, 50},
		{clinic.CancelRule{Anchor: clinic.CancelByEnd}, 11, 0},
		{clinic.CancelRule{Anchor: clinic.CancelByClock, At: "09:15"}, 9, 15},
	} {
		b.at(8, 0)
		rule(c.rule)
		b.bySlots(func(s *clinic.Service) { s.Slot.Web, s.Slot.Lead, s.Slot.NoShow = nil, 0, new(720) })
		one, two := b.given(slot("10:30")).Ticket, b.given(slot("10:30")).Ticket
		b.at(c.hour, c.minute)
		until := queue.CancelUntil(b.clinic, one)
		b.equal("deadline", until.Equal(b.now), true)
		b.pass(-time.Millisecond)
		b.equal("why not", queue.WhyNotCancel(b.clinic, b.ticket(one), 0, b.now) == nil, true)
		b.ok(cancel(one))
		b.pass(time.Millisecond)
		b.refused(cancel(two), queue.ErrCancelTooLate)
		b.refused(queue.WhyNotCancel(b.clinic, b.ticket(two), 0, b.now), queue.ErrCancelTooLate)
		b.refused(cancel(one), queue.ErrState) // twice
		_, err := b.CancelByOwner(b.Context(), two.ID, "bad", queue.Act{})
		b.refused(err, queue.ErrWrongCode) // which comes first: no other learns of the deadline
		b.do(two, queue.Cancel)            // the desk always may
	}
	b.at(8, 0)
	rule(clinic.CancelRule{Anchor: clinic.CancelByClock, Days: 1, At: "17:00"}) // 前日17時
	b.refused(cancel(b.given(slot("15:00")).Ticket), queue.ErrCancelTooLate)
	one := b.given(on(b.after(today, 1), slot("10:00"))).Ticket
	b.at(17, 0)
	b.refused(cancel(one), queue.ErrCancelTooLate)
	b.pass(-time.Millisecond)
	b.ok(cancel(one))
	rule(clinic.CancelRule{Anchor: clinic.CancelByStart, Minutes: 10080}) // a week
	b.refused(cancel(b.given(on(b.after(today, 7), slot("15:00"))).Ticket), queue.ErrCancelTooLate)
	b.ok(cancel(b.given(on(b.after(today, 8), slot("15:00"))).Ticket))

	// In order mode too.
	b.record(func(c *clinic.Clinic) {
		c.Services[1].WebCancel, c.Services[1].Booking.Days = true, 3
		c.Services[1].Cancel = clinic.CancelRule{Anchor: clinic.CancelByClock, Days: 1, At: "17:30"}
	})
	ask := on(b.after(today, 1), queue.Request{Channel: "web", Party: 1, CodeHash: "good"})
	i, err := b.Issue(b.Context(), clinic.Ref{Clinic: b.clinic.ID, Service: "2"}, ask, queue.Act{})
	b.ok(err)
	b.at(17, 30)
	b.refused(cancel(i.Ticket), queue.ErrCancelTooLate)
	b.pass(-time.Millisecond)
	b.ok(cancel(i.Ticket))
}

func testCancelAhead(b *clocked) {
	b.booking(2, "")
	b.bench.set(func(s *clinic.Service) { s.Cancel = clinic.CancelRule{Anchor: clinic.CancelByAhead, Ahead: 2} })
	b.at(9, 0)
	cancel := func(t queue.Ticket) error {
		_, err := b.CancelByOwner(b.Context(), t.ID, "good", queue.Act{})
		return err
	}
	ts := b.issue(4)
	b.refused(cancel(ts[0]), queue.ErrCancelTooLate)
	b.refused(cancel(ts[1]), queue.ErrCancelTooLate)
	b.ok(cancel(ts[2]))
	b.ok(cancel(ts[3]))                                   // two are left ahead
	b.ok(cancel(b.given(on(b.tomorrow(), byWeb)).Ticket)) // of a day to come nobody is ahead yet
}

func testSlotNoShow(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.NoShow = new(15) })
	one, two, here := b.given(slot("09:00")).Ticket, b.given(slot("09:00")).Ticket, b.arrived(slot("09:00"))
	b.at(9, 45)
	b.pass(-time.Millisecond)
	b.equal("booked", len(b.line().Booked), 2)
	b.arrive(two)
	b.pass(time.Millisecond)
	b.equal("booked", len(b.line().Booked), 0)
	gone := b.ticket(one)
	b.equal("no-show", [2]string{string(gone.State), gone.Reason}, [2]string{string(queue.NoShow), queue.ReasonSlotOver})
	b.equal("ended", gone.Ended.Equal(b.now), true)
	b.equal("who is here waits", len(b.line().Waiting), 2)
	version := b.mustSnapshot().Version
	b.equal("once", b.mustSnapshot().Version, version)
	b.used("09:00", 3, 0, 0) // its time is over: the seat is not offered again
	b.equal("booked", b.state("09:00").Booked, 3)
	_, err := b.Arrival(b.Context(), one.ID, queue.ByDesk, staff)
	b.refused(err, queue.ErrState)
	b.do(here, queue.Undo) // the wrong patient's arrival: that one's slot is over
	b.equal("swept", b.line().Waiting[0].ID, two.ID)
	b.equal("swept", b.ticket(here).State, queue.NoShow)

	b.bySlots(func(s *clinic.Service) { s.Slot.NoShow = nil }) // at the session's end
	three, four := b.given(call("11:00")).Ticket, b.given(call("15:00")).Ticket
	b.at(12, 0)
	b.pass(-time.Millisecond)
	b.equal("booked", len(b.line().Booked), 2)
	b.pass(time.Millisecond)
	b.equal("booked", len(b.line().Booked), 1)
	b.equal("state", b.ticket(three).State, queue.NoShow)
	b.equal("state", b.ticket(four).State, queue.Booked)
	b.bySlots(func(s *clinic.Service) { s.Slot.NoShow = new(0) })
	b.at(15, 30)
	b.equal("booked", len(b.line().Booked), 0)
}

func testSlotNoShowUndo(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.NoShow = new(0) })
	one, two := b.given(slot("09:00")).Ticket, b.given(slot("10:00")).Ticket
	b.at(9, 30)
	b.line()
	b.equal("swept", b.ticket(one).State, queue.NoShow)
	back := b.do(one, queue.Undo)
	b.equal("undone", [2]string{string(back.State), back.Reason}, [2]string{string(queue.Booked), ""})
	b.pass(time.Hour)
	b.line()
	b.equal("it stays", b.ticket(one).State, queue.Booked)
	b.equal("the other is swept", b.ticket(two).State, queue.NoShow)
	here := b.arrive(one)
	b.equal("late", here.Late, true)
	dropped := b.given(call("11:00")).Ticket // by the desk
	b.equal("state", b.do(dropped, queue.Drop).State, queue.NoShow)
	b.equal("undone", b.do(dropped, queue.Undo).State, queue.Booked)
	tomorrow := b.given(on(b.tomorrow(), call("11:00"))).Ticket
	_, err := b.Do(b.Context(), tomorrow.ID, queue.Drop, staff)
	b.refused(err, queue.ErrDayAhead)
	b.pass(24 * time.Hour)
	b.ok(b.CloseDay(b.Context(), b.clinic.ID, one.ID.Day()))
	b.equal("until the day's end", b.ticket(dropped).State, queue.NoShow)
}

// testSlotLeap has the clock leap over a day and return.
func testSlotLeap(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.NoShow = new(0) })
	day := b.tomorrow()
	today, tomorrow := b.given(slot("10:00")).Ticket, b.given(on(day, slot("10:00"))).Ticket
	b.pass(60 * time.Hour)
	b.ok(b.CloseDay(b.Context(), b.clinic.ID, today.ID.Day()))
	b.ok(b.CloseDay(b.Context(), b.clinic.ID, day))
	b.pass(-60 * time.Hour)
	for _, t := range []queue.Ticket{today, tomorrow} {
		b.equal("state", b.ticket(t).State, queue.NoShow)
		_, err := b.Do(b.Context(), t.ID, queue.Undo, staff)
		b.refused(err, queue.ErrNothingToUndo)
	}
	again := b.given(slot("10:00"))
	b.equal("goes on", b.arrive(again.Ticket).Number, 1)
	b.given(on(day, slot("10:00")))
	b.used("10:00", 2, 0, 0)
	b.sound()
	// It leaps over a slot's end and back: a no-show of that moment is taken back by hand.
	late := b.given(slot("11:00")).Ticket
	b.pass(5 * time.Hour)
	b.line()
	b.pass(-5 * time.Hour)
	b.equal("swept", b.ticket(late).State, queue.NoShow)
	b.equal("undone", b.do(late, queue.Undo).State, queue.Booked)
	b.equal("arrives in time", b.arrive(late).Late, false)
}

func testSlotRollover(b *clocked) {
	b.bySlots(nil)
	booked, here, room := b.given(slot("17:30")).Ticket, b.arrived(slot("17:30")), b.arrived(slot("10:00"))
	next := b.given(on(b.tomorrow(), slot("10:00"))).Ticket
	b.do(room, queue.Call)
	b.pass(24 * time.Hour)
	b.ok(b.CloseDay(b.Context(), b.clinic.ID, booked.ID.Day()))
	for t, want := range map[queue.TicketID]queue.State{booked.ID: queue.NoShow, here.ID: queue.NoShow, room.ID: queue.Done} {
		got, err := b.Ticket(b.Context(), t)
		b.ok(err)
		b.equal("state", got.State, want)
		b.equal("reason", got.Reason, queue.ReasonDayEnd)
	}
	b.equal("the next day", len(b.line().Booked), 1)
	b.equal("number", b.arrive(next).Number, 1)
	b.served("", 0, 0)
	f, err := b.Figures(b.Context(), b.clinic.ID, booked.ID.Day())
	b.ok(err)
	b.equal("figures", f.Services["1"].Ended, map[queue.State]int{queue.Done: 1, queue.NoShow: 2})
}
