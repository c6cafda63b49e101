package queuetest

import (
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

func testSlotReach(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.Reach = 30 })
	ten, half := b.arrived(slot("10:00")), b.arrived(slot("10:30"))
	next := func(want error) {
		b.Helper()
		_, err := b.CallNext(b.Context(), b.ref, "1", staff)
		b.refused(err, want)
	}
	b.at(9, 30)
	b.pass(-time.Millisecond)
	next(queue.ErrSlotLater)
	b.pass(time.Millisecond)
	b.equal("the room would stay empty", b.next("1").ID, ten.ID)
	next(queue.ErrSlotLater)
	b.do(half, queue.Call) // the desk may call each
	b.do(half, queue.Undo)
	b.at(10, 0)
	b.equal("half an hour before", b.next("1").ID, half.ID)
	b.bySlots(func(s *clinic.Service) { s.Slot.Reach = 0 })
	last := b.arrived(slot("11:00"))
	b.at(11, 0)
	b.pass(-time.Millisecond)
	next(queue.ErrSlotLater)
	b.pass(time.Millisecond)
	b.equal("no reach: from its start on", b.next("1").ID, last.ID)
	next(queue.ErrEmpty)
}

// testSlotReachOver has patients of a slot who cannot be called now.
func testSlotReachOver(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.Reach, s.SkipAway = 60, true })
	nine, ten := b.arrived(slot("09:00")), b.arrived(slot("10:00"))
	b.at(9, 30)
	_, err := b.Arrive(b.Context(), nine.ID, queue.Out, staff)
	b.ok(err)
	_, err = b.CallNext(b.Context(), b.ref, "1", staff)
	b.refused(err, queue.ErrNobodyHere) // the next slot has not begun, and one of this slot waits
	b.at(10, 0)
	b.equal("it has begun", b.next("1").ID, ten.ID)
}

// testSlotServing follows the slot being seen through calls, and holds it to be a
// function of the acts alone (A09).
func testSlotServing(b *clocked) {
	b.bySlots(nil)
	nine, late := b.arrived(slot("09:00")), b.given(slot("09:00")).Ticket
	ten, half := b.arrived(slot("10:00")), b.arrived(slot("10:30"))
	b.served("", 0, 0)
	b.at(11, 0)
	b.served("", 0, 0) // it is eleven, and nobody was called
	b.next("1")
	b.served("09:00", 2, 1)
	b.next("1")
	b.served("10:00", 1, 1)
	late = b.arrive(late)
	b.equal("late", late.LineSlot, "10:00")
	b.do(late, queue.Call)
	b.served("10:00", 1, 1) // of the line slot; its own slot has both called
	b.equal("its home slot", b.state("09:00").Called, 2)
	b.do(half, queue.Call)
	b.served("10:30", 1, 1)
	b.do(half, queue.Recall, queue.Enter)
	b.pass(5 * time.Hour)
	b.served("10:30", 1, 1)
	b.do(half, queue.Undo, queue.Undo)
	b.served("10:30", 1, 1)
	b.do(half, queue.Undo)
	b.served("10:00", 1, 1)
	b.do(late, queue.Undo)
	b.served("10:00", 1, 1)
	b.do(ten, queue.Undo)
	b.served("09:00", 2, 1)
	b.do(nine, queue.Undo)
	b.served("", 0, 0)
	b.equal("called", b.state("09:00").Called, 0)
	b.do(half, queue.Call)
	b.served("10:30", 1, 1)
	b.do(nine, queue.Call)
	b.served("09:00", 2, 1) // a step back: one was pulled forward before
}

