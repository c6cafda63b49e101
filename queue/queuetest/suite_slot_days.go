package queuetest

import (
	"fmt"
	"slices"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

func (b *clocked) days(from, to clinic.Day) []queue.DayOffer {
	b.Helper()
	days, err := b.Days(b.Context(), b.ref, from, to)
	b.ok(err)
	return days
}

// offered is a slot of a day as it is offered.
func (b *clocked) offered(day clinic.Day, at string) queue.SlotOffer {
	b.Helper()
	for _, session := range b.days(day, day)[0].Sessions {
		for _, s := range session.Slots {
			if string(s.Start) == at {
				return s
			}
		}
	}
	b.Fatalf("%s has no slot %s", day, at)
	return queue.SlotOffer{}
}

func testSlotDays(b *clocked) {
	b.bySlots(func(s *clinic.Service) {
		s.Booking.Days, s.Slot.Web, s.Slot.First, s.Capacity.Few = 3, new(2), new(1), 1
		s.Booking.OpensAt = "09:00"
	})
	today := b.mustSnapshot().Day
	b.record(func(c *clinic.Clinic) {
		c.Calendar.Exceptions = []hours.Exception{{Date: string(b.after(today, 2)), Closed: true, Reason: "休診"}}
	})
	b.at(8, 30)
	days := b.days(b.after(today, -1), b.after(today, 4))
	var states []queue.DayState
	for _, d := range days {
		states = append(states, d.State)
	}
	b.equal("states", states, []queue.DayState{queue.DayClosed, queue.DayOpen, queue.DayOpen, queue.DayClosed, queue.DayBefore, queue.DayClosed})
	b.equal("sessions", []string{days[1].Sessions[0].ID, days[1].Sessions[1].ID}, []string{"morning", "afternoon"})
	b.equal("slots", len(days[2].Sessions[0].Slots), 6)
	b.equal("closed days have none", len(days[3].Sessions)+len(days[0].Sessions), 0)
	b.equal("the desk alone", b.offered(b.after(today, 4), "10:00").Availability, queue.Over)
	b.equal("its horizon", [2]int{len(b.days(b.after(today, 90), b.after(today, 90))[0].Sessions), len(b.days(b.after(today, 91), b.after(today, 91))[0].Sessions)}, [2]int{2, 0})
	b.equal("the lead has passed", b.offered(today, "09:00").Availability, queue.Over)
	b.equal("today", b.offered(today, "09:30").Availability, queue.Many)
	b.equal("the best of the session", days[1].Sessions[0].Availability, queue.Many)
	b.equal("before", days[4].Sessions[0].Availability, queue.NotYet)

	day := b.after(today, 1)
	first := on(day, slot("10:00"))
	first.FirstVisit = true
	b.given(first)
	b.equal("one is left", b.offered(day, "10:00").Availability, queue.Few)
	b.equal("no first visit", b.offered(day, "10:00").First, false)
	b.equal("elsewhere", b.offered(day, "10:30").First, true)
	b.given(on(day, slot("10:00")))
	b.equal("none", b.offered(day, "10:00").Availability, queue.None)
	b.given(on(day, slot("10:30")))
	b.bySlots(func(s *clinic.Service) { s.Slot.Early = new(1) })
	b.equal("the rest is of the day itself", b.offered(day, "10:30").Availability, queue.None)
	b.ok(b.SetReception(b.Context(), b.ref, queue.Paused, "", staff))
	b.equal("today is stopped", b.offered(today, "15:00").Availability, queue.Stopped)
	b.equal("not tomorrow", b.offered(day, "15:00").Availability, queue.Few)
	b.equal("at most", len(b.days(today, b.after(today, 300))), queue.DaysAtOnce)
	b.equal("none", len(b.days(day, today)), 0)
	_, err := b.Days(b.Context(), clinic.Ref{Clinic: b.clinic.ID, Service: "9"}, today, today)
	b.refused(err, clinic.ErrNoService)

	b.record(func(c *clinic.Clinic) { c.Services[1].Booking.Days = 1 }) // order mode
	order, err := b.Days(b.Context(), clinic.Ref{Clinic: b.clinic.ID, Service: "2"}, today, b.after(today, 2))
	b.ok(err)
	b.equal("order mode", []queue.DayState{order[0].State, order[1].State, order[2].State}, []queue.DayState{queue.DayClosed, queue.DayOpen, queue.DayClosed})
	b.equal("sessions", order[1].Sessions[1].ID, "afternoon")
	b.equal("without slots", len(order[1].Sessions[0].Slots), 0)
}

func testSlotNearest(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.Web, s.Slot.First, s.Booking.Days = new(1), new(1), 2 })
	today := b.mustSnapshot().Day
	b.given(slot("10:00"))
	near := func(day clinic.Day, at string, first bool, n int) (names []string) {
		b.Helper()
		free, err := b.Nearest(b.Context(), b.ref, day, at, first, n)
		b.ok(err)
		for _, f := range free {
			names = append(names, fmt.Sprint(string(f.Day)[8:], " ", f.Start))
		}
		return names
	}
	b.equal("nearest", near(today, "10:00", false, 4), []string{"24 09:30", "24 10:30", "24 09:00", "24 11:00"})
	b.record(func(c *clinic.Clinic) {
		c.Calendar.Exceptions = []hours.Exception{{Date: string(today), Frames: []hours.Frame{frame("morning", 9, 10, 0, 0)}}}
	})
	b.given(slot("09:30"))
	b.equal("then the days after", near(today, "09:30", false, 3), []string{"24 09:00", "25 09:00", "25 09:30"})
	b.given(slot("09:00"))
	b.equal("not those of today", near(today, "09:30", false, 1), []string{"25 09:00"})
	b.equal("to the horizon", len(near(today, "09:00", false, 99)), 24)
	b.equal("none", len(near(b.after(today, 3), "09:00", false, 5)), 0)
	b.bySlots(func(s *clinic.Service) { s.Slot.First = new(0) })
	b.equal("first visits", len(near(today, "09:00", true, 5)), 0)
}

