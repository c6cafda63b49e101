package queuetest

import (
	"errors"
	"sync"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// testSlotBounds meets each bound of a slot exactly, none and nil too (booking.md §2 4
// and 9).
func testSlotBounds(b *clocked) {
	for _, bound := range []*int{new(0), new(1), new(3), nil} {
		b.bySlots(func(s *clinic.Service) { s.Slot.Web, s.Slot.Desk = bound, bound })
		at := map[bool]string{true: "09:00", false: "10:00"}[bound == nil]
		n := 12
		if bound != nil {
			n = *bound
		}
		var all []queue.Ticket
		for range n {
			all = append(all, b.given(slot(at)).Ticket, b.given(call(at)).Ticket)
		}
		b.used(at, n, n, 0)
		if bound != nil {
			b.equal("none left", b.state(at).Availability, queue.None)
			b.no(slot(at), queue.ErrSlotFull)
			b.no(call(at), queue.ErrSlotFull)
			b.no(walkin(at), queue.ErrSlotFull)
			insisting := b.given(override(call(at)))
			b.equal("the desk insists", insisting.Over, true)
			all = append(all, insisting.Ticket)
			b.no(override(slot(at)), queue.ErrSlotFull) // the web cannot
			b.equal("another slot is free", b.state("10:30").Web.Used, 0)
		}
		for _, t := range all {
			b.do(t, queue.Cancel)
		}
		b.used(at, 0, 0, 0)
	}
}

func testSlotSession(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Capacity.Web, s.Capacity.Desk, s.Capacity.First = new(3), new(1), new(1) })
	b.given(slot("09:00"))
	first := slot("09:30")
	first.FirstVisit = true
	b.given(first)
	first.Slot = "10:00"
	b.no(first, queue.ErrFirstQuota)
	b.given(slot("10:00"))
	b.equal("the session is full", b.state("11:30").Availability, queue.None)
	b.no(slot("11:30"), queue.ErrQuota)
	b.given(slot("15:00")) // another session
	b.given(call("09:00"))
	b.no(call("11:30"), queue.ErrDeskQuota)
	b.equal("the desk insists", b.given(override(call("11:30"))).Over, true)
	b.equal("the first free slot of a walk-in", b.given(walkin("")).Slot, "15:00")
	b.bySlots(func(s *clinic.Service) { s.Capacity = clinic.Capacity{Web: new(0)} })
	b.no(slot("15:30"), queue.ErrQuota)
}

func testSlotFirst(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.First = new(1) })
	first := slot("10:00")
	first.FirstVisit = true
	one := b.given(first)
	b.used("10:00", 1, 0, 1)
	b.no(first, queue.ErrFirstQuota)
	state := b.state("10:00")
	b.equal("for others", state.Availability, queue.Many)
	b.equal("for first visits", state.FirstVisit, queue.None)
	b.given(slot("10:00"))
	desk := call("10:00")
	desk.FirstVisit = true
	b.given(desk) // the desk has no such bound
	b.used("10:00", 2, 1, 1)
	b.do(one.Ticket, queue.Cancel)
	b.given(first)
	b.bySlots(func(s *clinic.Service) { s.Slot.First = new(0) })
	first.Slot = "11:00"
	b.no(first, queue.ErrFirstQuota)
}

func testSlotWeight(b *clocked) {
	b.bySlots(func(s *clinic.Service) {
		s.Kinds = []clinic.Kind{{ID: "long", Name: "検査", Seats: 3}, {ID: "short", Name: "注射"}}
	})
	long, short := slot("10:00"), slot("10:00")
	long.Kind, short.Kind = "long", "short"
	b.equal("weight", b.given(short).Weight, 1)
	one := b.given(long).Ticket
	b.equal("weight", one.Weight, 3)
	b.used("10:00", 4, 0, 0)
	b.no(short, queue.ErrSlotFull)
	b.do(one, queue.Cancel)
	b.used("10:00", 1, 0, 0)
	b.given(short)
	b.no(long, queue.ErrSlotFull) // two are left
	b.given(short)
	b.given(short)
	desk := walkin("")
	desk.Kind = "long"
	b.no(desk, queue.ErrSlotFull) // the desk has two per slot
	b.equal("the desk insists: the last slot", b.given(override(desk)).Slot, "17:30")
	b.used("17:30", 0, 3, 0)
}

