package queuetest

import (
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

func testCancels(b *bench) {
	b.capacity(func(c *clinic.Capacity) { c.OneEach, c.Cancels = true, 1 })
	mine := byWeb
	mine.CodeHash, mine.Persons = "good", []string{"who"}
	one := b.given(mine)
	b.equal("may be cancelled", one.HasCode, true)
	_, err := b.CancelByOwner(b.Context(), one.ID, "good", queue.Act{})
	b.ok(err)
	two := b.given(mine)
	b.equal("only by the desk", two.HasCode, false)
	_, err = b.CancelByOwner(b.Context(), two.ID, "good", queue.Act{})
	b.refused(err, queue.ErrNotCancellable)
	b.do(two.Ticket, queue.Cancel)
	b.equal("still", b.given(mine).HasCode, false)
	b.do(one.Ticket, queue.Undo) // of a patient without a limit
	other := mine
	other.Persons = []string{"another"}
	b.equal("others may", b.given(other).HasCode, true)
}

// tomorrow is the day after the line's own.
func (b *bench) tomorrow() clinic.Day {
	b.Helper()
	snap, err := b.Snapshot(b.Context(), b.clinic.ID)
	b.ok(err)
	return b.after(snap.Day, 1)
}

func (b *bench) after(d clinic.Day, n int) clinic.Day {
	b.Helper()
	at, err := time.Parse(time.DateOnly, string(d))
	b.ok(err)
	return clinic.Day(at.AddDate(0, 0, n).Format(time.DateOnly))
}

// booking lets service 1 give numbers for the given number of days ahead.
func (b *bench) booking(days int, numbers string) {
	b.record(func(c *clinic.Clinic) {
		c.Calendar = everyDay(frame("morning", 9, 12, 0, 0), frame("afternoon", 15, 18, 0, 0))
		c.Services[0].Booking = clinic.Booking{Days: days, Numbers: numbers}
	})
}

func testBooking(b *bench) {
	b.record(func(c *clinic.Clinic) { c.Zone = Noon() }) // bookings are taken by day
	b.booking(2, "")
	day := b.tomorrow()
	for n, q := range []queue.Request{
		{Channel: "web", Party: 1, Day: day, CodeHash: "good", Patient: queue.Patient{Name: "花子"}},
		{Channel: "web", Party: 1, Day: day, Session: "afternoon"},
		{Channel: "desk", Party: 1, Day: day, Session: "morning"},
	} {
		i := b.given(q)
		b.equal("number", i.Number, n+1)
		b.equal("day", i.ID.Day(), day)
		b.equal("state", i.State, queue.Waiting)
	}
	b.equal("not in today's line", len(b.line().Waiting), 0)
	offers, err := b.Offers(b.Context(), b.ref)
	b.ok(err)
	b.equal("days", []clinic.Day{offers[0].Day, offers[1].Day}, []clinic.Day{day, b.after(day, 1)})
	b.equal("sessions", offers[0].Sessions[1].ID, "afternoon")
	reserved, err := b.Reserved(b.Context(), b.clinic.ID)
	b.ok(err)
	b.equal("in order", numbersOf([]queue.Ticket{reserved[0].Ticket, reserved[1].Ticket, reserved[2].Ticket}), []int{1, 3, 2})
	b.equal("for", reserved[0].Patient.Name, "花子")

	one := reserved[0].Ticket
	_, err = b.Call(b.Context(), one.ID, "1", staff)
	b.refused(err, queue.ErrDayAhead)
	_, err = b.Arrive(b.Context(), one.ID, queue.Here, staff)
	b.refused(err, queue.ErrDayAhead)
	_, err = b.CancelByOwner(b.Context(), one.ID, "bad", queue.Act{})
	b.refused(err, queue.ErrWrongCode)
	gone, err := b.CancelByOwner(b.Context(), one.ID, "good", queue.Act{})
	b.ok(err)
	b.equal("state", gone.State, queue.Cancelled)
	b.equal("never reissued", b.given(queue.Request{Channel: "web", Party: 1, Day: day}).Number, 4)
	b.equal("undone", b.do(gone, queue.Undo).State, queue.Waiting)
}

func testBookingBounds(b *bench) {
	b.record(func(c *clinic.Clinic) { c.Zone = Noon() })
	b.booking(1, "opening")
	day := b.tomorrow()
	ask := func(on clinic.Day, session string) error {
		_, err := b.ask(queue.Request{Channel: "web", Party: 1, Day: on, Session: session})
		return err
	}
	b.refused(ask(b.after(day, 1), ""), queue.ErrNotOffered)
	b.refused(ask(b.after(day, -1), ""), queue.ErrDayOver)
	b.refused(ask(day, "evening"), queue.ErrNotOffered)
	b.capacity(func(c *clinic.Capacity) { c.Web, c.First, c.Few = new(2), new(0), 1 })
	b.ok(b.SetReception(b.Context(), b.ref, queue.Closed, "", staff)) // today's
	offer := func() queue.OfferedSession {
		b.Helper()
		offers, err := b.Offers(b.Context(), b.ref)
		b.ok(err)
		return offers[0].Sessions[0]
	}
	b.equal("none", offer().First, false)
	b.equal("free", offer().Availability, queue.Many)
	b.ok(ask(day, ""))
	b.equal("one left", offer().Availability, queue.Few)
	b.ok(ask(day, "morning"))
	b.equal("full", offer().Availability, queue.None)
	b.refused(ask(day, ""), queue.ErrQuota)
	b.ok(ask(day, "afternoon"))
	b.capacity(func(c *clinic.Capacity) { c.Web, c.AutoStop, c.PerTicket, c.Margin = nil, true, 60, 60 })
	b.equal("two rooms have two hours for it", offer().Availability, queue.Many)
	b.ok(ask(day, ""))
	b.ok(ask(day, ""))
	b.equal("and no more", offer().Availability, queue.None)
	b.refused(ask(day, ""), queue.ErrAutoStop)
	b.booking(0, "")
	b.refused(ask(day, ""), queue.ErrNotOffered)
	offers, err := b.Offers(b.Context(), b.ref)
	b.ok(err)
	b.equal("days", len(offers), 0)
}

func testBookingOpens(b *clocked) {
	b.booking(1, clinic.NumbersOpening)
	b.record(func(c *clinic.Clinic) { c.Services[0].Numbers = clinic.Numbers{WebFrom: 11, Reserve: 12} })
	day := b.tomorrow()
	book := func(q queue.Request) queue.Ticket {
		b.Helper()
		q.Day, q.Party = day, 1
		i := b.given(q)
		b.equal("no number", i.Number, 0)
		b.equal("state", i.State, queue.Booked)
		return i.Ticket
	}
	late := book(queue.Request{Channel: "web", Session: "afternoon"})
	one, gone, two := book(byWeb), book(byWeb), book(byWeb)
	desk := book(byDesk)
	_, err := b.Do(b.Context(), one.ID, queue.Hold, staff)
	b.refused(err, queue.ErrDayAhead)
	b.do(gone, queue.Cancel)
	b.do(two, queue.Cancel, queue.Undo)
	b.pass(24 * time.Hour)
	// The morning's before the afternoon's; later tickets come after them.
	b.equal("comes now", b.given(byDesk).Number, 2)
	b.waits(11, 13, 1, 2, 14)
	for id, number := range map[queue.TicketID]int{late.ID: 14, one.ID: 11, two.ID: 13, desk.ID: 1, gone.ID: 0} {
		t, err := b.Ticket(b.Context(), id)
		b.ok(err)
		b.equal("number", t.Number, number)
	}
	_, err = b.Do(b.Context(), one.ID, queue.Undo, staff)
	b.refused(err, queue.ErrNothingToUndo)
	b.at(9, 0)
	b.equal("called", b.next("1").ID, one.ID)
	b.sound()
}

func testBookingNow(b *clocked) {
	b.booking(3, clinic.NumbersNow)
	day := b.after(b.tomorrow(), 1)
	b.at(5, 59)
	_, err := b.ask(queue.Request{Channel: "web", Party: 1, Day: day})
	b.refused(err, queue.ErrReceptionClosed) // the web is not served at night (D06)
	offers, err := b.Offers(b.Context(), b.ref)
	b.ok(err)
	b.equal("offered at night", len(offers), 0)
	b.given(queue.Request{Channel: "desk", Party: 1, Day: b.after(day, 1)})
	b.at(8, 0)
	i := b.given(queue.Request{Channel: "web", Party: 1, Day: day, Session: "afternoon"})
	never := b.given(queue.Request{Channel: "web", Party: 1, Day: day})
	b.pass(48 * time.Hour)
	b.equal("goes on", b.given(byDesk).Number, 3)
	b.waits(2, 3, 1)
	b.at(9, 0)
	b.equal("called", b.next("1").ID, never.ID)
	_, err = b.Do(b.Context(), i.ID, queue.Hold, staff)
	b.ok(err)
	b.pass(24 * time.Hour)
	b.ok(b.CloseDay(b.Context(), b.clinic.ID, day))
	t, err := b.Ticket(b.Context(), i.ID)
	b.ok(err)
	b.equal("did not come", t.State, queue.NoShow)
}

// testReleasedBooking fills a session of tomorrow up to its auto-stop. A cancelled
// booking counts until its seat is released.
func testReleasedBooking(b *clocked) {
	b.booking(1, "")
	b.capacity(func(c *clinic.Capacity) { c.AutoStop, c.PerTicket, c.Margin, c.Release = true, 60, 60, 5 })
	booking := queue.Request{Channel: "web", Party: 1, Day: b.tomorrow(), Session: "morning"}
	stopped := func() {
		b.Helper()
		_, err := b.ask(booking)
		b.refused(err, queue.ErrAutoStop)
		offers, err := b.Offers(b.Context(), b.ref)
		b.ok(err)
		b.equal("none left", offers[0].Sessions[0].Availability, queue.None)
	}
	for range 3 { // two rooms have two hours for four tickets
		b.given(booking)
	}
	last := b.given(booking)
	stopped()
	b.do(last.Ticket, queue.Cancel)
	b.pass(5*time.Minute - time.Millisecond)
	stopped()
	b.pass(time.Millisecond)
	b.given(booking)
	stopped()
}

// testLeapOverBooking closes a day before its time. When the day begins, no booking is
// left to get a number.
func testLeapOverBooking(b *clocked) {
	b.booking(1, clinic.NumbersOpening)
	day := b.tomorrow()
	booked := b.given(queue.Request{Channel: "web", Party: 1, Day: day})
	b.pass(60 * time.Hour)
	b.ok(b.CloseDay(b.Context(), b.clinic.ID, day))
	b.pass(-36 * time.Hour)
	t, err := b.Ticket(b.Context(), booked.ID)
	b.ok(err)
	b.equal("ended", t.State, queue.NoShow)
	b.equal("number", t.Number, 0)
	b.equal("the first", b.given(byDesk).Number, 1)
	snap, err := b.Snapshot(b.Context(), b.clinic.ID)
	b.ok(err)
	b.equal("acts: the booking, its end, the close and the ticket", snap.Version, uint64(4))
	b.sound()
}

// testLeap has the clock leap past the end of the day and return.
func testLeap(b *clocked) {
	one := b.given(byWeb)
	snap, err := b.Snapshot(b.Context(), b.clinic.ID)
	b.ok(err)
	b.pass(30 * time.Hour)
	b.ok(b.CloseDay(b.Context(), b.clinic.ID, snap.Day))
	b.pass(-30 * time.Hour)
	_, err = b.Do(b.Context(), one.ID, queue.Undo, staff)
	b.refused(err, queue.ErrNothingToUndo)
	two := b.given(byWeb)
	b.waits(2)
	b.sound()
	b.pass(30 * time.Hour)
	b.ok(b.CloseDay(b.Context(), b.clinic.ID, snap.Day))
	t, err := b.Ticket(b.Context(), two.ID)
	b.ok(err)
	b.equal("nobody stays", t.State, queue.NoShow)
	figures, err := b.Figures(b.Context(), b.clinic.ID, snap.Day)
	b.ok(err)
	b.equal("both were there", figures.Services["1"].Ended[queue.NoShow], 2)
}

func testCountedSessions(b *clocked) {
	b.record(func(c *clinic.Clinic) {
		c.Calendar = everyDay(frame("morning", 9, 12, 0, -150), frame("afternoon", 15, 18, -330, 0))
	})
	b.at(9, 45)
	b.equal("session", b.given(byWeb).Session, "afternoon")
	b.given(byWeb)
	b.given(byDesk)
	l := b.line()
	b.equal("in the morning", l.Tickets(), 1)
	b.equal("next in the morning", numbersOf(l.Next()), []int{3})
	b.equal("all wait", len(l.Waiting), 3)
	b.at(12, 0)
	l = b.line()
	b.equal("from noon on, who is left over too", l.Tickets(), 3)
	b.equal("next from noon on", numbersOf(l.Next()), []int{3, 1, 2})
}
