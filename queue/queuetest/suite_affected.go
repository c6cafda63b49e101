package queuetest

import (
	"slices"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// affected lists the numbers of today's tickets and bookings with an unreported cut,
// with the cut's name.
func (b *bench) affected() (numbers []int, names map[queue.TicketID]string) {
	b.Helper()
	numbers, names = []int{}, map[queue.TicketID]string{}
	zone, err := b.clinic.Location()
	b.ok(err)
	reserved, err := b.Reserved(b.Context(), b.clinic.ID)
	b.ok(err)
	for _, t := range reserved {
		if name := t.Cut.Affected(t.Ticket, b.clinic.SessionsOn(t.ID.Ref().Service, t.ID.Day(), zone)); name != "" {
			numbers, names[t.ID] = append(numbers, t.Number), name
		}
	}
	snap, err := b.Snapshot(b.Context(), b.clinic.ID)
	b.ok(err)
	for _, l := range snap.Lines {
		for _, t := range slices.Concat(l.Open, l.Waiting, l.Absent, l.Held, l.Ended) {
			if name := snap.Affected(t); name != "" {
				numbers, names[t.ID] = append(numbers, t.Number), name
			}
		}
	}
	return numbers, names
}

// testCuts shortens, closes and restores a session that has bookings. The affected
// bookings stay listed until the desk has contacted the patients.
func testCuts(b *bench) {
	b.record(func(c *clinic.Clinic) { c.Zone = Noon() })
	b.booking(2, "")
	day := b.tomorrow()
	morning := func(to int) {
		b.Helper()
		frames := []hours.Frame{frame("afternoon", 15, 18, 0, 0)}
		if to > 0 {
			frames = append(frames, frame("morning", 9, to, 0, 0))
		}
		b.record(func(c *clinic.Clinic) { c.Calendar = everyDay(frames...) })
	}
	listed := func(what string, want ...int) map[queue.TicketID]string {
		b.Helper()
		numbers, names := b.affected()
		b.equal(what, numbers, append([]int{}, want...))
		return names
	}
	book := func(session string) queue.Ticket {
		b.Helper()
		return b.given(queue.Request{Channel: "web", Day: day, Session: session}).Ticket
	}
	one, two := book("morning"), book("morning")
	whole := book("afternoon")
	listed("nothing was changed")
	b.record(func(c *clinic.Clinic) { c.Name = "べつの医院" })
	listed("not the timetable")

	morning(11)
	names := listed("the morning is shorter", 1, 2)
	book("morning")
	listed("a booking after that is for the shorter morning", 1, 2)
	_, err := b.Contacted(b.Context(), one.ID, "another", staff)
	b.refused(err, queue.ErrTicketChanged)
	_, err = b.Contacted(b.Context(), one.ID, "closed", staff)
	b.refused(err, queue.ErrTicketChanged)
	key := queue.Act{Key: "contacted once", By: staff.By}
	told, err := b.Contacted(b.Context(), one.ID, names[one.ID], key)
	b.ok(err)
	b.equal("told", told.ContactedAbout, names[one.ID])
	b.equal("the last act", told.LastAct, queue.Contacted)
	_, err = b.Contacted(b.Context(), one.ID, names[one.ID], key)
	b.ok(err)
	listed("one was told", 2)
	stale := staff
	stale.Expect.Rev = one.Rev
	_, err = b.Contacted(b.Context(), one.ID, names[one.ID], stale)
	b.refused(err, queue.ErrTicketChanged)
	one = b.do(told, queue.Undo)
	listed("undone", 1, 2)
	_, err = b.Contacted(b.Context(), one.ID, names[one.ID], staff)
	b.ok(err)
	two = b.do(two, queue.Cancel)
	listed("one told, one cancelled")

	morning(10)
	b.do(two, queue.Undo)
	again := listed("shorter still, also for one who was told, and for one that undo brings back", 1, 2, 4)
	_, err = b.Contacted(b.Context(), one.ID, names[one.ID], staff)
	b.refused(err, queue.ErrTicketChanged) // this desk has not seen the newest change
	morning(11)
	listed("one was told of these hours, and four was given them", 2)
	morning(12)
	listed("given back")
	_, err = b.Contacted(b.Context(), two.ID, again[two.ID], staff)
	b.refused(err, queue.ErrTicketChanged) // nothing has changed for the patient
	_, err = b.Contacted(b.Context(), whole.ID, "closed", staff)
	b.refused(err, queue.ErrTicketChanged)
	morning(0)
	closed := listed("closed", 1, 2, 4)
	if closed[one.ID] == again[one.ID] {
		b.Fatal("two changes have one name")
	}
	_, err = b.Contacted(b.Context(), one.ID, closed[one.ID], staff)
	b.ok(err)
	listed("one was told that it is closed", 2, 4)
	morning(12)
	listed("open after all")
	morning(0)
	listed("and closed once more", 1, 2, 4)
}

// testCutsOfToday does the same to the session of patients who wait.
func testCutsOfToday(b *bench) {
	b.sessions(frame("afternoon", 10, 18, 0, 0))
	ts := b.issue(4)
	b.sessions(frame("afternoon", 10, 17, 0, 0))
	numbers, names := b.affected()
	b.equal("all that wait", numbers, []int{1, 2, 3, 4})
	called := b.next("1")
	numbers, _ = b.affected()
	b.equal("not in the room", numbers, []int{2, 3, 4})
	_, err := b.Contacted(b.Context(), called.ID, names[called.ID], staff)
	b.refused(err, queue.ErrState)
	b.do(called, queue.Miss)
	b.do(ts[1], queue.Hold)
	b.do(ts[3], queue.Cancel)
	numbers, _ = b.affected()
	slices.Sort(numbers)
	b.equal("absent, held and waiting", numbers, []int{1, 2, 3})
	for _, t := range []queue.Ticket{ts[0], ts[1]} {
		_, err = b.Contacted(b.Context(), t.ID, names[t.ID], staff)
		b.ok(err)
	}
	numbers, _ = b.affected()
	b.equal("one is left", numbers, []int{3})
	_, err = b.Contacted(b.Context(), ts[3].ID, names[ts[3].ID], staff)
	b.refused(err, queue.ErrState)
	_, err = b.Contacted(b.Context(), newID(ts[3].ID), names[ts[3].ID], staff)
	b.refused(err, queue.ErrNoTicket)
	b.record(func(c *clinic.Clinic) { c.Calendar = nil })
	numbers, _ = b.affected()
	b.equal("without a timetable nothing is closed", numbers, []int{})
	_, err = b.Contacted(b.Context(), ts[2].ID, names[ts[2].ID], staff)
	b.refused(err, queue.ErrTicketChanged)
}

// testContactedOpens undoes "contacted" on a booking after its day has begun. The
// ticket waits with the number that the day gave it.
func testContactedOpens(b *clocked) {
	morning := func(to int) {
		b.Helper()
		b.record(func(c *clinic.Clinic) { c.Calendar = everyDay(frame("morning", 9, to, 0, 0)) })
	}
	b.booking(1, clinic.NumbersOpening)
	morning(12)
	one := b.given(queue.Request{Channel: "web", Party: 1, Day: b.tomorrow(), Session: "morning"}).Ticket
	morning(11)
	_, names := b.affected()
	for range 2 { // the undo of a booking leaves it booked, once
		told, err := b.Contacted(b.Context(), one.ID, names[one.ID], staff)
		b.ok(err)
		one = b.do(told, queue.Undo)
		b.equal("state", one.State, queue.Booked)
	}
	_, err := b.Contacted(b.Context(), one.ID, names[one.ID], staff)
	b.ok(err)
	b.pass(24 * time.Hour)
	b.equal("comes now", b.given(byDesk).Number, 2)
	one, err = b.Do(b.Context(), one.ID, queue.Undo, staff)
	b.ok(err)
	b.equal("state", one.State, queue.Waiting)
	b.equal("number", one.Number, 1)
	b.waits(1, 2)
	b.sound()
}

// newID is that of no ticket, of the same service and day.
func newID(id queue.TicketID) queue.TicketID { return id[:len(id)-12] + "000000000000" }