// zone puts the clinic into a time zone, at eight o'clock of a date there.
func (b *clocked) zone(name string, year int, month time.Month, day int, frames ...hours.Frame) {
	b.Helper()
	zone, err := time.LoadLocation(name)
	b.ok(err)
	b.now = time.Date(year, month, day, 8, 0, 0, 0, zone)
	b.set(b.now)
	b.bySlots(func(s *clinic.Service) { s.Slot.Web, s.Slot.Lead = new(1), 0 })
	b.record(func(c *clinic.Clinic) {
		c.Zone, c.Calendar = name, everyDay(frames...)
		c.Calendar.Open = map[string]hours.Span{}
		for _, d := range hours.Weekdays() {
			c.Calendar.Open[d] = hours.Span{From: "06:00", To: "28:00"}
		}
	})
}

// names lists today's slots with their lengths in minutes.
func (b *clocked) names() (names []string) {
	b.Helper()
	for _, s := range b.line().Slots {
		names = append(names, fmt.Sprint(s.Slot, "/", int(s.To.Sub(s.From)/time.Minute)))
	}
	return names
}

// testSlotNight has slots after midnight, which belong to the day before.
func testSlotNight(b *clocked) {
	b.zone("Asia/Tokyo", 2026, 11, 24, frame("evening", 23, 26, 0, 0))
	day := b.mustSnapshot().Day
	b.equal("slots", b.names(), []string{"23:00/30", "23:30/30", "24:00/30", "24:30/30", "25:00/30", "25:30/30"})
	one := b.given(slot("25:30")).Ticket
	b.equal("end", [2]string{one.Slot, one.SlotEnd}, [2]string{"25:30", "26:00"})
	b.equal("from", one.SlotFrom.In(b.now.Location()).Format(time.DateTime), "2026-11-25 01:30:00")
	b.no(slot("25:30"), queue.ErrSlotFull)
	b.no(slot("01:30"), queue.ErrSlotUnknown)
	b.pass(17*time.Hour + 10*time.Minute) // ten past one
	b.equal("still that day", b.mustSnapshot().Day, day)
	b.no(slot("25:00"), queue.ErrSlotOver)
	b.equal("walk-in", b.given(walkin("")).Slot, "25:00")
	here := b.arrive(one)
	b.equal("number", here.Number, 2)
	b.equal("in time", here.Late, false)
	b.waits(1, 2)
	b.next("1")
	b.served("25:00", 1, 1)
	b.equal("day", here.ID.Day(), day)
	b.given(on(b.tomorrow(), slot("25:30")))
}

