package queuetest

import (
	"errors"
	"sync"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

func (b *clocked) rebook(t queue.Ticket, day clinic.Day, at string) queue.Ticket {
	b.Helper()
	t, err := b.Rebook(b.Context(), t.ID, day, at, false, staff)
	b.ok(err)
	return t
}

// stays expects that a rebooking is refused, and that the ticket keeps its seat.
func (b *clocked) stays(t queue.Ticket, day clinic.Day, at string, want error) {
	b.Helper()
	before, version := b.ticket(t), b.mustSnapshot().Version
	_, err := b.Rebook(b.Context(), t.ID, day, at, false, staff)
	b.refused(err, want)
	b.equal("the ticket stays", b.ticket(t), before)
	b.equal("version", b.mustSnapshot().Version, version)
}

func testRebookSlot(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Capacity.Web = new(1) })
	today := b.mustSnapshot().Day
	one := b.given(of(slot("10:00"), "a")).Ticket
	moved := b.rebook(one, today, "11:00") // though its session is full: with itself
	b.equal("the id stays", moved.ID, one.ID)
	b.equal("slot", [4]string{moved.Slot, moved.SlotEnd, moved.LineSlot, moved.Session}, [4]string{"11:00", "11:30", "11:00", "morning"})
	b.equal("from", moved.SlotFrom.Sub(one.SlotFrom), time.Hour)
	b.equal("state", moved.State, queue.Booked)
	b.equal("last act", moved.LastAct, queue.Rebook)
	b.used("10:00", 0, 0, 0)
	b.used("11:00", 1, 0, 0)
	version := b.mustSnapshot().Version
	b.equal("to its own slot", b.rebook(moved, today, "11:00"), moved)
	b.equal("version", b.mustSnapshot().Version, version)
	b.rebook(moved, today, "15:00")
	b.given(slot("09:00"))
	b.no(slot("09:30"), queue.ErrQuota)
	b.stays(moved, today, "09:30", queue.ErrQuota)
	back := b.do(moved, queue.Undo)
	b.equal("undone", [2]string{back.Slot, back.Session}, [2]string{"11:00", "morning"})
	back = b.do(moved, queue.Undo)
	b.equal("undone", back.Slot, "10:00")
	b.used("10:00", 1, 0, 0)
	b.used("15:00", 0, 0, 0)
	b.no(of(slot("15:00"), "a"), queue.ErrReceived)
	for at, want := range map[string]error{"": queue.ErrSlotUnknown, "12:00": queue.ErrSlotUnknown, "x": queue.ErrSlotUnknown} {
		b.stays(back, today, at, want)
	}
	b.stays(back, b.after(today, -1), "10:00", queue.ErrDayOver)
	b.stays(back, b.after(today, clinic.SlotDays+1), "10:00", queue.ErrNotOffered)
	stale := staff
	stale.Expect.Rev = "another"
	_, err := b.Rebook(b.Context(), one.ID, today, "11:00", false, stale)
	b.refused(err, queue.ErrTicketChanged)
	_, err = b.Rebook(b.Context(), newID(one.ID), today, "11:00", false, staff)
	b.refused(err, queue.ErrNoTicket)
	b.at(9, 30)
	b.stays(back, today, "09:00", queue.ErrSlotOver)
	back, err = b.Rebook(b.Context(), one.ID, today, "09:00", true, staff)
	b.ok(err)
	b.equal("the desk insists", back.Slot, "09:00")
	b.stays(b.arrive(back), today, "11:00", queue.ErrState)
}

func testRebookDay(b *clocked) {
	b.bySlots(func(s *clinic.Service) {
		s.Slot.Web, s.Limits.MaxLive, s.Capacity.Release = new(2), 1, 30
		s.Kinds = []clinic.Kind{{ID: "long", Name: "検査", Seats: 2}}
	})
	today := b.mustSnapshot().Day
	day := b.after(today, 1)
	q := of(slot("10:00"), "a")
	q.FirstVisit, q.Party, q.Kind, q.Patient = true, 2, "long", queue.Patient{Name: "花子", Phone: "090"}
	one := b.given(q).Ticket
	two := b.rebook(one, day, "11:00")
	old := b.ticket(one)
	b.equal("the old one", [3]string{string(old.State), old.Reason, string(old.MovedTo)}, [3]string{string(queue.Cancelled), queue.ReasonMoved, string(two.ID)})
	b.equal("the new one", [2]queue.TicketID{two.MovedFrom, two.MovedTo}, [2]queue.TicketID{one.ID, ""})
	b.equal("its day", two.ID.Day(), day)
	b.equal("its slot", [2]string{two.Slot, two.LineSlot}, [2]string{"11:00", "11:00"})
	b.equal("as before", [3]any{two.Party, two.Kind, two.Weight}, [3]any{2, "long", 2})
	b.equal("as before", [3]any{two.FirstVisit, two.Channel, two.HasCode}, [3]any{true, "web", true})
	b.equal("state", two.State, queue.Booked)
	b.used("10:00", 0, 0, 0) // the seat is free at once
	b.given(slot("10:00"))
	b.no(on(day, slot("11:00")), queue.ErrSlotFull)
	reserved, err := b.Reserved(b.Context(), b.clinic.ID)
	b.ok(err)
	b.equal("for", reserved[0].Patient, q.Patient)
	_, err = b.Do(b.Context(), one.ID, queue.Undo, staff)
	b.refused(err, queue.ErrNothingToUndo) // it lives elsewhere
	_, err = b.Do(b.Context(), two.ID, queue.Undo, staff)
	b.refused(err, queue.ErrNothingToUndo)
	b.no(on(b.after(day, 1), of(slot("10:00"), "a")), queue.ErrPersonLimit)
	again := of(slot("15:00"), "a")
	b.no(again, queue.ErrPersonLimit) // today is free for the person, the limit is not
	three := b.rebook(two, b.after(today, 2), "09:00")
	b.equal("a chain", b.ticket(two).MovedTo, three.ID)
	four := b.rebook(three, today, "15:00") // back to today
	b.equal("today", four.ID.Day(), today)
	b.equal("live tickets", len(b.line().Booked), 2)
	_, err = b.CancelByOwner(b.Context(), four.ID, "good", queue.Act{}) // the code goes on
	b.ok(err)
	_, err = b.CancelByOwner(b.Context(), one.ID, "good", queue.Act{})
	b.refused(err, queue.ErrState)
	b.given(on(day, of(slot("11:00"), "a")))
}

