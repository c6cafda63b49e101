package queuetest

import (
	"junban/queue"
	"junban/queue/clinic"
)

func (b *clocked) edit(t queue.Ticket, e queue.Edit) queue.Ticket {
	b.Helper()
	t, err := b.Edit(b.Context(), t.ID, e, staff)
	b.ok(err)
	return t
}

// unedited expects that a change is refused, and that nothing was changed.
func (b *clocked) unedited(t queue.Ticket, e queue.Edit, want error) {
	b.Helper()
	before, version := b.ticket(t), b.mustSnapshot().Version
	_, err := b.Edit(b.Context(), t.ID, e, staff)
	b.refused(err, want)
	b.equal("the ticket stays", b.ticket(t), before)
	b.equal("version", b.mustSnapshot().Version, version)
}

func testEdit(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Kinds = []clinic.Kind{{ID: "shot", Name: "注射"}} })
	q := slot("10:00")
	q.Patient = queue.Patient{Name: "花子"}
	one := b.given(q).Ticket
	changed := b.edit(one, queue.Edit{Party: new(2), Kind: new("shot"), FirstVisit: new(true), Patient: &queue.Patient{Name: "華子", Phone: "090"}})
	b.equal("changed", [3]any{changed.Party, changed.Kind, changed.FirstVisit}, [3]any{2, "shot", true})
	b.equal("last act", changed.LastAct, queue.Amend)
	b.equal("state", changed.State, queue.Booked)
	b.equal("patient", b.mustSnapshot().Patients[one.ID].Name, "華子")
	b.used("10:00", 1, 0, 1)
	back := b.do(one, queue.Undo)
	b.equal("undone", [3]any{back.Party, back.Kind, back.FirstVisit}, [3]any{1, "", false})
	b.equal("but the patient", b.mustSnapshot().Patients[one.ID].Name, "華子")
	b.used("10:00", 1, 0, 0)
	b.unedited(one, queue.Edit{Party: new(0)}, queue.ErrPartySize)
	b.unedited(one, queue.Edit{Party: new(6)}, queue.ErrPartySize)
	b.unedited(one, queue.Edit{Party: new(21), Override: true}, queue.ErrPartySize)
	b.equal("the desk insists", b.edit(one, queue.Edit{Party: new(20), Override: true}).Party, 20)
	b.unedited(one, queue.Edit{Kind: new("none")}, queue.ErrKind)
	b.equal("no kind", b.edit(one, queue.Edit{Kind: new("")}).Kind, "")
	waiting := b.arrive(one)
	b.equal("also when waiting", b.edit(waiting, queue.Edit{Party: new(3)}).Party, 3)
	l := b.line()
	b.equal("people", l.People(), 3)
	b.do(waiting, queue.Call)
	b.unedited(waiting, queue.Edit{Party: new(1)}, queue.ErrState)
	b.do(waiting, queue.Finish)
	b.unedited(waiting, queue.Edit{Party: new(1)}, queue.ErrState)
	tomorrow := b.given(on(b.tomorrow(), slot("10:00"))).Ticket
	b.equal("of a day to come", b.edit(tomorrow, queue.Edit{Party: new(4)}).Party, 4)
	stale := staff
	stale.Expect.Rev = "another"
	_, err := b.Edit(b.Context(), tomorrow.ID, queue.Edit{Party: new(1)}, stale)
	b.refused(err, queue.ErrTicketChanged)
	_, err = b.Edit(b.Context(), newID(tomorrow.ID), queue.Edit{Party: new(1)}, staff)
	b.refused(err, queue.ErrNoTicket)
}