// testSlotClocksLeap has the clocks skip an hour in the night (booking.md §2 26).
func testSlotClocksLeap(b *clocked) {
	b.zone("America/New_York", 2026, 3, 7, frame("evening", 25, 28, 0, 0)) // at 02:00 they leap to 03:00
	b.equal("slots", b.names(), []string{"25:00/30", "25:30/30", "27:00/30", "27:30/30"})
	b.no(slot("26:00"), queue.ErrSlotUnknown)
	b.no(slot("26:30"), queue.ErrSlotUnknown)
	before, after := b.given(slot("25:30")).Ticket, b.given(slot("27:00")).Ticket
	b.equal("one follows the other", after.SlotFrom.Equal(before.SlotTo), true)
	b.pass(17*time.Hour + 45*time.Minute) // 01:45
	b.arrive(after)
	b.arrive(before)
	b.waits(2, 1)
	b.equal("called", b.next("1").ID, before.ID)
	b.pass(20 * time.Minute) // 03:05
	b.equal("in time", b.arrived(call("27:00")).Late, false)
	b.equal("next", b.next("1").ID, after.ID)
	b.served("27:00", 2, 1)
}

// testSlotClocksBack has the clocks show an hour twice.
func testSlotClocksBack(b *clocked) {
	b.zone("America/New_York", 2026, 10, 31, frame("evening", 25, 27, 0, 0)) // at 02:00 they go back to 01:00
	b.equal("slots", b.names(), []string{"25:00/30", "25:30/90", "26:00/30", "26:30/30"})
	long, last := b.given(slot("25:30")).Ticket, b.given(slot("26:00")).Ticket
	b.equal("one follows the other", last.SlotFrom.Equal(long.SlotTo), true)
	b.no(slot("25:30"), queue.ErrSlotFull) // its two hours are one slot
	b.pass(18*time.Hour + 45*time.Minute)  // 01:45 for the second time
	b.equal("in time", b.arrive(long).Late, false)
	b.arrive(last)
	b.waits(1, 2)
	b.equal("called", b.next("1").ID, long.ID)
	b.served("25:30", 1, 1)

	b.zone("Australia/Lord_Howe", 2026, 10, 3, frame("morning", 9, 11, 0, 0)) // half an hour in the next night
	day := b.tomorrow()
	one := b.given(on(day, slot("09:00"))).Ticket
	b.equal("a day of 23 and a half hours", one.SlotFrom.Sub(b.now), 24*time.Hour+30*time.Minute)
	b.pass(24*time.Hour + 30*time.Minute)
	b.equal("today", b.mustSnapshot().Day, day)
	b.equal("in time", b.arrive(one).Late, false)
	b.equal("called", b.next("1").ID, one.ID)
}

func testSlotMode(b *clocked) {
	b.bySlots(nil)
	mode := func(mode string) error {
		c, err := b.Clinic(b.Context(), b.clinic.ID)
		b.ok(err)
		c.Services = slices.Clone(c.Services)
		c.Services[0].Mode = mode
		return b.PutClinic(b.Context(), c, staff)
	}
	one := b.given(on(b.tomorrow(), slot("10:00"))).Ticket
	b.refused(mode(clinic.ModeOrder), queue.ErrAffected)
	b.do(one, queue.Cancel)
	two := b.given(slot("10:00")).Ticket
	b.refused(mode(clinic.ModeOrder), queue.ErrAffected)
	b.do(b.arrive(two), queue.Call)
	b.refused(mode(clinic.ModeOrder), queue.ErrAffected)
	b.do(two, queue.Finish)
	other, err := b.Issue(b.Context(), clinic.Ref{Clinic: b.clinic.ID, Service: "2"}, byDeskOf(1), staff)
	b.ok(err)
	moved, err := b.Transfer(b.Context(), other.ID, "1", staff)
	b.ok(err)
	b.refused(mode(clinic.ModeOrder), queue.ErrAffected) // another service's stands in the line
	b.do(moved, queue.Cancel)
	b.ok(mode(clinic.ModeOrder))
	for _, t := range []queue.Ticket{one, two, moved} { // none of them fits into the line any more
		_, err = b.Do(b.Context(), t.ID, queue.Undo, staff)
		b.refused(err, queue.ErrNothingToUndo)
	}
	b.at(9, 0)
	numbered := b.given(byWeb)
	b.equal("order mode", [2]any{numbered.State, numbered.Slot}, [2]any{queue.Waiting, ""})
	b.equal("a number is never given twice", numbered.Number, 2)
	b.refused(mode(clinic.ModeSlot), queue.ErrAffected)
	b.do(numbered.Ticket, queue.Cancel)
	b.ok(mode(clinic.ModeSlot))
	b.equal("by slots again", b.given(slot("10:00")).Slot, "10:00")
}