func testSlotPerPerson(b *clocked) {
	b.bySlots(func(s *clinic.Service) {
		s.Slot.Per = clinic.SeatPerPerson
		s.Kinds = []clinic.Kind{{ID: "long", Name: "検査", Seats: 2}}
	})
	party := func(n int) queue.Request {
		q := slot("10:00")
		q.Party = n
		return q
	}
	b.no(party(5), queue.ErrSlotFull) // more than the slot has
	three := b.given(party(3)).Ticket
	b.no(party(2), queue.ErrSlotFull) // two on the last seat (booking.md §2 10)
	b.given(party(1))
	b.no(party(1), queue.ErrSlotFull)
	b.equal("people", b.state("10:00").BookedPeople, 4)
	b.equal("tickets", b.state("10:00").Booked, 2)
	b.do(three, queue.Cancel)
	two := party(2)
	two.Kind = "long"
	b.no(two, queue.ErrSlotFull) // four seats
	two.Party = 1
	b.equal("weight", b.given(two).Weight, 2)
	b.used("10:00", 3, 0, 0)
}

func testSlotExceptions(b *clocked) {
	today := b.mustSnapshot().Day
	b.bySlots(func(s *clinic.Service) {
		s.Slot.Web, s.Slot.Desk = new(1), new(1)
		s.Slot.Seats = []clinic.SlotSeats{
			{Session: "afternoon", Web: new(2), Desk: nil},
			{Weekday: "tue", Slot: "15:00", Web: new(0), Desk: new(0)},
			{Date: today, Slot: "15:00", Web: new(3), Desk: new(0)},
			{Date: b.after(today, 1), Web: new(0), Desk: new(1)},
		}
	})
	for at, want := range map[string]queue.Seat{"09:00": {Limit: new(1)}, "15:00": {Limit: new(3)}, "15:30": {Limit: new(2)}} {
		b.equal("seats of "+at, b.state(at).Web, want)
	}
	b.equal("no bound", b.state("15:30").Desk, queue.Seat{})
	for range 3 {
		b.given(slot("15:00"))
	}
	b.no(slot("15:00"), queue.ErrSlotFull)
	b.no(call("15:00"), queue.ErrSlotFull)
	for range 5 {
		b.given(call("15:30"))
	}
	b.no(on(b.tomorrow(), slot("15:30")), queue.ErrSlotFull)
	b.no(on(b.after(today, 7), slot("15:00")), queue.ErrSlotFull)
	b.given(on(b.after(today, 7), slot("15:30")))
	// Fewer seats than are taken are no conflict: the slot is full.
	b.bySlots(func(s *clinic.Service) { s.Slot.Seats = nil })
	b.equal("over", b.state("15:00").Web, queue.Seat{Used: 3, Limit: new(1)})
	b.no(slot("15:00"), queue.ErrSlotFull)
}

func testSlotEarly(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.Web, s.Slot.Early = new(3), new(1) })
	day := b.tomorrow()
	one := b.given(on(day, slot("10:00")))
	b.no(on(day, slot("10:00")), queue.ErrSlotFull)
	b.given(on(day, call("10:00"))) // the desk's seats are its own
	b.do(one.Ticket, queue.Cancel)
	b.given(on(day, slot("10:00")))
	b.pass(24 * time.Hour)
	b.used("10:00", 1, 1, 0)
	b.given(slot("10:00"))
	b.given(slot("10:00"))
	b.no(slot("10:00"), queue.ErrSlotFull)
	b.bySlots(func(s *clinic.Service) { s.Slot.Early = new(0) })
	b.no(on(b.after(day, 1), slot("10:00")), queue.ErrSlotFull)
	b.bySlots(func(s *clinic.Service) { s.Slot.Early, s.Slot.Web = new(9), new(1) }) // never more than there are
	b.given(on(b.after(day, 1), slot("10:00")))
	b.no(on(b.after(day, 1), slot("10:00")), queue.ErrSlotFull)
	b.bySlots(func(s *clinic.Service) { s.Slot.Early, s.Slot.Web = new(1), nil })
	b.given(on(b.after(day, 1), slot("10:30")))
	b.no(on(b.after(day, 1), slot("10:30")), queue.ErrSlotFull)
}