func testEditSeats(b *clocked) {
	b.bySlots(func(s *clinic.Service) {
		s.Slot.Per, s.Slot.Web, s.Slot.First, s.Capacity.Web = clinic.SeatPerPerson, new(5), new(1), new(7)
	})
	party := func(at string, n int) queue.Ticket {
		b.Helper()
		q := slot(at)
		q.Party = n
		return b.given(q).Ticket
	}
	two, other := party("10:00", 2), party("10:00", 2)
	b.equal("the last seat", b.edit(two, queue.Edit{Party: new(3)}).Weight, 3)
	b.used("10:00", 5, 0, 0)
	b.unedited(two, queue.Edit{Party: new(4)}, queue.ErrSlotFull)
	b.unedited(other, queue.Edit{Party: new(3)}, queue.ErrSlotFull)
	b.edit(other, queue.Edit{Party: new(1)})
	b.used("10:00", 4, 0, 0)
	b.equal("the desk insists", b.edit(two, queue.Edit{Party: new(5), Override: true}).Weight, 5)
	b.used("10:00", 6, 0, 0)
	b.equal("fewer is no question", b.edit(two, queue.Edit{Party: new(4)}).Weight, 4)
	b.edit(two, queue.Edit{Party: new(2)})
	three := party("11:00", 2)
	b.unedited(three, queue.Edit{Party: new(5)}, queue.ErrQuota) // the session has seven
	b.edit(three, queue.Edit{Party: new(4)})
	b.used("11:00", 4, 0, 0)
	b.do(three, queue.Undo)
	b.used("11:00", 2, 0, 0)
	b.edit(two, queue.Edit{FirstVisit: new(true)})
	b.unedited(other, queue.Edit{FirstVisit: new(true)}, queue.ErrFirstQuota)
	b.edit(three, queue.Edit{FirstVisit: new(true)}) // of another slot
	b.edit(two, queue.Edit{FirstVisit: new(false)})
	b.edit(other, queue.Edit{FirstVisit: new(true)})
	b.used("10:00", 3, 0, 1)
}

func testEditPatient(b *clocked) {
	b.bySlots(func(s *clinic.Service) { s.Limits.MaxLive = 2 })
	patient := &queue.Patient{Name: "次郎"}
	one := b.given(of(slot("10:00"), "a")).Ticket
	b.given(of(slot("10:00"), "b"))
	b.unedited(one, queue.Edit{Patient: patient, Persons: []string{"b"}}, queue.ErrReceived)
	b.edit(one, queue.Edit{Patient: patient, Persons: []string{"a"}}) // itself is no other
	b.edit(one, queue.Edit{Patient: patient, Persons: []string{"c"}})
	b.given(of(slot("10:00"), "a")) // who it was for may book
	b.no(of(slot("15:00"), "c"), queue.ErrReceived)
	b.given(on(b.tomorrow(), of(slot("10:00"), "c")))
	day := b.after(b.tomorrow(), 1)
	b.no(on(day, of(slot("10:00"), "c")), queue.ErrPersonLimit)
	two := b.given(on(day, of(slot("10:00"), "d"))).Ticket
	b.unedited(two, queue.Edit{Patient: patient, Persons: []string{"c"}}, queue.ErrPersonLimit)
	b.edit(two, queue.Edit{Patient: patient, Persons: []string{"c"}, Override: true})
	b.do(one, queue.Undo) // leaves the patient
	b.no(of(slot("15:00"), "c"), queue.ErrReceived)
}

func testEditOrder(b *clocked) {
	b.booking(2, "")
	b.capacity(func(c *clinic.Capacity) { c.Web, c.First, c.OneEach = new(3), new(1), true })
	first := on(b.tomorrow(), byWeb)
	first.FirstVisit = true
	one, two := b.given(first).Ticket, b.given(on(b.tomorrow(), of(byWeb, "a"))).Ticket
	b.unedited(two, queue.Edit{FirstVisit: new(true)}, queue.ErrFirstQuota)
	b.edit(one, queue.Edit{FirstVisit: new(false)})
	b.equal("changed", b.edit(two, queue.Edit{FirstVisit: new(true), Party: new(3)}).Party, 3)
	b.unedited(one, queue.Edit{Patient: &queue.Patient{}, Persons: []string{"a"}}, queue.ErrReceived)
	b.equal("the number stays", b.ticket(two).Number, 2)
	b.at(9, 0)
	now := b.given(byWeb).Ticket
	b.equal("of today", b.edit(now, queue.Edit{Party: new(2)}).Party, 2)
	l := b.line()
	b.equal("people", l.People(), 2)
	b.do(now, queue.Hold)
	b.unedited(now, queue.Edit{Party: new(1)}, queue.ErrState)
}