// testSlotTimetable changes the timetable under bookings: they keep their slots.
func testSlotTimetable(b *clocked) {
	b.bySlots(nil)
	day := b.tomorrow()
	one, two := b.given(slot("10:30")).Ticket, b.given(on(day, slot("10:30"))).Ticket
	same := func(what string) {
		b.Helper()
		for _, t := range []queue.Ticket{one, two} {
			got := b.ticket(t)
			b.equal(what, [5]any{got.Slot, got.SlotEnd, got.SlotFrom.Unix(), got.SlotTo.Unix(), got.State}, [5]any{t.Slot, t.SlotEnd, t.SlotFrom.Unix(), t.SlotTo.Unix(), t.State})
		}
	}
	b.bySlots(func(s *clinic.Service) { s.Slot.Minutes = 60 })
	same("longer slots")
	b.no(slot("10:30"), queue.ErrSlotUnknown)
	b.given(slot("10:00")) // its seats are those of the new slot
	b.record(func(c *clinic.Clinic) { c.Calendar = everyDay(frame("afternoon", 15, 18, 0, 0)) })
	same("no morning")
	b.no(slot("10:00"), queue.ErrSlotUnknown)
	b.no(on(day, slot("10:30")), queue.ErrSlotUnknown)
	b.equal("still booked", len(b.line().Booked), 2)
	b.at(10, 30)
	b.equal("in time", b.arrive(one).Late, false)
	b.equal("line slot", b.ticket(one).LineSlot, "10:30")
	b.equal("called", b.next("1").ID, one.ID)
	b.equal("the slot being seen", b.line().Serving, "10:30")
	moved := b.rebook(two, day, "15:00")
	b.equal("moved", moved.Slot, "15:00")
}

// testSlotAffected lists the bookings whose slot a changed timetable does not have
// (booking.md §2 24).
func testSlotAffected(b *clocked) {
	b.bySlots(nil)
	day := b.tomorrow()
	early, late := b.given(on(day, slot("09:00"))).Ticket, b.given(on(day, slot("11:30"))).Ticket
	listed := func(what string, want ...queue.TicketID) {
		b.Helper()
		_, names := b.affected()
		got := []queue.TicketID{}
		for id := range names {
			got = append(got, id)
		}
		slices.Sort(got)
		slices.Sort(want)
		b.equal(what, got, append([]queue.TicketID{}, want...))
	}
	listed("nothing was changed")
	shorter := func(to int) {
		b.record(func(c *clinic.Clinic) {
			c.Calendar = everyDay(frame("morning", 9, to, 0, 0), frame("afternoon", 15, 18, 0, 0))
		})
	}
	shorter(11)
	listed("only whose slot is gone", late.ID)
	shorter(12)
	listed("given back")
	b.record(func(c *clinic.Clinic) { c.Calendar = everyDay(frame("afternoon", 15, 18, 0, 0)) })
	listed("no morning", early.ID, late.ID)
	b.rebook(late, day, "15:00")
	listed("moved", early.ID)
	_, names := b.affected()
	_, err := b.Contacted(b.Context(), early.ID, names[early.ID], staff)
	b.ok(err)
	listed("informed")
}
