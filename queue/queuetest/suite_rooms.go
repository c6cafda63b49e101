package queuetest

import (
	"sync"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

func (b *bench) transfer(t queue.Ticket, service string) queue.Ticket {
	b.Helper()
	t, err := b.Transfer(b.Context(), t.ID, service, staff)
	b.ok(err)
	return t
}

func (b *bench) move(t queue.Ticket, ahead int, reason string) queue.Ticket {
	b.Helper()
	t, err := b.Move(b.Context(), t.ID, ahead, reason, staff)
	b.ok(err)
	return t
}

func (b *bench) lineOf(service string) queue.Line {
	b.Helper()
	l, ok := b.mustSnapshot().Line(service)
	if !ok {
		b.Fatalf("no service %s", service)
	}
	return *l
}

func testExam(b *bench) {
	b.set(func(s *clinic.Service) { s.ExamBack = 1 })
	b.issue(5)
	one := b.do(b.next("1"), queue.Recall, queue.Enter, queue.Exam)
	b.equal("state", one.State, queue.Held)
	b.equal("reason", one.Reason, queue.ReasonExam)
	b.equal("leg", one.Leg, 1)
	b.equal("here", one.Presence, queue.Here)
	b.equal("the room is free", numbersOf(b.line().Open), []int{})
	b.equal("held", numbersOf(b.line().Held), []int{1})
	b.waits(2, 3, 4, 5)
	b.next("1")
	two := b.do(b.line().Open[0], queue.Exam) // without entering: one button
	one = b.do(one, queue.Resume)
	b.waits(3, 1, 4, 5)
	b.equal("reason", one.Reason, "")
	b.equal("not marked as an absentee", one.Returned, false)
	b.do(two, queue.Return)
	b.waits(3, 2, 1, 4, 5)
	b.do(two, queue.Undo, queue.Undo)
	b.equal("the exam is taken back", numbersOf(b.line().Open), []int{2})
	one = b.do(one, queue.Call)
	b.equal("the calls of the leg count from one", one.Attempt, 1)
	b.equal("not entered again yet", one.Entered.IsZero(), true)
	b.equal("called into the room of the other", numbersOf(b.line().Open), []int{1})
	one = b.do(one, queue.Exam)
	b.equal("leg", one.Leg, 2)
}

func testTransfer(b *bench) {
	two := clinic.Ref{Clinic: b.clinic.ID, Service: "2"}
	_, err := b.Issue(b.Context(), two, queue.Request{Channel: "desk", Party: 3}, staff)
	b.ok(err)
	ts := b.issue(5)
	called := b.do(b.next("1"), queue.Recall, queue.Enter)
	missed := b.do(b.next("2"), queue.Miss)
	held := b.do(ts[2], queue.Hold)
	for i, t := range []queue.Ticket{called, missed, held, ts[3]} {
		before := t
		t = b.transfer(t, "2")
		b.equal("state", t.State, queue.Waiting)
		b.equal("number", t.Number, i+1)
		b.equal("lane", t.Line, "2")
		b.equal("leg", t.Leg, 1)
		back := b.do(t, queue.Undo)
		b.equal("undone", back.State, before.State)
		b.equal("undone", back.Line, "1")
		b.transfer(t, "2")
	}
	b.equal("the room is free", len(b.line().Open), 0)
	b.waits(5)
	line := b.lineOf("2")
	b.equal("at the end, with their numbers", numbersOf(line.Waiting), []int{1, 1, 2, 3, 4})
	_, l, tickets, people, _ := b.mustSnapshot().Find(held.ID)
	b.equal("line", l.Ref, two)
	b.equal("tickets ahead", tickets, 3)
	b.equal("people ahead", people, 5)
	i, err := b.Issue(b.Context(), two, queue.Request{Channel: "desk", Party: 1}, staff)
	b.ok(err)
	b.equal("the other line's numbers go on", i.Number, 2)
	b.equal("those who come later are behind", i.Ahead, 5)
	b.equal("and the own line's", b.issue(1)[0].Number, 6)

	_, err = b.Call(b.Context(), ts[4].ID, "3", staff)
	b.refused(err, queue.ErrNoRoom) // serves the other line only
	t, err := b.Call(b.Context(), called.ID, "3", staff)
	b.ok(err)
	b.equal("attempt", t.Attempt, 1)
	b.do(t, queue.Miss) // by the rule of the line it stands in
	b.equal("absent there", numbersOf(b.lineOf("2").Absent), []int{1})
	b.do(t, queue.Return)
	b.equal("three places back", numbersOf(b.lineOf("2").Waiting), []int{1, 2, 3, 1, 4, 2})
	t = b.transfer(t, "1")
	b.equal("lane", t.Line, "1")
	b.equal("leg", t.Leg, 2)
	b.waits(5, 6, 1)

	_, err = b.Transfer(b.Context(), t.ID, "1", staff)
	b.refused(err, queue.ErrState)
	_, err = b.Transfer(b.Context(), t.ID, "9", staff)
	b.refused(err, clinic.ErrNoService)
	b.do(t, queue.Cancel)
	_, err = b.Transfer(b.Context(), t.ID, "2", staff)
	b.refused(err, queue.ErrState)
}

func testTransferUndo(b *bench) {
	b.issue(3)
	one := b.next("1")
	b.transfer(one, "2")
	b.next("1")
	_, err := b.Do(b.Context(), one.ID, queue.Undo, staff)
	b.refused(err, queue.ErrRoomBusy)
	b.do(b.line().Open[0], queue.Finish)
	one = b.do(one, queue.Undo)
	b.equal("called again", numbersOf(b.line().Open), []int{1})
	b.equal("the other line is empty", len(b.lineOf("2").Waiting), 0)
	b.do(one, queue.Undo)
	b.waits(1, 3)
}

func testMove(b *bench) {
	ts := b.issue(6)
	b.equal("no notice", b.line().Notice.Reason, "")
	five := b.move(ts[4], 1, queue.ReasonUrgent)
	b.waits(1, 5, 2, 3, 4, 6)
	b.equal("reason", five.Reason, queue.ReasonUrgent)
	notice := b.line().Notice
	b.equal("notice", notice.Reason, queue.ReasonUrgent)
	b.equal("noticed now", time.Since(notice.At) < time.Minute, true)
	b.equal("the other line has none", b.lineOf("2").Notice, queue.Notice{})

	b.do(ts[2], queue.Hold)
	b.move(ts[2], 0, queue.ReasonExam)
	b.waits(3, 1, 5, 2, 4, 6)
	b.do(ts[0], queue.Call, queue.Miss)
	one := b.move(ts[0], 100, queue.ReasonDesk)
	b.equal("not marked as an absentee", one.Returned, false)
	b.waits(3, 5, 2, 4, 6, 1)
	b.equal("notice", b.line().Notice.Reason, queue.ReasonDesk)
	b.equal("undone", b.do(one, queue.Undo).State, queue.Absent)
	b.equal("its notice is withdrawn", b.line().Notice, queue.Notice{})
	b.move(five, 2, queue.ReasonUrgent) // itself is not ahead of itself
	b.waits(3, 2, 5, 4, 6)
	b.do(ts[2], queue.Undo)
	b.equal("a later notice stays", b.line().Notice.Reason, queue.ReasonUrgent)
	b.waits(2, 5, 4, 6)
	b.issue(1)
	b.waits(2, 5, 4, 6, 7)

	_, err := b.Move(b.Context(), ts[5].ID, 0, "whim", staff)
	b.refused(err, queue.ErrReason)
	b.move(ts[5], -3, queue.ReasonDesk)
	b.waits(6, 2, 5, 4, 7)
	called := b.next("1")
	_, err = b.Move(b.Context(), called.ID, 0, queue.ReasonDesk, staff)
	b.refused(err, queue.ErrState)
}

func testMoveManyTimes(b *bench) {
	ts := b.issue(3)
	for range 60 { // no gap is ever used up
		b.move(ts[2], 1, queue.ReasonDesk)
		b.waits(1, 3, 2)
		b.move(ts[1], 1, queue.ReasonDesk)
		b.waits(1, 2, 3)
	}
}

// testSessionsApart has an afternoon that takes web tickets while the morning's
// patients are still seen.
func testSessionsApart(b *bench) {
	b.record(func(c *clinic.Clinic) {
		c.Zone = Noon()
		c.Calendar = everyDay(frame("morning", 9, 14, 0, -150), frame("afternoon", 15, 16, -300, 0))
		for i := range c.Services {
			c.Services[i].Absence, c.Services[i].ExamBack = clinic.Absence{Rule: clinic.Tail}, 2
		}
	})
	issue := func(channel, service string) queue.Ticket {
		b.Helper()
		ref := clinic.Ref{Clinic: b.clinic.ID, Service: service}
		i, err := b.Issue(b.Context(), ref, queue.Request{Channel: channel, Party: 1}, queue.Act{})
		b.ok(err)
		return i.Ticket
	}
	issue("desk", "1")
	two := issue("web", "1")
	issue("desk", "1")
	issue("web", "1")
	issue("web", "2")
	b.waits(1, 3, 2, 4)
	one := b.do(b.next("1"), queue.Miss, queue.Return)
	b.waits(3, 1, 2, 4) // the end of the session, not of the day
	issue("desk", "1")
	b.waits(3, 1, 5, 2, 4)
	three := b.do(b.next("1"), queue.Exam, queue.Resume)
	b.waits(1, 5, 3, 2, 4)
	b.do(b.next("1"), queue.Exam)
	b.do(b.next("1"), queue.Exam)
	b.do(one, queue.Resume) // two go first, but only one of them in this session
	b.waits(3, 1, 2, 4)
	b.transfer(three, "2")
	b.equal("before the other line's afternoon", b.lineOf("2").Waiting[0].Number, 3)
	b.next("1")
	_, err := b.CallNext(b.Context(), b.ref, "1", staff)
	b.refused(err, queue.ErrLater)
	b.equal("the room's patient stays", numbersOf(b.line().Open), []int{1})
	b.move(two, 0, queue.ReasonDesk)
	b.equal("a patient moved to the front has come", b.next("1").Number, 2)
	b.do(b.line().Waiting[0], queue.Call) // and the desk may begin early
}

func (b *bench) duty(room string, d queue.Duty) {
	b.Helper()
	b.ok(b.SetDuty(b.Context(), b.clinic.ID, room, d, staff))
}

func testDuty(b *bench) {
	duties := func() (out []queue.DutyState) {
		for _, r := range b.mustSnapshot().Rooms {
			out = append(out, r.Duty.State)
		}
		return out
	}
	ts := b.issue(5)
	b.equal("at first", duties(), []queue.DutyState{queue.OnDuty, queue.OnDuty, queue.OnDuty})
	b.next("1")
	until := time.Now().Add(20 * time.Minute).Truncate(time.Millisecond)
	b.duty("1", queue.Duty{State: queue.OnBreak, Until: until})
	b.duty("3", queue.Duty{State: queue.OffDuty})
	b.equal("set", duties(), []queue.DutyState{queue.OnBreak, queue.OnDuty, queue.OffDuty})
	rooms := b.mustSnapshot().Rooms
	b.equal("name", rooms[0].Name, "第1診察室")
	// A break never outlives the day.
	b.equal("no later than asked", rooms[0].Duty.Until.After(until), false)
	b.equal("ends with the day", rooms[2].Duty.Until.After(time.Now().Add(25*time.Hour)), false)
	b.equal("the room's patient stays", numbersOf(b.line().Open), []int{1})
	_, err := b.CallNext(b.Context(), b.ref, "1", staff)
	b.refused(err, queue.ErrOffDuty)
	_, err = b.Call(b.Context(), ts[2].ID, "1", staff)
	b.refused(err, queue.ErrOffDuty)
	b.do(ts[0], queue.Enter, queue.Finish)
	b.equal("the other room goes on", b.next("2").Number, 2)

	b.duty("1", queue.Duty{State: queue.OnDuty})
	b.equal("on duty again", b.next("1").Number, 3)
	b.duty("2", queue.Duty{State: queue.OffDuty, Until: time.Now().Add(-time.Minute)})
	b.equal("over before it began", b.next("2").Number, 4)
	b.refused(b.SetDuty(b.Context(), b.clinic.ID, "9", queue.Duty{State: queue.OnBreak}, staff), queue.ErrNoRoom)
	b.refused(b.SetDuty(b.Context(), b.clinic.ID, "1", queue.Duty{State: "asleep"}, staff), queue.ErrState)
	b.refused(b.SetDuty(b.Context(), "0000", "1", queue.Duty{State: queue.OnBreak}, staff), clinic.ErrNoClinic)
}

func testDutyEnds(b *clocked) {
	b.duty("1", queue.Duty{State: queue.OnBreak, Until: b.now.Add(20 * time.Minute)})
	b.duty("2", queue.Duty{State: queue.OffDuty})
	b.duty("3", queue.Duty{State: queue.OffDuty, Until: b.now.Add(90 * 24 * time.Hour)})
	duties := func(want ...queue.DutyState) {
		b.Helper()
		for i, r := range b.mustSnapshot().Rooms {
			b.equal("duty of room "+r.ID, r.Duty.State, want[i])
		}
	}
	b.pass(20*time.Minute - time.Millisecond)
	duties(queue.OnBreak, queue.OffDuty, queue.OffDuty)
	_, err := b.CallNext(b.Context(), b.ref, "1", staff)
	b.refused(err, queue.ErrOffDuty)
	b.pass(time.Millisecond)
	duties(queue.OnDuty, queue.OffDuty, queue.OffDuty)
	b.issue(1)
	b.next("1")
	b.pass(24 * time.Hour)
	duties(queue.OnDuty, queue.OnDuty, queue.OnDuty) // whatever was asked for, it ends with the day
}

func testNoticeGoes(b *clocked) {
	ts := b.issue(2)
	b.move(ts[1], 0, queue.ReasonUrgent)
	b.pass(queue.NoticeFor - time.Millisecond)
	b.equal("shown", b.line().Notice.Reason, queue.ReasonUrgent)
	b.pass(time.Millisecond)
	b.equal("shown long enough", b.line().Notice, queue.Notice{})
	b.move(ts[0], 0, queue.ReasonDesk)
	b.equal("another one", b.line().Notice.Reason, queue.ReasonDesk)
}

// testCrowdedRooms runs the desks of four rooms on two services at once, with
// transfers. No patient is in two rooms, or called twice.
func testCrowdedRooms(b *bench) {
	const each = 20
	refs := []clinic.Ref{b.ref, {Clinic: b.clinic.ID, Service: "2"}}
	var ids []queue.TicketID
	for range each {
		for _, ref := range refs {
			i, err := b.Issue(b.Context(), ref, queue.Request{Channel: "desk", Party: 1}, staff)
			b.ok(err)
			ids = append(ids, i.ID)
		}
	}
	var mu sync.Mutex
	called := map[queue.TicketID]int{}
	var all sync.WaitGroup
	for n, room := range []string{"1", "1", "2", "2"} {
		all.Go(func() {
			for range each / 2 {
				t, err := b.CallNext(b.Context(), refs[n%2], room, staff)
				if err != nil {
					continue // the other clerks and the transfers have emptied the line
				}
				mu.Lock()
				called[t.ID]++
				mu.Unlock()
			}
		})
	}
	for _, id := range ids[:8] {
		all.Go(func() {
			other := refs[0].Service
			if id.Ref() == refs[0] {
				other = refs[1].Service
			}
			t, err := b.Ticket(b.Context(), id)
			if err == nil && t.State == queue.Waiting { // it may be called in between: then it leaves the room again
				b.Transfer(b.Context(), id, other, staff)
			}
		})
	}
	all.Wait()
	rooms := map[string]queue.TicketID{}
	for _, l := range b.mustSnapshot().Lines {
		for _, t := range l.Open {
			if other, taken := rooms[t.Room]; taken {
				b.Fatalf("room %s holds %s and %s", t.Room, other, t.ID)
			}
			rooms[t.Room] = t.ID
		}
	}
	for id, n := range called {
		if t, err := b.Ticket(b.Context(), id); err != nil || n > 1+t.Leg {
			b.Fatalf("%s was called %d times, %v: %+v", id, n, err, t)
		}
	}
}
