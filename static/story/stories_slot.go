package main

import (
	"time"

	"junban/api/wire"
	"junban/static"
)

// bySlot makes a board one of slot mode, in its second slot.
func bySlot(b *wire.Board) {
	slot := func(from, to, availability string) wire.DaySlot {
		return wire.DaySlot{Slot: from, To: to, Availability: availability}
	}
	b.Mode, b.WaitMinutes = "slot", &wire.WaitRange{Low: 10, High: 20}
	b.Waiting = &wire.Waiting{Tickets: 4, People: 5, Unit: "組"}
	b.Line = []int{24, 25, 26, 27}
	b.Slots = &wire.Slots{Serving: "10:00", Booked: ahead(6), Called: ahead(4), Unit: "組", Today: []wire.DaySlot{
		slot("09:00", "09:30", "closed"), slot("09:30", "10:00", "closed"), slot("10:00", "10:30", "closed"), slot("10:30", "11:00", "none"),
		slot("11:00", "11:30", "few"), slot("11:30", "12:00", "many"),
	}}
}

// uncalled is slot mode before the first call.
func uncalled(b *wire.Board) {
	bySlot(b)
	empty(b)
	b.Slots.Serving, b.Slots.Booked, b.Slots.Called = "", nil, nil
}

// slotsHidden is slot mode at a clinic that hides its figures.
func slotsHidden(b *wire.Board) { b.Slots = nil }

// slotPage returns a story of the patient's page in slot mode.
func slotPage(name string, b wire.Board, change ...func(*Story)) Story {
	s := patient("x", b, asking(func(p *static.PatientPage) { p.Slot = true }))
	s.Name = "slot-" + name
	for _, c := range change {
		c(&s)
	}
	return s
}

// slotOwner returns a story of the page of a patient with a booking.
func slotOwner(name string, t wire.Ticket, change ...func(*Story)) Story {
	s := slotPage(name, board(bySlot))
	s.Frames, s.Fragment, s.Shows = append(s.Frames, ticketFrame(t)), ownLink, ".mine #slot"
	s.Answers = map[string]any{"GET /v1/tickets/" + ownID: wire.TicketAnswer{Ticket: t}}
	s.Storage = device(t)
	for _, c := range change {
		c(&s)
	}
	return s
}

// bookedSlot is a booking of a slot of today.
func bookedSlot(t *wire.Ticket) {
	t.State, t.Number, t.Ahead, t.WaitMinutes, t.Absence = "booked", 0, nil, nil, nil
	t.Slot, t.SlotEnd, t.StartsAt, t.CancelUntil = "11:00", "11:30", until(11, 0), until(11, 0)
	t.Todo, t.Advice, t.IssuedAt = wire.TodoLater, "later", at(8, 2)
}

// ofTuesday is one of a day to come.
func ofTuesday(t *wire.Ticket) {
	bookedSlot(t)
	t.Day, t.StartsAt = "2026-11-24", &wire.Time{Time: time.Date(2026, 11, 24, 11, 0, 0, 0, zone)}
	t.CancelUntil = &wire.Time{Time: time.Date(2026, 11, 23, 17, 0, 0, 0, zone)}
}

// arrivedSlot is a booking of today whose patient has arrived.
func arrivedSlot(t *wire.Ticket) {
	bookedSlot(t)
	t.State, t.Number, t.Ahead, t.WaitMinutes = "waiting", 27, ahead(3), &wire.WaitRange{Low: 10, High: 20}
	t.LineSlot, t.Presence, t.Todo, t.Advice = "11:00", "here", wire.TodoWait, "here"
}

// newID is the ticket that replaced the one on the page, which the desk has moved.
const newID = "1234-1-261124-28"

func leadsOn(t *wire.Ticket) { t.MovedTo = newID }

// rebooked is a booking that has replaced another one.
func rebooked(t *wire.Ticket) { t.ID, t.MovedFrom = newID, ownID }

// leads answers a request for the ticket on the page with the one that replaced it.
func leads(s *Story) {
	t := ticket(ofTuesday, rebooked)
	s.Answers["GET /v1/tickets/"+ownID] = wire.TicketAnswer{
		Ticket: ticket(bookedSlot, ended("cancelled", "moved"), leadsOn), Moved: &wire.Moved{ID: newID, Token: ownToken},
	}
	s.Answers["GET /v1/tickets/"+newID] = wire.TicketAnswer{Ticket: t}
	s.Frames = append(s.Frames, ticketFrame(t))
}

func slotStories() []Story {
	arrived := arrivedSlot
	late := func(t *wire.Ticket) { arrived(t); t.Late, t.LineSlot = true, "11:30" }
	tooLate := func(t *wire.Ticket) {
		bookedSlot(t)
		t.Cancellable, t.WhyNot, t.CancelUntil = false, "cancel_too_late", until(9, 0)
	}
	return []Story{
		slotPage("open", board(bySlot)),
		slotPage("uncalled", board(uncalled)),
		slotPage("no-script", board(bySlot), noScript),
		slotOwner("booked", ticket(bookedSlot)),
		slotOwner("booked-day", ticket(ofTuesday)),
		slotOwner("arrived", ticket(arrived)),
		slotOwner("late", ticket(late)),
		slotOwner("too-late", ticket(tooLate)),
		slotOwner("rebooked", ticket(ofTuesday, rebooked), func(s *Story) { s.Shows = "#rebooked" }),
		slotOwner("moved", ticket(bookedSlot, ended("cancelled", "moved"), leadsOn), leads, func(s *Story) { s.Shows = "#rebooked" }),
		slotOwner("closed", ticket(ofTuesday, ended("cancelled", "clinic")), func(s *Story) { s.Shows = ".mine" }),
		slotOwner("cancelled", ticket(bookedSlot, ended("cancelled", "")), func(s *Story) { s.Shows = ".mine" }),
		slotPage("easy", board(bySlot), in("ja-x-easy")),
		slotOwner("pt", ticket(bookedSlot), in("pt")),
	}
}
