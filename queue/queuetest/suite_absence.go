package queuetest

import (
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// set changes the settings of service 1.
func (b *bench) set(change func(*clinic.Service)) {
	b.Helper()
	b.record(func(c *clinic.Clinic) { change(&c.Services[0]) })
}

func (b *bench) absence(a clinic.Absence) {
	b.Helper()
	b.set(func(s *clinic.Service) { s.Absence = a })
}

func testAbsent(b *bench) {
	b.issue(6)
	one := b.do(b.next("1"), queue.Miss)
	b.equal("state", one.State, queue.Absent)
	b.waits(2, 3, 4, 5, 6)
	b.equal("absent", numbersOf(b.line().Absent), []int{1})
	one = b.do(one, queue.Return)
	b.equal("marked", one.Returned, true)
	b.waits(2, 3, 4, 1, 5, 6)
	// Who returns late has lost nothing more: the place was fixed when absent.
	two := b.do(b.next("1"), queue.Miss) // behind 3, 4, 1
	b.next("1")
	b.next("1")
	b.do(two, queue.Return)
	b.waits(1, 2, 5, 6)
}

func testAbsentOrder(b *bench) {
	b.issue(4)
	one := b.do(b.next("1"), queue.Miss) // behind 4, the last
	two := b.do(b.next("1"), queue.Miss) // behind 4 and 1
	more := b.issue(1)[0]
	b.do(two, queue.Return)
	b.waits(3, 4, 2, more.Number)
	b.do(one, queue.Return)
	b.waits(3, 4, 1, 2, more.Number)
	// Alone in the line, no other ticket can go first.
	for range 5 {
		b.next("1")
	}
	last := b.line().Open[0]
	b.equal("alone", last.Number, more.Number)
	b.do(last, queue.Miss, queue.Return)
	b.waits(more.Number)
}

func testTail(b *bench) {
	b.absence(clinic.Absence{Rule: clinic.Tail})
	b.issue(4)
	one := b.do(b.next("1"), queue.Miss)
	two := b.do(b.next("1"), queue.Miss)
	b.issue(1)
	b.do(two, queue.Return)
	one = b.do(one, queue.Return)
	b.waits(3, 4, 1, 2, 5) // the end of that moment, in the order of the absences
	b.equal("marked", one.Returned, true)
}

func testPark(b *bench) {
	b.absence(clinic.Absence{Rule: clinic.Park, Back: 1})
	b.issue(6)
	one := b.do(b.next("1"), queue.Miss)
	b.next("1")
	b.next("1")
	b.absence(clinic.Absence{Rule: clinic.Park, Back: 3}) // the promise to the absent patient holds
	one = b.do(one, queue.Return)
	b.waits(4, 1, 5, 6)
	b.equal("marked", one.Returned, true)
	b.do(one, queue.Undo)
	b.waits(4, 5, 6)
	b.next("1")
	b.do(one, queue.Return)
	b.waits(5, 1, 6)
}

func testBackToWaiting(b *bench) {
	b.absence(clinic.Absence{Rule: clinic.BackToWaiting})
	b.issue(3)
	one := b.do(b.next("1"), queue.Miss)
	b.equal("waits at once", one.State, queue.Waiting)
	b.equal("lost no place", one.Returned, false)
	b.waits(1, 2, 3)
	b.equal("the room is free", numbersOf(b.line().Open), []int{})
	b.absence(clinic.Absence{Rule: clinic.BackToWaiting, ThenTail: true})
	one = b.do(b.next("1"), queue.Miss)
	b.equal("the second time it goes to the end, and waits", one.Returned, true)
	b.waits(2, 3, 1)
	b.do(one, queue.Undo)
	b.equal("undo", numbersOf(b.line().Open), []int{1})
}

func testTerminal(b *bench) {
	b.absence(clinic.Absence{Rule: clinic.Terminal})
	b.issue(2)
	one := b.do(b.next("1"), queue.Miss)
	b.equal("state", one.State, queue.NoShow)
	b.equal("reason", one.Reason, queue.ReasonTerminal)
	b.equal("ended", one.Ended.IsZero(), false)
	b.waits(2)
	one = b.do(one, queue.Undo)
	b.equal("undone", one.State, queue.Called)
	b.equal("undone", one.Reason, "")
}

func testCallLimit(b *bench) {
	b.absence(clinic.Absence{Rule: clinic.BackN, Back: 1, MaxCalls: 2})
	ts := b.issue(3)
	one := b.do(b.next("1"), queue.Miss)
	b.equal("after one call", one.State, queue.Absent)
	one = b.do(one, queue.Return, queue.Call)
	b.equal("attempt", one.Attempt, 2)
	one = b.do(one, queue.Miss)
	b.equal("after two calls", one.State, queue.NoShow)
	b.equal("reason", one.Reason, queue.ReasonCalls)
	two := b.do(ts[1], queue.Call, queue.Recall, queue.Miss)
	b.equal("a recall is a call", two.State, queue.NoShow)
	b.do(ts[2], queue.Call)
	_, err := b.Do(b.Context(), one.ID, queue.Undo, staff)
	b.refused(err, queue.ErrRoomBusy)
	b.do(ts[2], queue.Finish)
	b.equal("undone", b.do(one, queue.Undo).State, queue.Called)
}

func testCooldown(b *bench) {
	b.absence(clinic.Absence{Rule: clinic.BackToWaiting, Cooldown: 5})
	b.issue(2)
	one := b.do(b.next("1"), queue.Miss)
	b.waits(1, 2)
	b.equal("passed over", b.next("1").Number, 2)
	_, err := b.CallNext(b.Context(), b.ref, "1", staff)
	b.refused(err, queue.ErrAllCooling)
	b.equal("the room's patient stays", numbersOf(b.line().Open), []int{2})
	b.do(one, queue.Call) // the desk may still
	b.equal("called", numbersOf(b.line().Open), []int{1})
}

func testCooldownEnds(b *clocked) {
	b.absence(clinic.Absence{Rule: clinic.BackToWaiting, Cooldown: 5})
	b.issue(1)
	called := b.next("1")
	b.pass(2 * time.Minute)
	b.do(called, queue.Miss)
	b.pass(3*time.Minute - time.Millisecond) // five from the call
	_, err := b.CallNext(b.Context(), b.ref, "1", staff)
	b.refused(err, queue.ErrAllCooling)
	b.pass(time.Millisecond)
	b.equal("offered again", b.next("1").Attempt, 2)
}

func testTolerance(b *bench) {
	b.absence(clinic.Absence{Rule: clinic.BackN, Back: 3, Tolerance: 1})
	b.issue(5)
	one := b.do(b.next("1"), queue.Miss)
	b.next("1")
	one = b.do(one, queue.Return)
	b.equal("lost no place", one.Returned, false)
	b.waits(1, 3, 4, 5)
	one = b.do(b.next("1"), queue.Miss)
	b.next("1")
	b.do(b.next("1"), queue.Undo) // a call that was undone does not count
	b.do(one, queue.Return)
	b.waits(1, 4, 5)
	one = b.do(b.next("1"), queue.Miss)
	b.next("1")
	b.next("1")
	one = b.do(one, queue.Return)
	b.equal("too late", one.Returned, true)
	two := b.issue(1)[0]
	b.waits(one.Number, two.Number)
}

func testThenTail(b *bench) {
	b.absence(clinic.Absence{Rule: clinic.BackN, Back: 1, ThenTail: true})
	b.issue(4)
	one := b.do(b.next("1"), queue.Miss, queue.Return)
	b.waits(2, 1, 3, 4)
	b.equal("not to the end", one.ToEnd, false)
	one = b.do(one, queue.Call, queue.Miss, queue.Return)
	b.equal("to the end", one.ToEnd && one.Returned, true)
	b.waits(2, 3, 4, 1)
}

func testSkipAway(b *bench) {
	b.set(func(s *clinic.Service) {
		s.SkipAway = true
		s.Absence = clinic.Absence{Rule: clinic.BackToWaiting, Cooldown: 5}
	})
	ts := b.issue(3) // from the web: not arrived
	_, err := b.CallNext(b.Context(), b.ref, "1", staff)
	b.refused(err, queue.ErrNobodyHere)
	i, err := b.Issue(b.Context(), b.ref, queue.Request{Channel: "desk", Party: 1}, staff)
	b.ok(err)
	b.equal("a patient who came to the desk is here", b.next("1").Number, i.Number)
	_, err = b.Arrive(b.Context(), ts[1].ID, queue.Here, queue.Act{})
	b.ok(err)
	b.equal("here", b.next("1").Number, 2)
	b.equal("who did not come is not here", b.do(ts[1], queue.Miss).Presence, queue.Out)
	_, err = b.CallNext(b.Context(), b.ref, "1", staff)
	b.refused(err, queue.ErrNobodyHere)
	_, err = b.Arrive(b.Context(), ts[1].ID, queue.Here, queue.Act{})
	b.ok(err)
	_, err = b.CallNext(b.Context(), b.ref, "1", staff)
	b.refused(err, queue.ErrAllCooling) // only the patient who missed the call is here
	b.do(ts[0], queue.Call)             // the desk sees where the patient is, and may
}

func testPresence(b *bench) {
	one := b.issue(1)[0]
	b.equal("from the web", one.Presence, queue.NotArrived)
	before := b.mustSnapshot()
	now, err := b.Arrive(b.Context(), one.ID, queue.Out, queue.Act{By: clinic.Actor{Kind: "web"}})
	b.ok(err)
	b.equal("presence", now.Presence, queue.Out)
	b.equal("state", now.State, queue.Waiting)
	b.equal("place", now.Position, one.Position)
	b.equal("nothing to undo", now.LastAct, queue.ActKind(""))
	b.equal("version", b.mustSnapshot().Version, before.Version+1)

	one = b.do(one, queue.Call)
	b.equal("a call does not change it", one.Presence, queue.Out)
	two := b.do(b.do(b.issue(1)[0], queue.Call), queue.Miss)
	b.equal("absent without having arrived", two.Presence, queue.NotArrived)
	b.do(two, queue.Undo)
	b.do(two, queue.Undo)
	_, err = b.Arrive(b.Context(), one.ID, queue.NotArrived, staff)
	b.ok(err)
	b.equal("undo of the call does not either", b.do(one, queue.Undo).Presence, queue.NotArrived)
	one = b.do(one, queue.Call, queue.Enter)
	b.equal("who enters is here", one.Presence, queue.Here)
	b.equal("undone", b.do(one, queue.Undo).Presence, queue.NotArrived)
	b.equal("who returns is here", b.do(one, queue.Miss, queue.Return).Presence, queue.Here)

	_, err = b.Arrive(b.Context(), one.ID, "nowhere", staff)
	b.refused(err, queue.ErrState)
	b.do(one, queue.Cancel)
	_, err = b.Arrive(b.Context(), one.ID, queue.Here, staff)
	b.refused(err, queue.ErrState)
}

func testCountAbsent(b *bench) {
	b.set(func(s *clinic.Service) { s.CountAbsent = true })
	for range 3 {
		_, err := b.Issue(b.Context(), b.ref, queue.Request{Channel: "desk", Party: 2}, staff)
		b.ok(err)
	}
	one := b.do(b.next("1"), queue.Miss)
	l := b.line()
	b.equal("tickets", l.Tickets(), 3)
	b.equal("people", l.People(), 6)
	b.set(func(s *clinic.Service) { s.CountAbsent = false })
	l = b.line()
	b.equal("tickets", l.Tickets(), 2)
	b.equal("people", l.People(), 4)
	b.do(one, queue.Return)
	l = b.line()
	b.equal("tickets", l.Tickets(), 3)
}

func testNoShow(b *bench) {
	ts := b.issue(3)
	b.do(ts[1], queue.Hold)
	one := b.do(b.next("1"), queue.Miss)
	for _, t := range []queue.Ticket{one, ts[1], ts[2]} {
		state, err := b.Ticket(b.Context(), t.ID)
		b.ok(err)
		t = b.do(t, queue.Drop)
		b.equal("state", t.State, queue.NoShow)
		b.equal("ended", time.Since(t.Ended) < time.Hour, true)
		back := b.do(t, queue.Undo)
		b.equal("undone", back.State, state.State)
		b.equal("undone", back.Position, state.Position)
		b.do(t, queue.Drop)
	}
	b.waits()
	b.equal("never reissued", b.issue(1)[0].Number, 4)
}
