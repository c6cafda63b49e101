package queue

import (
	"strconv"
	"strings"
	"time"

	"junban/queue/clinic"
	"junban/queue/hours"
)

// serving returns the slot of the last run of a line's calls, as lua/prelude/slots.lua
// keeps them.
func serving(runs string) string {
	all := strings.Fields(runs)
	if len(all) == 0 {
		return ""
	}
	_, last, _ := strings.Cut(all[len(all)-1], "/")
	slot, _, _ := strings.Cut(last, "/")
	return slot
}

// countOf returns a count of the line, 0 for none.
func (l *Line) countOf(name string) int {
	n, _ := strconv.Atoi(l.counts[name])
	return n
}

// deriveSlots computes the slots of today, and what the web gives of them at the
// snapshot's moment. A board shows the best of them.
func (l *Line) deriveSlots(s *Snapshot, loc *time.Location) {
	l.Slots = nil
	for _, slot := range hours.Slots(l.Sessions, l.Service.Slot.Minutes, loc) {
		l.Slots = append(l.Slots, l.slotState(s, slot))
	}
	for _, t := range l.Booked {
		s.wakeLater(noShowAt(l.Service, t, l.Sessions))
	}
	for _, t := range l.Waiting {
		for i := range l.Slots {
			if l.Slots[i].Slot == t.LineSlot {
				l.Slots[i].Waiting++
			}
		}
	}
	l.later = "" // only patients who have arrived wait
	l.deriveBooking(s, loc)
	l.Availability, l.FirstVisit = Over, Over
	for _, slot := range l.Slots {
		l.Availability = better(l.Availability, slot.Availability)
		l.FirstVisit = better(l.FirstVisit, slot.FirstVisit)
	}
}

// slotState returns a slot with its counts.
func (l *Line) slotState(s *Snapshot, slot hours.Slot) SlotState {
	name := string(slot.Start)
	taken := l.slotTaken[name]
	web, desk := l.Service.SeatsOf(s.Day, hours.Weekday(string(s.Day)), slot.Session, slot.Start)
	return SlotState{
		Slot: name, End: string(slot.End), From: slot.From, To: slot.To, Session: slot.Session,
		Booked: l.countOf("booked@" + name), Called: l.countOf("called@" + name),
		BookedPeople: l.countOf("bookedPeople@" + name), CalledPeople: l.countOf("calledPeople@" + name),
		Seen: l.countOf("seen@" + name), Left: l.countOf("left@" + name),
		Web: Seat{taken.Web, web}, Desk: Seat{taken.Desk, desk}, First: Seat{taken.First, l.Service.Slot.First},
	}
}

// deriveBooking computes reception and availability of the web for today's slots. The
// web is open while it books one of them.
func (l *Line) deriveBooking(s *Snapshot, loc *time.Location) {
	k := record{Clinic: s.Clinic, loc: loc}
	w := webDay{k.served(l.Service, s.Day), time.Time{}, l.Manual.Reception}
	from, until := time.UnixMilli(w.served[0]), time.UnixMilli(w.served[1])
	s.wakeLater(from)
	s.wakeLater(until)
	l.Reception = w.reception(s.At)
	last := time.Time{} // when the last slot closes
	for i := range l.Slots {
		state := &l.Slots[i]
		closes := state.From.Add(-time.Duration(l.Service.Slot.Lead) * time.Minute)
		s.wakeLater(closes)
		s.wakeLater(state.To)
		if closes.After(last) {
			last = closes
		}
		state.Availability, state.FirstVisit = l.webOf(*state, l.Reception, closes, s.At)
	}
	if !last.After(s.At) && l.Reception == Open {
		l.Reception = Closed
	}
	l.OpensAt, l.ClosesAt = time.Time{}, time.Time{}
	switch {
	case l.Reception == Open:
		if l.ClosesAt = last; until.Before(last) && l.Manual.Reception != Open {
			l.ClosesAt = until
		}
	case l.Reception == Before:
		l.OpensAt = from
	}
}

// webDay is whether the web books the slots of a day at all.
type webDay struct {
	served []int64   // milliseconds of today's web hours
	opens  time.Time // when it may; zero: it may
	manual Reception // of today's slots, "" without one
}

// reception returns it at an instant.
func (w webDay) reception(at time.Time) Reception {
	ms := at.UnixMilli()
	switch {
	case w.manual == Paused, w.manual == Closed:
		return w.manual
	case w.manual != Open && ms < w.served[0]:
		return Before
	case w.manual != Open && ms >= w.served[1]:
		return Closed
	case at.Before(w.opens):
		return Before
	}
	return Open
}

// webOf returns the availability of a slot for the web, and that of a first visit, by
// the rules of [Store.Issue]. The slot closes at an instant.
func (l *Line) webOf(slot SlotState, reception Reception, closes, at time.Time) (any, first Availability) {
	session := l.Taken[slot.Session]
	limits := l.Service.Capacity
	switch {
	case !at.Before(closes), reception == Closed:
		return Over, Over
	case reception == Before:
		return NotYet, NotYet
	case reception == Paused:
		return Stopped, Stopped
	case l.Full, slot.Web.full(), Seat{session.Web, limits.Web}.full():
		return None, None
	}
	any = Many
	for _, seat := range []Seat{slot.Web, {session.Web, limits.Web}} {
		if seat.Limit != nil && *seat.Limit-seat.Used <= limits.Few {
			any = Few
		}
	}
	if first = any; slot.First.full() || (Seat{session.First, limits.First}).full() {
		first = None
	}
	return any, first
}

// better returns the one of two availabilities that gives more.
func better(a, b Availability) Availability {
	for _, best := range []Availability{Many, Few, None, Stopped, NotYet} {
		if a == best || b == best {
			return best
		}
	}
	return a
}

// slotOffers are the slots of a day as the web sees them now. The line has the day's
// counts; it need not have begun.
func (k record) slotOffers(l *Line, today, day clinic.Day, w webDay, at time.Time) []SessionOffer {
	var offers []SessionOffer
	for _, session := range k.sessionsOf(l.Service, day) {
		offer := SessionOffer{Session: session, Availability: Over}
		for _, slot := range hours.Slots([]hours.Session{session}, l.Service.Slot.Minutes, k.loc) {
			state := l.slotState(&Snapshot{Day: day}, slot)
			if early := l.Service.Slot.Early; day > today && early != nil && (state.Web.Limit == nil || *early < *state.Web.Limit) {
				state.Web.Limit = early
			}
			closes := slot.From.Add(-time.Duration(l.Service.Slot.Lead) * time.Minute)
			any, first := l.webOf(state, w.reception(at), closes, at)
			offer.Slots = append(offer.Slots, SlotOffer{slot, any, first == Many || first == Few, Seats{state.Web, state.Desk, state.First}})
			offer.Availability = better(offer.Availability, any)
			offer.First = offer.First || first == Many || first == Few
		}
		offers = append(offers, offer)
	}
	return offers
}