func testRebookFull(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.Web, s.Slot.Desk, s.Slot.First = new(1), new(1), new(0) })
	today := b.mustSnapshot().Day
	day := b.after(today, 1)
	web, desk := b.given(slot("10:00")).Ticket, b.given(call("10:00")).Ticket
	for _, on := range []clinic.Day{today, day} {
		q := slot("11:00")
		q.Day = on
		b.given(q)
		b.stays(web, on, "11:00", queue.ErrSlotFull) // the seats of its own channel
		q = call("11:30")
		q.Day = on
		b.given(q)
		b.stays(desk, on, "11:30", queue.ErrSlotFull)
	}
	b.used("10:00", 1, 1, 0)
	b.no(slot("10:00"), queue.ErrSlotFull)
	moved, err := b.Rebook(b.Context(), web.ID, day, "11:00", true, staff)
	b.ok(err)
	b.equal("the desk insists", moved.Slot, "11:00")
	b.rebook(desk, day, "10:00")
	// A person has one booking a day.
	b.bySlots(func(s *clinic.Service) { s.Slot.Web, s.Limits.MaxLive = nil, 9 })
	one, two := b.given(of(slot("15:00"), "a")).Ticket, b.given(on(day, of(slot("15:00"), "a"))).Ticket
	b.stays(one, day, "16:00", queue.ErrReceived)
	b.do(two, queue.Cancel)
	b.rebook(one, day, "16:00")
}

// testRebookRace has several bookings move to one seat, and others book it.
func testRebookRace(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.Web = new(6) })
	day := b.tomorrow()
	var mine []queue.Ticket
	for range 6 {
		mine = append(mine, b.given(slot("10:00")).Ticket)
	}
	b.bySlots(func(s *clinic.Service) { s.Slot.Web = new(2) })
	var mu sync.Mutex
	got := 0
	count := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err == nil:
			got++
		case !errors.Is(err, queue.ErrSlotFull):
			b.Error(err)
		}
	}
	var all sync.WaitGroup
	for _, t := range mine {
		all.Go(func() {
			_, err := b.Rebook(b.Context(), t.ID, day, "11:00", false, staff)
			count(err)
		})
		all.Go(func() {
			_, err := b.ask(on(day, slot("11:00")))
			count(err)
		})
	}
	all.Wait()
	b.equal("got it", got, 2)
	reserved, err := b.Reserved(b.Context(), b.clinic.ID)
	b.ok(err)
	b.equal("tomorrow", len(reserved), 2)
	moved := 0
	for _, r := range reserved {
		if r.MovedFrom != "" {
			moved++
		}
	}
	b.equal("today", len(b.line().Booked), 6-moved)
}

// testRebookNumber moves a ticket of order mode: it gets the other day's next number.
func testRebookNumber(b *clocked) {
	b.booking(3, "")
	b.capacity(func(c *clinic.Capacity) { c.Web = new(1) })
	today := b.mustSnapshot().Day
	day, other := b.after(today, 1), b.after(today, 2)
	one := b.given(on(day, queue.Request{Channel: "web", Session: "afternoon", CodeHash: "good"})).Ticket
	b.given(on(other, byDesk))
	moved := b.rebook(one, other, "")
	b.equal("number", moved.Number, 2)
	b.equal("session", moved.Session, "afternoon")
	b.equal("state", moved.State, queue.Waiting)
	b.equal("from", moved.MovedFrom, one.ID)
	b.equal("old", b.ticket(one).State, queue.Cancelled)
	b.stays(moved, other, "", queue.ErrNotOffered) // its own day
	two := b.given(on(day, queue.Request{Channel: "web", Session: "afternoon"})).Ticket
	b.stays(two, other, "", queue.ErrQuota)
	b.stays(two, today, "", queue.ErrDayOver)
	b.stays(two, b.after(today, 4), "", queue.ErrNotOffered)
	b.stays(b.given(byDesk).Ticket, day, "", queue.ErrState) // one of today
	_, err := b.Rebook(b.Context(), two.ID, other, "", true, staff)
	b.ok(err)
	b.record(func(c *clinic.Clinic) { c.Services[0].Booking.Numbers = clinic.NumbersOpening })
	late := b.rebook(moved, b.after(today, 3), "")
	b.equal("it gets one when the day begins", [2]any{late.State, late.Number}, [2]any{queue.Booked, 0})
	b.pass(72 * time.Hour)
	b.waits(1)
}