func testSlotFigures(b *clocked) {
	b.bySlots(nil)
	family := slot("10:00")
	family.Party = 3
	one, two, gone, absent := b.given(family).Ticket, b.given(slot("10:00")).Ticket, b.given(slot("10:00")).Ticket, b.given(slot("10:00")).Ticket
	walk := b.given(walkin("10:00"))
	b.do(gone, queue.Cancel)
	b.do(two, queue.Drop)
	s := b.state("10:00")
	b.equal("booked: not the cancelled", [2]int{s.Booked, s.BookedPeople}, [2]int{4, 6})
	b.equal("called", [2]int{s.Called, s.CalledPeople}, [2]int{0, 0})
	b.equal("waiting", s.Waiting, 1)
	l := b.line()
	b.equal("waits", l.Tickets(), 1)
	b.arrive(one)
	b.do(b.ticket(one), queue.Call)
	b.do(b.arrive(absent), queue.Call, queue.Miss)
	s = b.state("10:00")
	b.equal("ever called", [2]int{s.Called, s.CalledPeople}, [2]int{2, 4})
	b.do(absent, queue.Cancel) // who was called and cancelled is in neither
	s = b.state("10:00")
	b.equal("called", [2]int{s.Booked, s.Called}, [2]int{3, 1})
	b.do(absent, queue.Undo)
	b.do(walk.Ticket, queue.Call)
	s = b.state("10:00")
	b.equal("called", [2]int{s.Booked, s.Called}, [2]int{4, 3})
	ended := func(what string, seen, left int) {
		b.Helper()
		s := b.state("10:00")
		b.equal(what, [2]int{s.Seen, s.Left}, [2]int{seen, left})
	}
	ended("one was seen", 1, 0) // the call of another finished it; the no-show had not arrived
	b.do(absent, queue.Drop)
	ended("no-show after the call", 1, 1)
	b.do(walk.Ticket, queue.Finish)
	ended("two were seen", 2, 1)
	b.do(absent, queue.Undo)
	b.do(walk.Ticket, queue.Undo)
	ended("taken back", 1, 0)
}

func testSlotReturn(b *clocked) {
	b.bySlots(nil)
	b.absence(clinic.Absence{Rule: clinic.BackN, Back: 3})
	one, two, three := b.arrived(slot("09:00")), b.arrived(slot("09:00")), b.arrived(slot("10:00"))
	b.at(9, 0)
	b.do(b.next("1"), queue.Miss)
	b.do(one, queue.Return)
	b.waits(2, 1, 3) // not behind another slot's
	b.equal("line slot", b.ticket(one).LineSlot, "09:00")
	b.absence(clinic.Absence{Rule: clinic.Tail})
	b.do(b.next("1"), queue.Miss)
	four := b.arrived(call("09:00"))
	b.do(two, queue.Return)
	b.waits(1, 2, four.Number, 3) // the end of the slot, of that moment
	b.absence(clinic.Absence{Rule: clinic.Park, Back: 2})
	b.do(b.next("1"), queue.Miss)
	b.do(one, queue.Return)
	b.waits(2, four.Number, 1, three.Number)
	b.do(three, queue.Call, queue.Miss, queue.Return) // called early
	b.waits(2, four.Number, 1, three.Number)
}

func testSlotExam(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.ExamBack = 1 })
	one := b.arrived(slot("09:00"))
	b.arrived(slot("09:00"))
	b.arrived(slot("09:00"))
	b.arrived(slot("10:00"))
	b.at(9, 0)
	b.do(b.next("1"), queue.Enter, queue.Exam)
	b.waits(2, 3, 4)
	b.equal("back", b.do(one, queue.Return).LineSlot, "09:00")
	b.waits(2, 1, 3, 4)
	b.do(b.next("1"), queue.Finish)
	b.do(b.next("1"), queue.Exam)
	b.do(b.next("1"), queue.Finish)
	b.do(one, queue.Return) // only a later slot waits: at the end of its own
	b.waits(1, 4)
	b.served("09:00", 3, 3)
}

func testSlotMove(b *clocked) {
	b.bySlots(nil)
	b.arrived(slot("09:00"))
	b.arrived(slot("09:00"))
	b.arrived(slot("10:00"))
	four := b.arrived(slot("11:00"))
	move := func(t queue.Ticket, ahead int, lineSlot string, order ...int) {
		b.Helper()
		t, err := b.Move(b.Context(), t.ID, ahead, queue.ReasonDesk, staff)
		b.ok(err)
		b.equal("line slot", t.LineSlot, lineSlot)
		b.equal("home slot", t.Slot, "11:00")
		b.waits(order...)
	}
	move(four, 0, "09:00", 4, 1, 2, 3)
	move(four, 1, "09:00", 1, 4, 2, 3)
	move(four, 2, "09:00", 1, 2, 4, 3)
	move(four, 3, "10:00", 1, 2, 3, 4)
	move(four, 99, "10:00", 1, 2, 3, 4)
	b.equal("the public is informed", b.line().Notice.Reason, queue.ReasonDesk)
	b.do(four, queue.Undo, queue.Undo, queue.Undo, queue.Undo, queue.Undo)
	b.equal("back in its own", b.ticket(four).LineSlot, "11:00")
	b.do(four, queue.Hold)
	move(four, 2, "09:00", 1, 2, 4, 3)
	b.used("11:00", 1, 0, 0)
	b.at(9, 0)
	for range 2 {
		b.next("1")
	}
	b.next("1")
	b.served("09:00", 2, 2)
	b.equal("of its home slot", b.state("11:00").Called, 1)
}

