package view

import (
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

// slots are the public figures of a line in slot mode (booking.md §5.3). Serving and both
// numbers come from the calls alone: they are the same while nothing is done.
func slots(l *queue.Line, available bool) *wire.Slots {
	w := &wire.Slots{Serving: l.Serving, Unit: l.Service.Unit, Today: []wire.DaySlot{}}
	for _, s := range l.Slots {
		if s.Slot == l.Serving {
			booked, called := s.Booked, s.Called
			if l.Service.Unit == "人" {
				booked, called = s.BookedPeople, s.CalledPeople
			}
			w.Booked, w.Called = &booked, &called
		}
		w.Today = append(w.Today, daySlot(s.Slot, s.End, s.Availability, s.FirstVisit, available))
	}
	return w
}

// daySlot encodes a slot. It shows no availability where that is hidden.
func daySlot(slot, end string, web, first queue.Availability, available bool) wire.DaySlot {
	w := wire.DaySlot{Slot: slot, To: end}
	if available {
		if w.Availability = string(web); first != web {
			w.FirstVisit = string(first)
		}
	}
	return w
}

// deskSlots are today's slots as the desk sees them.
func deskSlots(slots []queue.SlotState) (all []wire.DeskSlot) {
	for _, s := range slots {
		all = append(all, wire.DeskSlot{
			Slot: s.Slot, To: s.End, Session: s.Session, Availability: string(s.Availability),
			Web: wire.Seat(s.Web), Desk: wire.Seat(s.Desk), First: wire.Seat(s.First),
			Booked: s.Booked, Called: s.Called, Seen: s.Seen, Left: s.Left, Waiting: s.Waiting,
		})
	}
	return all
}

// Days encodes what a service gives on some days. Figures that it hides are left out.
func (v View) Days(s clinic.Service, offers []queue.DayOffer) wire.Days {
	answer, shows := wire.Days{Days: []wire.Day{}}, !s.Hides("availability")
	numbers := numbersOf(s)
	for _, o := range offers {
		day := wire.Day{Day: string(o.Day), State: string(o.State), OpensAt: v.AtIfAny(o.OpensAt), Numbers: numbers, Sessions: []wire.DaySession{}}
		for _, session := range o.Sessions {
			encoded := wire.DaySession{Session: session.ID, From: v.At(session.Consult.From), To: v.At(session.Consult.To)}
			if shows {
				encoded.Availability, encoded.FirstVisit = string(session.Availability), string(firstOf(session.Availability, session.First))
			}
			for _, slot := range session.Slots {
				first := firstOf(slot.Availability, slot.First)
				encoded.Slots = append(encoded.Slots, daySlot(string(slot.Start), string(slot.End), slot.Availability, first, shows))
			}
			day.Sessions = append(day.Sessions, encoded)
		}
		answer.Days = append(answer.Days, day)
	}
	return answer
}

// firstOf is the availability of a first visit, where seats are left for it or not.
func firstOf(a queue.Availability, first bool) queue.Availability {
	if !first && (a == queue.Many || a == queue.Few) {
		return queue.None
	}
	return a
}

// numbersOf is when a service gives the numbers of a day to come.
func numbersOf(s clinic.Service) string {
	switch {
	case s.BySlot():
		return "arrival"
	case s.Booking.Numbers == "":
		return clinic.NumbersNow
	}
	return s.Booking.Numbers
}

// DeskDays encodes the seats of the slots of some days, for the desk.
func (v View) DeskDays(offers []queue.DayOffer) wire.DeskDays {
	answer := wire.DeskDays{Days: []wire.DeskDay{}}
	for _, o := range offers {
		day := wire.DeskDay{Day: string(o.Day), State: string(o.State), OpensAt: v.AtIfAny(o.OpensAt), Slots: []wire.DeskSlot{}}
		for _, session := range o.Sessions {
			for _, s := range session.Slots {
				day.Slots = append(day.Slots, wire.DeskSlot{
					Slot: string(s.Start), To: string(s.End), Session: session.ID, Availability: string(s.Availability),
					Web: wire.Seat(s.Seats.Web), Desk: wire.Seat(s.Seats.Desk), First: wire.Seat(s.Seats.First),
				})
			}
		}
		answer.Days = append(answer.Days, day)
	}
	return answer
}

// Offers encodes free slots of a service.
func Offers(s clinic.Service, free []queue.FreeSlot) (all []wire.Offer) {
	for _, f := range free {
		o := wire.Offer{Day: string(f.Day), Slot: string(f.Start), To: string(f.End)}
		if !s.Hides("availability") {
			o.Availability = string(f.Availability)
		}
		all = append(all, o)
	}
	return all
}

// slotRules are what patients need to know of a service in slot mode; nil in order mode.
func slotRules(s clinic.Service) *wire.SlotRules {
	if !s.BySlot() {
		return nil
	}
	return &wire.SlotRules{
		Minutes: s.Slot.Minutes, Per: s.Slot.Per, Lead: s.Slot.Lead, Late: s.Slot.Late, Grace: s.Slot.Grace,
		ArriveFrom: s.Slot.ArriveFrom, OpensAt: string(s.Booking.OpensAt),
	}
}

// WriteBooking writes what patients need to know to book with a service.
func WriteBooking(w *wire.Service, s clinic.Service) {
	w.Form, w.MaxLive, w.Slots = form(s), s.Limits.MaxLive, slotRules(s)
	if r := s.Cancel; s.WebCancel {
		w.Cancel = &wire.CancelTerms{Anchor: r.Anchor, Minutes: r.Minutes, Days: r.Days, At: string(r.At), Tickets: r.Ahead}
	}
}

// Identifies reports whether the web needs to know who a ticket is for.
func Identifies(s clinic.Service) bool { return s.OneEach() || s.Limits.MaxLive > 0 }

// form is what the web asks of a patient, with the defaults of the mode.
func form(s clinic.Service) *wire.FormFields {
	of := func(first bool) wire.VisitForm {
		need := func(field string) string { return s.Need(field, first) }
		return wire.VisitForm{
			Card: need("card"), Name: need("name"), Phone: need("phone"), Kana: need("kana"), Birth: need("birth"),
			Sex: need("sex"), Mail: need("mail"), Symptoms: need("symptoms"), Consent: need("consent"),
		}
	}
	return &wire.FormFields{First: of(true), Again: of(false)}
}