// testSlotRace has many devices on the last seats (booking.md §2 1 to 3).
func testSlotRace(b *clocked) {
	b.bySlots(nil)
	var mu sync.Mutex
	given := map[string]int{}
	var all sync.WaitGroup
	for n := range 60 {
		all.Go(func() {
			q := slot([]string{"10:00", "10:30"}[n%2])
			if n%3 == 0 {
				q = call(q.Slot)
			}
			i, err := b.ask(q)
			switch {
			case err == nil:
				mu.Lock()
				given[i.Channel+i.Slot]++
				mu.Unlock()
			case !errors.Is(err, queue.ErrSlotFull):
				b.Error(err)
			}
		})
	}
	all.Wait()
	b.equal("given", given, map[string]int{"web10:00": 4, "web10:30": 4, "desk10:00": 2, "desk10:30": 2})
	b.used("10:00", 4, 2, 0)
}

// testSlotSeatsBack takes each way in which a seat comes back (booking.md §2 6).
func testSlotSeatsBack(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.Web, s.Capacity.Release = new(1), 5 })
	one := b.given(slot("10:00")).Ticket
	_, err := b.CancelByOwner(b.Context(), one.ID, "good", queue.Act{})
	b.ok(err)
	b.no(slot("10:00"), queue.ErrSlotFull)
	b.used("10:00", 1, 0, 0)
	b.equal("booked", b.state("10:00").Booked, 0)
	b.pass(5*time.Minute - time.Millisecond)
	b.no(slot("10:00"), queue.ErrSlotFull)
	b.pass(time.Millisecond)
	two := b.given(slot("10:00")).Ticket
	b.no(slot("10:00"), queue.ErrSlotFull)
	b.do(two, queue.Drop) // a no-show keeps the seat
	b.pass(time.Hour)
	b.used("10:00", 1, 0, 0)
	b.equal("a no-show stays booked", b.state("10:00").Booked, 1)
	b.do(two, queue.Undo, queue.Cancel)
	b.pass(time.Minute)
	b.do(two, queue.Undo) // before the seat was offered
	b.pass(10 * time.Minute)
	b.used("10:00", 1, 0, 0)
	day := b.tomorrow()
	b.given(on(day, slot("10:00")))
	b.no(on(day, slot("10:00")), queue.ErrSlotFull)
}

// testSlotCancelUndo takes back a cancel whose seat another patient has by now
// (booking.md §2 54).
func testSlotCancelUndo(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.Web = new(1) })
	one := b.given(slot("10:00")).Ticket
	gone := b.do(one, queue.Cancel)
	b.equal("state", gone.State, queue.Cancelled)
	_, err := b.Do(b.Context(), one.ID, queue.Cancel, staff)
	b.refused(err, queue.ErrState)
	b.given(slot("10:00"))
	back := b.do(one, queue.Undo)
	b.equal("state", back.State, queue.Booked)
	b.used("10:00", 2, 0, 0)
	b.no(slot("10:00"), queue.ErrSlotFull)
	b.equal("arrives", b.arrive(back).Number, 1)
}

func testSlotOneADay(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Limits.MaxLive = 0 })
	one := b.given(of(slot("10:00"), "a", "b")).Ticket
	b.no(of(slot("10:00"), "a"), queue.ErrReceived) // the same slot twice (booking.md §2 8)
	b.no(of(slot("15:00"), "b"), queue.ErrReceived) // also in another session
	b.no(of(call("15:00"), "a"), queue.ErrReceived)
	insisting := b.given(override(of(call("15:00"), "a")))
	b.equal("the desk insists", insisting.Over, true)
	b.do(insisting.Ticket, queue.Cancel)
	b.do(one, queue.Cancel)
	b.given(of(slot("15:00"), "c"))
	two := b.given(of(slot("10:00"), "a")).Ticket
	b.given(on(b.tomorrow(), of(slot("10:00"), "a"))) // another day
	b.arrive(two)
	b.no(of(slot("15:00"), "a"), queue.ErrReceived) // not only until the arrival
	b.do(two, queue.Call, queue.Finish)
	b.given(of(slot("15:00"), "a"))
	b.given(slot("15:00")) // persons are not known
	b.given(slot("15:00"))
}