func testSlotTransfer(b *clocked) {
	b.bySlots(nil)
	one := b.arrived(slot("09:00"))
	away, err := b.Transfer(b.Context(), one.ID, "2", staff)
	b.ok(err)
	b.equal("home slot", away.Slot, "09:00")
	b.equal("line slot", away.LineSlot, "")
	b.used("09:00", 1, 0, 0)
	b.equal("booked", b.state("09:00").Booked, 1)
	b.do(one, queue.Undo)
	b.equal("back", b.ticket(one).LineSlot, "09:00")

	other, err := b.Issue(b.Context(), clinic.Ref{Clinic: b.clinic.ID, Service: "2"}, byDeskOf(1), staff)
	b.ok(err)
	b.at(9, 40)
	in, err := b.Transfer(b.Context(), other.ID, "1", staff)
	b.ok(err)
	b.equal("nobody was called: the slot of now", in.LineSlot, "09:30")
	b.equal("no home slot", in.Slot, "")
	b.equal("takes no seat", b.state("09:30").Web.Used+b.state("09:30").Desk.Used, 0)
	b.equal("waits there", b.state("09:30").Waiting, 1)
	b.do(other.Ticket, queue.Undo)
	b.next("1")
	b.served("09:00", 1, 1)
	in, err = b.Transfer(b.Context(), other.ID, "1", staff)
	b.ok(err)
	b.equal("the slot being seen", in.LineSlot, "09:00")
	b.do(in, queue.Call)
	b.served("09:00", 1, 1)
	b.do(in, queue.Undo, queue.Undo)
	b.at(19, 0)
	b.do(b.ticket(one), queue.Undo, queue.Undo) // its finish or its call
	b.record(func(c *clinic.Clinic) {
		today := hours.Exception{Date: string(one.ID.Day()), Closed: true, Reason: "臨時休診"}
		c.Calendar.Exceptions = []hours.Exception{today}
	})
	in, err = b.Transfer(b.Context(), other.ID, "1", staff)
	b.ok(err)
	b.equal("no slots today", in.Line, "1")
}

func testSlotNumbers(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.NumberBySlot = true })
	ten, half, nine := b.given(slot("10:00")).Ticket, b.given(slot("10:30")).Ticket, b.given(slot("09:00")).Ticket
	b.equal("ten", b.arrive(ten).Number, 1001)
	b.equal("half past ten", b.arrive(half).Number, 1031)
	b.equal("nine", b.arrive(nine).Number, 901)
	b.equal("the next of ten", b.given(walkin("10:00")).Number, 1002)
	b.do(ten, queue.Undo)
	b.equal("never given twice", b.arrive(ten).Number, 1003)
	number := walkin("10:00")
	number.Number = 1050
	b.no(number, queue.ErrNumber)
	b.waits(901, 1002, 1003, 1031)
}

// testSlotNumbersMeet gives more numbers to a slot than the next leaves it.
func testSlotNumbersMeet(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Slot.NumberBySlot, s.Slot.Desk = true, nil })
	b.equal("half past ten", b.given(walkin("10:30")).Number, 1031)
	given := map[int]bool{1031: true}
	for n := 1; n <= 35; n++ {
		got := b.given(walkin("10:00")).Number
		if given[got] {
			b.Fatalf("the number %d is given twice", got)
		}
		given[got] = true
		want := 1000 + n
		if n > 30 { // half an hour has thirty
			want = 3000 + n - 30
		}
		b.equal("number", got, want)
	}
	b.equal("half past ten", b.given(walkin("10:30")).Number, 1032)
	b.equal("the last", b.given(walkin("17:30")).Number, 1731)
}
