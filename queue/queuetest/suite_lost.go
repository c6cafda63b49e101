package queuetest

import (
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// testLost files tickets that the line has lost, as after a failover to a lagging
// replica, and readmits them.
func testLost(b *bench) {
	here := b.issue(3)
	sibling := func(suffix string) queue.TicketID {
		id := string(here[0].ID)
		return queue.TicketID(id[:len(id)-12] + suffix)
	}
	claim := func(t queue.Ticket, number int, place string) queue.Claim {
		return queue.Claim{
			Number: number, Issued: t.Issued, Position: place, Session: t.Session, Channel: "web", Party: 2,
			Patient: queue.Patient{Name: "順番 花子", Phone: "09012345678"},
		}
	}
	// Number 2 was given again since; numbers 4 to 6 were not.
	twin, err := b.FileLost(b.Context(), sibling("aaaaaaaaaaaa"), claim(here[1], 2, here[1].Position))
	b.ok(err)
	b.equal("the state", twin.State, queue.Lost)
	six := here[2].Position[:7] + "65"
	last, err := b.FileLost(b.Context(), sibling("bbbbbbbbbbbb"), claim(here[2], 6, six))
	b.ok(err)
	again, err := b.FileLost(b.Context(), last.ID, claim(here[2], 6, six))
	b.ok(err)
	b.equal("a second request of its owner", again.Position, last.Position)
	kept, err := b.FileLost(b.Context(), here[0].ID, claim(here[0], 1, here[0].Position))
	b.ok(err)
	b.equal("a ticket that is there", kept.State, queue.Waiting)

	b.waits(1, 2, 3)
	b.equal("the lost", numbersOf(b.line().Lost), []int{2, 6})
	snap, err := b.Snapshot(b.Context(), b.clinic.ID)
	b.ok(err)
	other, ok := snap.Twin(twin)
	b.equal("the ticket with that number now", other.ID, here[1].ID)
	b.equal("there is one", ok, true)
	if _, ok := snap.Twin(last); ok {
		b.Error("number 6 was given once")
	}
	b.equal("the patient", snap.Patients[twin.ID].Phone, "09012345678")
	l := b.line()
	b.equal("people", l.People(), 3)

	// No other ticket gets number 6, or a position before it.
	seven := b.issue(1)[0]
	b.equal("the next number", seven.Number, 7)
	_, err = b.Do(b.Context(), here[0].ID, queue.Readmit, staff)
	b.refused(err, queue.ErrState)
	back := b.do(last, queue.Readmit)
	b.equal("it waits", back.State, queue.Waiting)
	b.do(twin, queue.Readmit)
	b.waits(1, 2, 2, 3, 6, 7)
	b.equal("the one that was lost came first", b.line().Waiting[1].ID, twin.ID)
	b.do(back, queue.Undo)
	b.waits(1, 2, 2, 3, 7)
	b.equal("an undo puts it back among the lost", numbersOf(b.line().Lost), []int{6})
	gone := b.do(last, queue.Cancel)
	b.equal("the desk may dismiss it", gone.State, queue.Cancelled)
	b.do(gone, queue.Undo)
	b.equal("the desk may dismiss it by mistake", numbersOf(b.line().Lost), []int{6})

	// A booking that had no number yet gets one from the desk.
	booking, err := b.FileLost(b.Context(), sibling("cccccccccccc"), claim(here[2], 0, here[2].Position[:7]+"85"))
	b.ok(err)
	b.equal("a booking has no number", booking.Number, 0)
	b.equal("it gets the next", b.do(booking, queue.Readmit).Number, 8)
	b.waits(1, 2, 2, 3, 7, 8)
	b.next("1")
	b.next("1")
	b.equal("the lost one is called at its place", b.line().Open[0].ID, twin.ID)
}

// testLostOwner files a ticket with a cancel code, a mark and a person: it has all
// three again.
func testLostOwner(b *bench) {
	b.capacity(func(c *clinic.Capacity) { c.OneEach, c.Cancels = true, 2 })
	today := b.mustSnapshot().Day
	mine := queue.Request{Channel: "web", Party: 1, CodeHash: "good", Origin: "a prefix", Persons: []string{"by-phone", "by-card"}}
	here := b.given(mine)
	_, err := b.CancelByOwner(b.Context(), here.ID, "good", queue.Act{})
	b.ok(err)
	lost := func(suffix string, number int, persons ...string) queue.Ticket {
		b.Helper()
		t, err := b.FileLost(b.Context(), queue.TicketID(string(here.ID)[:len(here.ID)-12]+suffix), queue.Claim{
			Number: number, Issued: here.Issued, Position: here.Position, Session: here.Session, Channel: "web", Party: 1,
			CodeHash: "good", Mark: queue.MarkOf("a prefix", today), Persons: persons,
		})
		b.ok(err)
		return t
	}

	// It is the person's ticket, as long as it lives.
	t := lost("aaaaaaaaaaaa", 2, "by-phone", "by-card")
	b.equal("mark", t.Mark, here.Mark)
	b.equal("may be cancelled", t.HasCode, true)
	b.equal("by the code", t.CodeHash, "good")
	one, other := mine, mine
	one.Persons, other.Persons = mine.Persons[:1], mine.Persons[1:]
	_, err = b.ask(one)
	b.refused(err, queue.ErrReceived)
	b.do(t, queue.Readmit)
	_, err = b.ask(other)
	b.refused(err, queue.ErrReceived)

	// It counts with those that the person has cancelled: the next one is the desk's to cancel.
	_, err = b.CancelByOwner(b.Context(), t.ID, "bad", queue.Act{})
	b.refused(err, queue.ErrWrongCode)
	gone, err := b.CancelByOwner(b.Context(), t.ID, "good", queue.Act{})
	b.ok(err)
	b.equal("state", gone.State, queue.Cancelled)
	next := b.given(mine)
	b.equal("two were cancelled", next.HasCode, false)

	// A person with another ticket keeps that one.
	t = lost("bbbbbbbbbbbb", 9, "by-phone", "alone")
	b.do(t, queue.Cancel)
	_, err = b.ask(one)
	b.refused(err, queue.ErrReceived)
	b.do(next.Ticket, queue.Cancel)
	mine.Persons = []string{"alone"}
	b.given(mine)

	// A lost ticket is cancelled without being taken in, by its owner and with its mark.
	t = lost("cccccccccccc", 10)
	gone, err = b.CancelByOwner(b.Context(), t.ID, "good", queue.Act{})
	b.ok(err)
	b.equal("state", gone.State, queue.Cancelled)
	t = lost("dddddddddddd", 11)
	b.equal("its owner has arrived", b.arrived(t), queue.Here)
	b.equal("listed with its mark", b.mustSnapshot().Marks(), map[string]int{t.Mark: 2})
	b.cancelled(queue.Marked{Mark: t.Mark, Until: time.Now().Add(time.Hour)}, "", 2)
	b.equal("the lost", numbersOf(b.line().Lost), []int{})

	// Where a person may have any number of tickets, none is kept of the person.
	b.capacity(func(c *clinic.Capacity) { c.OneEach = false })
	lost("eeeeeeeeeeee", 12, "who")
	b.capacity(func(c *clinic.Capacity) { c.OneEach = true })
	mine.Persons = []string{"who"}
	b.given(mine)
}

// arrived notes that a ticket's owner is here, and returns what the line has of it.
func (b *bench) arrived(t queue.Ticket) queue.Presence {
	b.Helper()
	t, err := b.Arrive(b.Context(), t.ID, queue.Here, queue.Act{})
	b.ok(err)
	return t.Presence
}

// testRestore takes in bookings of tomorrow that Redis has lost, as the register has them.
func testRestore(b *bench) {
	b.record(func(c *clinic.Clinic) { c.Zone = Noon() })
	b.booking(2, "")
	b.capacity(func(c *clinic.Capacity) { c.Web = new(1) })
	day := b.tomorrow()
	q := queue.Request{Channel: "web", Party: 1, Day: day, CodeHash: "good", Persons: []string{"a"}}
	here := b.given(q)
	restore := func(suffix string, number int) (queue.Ticket, error) {
		id := queue.TicketID(string(here.ID)[:len(here.ID)-12] + suffix)
		return b.Restore(b.Context(), id, queue.Claim{
			Number: number, Issued: here.Issued, Position: here.Position, Session: here.Session, Channel: "web", Party: 2,
			CodeHash: "good", Patient: queue.Patient{Name: "順番 花子"}, Persons: []string{"b"},
		}, queue.Act{Key: "restore " + suffix, By: staff.By})
	}
	t, err := restore("aaaaaaaaaaaa", 4)
	b.ok(err)
	b.equal("it waits, over the quota", t.State, queue.Waiting)
	again, err := restore("aaaaaaaaaaaa", 4)
	b.ok(err)
	b.equal("a repeat", again.Position, t.Position)
	numberless, err := restore("bbbbbbbbbbbb", 0)
	b.ok(err)
	b.equal("one without a number is booked", numberless.State, queue.Booked)
	reserved, err := b.Reserved(b.Context(), b.clinic.ID)
	b.ok(err)
	b.equal("the desk sees all", len(reserved), 3)
	_, err = b.ask(q)
	b.refused(err, queue.ErrQuota)
	b.capacity(func(c *clinic.Capacity) { c.Web = nil })
	b.equal("its number is not given again", b.given(q).Number, 5)
	gone, err := b.CancelByOwner(b.Context(), t.ID, "good", queue.Act{})
	b.ok(err)
	b.equal("its owner cancels it", gone.State, queue.Cancelled)

	today, err := b.Restore(b.Context(), queue.TicketID(string(b.given(queue.Request{Channel: "desk", Party: 1, Override: true}).ID)[:len(here.ID)-12]+"cccccccccccc"), queue.Claim{
		Number: 9, Issued: here.Issued, Position: here.Position, Channel: "desk", Party: 1,
	}, staff)
	b.ok(err)
	b.equal("of today too", today.State, queue.Waiting)
	_, err = b.Restore(b.Context(), queue.TicketID(string(b.clinic.ID)+"-1-200101-aaaaaaaaaaaa"), queue.Claim{Issued: here.Issued, Position: here.Position, Channel: "desk", Party: 1}, staff)
	b.refused(err, queue.ErrDayOver)
}