func testSlotMaxLive(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Limits.MaxLive, s.Slot.Web = 2, nil })
	today := b.mustSnapshot().Day
	day := func(n int) clinic.Day { return b.after(today, n) }
	one := b.given(of(slot("10:00"), "a")).Ticket
	two := b.given(on(day(1), of(slot("10:00"), "a", "card"))).Ticket
	b.no(on(day(2), of(slot("10:00"), "a")), queue.ErrPersonLimit)
	b.no(on(day(2), of(call("10:00"), "x", "a")), queue.ErrPersonLimit)
	b.given(on(day(2), of(slot("10:00"), "card"))) // one by the card alone
	b.no(on(day(3), of(slot("10:00"), "card")), queue.ErrPersonLimit)
	b.given(on(day(3), of(slot("10:00"), "other"))) // the limit is of a person, not of a slot (booking.md §2 7)
	insisting := b.given(on(day(3), override(of(call("10:00"), "a"))))
	b.equal("the desk insists", insisting.Over, true)
	b.do(insisting.Ticket, queue.Cancel)
	b.do(two, queue.Cancel)
	three := b.given(on(day(4), of(slot("10:00"), "a"))).Ticket
	b.do(two, queue.Undo) // one more than there may be
	b.no(on(day(5), of(slot("10:00"), "a")), queue.ErrPersonLimit)
	b.do(three, queue.Cancel)
	b.no(on(day(5), of(slot("10:00"), "a")), queue.ErrPersonLimit)
	b.arrive(one)
	b.do(one, queue.Call, queue.Finish)
	b.given(on(day(5), of(slot("10:00"), "a")))
	b.pass(24 * time.Hour) // the finished one is of a day before
	b.no(on(day(6), of(slot("10:00"), "a")), queue.ErrPersonLimit)
	b.do(b.ticket(two), queue.Drop)
	b.given(on(day(6), of(slot("10:00"), "a")))
	left := b.given(of(slot("10:00"), "d")).Ticket
	b.given(on(day(2), of(slot("10:00"), "d")))
	b.no(on(day(3), of(slot("10:00"), "d")), queue.ErrPersonLimit)
	b.pass(24 * time.Hour)
	b.given(on(day(3), of(slot("10:00"), "d"))) // that of yesterday does not count, though nobody has closed the day
	b.equal("still", b.ticket(left).State, queue.Booked)
	elsewhere := on(day(7), of(byWeb, "a"))
	elsewhere.Party = 1
	b.record(func(c *clinic.Clinic) { c.Services[1].Booking.Days = 9 })
	_, err := b.Issue(b.Context(), clinic.Ref{Clinic: b.clinic.ID, Service: "2"}, elsewhere, queue.Act{})
	b.ok(err) // another service is another limit

	// A ticket that was lost counts again once it is filed.
	here := b.given(slot("15:00")).Ticket
	_, err = b.FileLost(b.Context(), queue.TicketID(string(here.ID)[:len(here.ID)-12]+"aaaaaaaaaaaa"), queue.Claim{
		Issued: here.Issued, Position: here.Position, Session: here.Session, Channel: "web", Party: 1, Persons: []string{"e"},
		Slot: here.Slot, SlotEnd: here.SlotEnd, SlotFrom: here.SlotFrom, SlotTo: here.SlotTo,
	})
	b.ok(err)
	b.given(on(day(8), of(slot("10:00"), "e")))
	b.no(on(day(9), of(slot("10:00"), "e")), queue.ErrPersonLimit)
}

// testSlotKey sends one booking twice (double press), and another with the same key.
func testSlotKey(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.Web = new(1) })
	act := queue.Act{Key: "pressed twice", By: clinic.Actor{Kind: "web"}}
	one, err := b.Issue(b.Context(), b.ref, of(slot("10:00"), "a"), act)
	b.ok(err)
	again, err := b.Issue(b.Context(), b.ref, of(slot("10:00"), "a"), act)
	b.ok(err)
	b.equal("the same", again.ID, one.ID)
	b.equal("replayed", again.Replayed, true)
	_, err = b.Issue(b.Context(), b.ref, of(slot("10:30"), "a"), act)
	b.refused(err, queue.ErrKeyConflict)
	b.used("10:00", 1, 0, 0)
}
